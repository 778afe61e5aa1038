"""Starts children in order, starts again those that die, stops all in the opposite order.

A child that dies is started again after a pause, which doubles with every death and goes back to the first one when the
child has lived for QUIET_S. One that cannot be started counts as one that died. Example: deaths at once are answered
after 1, 2, 4, 8, 16, 30, 30... seconds.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from smartswitch.cli.supervisor.children import Child, ChildError
from smartswitch.runtime.log import EventLog

FIRST_PAUSE_S = 1
LONGEST_PAUSE_S = 30
QUIET_S = 60
POLL_S = 0.25

log = EventLog("cli.supervisor")


def next_pause_s(*, last_pause_s: int | None, lived_s: int) -> int:
    """How long to wait before a child is started again; `last_pause_s` is None at its first death."""
    if last_pause_s is None or lived_s >= QUIET_S:
        return FIRST_PAUSE_S
    return min(2 * last_pause_s, LONGEST_PAUSE_S)


@dataclass(slots=True)
class _Kept:
    """A child, since when it lives, and when it will be started again if it does not."""

    child: Child
    started_at_s: int
    pause_s: int | None = None
    again_at_s: int | None = None


class Supervisor:
    """Keeps children alive until it is told to stop. `tell` prints a line for people."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._kept: list[_Kept] = []
        self._is_over = threading.Event()

    def start(self, children: Sequence[Child]) -> None:
        """Start children that do not need each other, all at once; ChildError if one does not get ready."""
        for child in children:
            if self._is_over.is_set():
                return
            self._kept.append(_Kept(child, _now_s()))
            child.launch()
        for child in children:
            child.wait_until_ready()
            log.event("child_started", child=child.name, process_id=child.pid)

    def adopt(self, children: Iterable[Child]) -> None:
        """Take over children that somebody else is starting."""
        self._kept += [_Kept(child, _now_s()) for child in children]

    def request_stop(self) -> None:
        """Make `keep` return soon. Safe in a signal handler and from any thread."""
        self._is_over.set()

    @property
    def is_stopping(self) -> bool:
        """Say whether a stop was requested."""
        return self._is_over.is_set()

    def keep(self) -> None:
        """Look after the children until a stop is requested."""
        while not self._is_over.wait(POLL_S):
            for kept in self._kept:
                self._look_after(kept, _now_s())

    def stop(self) -> None:
        """End every child, the last one first."""
        self._is_over.set()
        while self._kept:
            kept = self._kept.pop()
            kept.child.stop()
            log.event("child_stopped", child=kept.child.name)

    def _look_after(self, kept: _Kept, now_s: int) -> None:
        if kept.again_at_s is not None:
            if now_s >= kept.again_at_s:
                self._start_again(kept)
        elif kept.child.pid is None:
            self._schedule(kept, now_s, "ended")

    def _schedule(self, kept: _Kept, now_s: int, what: str) -> None:
        kept.pause_s = next_pause_s(last_pause_s=kept.pause_s, lived_s=now_s - kept.started_at_s)
        kept.again_at_s = now_s + kept.pause_s
        log.warning("child_died", child=kept.child.name, again_in_s=kept.pause_s)
        self._tell(f"{kept.child.name} {what}; it is started again in {kept.pause_s} s")

    def _start_again(self, kept: _Kept) -> None:
        kept.started_at_s = _now_s()
        kept.again_at_s = None
        try:
            kept.child.launch()
            kept.child.wait_until_ready()
        except ChildError as error:
            log.error("child_does_not_start", child=kept.child.name, reason=str(error))
            self._schedule(kept, _now_s(), "does not start")


def _now_s() -> int:
    return time.monotonic_ns() // 1_000_000_000
