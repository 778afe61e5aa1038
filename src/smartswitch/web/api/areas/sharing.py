"""Sharing downward by programs: with which dealers a billing pack or a route class is shared."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import bound_form, own_row
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.rights.sharing import RIGHTS, ShareForm, share, stop_sharing
from smartswitch.web.routes.models import Shared


class Share(BaseModel):
    """With which dealer, and all below it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    with_dealer: str = Field("", max_length=64, description="The key of the dealer; needed.")


class Shares(BaseModel):
    """The keys of the dealers with which it is shared."""

    with_dealers: list[str]


Act = Callable[[HttpRequest, str, Any, Any], object]
"""Shares or stops sharing: the request, the table, the row, the dealer."""


def adds_operations(noun: str, table: str) -> Callable[[Router], None]:
    """What adds sharing to the operations of a noun, whose rows are those of `table`."""
    needs = f"Needs the right `{RIGHTS[table]}`; only for one's own and what belongs to dealers below."

    def add_operations(router: Router) -> None:
        _add_list(router, noun, table, needs)
        _add_write(
            router,
            noun,
            table,
            path="",
            name="add",
            summary=f"Share it with a dealer and all below. {needs}",
            act=_share,
        )
        _add_write(router, noun, table, path="/stop", name="stop", summary=f"Stop sharing it. {needs}", act=_stop)

    return add_operations


def _add_list(router: Router, noun: str, table: str, needs: str) -> None:
    @router.get(
        "/{int:row_id}/shares",
        response=Shares,
        operation_id=f"{noun}_shares_list",
        summary="List with whom it is shared",
        description=needs,
    )
    def list_shares(request: HttpRequest, row_id: int) -> Any:
        require(request.viewer, RIGHTS[table])
        return _shares(table, own_row(request, noun_named(noun), row_id))


def _add_write(router: Router, noun: str, table: str, *, path: str, name: str, summary: str, act: Act) -> None:
    title, _point, needs = summary.partition(". ")

    @router.post(
        f"/{{int:row_id}}/shares{path}",
        response=Shares,
        operation_id=f"{noun}_shares_{name}",
        summary=title,
        description=needs,
    )
    def change_shares(request: HttpRequest, row_id: int, sent: Share) -> HttpResponse:
        require(request.viewer, RIGHTS[table])
        row = own_row(request, noun_named(noun), row_id)

        def write() -> dict[str, Any]:
            form = bound_form(lambda data: ShareForm(data, viewer=request.viewer), sent.model_dump())
            act(request, table, row, form.values()["with_dealer"])
            return _shares(table, row)

        return answer_once(request, write, status=200, model=Shares)


def _share(request: HttpRequest, table: str, row: Any, dealer: Any) -> object:
    return share(table, row, by=request.viewer, with_dealer=dealer)


def _stop(request: HttpRequest, table: str, row: Any, dealer: Any) -> object:
    return stop_sharing(table, row, by=request.viewer, with_dealer_id=dealer.pk)


def _shares(table: str, row: Any) -> dict[str, Any]:
    found = Shared.objects.filter(noun=table, object_id=row.pk).order_by("with_dealer__key")
    return {"with_dealers": list(found.values_list("with_dealer__key", flat=True))}
