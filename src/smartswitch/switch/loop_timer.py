"""Alarms on the event loop, for call control."""

import asyncio
from collections.abc import Callable

from smartswitch.runtime.clock import Clock

MS_PER_SECOND = 1000


class LoopTimer:
    """The ``Timer`` of a node: monotonic moments of its clock, kept by the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        self._loop = loop
        self._clock = clock

    def at(self, when_ms: int, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back at a monotonic moment, or in the next turn of the loop if it is over."""
        delay_ms = max(0, when_ms - self._clock.monotonic_ms())
        return self._loop.call_later(delay_ms / MS_PER_SECOND, callback)
