"""Balances: one's own, those of the parties that one sells to, and what moved one of them."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.core.money import format_amount
from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.api.schemas.values import moment_text
from smartswitch.web.balances.statement import DAYS, TRANSFERS, balance_of, days_of_calls, transfers_of
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

    id: int = Field(description="Of the balance.")
    kind: str = Field(description="peer, company or dealer.")
    key: str
    name: str | None
    is_blocked: bool
    live_calls: int
    call_limit: int | None


class Transfer(BaseModel):
    """Money that moved without a call."""

    created_at: str
    kind: str
    amount: str = Field(description="What the balance got; below zero what it gave.")
    actor: str
    note: str


class DayOfCalls(BaseModel):
    """What the calls of a day, in the dealer's zone, took from the balance."""

    day: str
    calls: int
    seconds: int
    amount: str


class Statement(OwnBalance):
    """A balance, and what moved it lately."""

    id: int
    kind: str = Field(description="peer, company or dealer.")
    party: str = Field(description="The key of the party.")
    live_calls: int
    call_limit: int | None
    transfers: list[Transfer] = Field(description=f"The newest {TRANSFERS}; all are at /payments.")
    calls_by_day: list[DayOfCalls] = Field(description=f"The last {DAYS} days; one without calls is left out.")


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
            "id": party.balance_id,
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


@router.get(
    "/{int:balance_id}",
    response=Statement,
    operation_id="balances_read",
    summary="Read a balance and what moved it",
    description=NEEDS,
)
def statement(request: HttpRequest, balance_id: int) -> Any:
    """What its page shows."""
    require(request.viewer, "balances.view")
    found = balance_of(balance_id)
    return _amounts(found) | {
        "id": found.pk,
        "kind": found.kind,
        "party": found.party,
        "live_calls": found.live_calls,
        "call_limit": found.call_limit,
        "transfers": [
            {
                "created_at": moment_text(each.created_at),
                "kind": each.kind,
                "amount": format_amount(each.amount),
                "actor": each.actor,
                "note": each.note,
            }
            for each in transfers_of(found)
        ],
        "calls_by_day": [
            {
                "day": each.day.isoformat(),
                "calls": each.calls,
                "seconds": each.seconds,
                "amount": format_amount(each.amount),
            }
            for each in days_of_calls(request.viewer, found, now=timezone.now())
        ],
    }


def _amounts(holding: Any) -> dict[str, Any]:
    return {"currency": holding.currency} | {
        name: None if (amount := getattr(holding, name)) is None else format_amount(amount)
        for name in ("amount", "held", "credit_limit", "available")
    }
