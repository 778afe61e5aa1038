"""Virtual time: what is to happen, in order of time, and for one moment in the order that a person would expect.

Of things that happen at one moment, answers come first, then hang-ups, then money and prices and blocks, then new calls,
and last the alarms of call control: who hangs up at the moment at which his grant ends hung up, and a top-up that comes
at that moment comes in time.
"""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from itertools import count

from smartswitch.runtime.clock import VirtualClock


class Turn(IntEnum):
    """Who comes first at one moment."""

    ANSWER = 0
    HANG_UP = 1
    TOP_UP = 2
    SET_PRICE = 3
    BLOCK = 4
    CALL = 5
    ALARM = 6


Work = Callable[[], Awaitable[None] | None]


@dataclass(order=True, slots=True)
class _Cue:
    at_ms: int
    turn: Turn
    number: int
    work: Work = field(compare=False)
    is_cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Do not do it."""
        self.is_cancelled = True


class Stage:
    """The clock and what is to come. It is the ``Timer`` of call control as well."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._start = clock.now()
        self._cues: list[_Cue] = []
        self._numbers = count()

    def cue(self, at_ms: int, turn: Turn, work: Work) -> _Cue:
        """Do the work at a moment (ms after the start); a moment that is over is now."""
        cue = _Cue(max(at_ms, self._clock.monotonic_ms()), turn, next(self._numbers), work)
        heapq.heappush(self._cues, cue)
        return cue

    def at(self, when_ms: int, callback: Callable[[], None]) -> _Cue:
        """Set an alarm of call control."""
        return self.cue(when_ms, Turn.ALARM, callback)

    async def play(self, settle: Callable[[], Awaitable[None]]) -> None:
        """Let everything happen, and after each thing let the others come to rest."""
        while self._cues:
            cue = heapq.heappop(self._cues)
            if cue.is_cancelled:
                continue
            self._clock.advance_to(self._start + timedelta(milliseconds=cue.at_ms))
            under_way = cue.work()
            if under_way is not None:
                await under_way
            await settle()
