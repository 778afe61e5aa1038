"""What went wrong, as `application/problem+json` (RFC 9457). Every answer of the API of 400 or more looks like this.

    {"type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": "...", "errors": {"key": "..."}}

`errors` has a sentence for each field; `right` names a right that is missing.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from smartswitch.web.login.required_rights import MissingRightError
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused
from smartswitch.web.ui.refusal_page import who_can_grant

PROBLEM = "application/problem+json"
UNPROCESSABLE = 422
NO_TYPE = "about:blank"


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="Always about:blank: title and status say what it is.")
    title: str = Field(description="What the status means.")
    status: int = Field(description="The HTTP status.")
    detail: str | None = Field(None, description="What happened, to what, and what to do, in a sentence.")
    errors: dict[str, str] | None = Field(None, description="A sentence for each field or parameter that is wrong.")
    right: str | None = Field(None, description="The right that is missing.")


class RefusedRequestError(Exception):
    """A request that is answered with a problem; `headers` go with the answer."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def title_of(status: int) -> str:
    """The words of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _("Refused")


def problem(
    status: int, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **members: Any
) -> HttpResponse:
    """The answer that tells a problem."""
    told = {"type": NO_TYPE, "title": title_of(status), "status": status}
    if detail:
        told["detail"] = detail
    told |= {name: value for name, value in members.items() if value}
    return HttpResponse(json.dumps(told), status=status, content_type=PROBLEM, headers=dict(headers or {}))


def tell_problems(api: NinjaAPI) -> None:
    """Let an API answer whatever its operations raise with problems; what a refused request wrote is undone."""
    answers = {
        Refused: _refused,
        MissingRightError: _missing_right,
        PermissionDenied: lambda _request, _error: problem(403),
        Http404: lambda _request, _error: not_found(),
        ValidationError: _invalid,
        AuthenticationError: lambda _request, _error: unauthorized(),
        RefusedRequestError: lambda _request, error: problem(error.status, error.detail, headers=error.headers),
        RequestDataTooBig: lambda _request, _error: problem(413, _("The body is too large.")),
        HttpError: lambda _request, error: problem(error.status_code, error.message),
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, _undoing(answer))


def _undoing(answer: Any) -> Any:
    def handler(request: HttpRequest, error: Exception) -> HttpResponse:
        request.has_failed = True
        return answer(request, error)

    return handler


def not_found() -> HttpResponse:
    """There is no such thing, or it is not for who asks: nobody learns which."""
    return problem(404, _("There is no such thing here."))


def unauthorized() -> HttpResponse:
    """No key, or one that opens nothing."""
    detail = _(
        "Send a key that is in force: Authorization: Bearer ss_… A session of the web account does not count here."
    )
    return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Smartswitch"'})


def _refused(_request: HttpRequest, error: Refused) -> HttpResponse:
    errors = {name: str(text) for name, text in error.problems.items()}
    detail = errors.pop(OF_THE_WHOLE, None) or _("This was not done: some fields are wrong.")
    return problem(UNPROCESSABLE, detail, errors=errors)


def _missing_right(request: HttpRequest, error: MissingRightError) -> HttpResponse:
    detail = _(
        "The key lacks the right %(right)s (may %(label)s). Make a key with it; or, if its login lacks it, too: %(who)s"
    ) % {
        "right": error.right.name,
        "label": error.right.label,
        "who": who_can_grant(request.viewer, error.right.name),
    }
    return problem(403, detail, right=error.right.name)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = dict(_sentence(each) for each in error.errors)
    return problem(UNPROCESSABLE, _("Some fields or parameters are wrong."), errors=errors)


def _sentence(error: Mapping[str, Any]) -> tuple[str, str]:
    """Where it is, and what: locations are ("body", "sent", "key") or ("query", "asked", "page")."""
    names = [str(part) for part in error["loc"][2:]] or [str(part) for part in error["loc"][1:]]
    where = ".".join(names) or "body"
    if error["type"] == "extra_forbidden":
        return where, _("There is no field of this name that may be set here.")
    if error["type"] == "missing":
        return where, _("This is needed.")
    return where, str(error["msg"])
