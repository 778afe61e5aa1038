"""What a call says to the wire: the wire half of the actions of ``core/call.py``, and the load of its targets."""

from smartswitch.core.call import Action
from smartswitch.core.refusal import Reason
from smartswitch.protocol.wire import Acknowledge, Cancel, Extend, Hangup, Refuse, RouteCall
from smartswitch.runtime.clock import Clock
from smartswitch.switch.calls.call_ports import CallSettings, Wire
from smartswitch.switch.calls.live_call import MS_PER_SECOND, LiveCall
from smartswitch.switch.planning.call_plan import Question, Target
from smartswitch.switch.planning.limits import CallRate, Load
from smartswitch.switch.refusal_sip import STOPPED, SipAnswer, hang_up_reason, sip_answer

OPERATOR = "operator"
SECOND_LOCK_S = 1
"""Kamailio's own timer ticks in whole seconds and may ring up to one early, so it is told one more: this node cuts to the
millisecond at the end of the grant, and if it is dead, Kamailio cuts within a second after (FAULTS I8)."""


class CallOrders:
    """Gives orders for the calls of one controller."""

    def __init__(self, clock: Clock, settings: CallSettings, load: Load, rate: CallRate) -> None:
        self._clock = clock
        self._settings = settings
        self._load = load
        self._rate = rate

    def perform(self, live: LiveCall, action: Action) -> None:
        """Carry out one action that concerns the wire."""
        match action:
            case Action.REFUSE:
                self._refuse(live)
            case Action.ROUTE:
                self._route(live)
            case Action.PROLONG:
                self._set_end(live)
            case Action.SHORTEN:
                if live.end_monotonic_ms < live.wire_end_ms:
                    self._set_end(live)
            case Action.HANG_UP:
                self._hang_up(live)
            case Action.CANCEL:
                self._cancel(live)
            case Action.ACKNOWLEDGE:
                for report in sorted(live.reports):
                    live.wire.send(Acknowledge(report=report))
                live.reports.clear()
            case _:
                raise AssertionError(f"{action} is not an order")

    def refuse(self, wire: Wire, question: Question, answer: SipAnswer) -> None:
        """Answer an INVITE for good."""
        wire.send(
            Refuse(
                tindex=question.tindex,
                tlabel=question.tlabel,
                status=answer.status,
                reason=answer.phrase,
                headers=answer.headers,
            )
        )

    def take_place(self, live: LiveCall) -> None:
        """Count a call that was planned a moment ago at its first target, and at its calls per second.

        At once, not when it is routed: charging is asked in between, and calls that come meanwhile must find the place
        taken. A call that charging refuses gives both back (`_refuse`).
        """
        first = live.plan.targets[0]
        self._load_at(live, first)
        self._rate.admit(first.rate_limits, now_ms=self._clock.monotonic_ms())

    def load_next(self, live: LiveCall) -> None:
        """Count the call at the target that is tried now, and no more at the one before it."""
        self.unload(live)
        if live.target is not None:
            self._load_at(live, live.target)

    def _load_at(self, live: LiveCall, target: Target) -> None:
        live.loaded = target.load_names
        for name in live.loaded:
            self._load.add(name)

    def unload(self, live: LiveCall) -> None:
        """Count the call at no target any more."""
        for name in live.loaded:
            self._load.remove(name)
        live.loaded = ()

    def _refuse(self, live: LiveCall) -> None:
        answer = sip_answer(live.refusal.reason) if live.refusal is not None else STOPPED
        live.sip_status = answer.status
        self.unload(live)
        for first in live.plan.targets[:1]:
            self._rate.give_back(first.rate_limits)
        if live.question is not None:
            self.refuse(live.wire, live.question, answer)

    def _route(self, live: LiveCall) -> None:
        question, plan = live.question, live.plan
        if question is None:
            return
        live.target_index = 0
        live.attempt_started_ms = live.attempt_started_ms or live.at_ms
        self.load_next(live)
        live.wire.send(
            RouteCall(
                tindex=question.tindex,
                tlabel=question.tlabel,
                call_id=live.call_id,
                granted_s=live.granted_s + SECOND_LOCK_S,
                routes=tuple(target.route for target in plan.targets),
                stop_codes=plan.stop_codes,
                media=plan.media,
            )
        )

    def _set_end(self, live: LiveCall) -> None:
        """Tell Kamailio the end of the grant, as whole seconds from now."""
        dialog = live.dialog
        left_ms = live.end_monotonic_ms - self._clock.monotonic_ms()
        if dialog is None:
            return
        live.wire_end_ms = live.end_monotonic_ms
        timeout_s = max(0, -(-left_ms // MS_PER_SECOND)) + SECOND_LOCK_S
        live.wire.send(Extend(h_entry=dialog.h_entry, h_id=dialog.h_id, timeout_s=timeout_s))

    def _hang_up(self, live: LiveCall) -> None:
        dialog = live.dialog
        if dialog is None:
            return
        cause = live.stop_cause.value if live.stop_cause is not None else OPERATOR
        live.wire.send(
            Hangup(h_entry=dialog.h_entry, h_id=dialog.h_id, ci=dialog.sip_call_id, reason=hang_up_reason(cause))
        )

    def _cancel(self, live: LiveCall) -> None:
        question = live.question
        live.sip_status = STOPPED.status if live.stop_cause else sip_answer(Reason.UNREACHABLE).status
        if question is not None:
            live.wire.send(
                Cancel(tindex=question.tindex, tlabel=question.tlabel, ci=question.sip_call_id, cseq=question.cseq)
            )
