"""The day so far: calls by the hour, and what was earned."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from smartswitch.web.dashboard.selectors.rows import party_calls, read_rows
from smartswitch.web.login.viewer import Viewer

HOURS = 24
MS_PER_MINUTE = 60_000
MS_PER_SECOND = 1000
QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hour:
    """The calls that began within one hour."""

    hour: int
    calls: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What was sold and paid in one currency, without tax."""

    currency: str
    sold: int
    paid: int

    @property
    def amount(self) -> int:
        """What is left."""
        return self.sold - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A day in the viewer's zone."""

    day: datetime
    hours: tuple[Hour, ...]
    calls: int
    answered: int
    duration_ms: int
    margins: tuple[Margin, ...]
    rolled_until: datetime | None
    """Up to where calls were added up when it was read; None: nowhere."""

    @property
    def answered_percent(self) -> int | None:
        """ASR: answered of all calls; None before the first call."""
        return None if not self.calls else (self.answered * 100 + self.calls // 2) // self.calls

    @property
    def minutes(self) -> int:
        """Whole minutes talked."""
        return self.duration_ms // MS_PER_MINUTE

    @property
    def average_s(self) -> int | None:
        """ACD: the mean length of an answered call."""
        return None if not self.answered else self.duration_ms // self.answered // MS_PER_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `since` on and before `until`; up to `rolled` the worker has added up what happened, by quarters of an hour."""

    since: datetime
    rolled: datetime
    until: datetime

    @property
    def parameters(self) -> dict[str, object]:
        """For the queries."""
        return {"since": self.since, "rolled": self.rolled, "until": self.until}


def span_of(since: datetime, until: datetime, *, rolled_until: datetime | None) -> Span:
    """The span, with those quarters of an hour added up that lie wholly within it and are complete."""
    if rolled_until is None:
        return Span(since=since, rolled=since, until=until)
    last_quarter = until - (until - EPOCH) % QUARTER
    return Span(since=since, rolled=max(since, min(last_quarter, rolled_until)), until=until)


def today(viewer: Viewer, *, now: datetime) -> Today:
    """The figures of the viewer's house for the day, in his zone, that `now` lies in."""
    day = datetime.combine(now.astimezone(viewer.zone).date(), time(), tzinfo=viewer.zone)
    until = datetime.combine(day.date() + timedelta(days=1), time(), tzinfo=viewer.zone)
    rolled_until = _rolled_until(viewer)
    span = span_of(day.astimezone(UTC), until.astimezone(UTC), rolled_until=rolled_until)
    rows = calls_by_hour(viewer, span)
    margins = _margins(viewer, span)
    earned = tuple(Margin(**row) for row in margins if row["sold"] or row["paid"])
    by_hour = {row["hour"]: row for row in rows}
    return Today(
        day=day,
        hours=tuple(_hour(number, by_hour.get(number)) for number in range(HOURS)),
        calls=sum(row["calls"] for row in rows),
        answered=sum(row["answered"] for row in rows),
        duration_ms=sum(row["duration_ms"] for row in rows),
        margins=earned or (Margin(currency=viewer.currency, sold=0, paid=0),),
        rolled_until=rolled_until,
    )


def _rolled_until(viewer: Viewer) -> datetime | None:
    """Up to where the worker has added up the calls of houses. A customer's own calls it does not: they are few."""
    if not viewer.is_of_dealer:
        return None
    (row,) = read_rows("rolled_until", {})
    return row["rolled_until"]


def calls_by_hour(viewer: Viewer, span: Span) -> list[dict[str, int]]:
    """The calls of the viewer's house that began within a span: hour, calls, answered, duration_ms."""
    parameters = {**span.parameters, "dealer": viewer.dealer_id, "zone": viewer.zone.key}
    return read_rows("calls_by_hour", parameters, party=party_calls(viewer))


def _margins(viewer: Viewer, span: Span) -> list[dict[str, object]]:
    """What was sold and paid; a customer paid only, and what he paid is with tax."""
    parameters = {**span.parameters, "dealer": viewer.dealer_id}
    if not viewer.is_of_dealer:
        return read_rows("spent_today", parameters)
    return read_rows("margin", {**parameters, "balance": viewer.balance_id})


def _hour(number: int, row: dict[str, int] | None) -> Hour:
    return Hour(number, row["calls"], row["answered"]) if row else Hour(number, 0, 0)
