"""Time comes from here, so that a test can own it.

Rule: nothing above this layer calls `datetime.now` or `time.monotonic`; it is handed a `Clock`. Pure code in `core` is
not handed a clock at all but the time itself.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

NANOSECONDS_PER_MILLISECOND = 1_000_000


class Clock(Protocol):
    """Tells the time of day, for facts, and elapsed time, for timers."""

    def now(self) -> datetime:
        """Return the time of day, aware and in UTC. It may jump when the host's clock is corrected."""
        ...

    def monotonic_ms(self) -> int:
        """Return milliseconds since some fixed moment. It never goes back."""
        ...


class SystemClock:
    """The host's clock."""

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        """Return milliseconds since the host started, about."""
        return time.monotonic_ns() // NANOSECONDS_PER_MILLISECOND


class VirtualClock:
    """A clock that stands still until a test moves it; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._start = _in_utc(start)
        self._now = self._start

    def now(self) -> datetime:
        """Return the moment this clock was last moved to."""
        return self._now

    def monotonic_ms(self) -> int:
        """Return milliseconds since the start of this clock."""
        return (self._now - self._start) // timedelta(milliseconds=1)

    def advance_to(self, moment: datetime) -> None:
        """Move forward to `moment` (aware). Raises `ValueError` when that lies in the past."""
        moment = _in_utc(moment)
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now} and cannot go back to {moment}")
        self._now = moment

    def advance_by_ms(self, duration_ms: int) -> None:
        """Move forward by `duration_ms` milliseconds."""
        self.advance_to(self._now + timedelta(milliseconds=duration_ms))


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; use an aware datetime")
    return moment.astimezone(UTC)
