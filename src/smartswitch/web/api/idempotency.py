"""Writes that a program may repeat: the header `Idempotency-Key`, and the first answer again for whoever sends it again.

A program that got no answer does not know whether its write was done. It sends the same again, with the same key, and
gets the first answer; nothing is written twice. How: the key is a row, made before the write in the same transaction. A
second request waits at the unique index until the first is through; then it finds the answer, or, if the first was
refused (which undoes the row, too), does the write itself. So answers are kept of writes that were done; a refusal wrote
nothing and is simply tried again. What is shown only once (a secret) is not kept. Keys are counted anew in each house
for which a program acts.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pydantic import BaseModel

from smartswitch.web.api.door import JSON
from smartswitch.web.api.models import IdempotencyKey
from smartswitch.web.api.problems import RefusedRequestError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
WELL_FORMED = re.compile(r"[\x21-\x7e]{1,200}")
WAIT_S = 10
"""How long a repeat waits for the first request."""
CONFLICT, UNPROCESSABLE, BAD_REQUEST, NO_CONTENT = 409, 422, 400, 204
STILL_LOCKED = ("55P03", "40P01")
"""Who waited too long, and whom the database chose to give way."""

Write = Callable[[], dict[str, Any] | None]


def answer_once(
    request: HttpRequest,
    write: Write,
    *,
    status: int,
    model: type[BaseModel] | None = None,
    location: Callable[[Mapping[str, Any]], str] | None = None,
    shown_once: tuple[str, ...] = (),
) -> HttpResponse:
    """Do a write and answer with what it gives, as `model`; or, if the request was done before, answer the same again.

    `location` makes the address of what was written; `shown_once` are fields that a repeated answer does not have.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return _answer(status, _body(model, write()), location=location)
    if WELL_FORMED.fullmatch(key) is None:
        raise RefusedRequestError(BAD_REQUEST, _("An Idempotency-Key has 1 to 200 visible ASCII characters."))
    first = _claimed(request, key)
    if first is not None:
        return _answered_before(request, first, location)
    body = _body(model, write())
    kept = None if body is None else {name: value for name, value in body.items() if name not in shown_once}
    _rows(request, key).update(status=status, body=None if kept is None else json.dumps(kept))
    return _answer(status, body, location=location)


def _claimed(request: HttpRequest, key: str) -> IdempotencyKey | None:
    """Make the row of a key, and return None; or the row that is there already."""
    row = IdempotencyKey(
        dealer_id=request.viewer.dealer_id,
        api_key_id=request.used_key.key_id,
        key=key,
        request_sha256=_fingerprint(request),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_S}s"])
    try:
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in STILL_LOCKED:
            raise
        raise RefusedRequestError(
            CONFLICT,
            _("A request with this Idempotency-Key is still being worked on. Ask again in a while."),
            headers={"Retry-After": str(WAIT_S)},
        ) from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    found = _rows(request, key).get()
    return None if found.status is None else found


def _rows(request: HttpRequest, key: str) -> QuerySet[IdempotencyKey]:
    """The row of a key, in the house for which the program acts."""
    return IdempotencyKey.objects.filter(
        api_key_id=request.used_key.key_id, dealer_id=request.viewer.dealer_id, key=key
    )


def _answered_before(request: HttpRequest, first: IdempotencyKey, location: Any) -> HttpResponse:
    if first.request_sha256 != _fingerprint(request):
        raise RefusedRequestError(
            UNPROCESSABLE, _("This Idempotency-Key was used for another request. A new request needs a new key.")
        )
    body = None if first.body is None else json.loads(first.body)
    answer = _answer(first.status, body, location=location)
    answer.headers[REPLAYED] = "true"
    return answer


def _fingerprint(request: HttpRequest) -> str:
    parts = (request.method.encode(), request.get_full_path().encode(), request.body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _body(model: type[BaseModel] | None, values: dict[str, Any] | None) -> dict[str, Any] | None:
    if model is None or values is None:
        return None
    return model.model_validate(values).model_dump(mode="json", exclude_unset=True)


def _answer(status: int, body: dict[str, Any] | None, *, location: Any) -> HttpResponse:
    if body is None:
        return HttpResponse(status=NO_CONTENT)
    headers = {"Location": location(body)} if location is not None else {}
    return HttpResponse(json.dumps(body), status=status, content_type=JSON, headers=headers)
