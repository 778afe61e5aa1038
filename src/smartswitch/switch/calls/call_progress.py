"""What reports of the wire add to the facts of a call: attempts, the moment of the answer, the end and its length.

Lengths are measured, not computed from two readings of a clock that may have been set in between (FAULTS F18). Reports
carry the time of day; a report that arrives at once after its moment also fixes that moment on the monotonic clock. When
both ends of a talk were fixed so and the two lengths disagree, the monotonic one is the truth.
"""

from smartswitch.protocol.charging import Attempt, EndedBy
from smartswitch.protocol.wire import Answered, AttemptFailed, CallEnder, Ended, Failed
from smartswitch.runtime.clock import Clock
from smartswitch.switch.calls.live_call import Dialog, LiveCall

CLOCKS_AGREE_MS = 1_000
ANSWERED_STATUS = 200


def utc_ms(clock: Clock) -> int:
    """The time of day in UTC milliseconds."""
    now = clock.now()
    return int(now.timestamp()) * 1000 + now.microsecond // 1000


def note_attempt(live: LiveCall, event: AttemptFailed) -> None:
    """One target did not answer; the next one is tried."""
    _add_attempt(live, event.index, event.status, event.at_ms)
    live.target_index = event.index + 1


def note_answer(live: LiveCall, event: Answered, *, clock: Clock, fresh_ms: int) -> None:
    """A target answered; a repeat changes nothing."""
    live.dialog = Dialog(event.h_entry, event.h_id, event.ci)
    if live.answered_at_ms is not None:
        return
    _add_attempt(live, event.index, ANSWERED_STATUS, event.at_ms)
    live.target_index = event.index
    live.answered_at_ms = event.at_ms
    late_ms = utc_ms(clock) - event.at_ms
    live.is_answer_fresh = 0 <= late_ms <= fresh_ms
    live.answered_monotonic_ms = clock.monotonic_ms() - max(0, late_ms)
    live.wire_end_ms = live.end_monotonic_ms
    if live.ended_at_ms is not None:
        live.duration_ms = max(0, live.ended_at_ms - event.at_ms)


def note_failure(live: LiveCall, event: Failed) -> None:
    """The INVITE failed for good; a failure after the answer changes nothing."""
    if live.answered_at_ms is None:
        live.sip_status = event.status
        live.ended_at_ms = event.at_ms


def note_end(live: LiveCall, event: Ended, *, clock: Clock, fresh_ms: int) -> None:
    """The dialog is over; the first report counts."""
    live.dialog = Dialog(event.h_entry, event.h_id, event.ci)
    if live.ended_at_ms is not None and live.ended_by is not None:
        return
    live.ended_at_ms = event.at_ms
    live.ended_by = _ender(live, event.by)
    if live.answered_at_ms is None:
        return
    length_ms = max(0, event.at_ms - live.answered_at_ms)
    late_ms = utc_ms(clock) - event.at_ms
    if live.is_answer_fresh and 0 <= late_ms <= fresh_ms:
        measured_ms = clock.monotonic_ms() - late_ms - live.answered_monotonic_ms
        if abs(measured_ms - length_ms) > CLOCKS_AGREE_MS:
            length_ms = max(0, measured_ms)
    live.duration_ms = length_ms


def note_loss(live: LiveCall, *, at_ms: int) -> None:
    """The wire is gone: the call ended, at the latest, at the moment (UTC ms) at which it was last known to live."""
    if live.ended_at_ms is None:
        live.ended_at_ms = at_ms
        live.sip_status = live.sip_status or 503
        if live.answered_at_ms is not None:
            live.ended_at_ms = max(live.answered_at_ms, at_ms, live.seen_alive_at_ms)
            live.duration_ms = live.ended_at_ms - live.answered_at_ms
    live.ended_by = live.ended_by or live.stop_cause or EndedBy.OPERATOR


def _add_attempt(live: LiveCall, index: int, sip_status: int, at_ms: int) -> None:
    key = live.plan.targets[index].key if 0 <= index < len(live.plan.targets) else ""
    started_ms = live.attempt_started_ms or live.at_ms
    live.attempts.append(Attempt(key, sip_status, max(0, at_ms - started_ms)))
    live.attempt_started_ms = at_ms


def _ender(live: LiveCall, by: CallEnder) -> EndedBy:
    """Who ended it. When we hang up because of a cut or a block, Kamailio says "node" or that its own timer came first."""
    match by:
        case CallEnder.CALLER:
            return EndedBy.CALLER
        case CallEnder.CALLED:
            return EndedBy.CALLED
        case CallEnder.KEEPALIVE:
            return live.stop_cause or EndedBy.MEDIA_TIMEOUT
        case CallEnder.TIMEOUT:
            return live.stop_cause or (EndedBy.CREDIT if live.is_short else EndedBy.LIMIT)
        case CallEnder.NODE:
            return live.stop_cause or EndedBy.OPERATOR
