"""The alarms of a call: when to ask for more time, when to cut, and when the wire owes us a report for too long.

All moments are monotonic. A grant of g seconds ends g s after the answer. While no level is short, more time is asked for
``extend_lead_ms`` before that; once a level was short, one last question goes out ``last_question_lead_ms`` before the end
(or again and again while charging is silent). The cut stands at the end of the grant, to the millisecond.
"""

from collections.abc import Callable
from functools import partial

from smartswitch.core.call import Event, State
from smartswitch.runtime.clock import Clock
from smartswitch.switch.calls.call_ports import CallSettings, Timer
from smartswitch.switch.calls.live_call import LiveCall

Advance = Callable[[LiveCall, Event], None]


class CallTimers:
    """Sets the alarms of the calls of one controller; each alarm is an event of ``core/call.py``."""

    def __init__(self, timer: Timer, clock: Clock, settings: CallSettings, advance: Advance) -> None:
        self._timer = timer
        self._clock = clock
        self._settings = settings
        self._advance = advance

    def schedule(self, live: LiveCall) -> None:
        """Set the alarms of the present grant, in place of those before."""
        live.drop_timers()
        live.drop_watch()
        end_ms = live.end_monotonic_ms
        question_ms = self._next_question_ms(live, end_ms)
        if question_ms is not None:
            live.grant_timers.append(self._timer.at(question_ms, partial(self._advance, live, Event.EXTENSION_DUE)))
        live.grant_timers.append(self._timer.at(end_ms, partial(self._advance, live, Event.CUT_DUE)))

    def watch(self, live: LiveCall) -> None:
        """Set the alarm for a report that is owed to us."""
        live.drop_watch()
        state = live.call.state
        if state is State.ROUTING:
            patience_ms = self._settings.longest_ringing_ms
        elif state is State.ENDED_FIRST:
            patience_ms = self._settings.late_answer_patience_ms
        else:
            patience_ms = self._settings.report_patience_ms
        when_ms = self._clock.monotonic_ms() + patience_ms
        live.watch_timer = self._timer.at(when_ms, partial(self._advance, live, Event.NO_NEWS))

    def _next_question_ms(self, live: LiveCall, end_ms: int) -> int | None:
        if live.is_charging_silent:
            again_ms = self._clock.monotonic_ms() + self._settings.retry_unavailable_ms
            return again_ms if again_ms < end_ms else None
        if not live.is_short:
            return end_ms - self._settings.extend_lead_ms
        last_ms = end_ms - self._settings.last_question_lead_ms
        was_asked = live.asked_at_ms is not None and live.asked_at_ms >= last_ms
        return None if was_asked else last_ms
