"""The wire of a business case: terminators that answer or fail, callers who hang up, all at the moments that the case says.

It obeys the orders of call control as Kamailio does, and reports as Kamailio does; it takes no time for either.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from smartswitch.cli.party.values import CallEvent
from smartswitch.cli.playing.stage import Stage, Turn
from smartswitch.protocol.wire import (
    Answered,
    AttemptFailed,
    CallEnder,
    Cancel,
    Ended,
    Failed,
    Hangup,
    Order,
    RouteCall,
)
from smartswitch.runtime.clock import VirtualClock

WireReport = AttemptFailed | Answered | Failed | Ended

FAILING_STATUS = 503
CANCELLED_STATUS = 487
GIVEN_UP_STATUS = 480


class VirtualWire:
    """Carries the calls of a case.

    The number of a call in the case stands for everything that names a call on a wire: the suspended transaction, the
    dialog. ``target_keys`` tells whom the routes of a call lead to; ``deaf`` are the keys of those who fail with 503.
    """

    def __init__(self, stage: Stage, clock: VirtualClock, *, deaf: frozenset[str]) -> None:
        self._stage = stage
        self._clock = clock
        self._deaf = deaf
        self._calls: Mapping[int, CallEvent] = {}
        self._call_ids: dict[int, UUID] = {}
        self._over: set[int] = set()
        self.report: Callable[[WireReport], None] = lambda _: None
        self.target_keys: Callable[[UUID], tuple[str, ...]] = lambda _: ()

    def expect(self, calls: Mapping[int, CallEvent]) -> None:
        """Know what the case says of its calls."""
        self._calls = calls

    @property
    def is_connected(self) -> bool:
        """A virtual wire is never away."""
        return True

    def send(self, order: Order) -> bool:
        """Obey an order of call control; what it brings about is reported when its turn comes."""
        match order:
            case RouteCall():
                self._carry(order)
            case Hangup():
                self._now(Turn.HANG_UP, lambda: self._end(order.h_entry, CallEnder.NODE))
            case Cancel():
                self._now(Turn.HANG_UP, lambda: self._fail(order.tindex, GIVEN_UP_STATUS))
            case _:
                pass  # what Kamailio would do is nothing that the case could see
        return True

    def _carry(self, order: RouteCall) -> None:
        """Try the routes at once, as far as one answers; the rest of the call comes at its moments."""
        number = order.tindex
        self._call_ids[number] = order.call_id
        keys = self.target_keys(order.call_id)
        for index, key in enumerate(keys):
            if key not in self._deaf:
                self._let_ring(number, index)
                return
            self._now(Turn.ANSWER, lambda index=index: self._attempt_failed(number, index))
        self._now(Turn.ANSWER, lambda: self._fail(number, FAILING_STATUS))

    def _let_ring(self, number: int, index: int) -> None:
        event = self._calls[number]
        if event.answer_after_ms is not None and (
            event.hangup_after_ms is None or event.answer_after_ms <= event.hangup_after_ms
        ):
            self._stage.cue(event.at_ms + event.answer_after_ms, Turn.ANSWER, lambda: self._answer(number, index))
        if event.hangup_after_ms is not None:
            self._stage.cue(event.at_ms + event.hangup_after_ms, Turn.HANG_UP, lambda: self._caller_leaves(number))

    def _caller_leaves(self, number: int) -> None:
        event = self._calls[number]
        if event.answer_after_ms is not None and event.answer_after_ms <= (event.hangup_after_ms or 0):
            self._end(number, CallEnder.CALLER)
        else:
            self._fail(number, CANCELLED_STATUS)

    # ---- reports

    def _now(self, turn: Turn, work: Callable[[], None]) -> None:
        self._stage.cue(self._clock.monotonic_ms(), turn, work)

    def _attempt_failed(self, number: int, index: int) -> None:
        self.report(
            AttemptFailed(call_id=self._call_ids[number], index=index, status=FAILING_STATUS, at_ms=self._at_ms())
        )

    def _answer(self, number: int, index: int) -> None:
        if number not in self._over:
            self.report(
                Answered(
                    report=f"answered {number}",
                    call_id=self._call_ids[number],
                    ci=f"case-{number}",
                    h_entry=number,
                    h_id=number,
                    index=index,
                    at_ms=self._at_ms(),
                )
            )

    def _fail(self, number: int, status: int) -> None:
        if number not in self._over:
            self._over.add(number)
            self.report(
                Failed(report=f"failed {number}", call_id=self._call_ids[number], status=status, at_ms=self._at_ms())
            )

    def _end(self, number: int, by: CallEnder) -> None:
        if number not in self._over:
            self._over.add(number)
            self.report(
                Ended(
                    report=f"ended {number}",
                    call_id=self._call_ids[number],
                    ci=f"case-{number}",
                    h_entry=number,
                    h_id=number,
                    at_ms=self._at_ms(),
                    by=by,
                )
            )

    def _at_ms(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1000 + now.microsecond // 1000
