"""Limits that a node keeps in its own memory: calls per second, and the load of terminators and routes.

*Calls per second* is the generic cell rate algorithm (ITU-T I.371, annex A): for each party one moment, the "theoretical
arrival time". A party with a limit of n may bring n calls at once, and after that one each 1/n second. One integer a
party, no timer, no history; a call that is refused costs nothing. Rejected: counting calls in whole seconds, which lets
2n pass around the turn of a second, and a sliding window, which keeps n moments a party.

*Load*: a terminator with a call limit takes so many calls of this node at once. (Limits of paying parties are different:
they are counted in the database, by the charging plane, for all nodes together.)
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

MICROSECONDS_PER_SECOND = 1_000_000
PARTIES_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many calls per second for the party with this name; ``key`` is what people call it."""

    name: Hashable
    calls_per_second: int
    key: str = ""


class CallRate:
    """Decides whether a call comes too soon after the ones before it. Times are monotonic milliseconds."""

    def __init__(self) -> None:
        self._arrival_us: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._arrival_us)

    def admit(self, limits: Iterable[RateLimit], *, now_ms: int) -> RateLimit | None:
        """Count a call at every party, or at none: gives the first limit that it would break, None if it may pass."""
        now_us = now_ms * 1000
        wanted = tuple(limits)
        for limit in wanted:
            if self.is_exhausted(limit, now_ms=now_ms):
                return limit
        for limit in wanted:
            arrival_us = max(self._arrival_us.get(limit.name, 0), now_us)
            self._arrival_us[limit.name] = arrival_us + MICROSECONDS_PER_SECOND // max(1, limit.calls_per_second)
        if len(self._arrival_us) > PARTIES_REMEMBERED:
            self._forget(now_us)
        return None

    def give_back(self, limits: Iterable[RateLimit]) -> None:
        """Uncount a call that `admit` counted and that was not made after all."""
        for limit in limits:
            if limit.name in self._arrival_us:
                self._arrival_us[limit.name] -= MICROSECONDS_PER_SECOND // max(1, limit.calls_per_second)

    def is_exhausted(self, limit: RateLimit, *, now_ms: int) -> bool:
        """True if a call of this party would be refused now. Nothing is counted."""
        if limit.calls_per_second < 1:
            return True
        interval_us = MICROSECONDS_PER_SECOND // limit.calls_per_second
        tolerance_us = interval_us * (limit.calls_per_second - 1)
        return self._arrival_us.get(limit.name, 0) - now_ms * 1000 > tolerance_us

    def _forget(self, now_us: int) -> None:
        """Drop parties that have been quiet, whose next call passes anyway."""
        self._arrival_us = {name: at_us for name, at_us in self._arrival_us.items() if at_us > now_us}


class Load:
    """How many calls each terminator and route carries now, by any hashable name."""

    def __init__(self) -> None:
        self._calls: Counter[Hashable] = Counter()

    def add(self, name: Hashable) -> None:
        """One call more."""
        self._calls[name] += 1

    def remove(self, name: Hashable) -> None:
        """One call less; what is 0 is forgotten."""
        assert self._calls[name] > 0, f"{name} carries no call"
        self._calls[name] -= 1
        if not self._calls[name]:
            del self._calls[name]

    def is_full(self, name: Hashable, call_limit: int | None) -> bool:
        """True if one call more would be beyond the limit."""
        return call_limit is not None and self._calls[name] >= call_limit
