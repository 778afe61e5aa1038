"""The first page for programs: the figures of the day, how long the money lasts, and what needs a look."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field

from smartswitch.core.money import format_amount
from smartswitch.web.dashboard.selectors.balances import own_holdings
from smartswitch.web.dashboard.selectors.outlook import Alarm, alarms, compared, outlook
from smartswitch.web.dashboard.selectors.today import today
from smartswitch.web.login.required_rights import require

router = Router(tags=["today"])


class Hour(BaseModel):
    """The calls that began within one hour of the day."""

    hour: int
    calls: int
    answered: int


class Earned(BaseModel):
    """What was sold and paid in one currency, without tax; of a customer only what he paid, with tax."""

    currency: str
    sold: str
    paid: str
    amount: str = Field(description="What is left.")


class Compared(BaseModel):
    """A figure of today, and of the same hours a week ago."""

    now: int
    before: int


class Lasting(BaseModel):
    """How long one's own balance lasts at the pace of the last 24 hours."""

    spent_lately: str = Field(description="In the last 24 hours, in the currency of one's balance.")
    hours: int | None = Field(description="Null if there is no end in sight.")
    is_low: bool


class Raised(BaseModel):
    """Something that needs a look."""

    alarm: Literal[tuple(each.value for each in Alarm)]
    number: int | None = Field(description="low_balance: hours that are left; empty_parties: how many parties.")
    names: list[str] = Field(description="silent_nodes: which.")


class Today(BaseModel):
    """The day so far, in the dealer's zone."""

    day: str
    calls: int
    answered: int
    duration_ms: int
    hours: list[Hour]
    earned: list[Earned]
    calls_compared: Compared
    minutes_compared: Compared
    outlook: Lasting | None = Field(description="Null for the owner, who buys from nobody.")
    alarms: list[Raised] = Field(description="The worst first.")


@router.get(
    "",
    response=Today,
    operation_id="today",
    summary="Read the figures of the day",
    description="As the first page shows them. Needs the right `calls.view`, and `balances.view`.",
)
def read_today(request: HttpRequest) -> Any:
    """Those of the viewer's house."""
    require(request.viewer, "calls.view")
    require(request.viewer, "balances.view")
    viewer, now = request.viewer, timezone.now()
    day, holdings = today(viewer, now=now), own_holdings(viewer)
    own = None if viewer.is_owner or not holdings else outlook(viewer, available=holdings[0].available, now=now)
    beside = compared(viewer, day, now=now)
    raised = alarms(viewer, own=own, now=now) if viewer.is_of_dealer else []
    return {
        "day": day.day.date().isoformat(),
        "calls": day.calls,
        "answered": day.answered,
        "duration_ms": day.duration_ms,
        "hours": [{"hour": each.hour, "calls": each.calls, "answered": each.answered} for each in day.hours],
        "earned": [_earned(margin) for margin in day.margins],
        "calls_compared": {"now": beside.calls.now, "before": beside.calls.before},
        "minutes_compared": {"now": beside.minutes.now, "before": beside.minutes.before},
        "outlook": None
        if own is None
        else {"spent_lately": format_amount(own.spent_lately), "hours": own.hours, "is_low": own.is_low},
        "alarms": [_told(each) for each in raised],
    }


def _earned(margin: Any) -> dict[str, str]:
    amounts = {name: format_amount(getattr(margin, name)) for name in ("sold", "paid", "amount")}
    return {"currency": margin.currency} | amounts


def _told(raised: Any) -> dict[str, Any]:
    has_names = isinstance(raised.what, tuple)
    return {
        "alarm": raised.alarm.value,
        "number": None if has_names else raised.what,
        "names": list(raised.what) if has_names else [],
    }
