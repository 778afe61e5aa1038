"""What lies beyond today's figures: how long the money lasts, how today compares with a week ago, and what needs a look."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from smartswitch.web.dashboard.selectors.rows import read_rows
from smartswitch.web.dashboard.selectors.today import MS_PER_MINUTE, Today, calls_by_hour, span_of
from smartswitch.web.login.viewer import Viewer

WEEK = timedelta(days=7)
LATELY = timedelta(hours=24)
HOURS_PER_DAY = 24
DAYS_PER_YEAR = 365
LOW_HOURS = 72
"""Money that lasts less long than this is an alarm."""
SILENT_S = 30
MS_PER_SECOND = 1000
WHOLE_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure of today beside the same hours of a week ago."""

    now: int
    before: int

    @property
    def percent(self) -> int | None:
        """By how much it has changed, in percent; None where there was nothing to compare with."""
        return None if not self.before else (self.now - self.before) * WHOLE_PERCENT // self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Calls and whole minutes of today so far, beside those of a week ago up to the same time of day."""

    calls: Change
    minutes: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How long the viewer's own balance lasts at the pace of the last 24 hours; None where it has no end."""

    spent_lately: int
    hours: int | None

    @property
    def days(self) -> int | None:
        """Whole days."""
        return None if self.hours is None else self.hours // HOURS_PER_DAY

    @property
    def is_long(self) -> bool:
        """Whether it lasts so long that to count the days would pretend to know."""
        return self.days is not None and self.days > DAYS_PER_YEAR

    @property
    def is_low(self) -> bool:
        """Whether it is time to pay."""
        return self.hours is not None and self.hours < LOW_HOURS


class Alarm(Enum):
    """What needs a look; the words are the template's."""

    LOW_BALANCE = "low_balance"
    EMPTY_PARTIES = "empty_parties"
    LEDGER = "ledger"
    SILENT_NODES = "silent_nodes"


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm, with the number or the names that belong to it."""

    alarm: Alarm
    what: int | tuple[str, ...] = ()


def compared(viewer: Viewer, today: Today, *, now: datetime) -> Comparison:
    """Today beside a week ago."""
    since, until = (today.day - WEEK).astimezone(UTC), now.astimezone(UTC) - WEEK
    span = span_of(since, until, rolled_until=today.rolled_until)
    hours = calls_by_hour(viewer, span)
    return Comparison(
        calls=Change(now=today.calls, before=sum(hour["calls"] for hour in hours)),
        minutes=Change(now=today.minutes, before=sum(hour["duration_ms"] for hour in hours) // MS_PER_MINUTE),
    )


def outlook(viewer: Viewer, *, available: int | None, now: datetime) -> Outlook:
    """How long what is `available` on the viewer's own balance lasts."""
    parameters = {"dealer": viewer.dealer_id, "balance": viewer.balance_id, "since": now - LATELY}
    (row,) = read_rows("spent_lately", parameters)
    spent = row["amount"]
    hours = None if available is None or spent <= 0 else max(0, available) * HOURS_PER_DAY // spent
    return Outlook(spent_lately=spent, hours=hours)


def alarms(viewer: Viewer, *, own: Outlook | None, now: datetime) -> list[Raised]:
    """What the viewer should look at, the worst first."""
    silent_before_ms = int((now - timedelta(seconds=SILENT_S)).timestamp()) * MS_PER_SECOND
    (row,) = read_rows("alarms", {"silent_before_ms": silent_before_ms})
    raised = []
    if row["is_ledger_right"] is False:
        raised.append(Raised(Alarm.LEDGER))
    if row["silent_nodes"]:
        raised.append(Raised(Alarm.SILENT_NODES, tuple(row["silent_nodes"])))
    if own is not None and own.is_low:
        raised.append(Raised(Alarm.LOW_BALANCE, own.hours or 0))
    if row["empty_parties"]:
        raised.append(Raised(Alarm.EMPTY_PARTIES, row["empty_parties"]))
    return raised
