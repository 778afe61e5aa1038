"""Balances: one's own, and those of the parties that one sells to."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.core.money import format_amount
from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.dashboard.selectors.balances import (
    LONGEST_SEARCH,
    MOST_PAGES,
    Order,
    own_holdings,
    party_balances,
)
from smartswitch.web.login.required_rights import require

router = Router(tags=["balances"])
ORDERS = tuple(order.word for order in Order)


class OwnBalance(BaseModel):
    """Money on one balance; for the owner, that of all his direct parties in one currency."""

    currency: str
    amount: str = Field(description="A decimal number.")
    held: str = Field(description="What is set aside for calls in progress.")
    credit_limit: str | None = Field(description="How far below zero it may go; null is no limit.")
    available: str | None = Field(description="What calls may still use; null is any amount.")


class PartyBalance(OwnBalance):
    """A party, and its balance."""

    kind: str = Field(description="peer, company or dealer.")
    key: str
    name: str | None
    is_blocked: bool
    live_calls: int
    call_limit: int | None


class PartyBalancePage(BaseModel):
    """Some of the parties."""

    items: list[PartyBalance]
    page: int
    total: int | None = Field(description="How many there are in all; null if there are more than are counted.")
    has_next: bool


class Asked(BaseModel):
    """What may be asked."""

    search: str | None = Field(None, max_length=LONGEST_SEARCH, description="A part of the key or name of the party.")
    order: Literal[ORDERS] | None = Field(None, description="By what to sort.")
    page: int = Field(1, ge=1, le=MOST_PAGES, description="Which page; the first is 1.")


NEEDS = "Needs the right `balances.view`."


@router.get(
    "/own", response=list[OwnBalance], operation_id="balances_own", summary="Read one's own balance", description=NEEDS
)
def own(request: HttpRequest) -> Any:
    """The viewer's own."""
    require(request.viewer, "balances.view")
    return [_amounts(holding) for holding in own_holdings(request.viewer)]


@router.get(
    "", response=PartyBalancePage, operation_id="balances_list", summary="List balances of parties", description=NEEDS
)
def parties(request: HttpRequest, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
    """Those of whom the viewer sells to."""
    require(request.viewer, "balances.view")
    refuse_unknown(request, Asked)
    page = party_balances(
        request.viewer, search=asked.search or "", order=Order.named(asked.order or ""), page=asked.page
    )
    items = [
        _amounts(party)
        | {
            "kind": party.kind,
            "key": party.key,
            "name": party.name,
            "is_blocked": party.is_blocked,
            "live_calls": party.live_calls,
            "call_limit": party.call_limit,
        }
        for party in page.parties
    ]
    return {"items": items, "page": page.number, "total": page.total, "has_next": page.has_next}


def _amounts(holding: Any) -> dict[str, Any]:
    return {"currency": holding.currency} | {
        name: None if (amount := getattr(holding, name)) is None else format_amount(amount)
        for name in ("amount", "held", "credit_limit", "available")
    }
