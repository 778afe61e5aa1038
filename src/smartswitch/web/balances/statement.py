"""A balance and what moved it: payments one by one, calls by the day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404
from django.urls import reverse

from smartswitch.web.balances.models import RUNNING_KINDS, Balance
from smartswitch.web.balances.party_names import party_name, with_party_names
from smartswitch.web.balances.queries import QUERIES
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.registry import nouns_of_table

DAYS = 7
TRANSFERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money that moved without a call; `amount` is what the balance got, negative for what it gave. `seller` booked it."""

    created_at: datetime
    kind: str
    amount: int
    actor: str
    note: str
    seller: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfCalls:
    """What the calls of a day, in the viewer's zone, took from the balance."""

    day: date
    calls: int
    seconds: int
    amount: int


def balance_of(pk: int) -> Balance:
    """A party's balance that the session may see; else Http404."""
    if pk >= 2**63:
        raise Http404
    balances = with_party_names(Balance.objects.filter(pk=pk, kind__in=RUNNING_KINDS))
    balance = balances.select_related("dealer").first()
    if balance is None:
        raise Http404
    return balance


def transfers_of(balance: Balance, *, most: int = TRANSFERS) -> list[Transfer]:
    """The newest transfers of a balance that the session may see."""
    rows = QUERIES.rows("transfers_of_balance", {"balance": balance.pk, "most": most})
    others = with_party_names(Balance.objects.all()).in_bulk({row["other_balance_id"] for row in rows})
    return [_transfer(row, others.get(row.pop("other_balance_id"))) for row in rows]


def _transfer(row: dict[str, Any], other: Balance | None) -> Transfer:
    return Transfer(**row, seller=None if other is None else party_name(other))


def days_of_calls(viewer: Viewer, balance: Balance, *, now: datetime) -> list[DayOfCalls]:
    """The last days, the newest first; a day without calls is left out."""
    today = now.astimezone(viewer.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    parameters = {
        "balance": balance.pk,
        "dealer": balance.dealer_id,
        "since": today - timedelta(days=DAYS - 1),
        "zone": viewer.zone.key,
    }
    return [DayOfCalls(**row) for row in QUERIES.rows("calls_of_balance", parameters)]


def party_address(viewer: Viewer, balance: Balance) -> str | None:
    """The page of the party whose balance it is, if the viewer may open it. The kind of a balance is its party's table."""
    for noun in nouns_of_table(balance.kind):
        if viewer.may(f"{noun.right}.view") and (viewer.is_owner or not noun.is_for_owner):
            row = noun.rows(viewer).filter(balance=balance).first()
            if row is not None:
                return reverse(f"{noun.name}-one", args=[row.pk])
    return None
