"""Call control: takes what the wire reports, asks the directory and charging, gives orders. It knows no transport.

How to drive it (the node and the ``scenario`` command do so alike)::

    planner = CallPlanner(directory, load=load, rate=rate)
    calls = CallController(planner, Delivery(engine, spool), timer, clock, settings, load=load, rate=rate, on_closed=...)

    calls.invite(invitation, wire)      an INVITE whose sender is known; the answer is an order on the wire, soon:
                                        Refuse (status, Reason header), or RouteCall with the targets in hunting order
    calls.report(event, wire)           AttemptFailed, Answered, Failed, Ended of ``protocol/wire.py``.
                                        ``Answered.index`` counts the routes of RouteCall from 0. Repeats are harmless
    calls.topped_up(balance_ids)        money came to these balances: calls that are short ask again at once
    calls.stop_blocked()                the directory changed: calls of blocked parties are hung up or given up
    calls.stop(call_id, ended_by)       hang up one call: an operator, or no media
    calls.wire_lost(wire, at_ms=...)    a Kamailio died and lost its calls; calls.wire_restored(wire): orders again
    await calls.idle()                  returns when nothing is under way that time alone would not bring

Nothing here awaits: each of these returns at once, and what must be asked of charging runs as one task per call, in
order. On a virtual clock: set the clock, ring one alarm or report one event, ``await idle()``, go on.

The wire must, on ``Hangup`` or ``Cancel``, report ``Ended`` (by node) or ``Failed`` (480) in its own time, and cut by
itself ``granted_s`` after the answer unless an ``Extend`` came. That is the second lock: it is told a second more than is
granted, and the controller itself cuts at the end of the grant, so a virtual wire need not cut at all. On a virtual wire
``Hangup`` at the end of a grant should report ``Ended`` with ``at_ms`` of that same moment.

``on_closed`` is called with the :class:`LiveCall` when all of it is stored: its ``refusal``, ``answered_at_ms``,
``ended_by``, ``target`` and, per leg, ``settled`` with the charges. ``on_named`` is called when the names of a call on its
wire are new: its question when it is routed, its dialog when it is answered.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from uuid import UUID

from smartswitch.core.call import Action, Call, Event, State, step
from smartswitch.core.call_table import TABLE
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import EndedBy, RecordRefusal
from smartswitch.protocol.wire import Acknowledge, Answered, AttemptFailed, Ended, Failed, Hangup, Report
from smartswitch.runtime.clock import Clock
from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.call_charging import CHARGING_ACTIONS, CallCharging
from smartswitch.switch.calls.call_orders import CallOrders
from smartswitch.switch.calls.call_ports import CallSettings, Timer, Wire
from smartswitch.switch.calls.call_progress import note_answer, note_attempt, note_end, note_failure, note_loss, utc_ms
from smartswitch.switch.calls.call_timers import CallTimers
from smartswitch.switch.calls.delivery import Delivery
from smartswitch.switch.calls.live_call import LiveCall, LiveLeg
from smartswitch.switch.calls.live_calls import LiveCalls
from smartswitch.switch.planning.call_plan import CallPlan, Invitation, RefusedCall
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load
from smartswitch.switch.refusal_sip import hang_up_reason, sip_answer

log = EventLog("switch.call")

WireEvent = AttemptFailed | Answered | Failed | Ended
CANCELLED_STATUS = 487


class CallController:
    """All calls of one node. See the top of the file for how to drive it."""

    def __init__(
        self,
        planner: CallPlanner,
        delivery: Delivery,
        timer: Timer,
        clock: Clock,
        settings: CallSettings,
        *,
        load: Load,
        rate: CallRate,
        on_closed: Callable[[LiveCall], None] | None = None,
        on_named: Callable[[LiveCall], None] | None = None,
    ) -> None:
        self.live = LiveCalls()
        self.adopter: Callable[[Report, Wire], None] | None = None
        """Asked about reports of calls that are not known here; without one they are acknowledged, and hung up."""
        self._planner = planner
        self._delivery = delivery
        self._clock = clock
        self._charging = CallCharging(delivery, clock, settings)
        self._timers = CallTimers(timer, clock, settings, self._advance)
        self._orders = CallOrders(clock, settings, load, rate)
        self._settings = settings
        self._on_closed = on_closed
        self._on_named = on_named
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- what the world says

    def invite(self, invitation: Invitation, wire: Wire) -> None:
        """Decide about an INVITE; a repeat of one gets the same answer."""
        known = self.live.get(invitation.call_id)
        if known is not None:
            known.question = invitation.question
            self._advance(known, Event.INVITED)
            return
        if self.live.has_ended(invitation.call_id):
            self._orders.refuse(wire, invitation.question, sip_answer(Reason.UNAVAILABLE))
            return
        if not self._delivery.is_open:
            log.error("call_refused_spool_full", call_id=invitation.call_id)
            self._orders.refuse(wire, invitation.question, sip_answer(Reason.UNAVAILABLE))
            return
        plan = self._planner.plan(invitation, now_ms=self._clock.monotonic_ms())
        if isinstance(plan, RefusedCall):
            self._refuse(invitation, plan, wire)
            return
        live = LiveCall(
            call_id=invitation.call_id,
            wire=wire,
            question=invitation.question,
            plan=plan,
            legs=[LiveLeg(leg) for leg in plan.legs],
            at_ms=invitation.at_ms,
            call=Call(legs_wanted=len(plan.legs)),
        )
        self.live.add(live)
        self._orders.take_place(live)
        self._advance(live, Event.INVITED)

    def report(self, event: WireEvent, wire: Wire) -> None:
        """Take a report of the wire. Answered, Failed and Ended are acknowledged when what follows is stored."""
        live = self.live.get(event.call_id)
        if live is None:
            self._take_unknown(event, wire)
            return
        live.wire = wire
        if isinstance(event, Answered | Failed | Ended):
            live.reports.add(event.report)
        match event:
            case AttemptFailed():
                note_attempt(live, event)
                self._orders.load_next(live)
                self._advance(live, Event.PROGRESS)
            case Answered():
                note_answer(live, event, clock=self._clock, fresh_ms=self._settings.fresh_report_ms)
                self._orders.load_next(live)
                self._tell_names(live)
                self._advance(live, Event.ANSWERED)
            case Failed():
                note_failure(live, event)
                self._advance(live, Event.CANCELLED if event.status == CANCELLED_STATUS else Event.FAILED)
            case Ended():
                note_end(live, event, clock=self._clock, fresh_ms=self._settings.fresh_report_ms)
                self._advance(live, Event.ENDED)

    def topped_up(self, balance_ids: Iterable[int]) -> None:
        """Money came to these balances."""
        for balance_id in balance_ids:
            for live in self.live.using_balance(balance_id):
                self._advance(live, Event.TOPPED_UP)

    def stop_blocked(self) -> int:
        """End the calls of parties that are blocked, or gone, in the directory as it is now; how many."""
        directory = self._planner.directory
        stopped = 0
        for live in self.live:
            target = live.target
            peer_ids = (*live.plan.peer_ids, *((target.peer_id,) if target and target.peer_id is not None else ()))
            peers = [directory.peer(peer_id) for peer_id in peer_ids]
            if any(peer is None or directory.blocked_party_of(peer) is not None for peer in peers):
                stopped += self.stop(live.call_id, EndedBy.BLOCK)
        return stopped

    def stop(self, call_id: UUID, ended_by: EndedBy) -> bool:
        """End a call; False if it is not known or is ending already."""
        live = self.live.get(call_id)
        if live is None:
            return False
        live.stop_cause = live.stop_cause or ended_by
        before = live.call.state
        if ended_by is EndedBy.BLOCK and live.refusal is None:
            live.refusal = Refusal(Reason.BLOCKED)
        self._advance(live, Event.STOPPED)
        return live.call.state is not before

    def wire_lost(self, wire: Wire, *, at_ms: int) -> None:
        """A Kamailio lost all its calls; ``at_ms`` (UTC) is the last moment at which it was known to live."""
        for live in self.live.on_wire(wire):
            self._lose(live, at_ms)

    def wire_restored(self, wire: Wire) -> None:
        """A connection is back, and Kamailio still has its calls: orders that may have been lost are given again."""
        for live in self.live.on_wire(wire):
            if live.call.state in (State.HANGING_UP, State.CANCELLING):
                self._advance(live, Event.NO_NEWS)

    def adopt(self, live: LiveCall) -> None:
        """Take over a call that an earlier life of this node, or another node, authorized."""
        if self.live.get(live.call_id) is None:
            self.live.add(live)
            self._orders.load_next(live)
            if live.call.state in (State.TALKING, State.LIMITED):
                self._timers.schedule(live)
            else:
                self._timers.watch(live)

    def give_back(self, live: LiveCall) -> None:
        """Release what an earlier life of this node held for a call that it never passed on."""
        self._lose(live, utc_ms(self._clock))

    async def idle(self) -> None:
        """Return when no command is under way. Timers may still be set."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    # ---- the machine

    def _advance(self, live: LiveCall, event: Event) -> None:
        if event is Event.NO_NEWS and live.call.state in (State.HANGING_UP, State.CANCELLING):
            live.orders += 1
            if live.orders >= self._settings.most_orders:
                log.error("wire_does_not_obey", call_id=live.call_id, state=live.call.state.value)
                self._lose(live, utc_ms(self._clock))
                return
        made = step(live.call, event, TABLE)
        if log.is_debugging:
            log.debug("call_step", call_id=live.call_id, event=event.value, state=made.call.state.value, why=made.why)
        live.call = made.call
        for action in made.actions:
            self._perform(live, action, event)
        if live.call.state in (State.CLOSING, State.CLOSED):
            live.drop_timers()
            live.drop_watch()
            self._orders.unload(live)
        if live.call.state is State.CLOSED:
            self._close(live)

    def _perform(self, live: LiveCall, action: Action, event: Event) -> None:
        if action in CHARGING_ACTIONS:
            live.queue.append(action)
            if not live.is_working:
                live.is_working = True
                self._start(self._work(live))
        elif action is Action.SCHEDULE:
            self._timers.schedule(live)
        elif action is Action.WATCH:
            self._timers.watch(live)
        elif action is Action.ALARM:
            log.error("call_alarm", call_id=live.call_id, event=event.value, state=live.call.state.value)
        else:
            if action is Action.HANG_UP:
                live.drop_timers()
                if live.stop_cause is None:
                    live.stop_cause = EndedBy.CREDIT if live.is_short else EndedBy.LIMIT
            self._orders.perform(live, action)
            if action is Action.ROUTE:
                self._tell_names(live)

    def _tell_names(self, live: LiveCall) -> None:
        if self._on_named is not None:
            self._on_named(live)

    async def _work(self, live: LiveCall) -> None:
        """Say to charging what is queued for one call, one after the other."""
        while live.queue:
            event = await self._charging.perform(live, live.queue.popleft())
            self._advance(live, event)
        live.is_working = False

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("call_bug", error=task.exception())

    # ---- ends

    def _refuse(self, invitation: Invitation, refused: RefusedCall, wire: Wire) -> None:
        refusal = refused.refusal
        log.event(
            "call_refused",
            call_id=invitation.call_id,
            reason=refusal.reason.value,
            refused_by=refusal.refused_by,
            called=refused.facts.called,
            source=invitation.source,
        )
        self._orders.refuse(wire, invitation.question, sip_answer(refusal.reason))
        live = LiveCall(
            call_id=invitation.call_id,
            wire=wire,
            question=invitation.question,
            plan=CallPlan((), (), (), refused.facts.caller, refused.facts.called, verdicts=refused.verdicts),
            legs=[],
            at_ms=invitation.at_ms,
            call=Call(State.CLOSED, legs_wanted=0),
            refusal=refusal,
        )
        if refused.chain is None:
            self._close(live)
            return
        record = RecordRefusal(
            call_id=invitation.call_id,
            leg=refused.leg,
            at_ms=invitation.at_ms,
            chain=refused.chain,
            facts=refused.facts,
            refusal=refusal,
        )
        self._start(self._record(live, record))

    async def _record(self, live: LiveCall, record: RecordRefusal) -> None:
        await self._delivery.tell(record)
        self._close(live)

    def _lose(self, live: LiveCall, at_ms: int) -> None:
        note_loss(live, at_ms=at_ms)
        self._advance(live, Event.WIRE_LOST)

    def _close(self, live: LiveCall) -> None:
        is_first = self.live.get(live.call_id) is live or not live.legs
        self.live.remove(live)
        if is_first and self._on_closed is not None:
            self._on_closed(live)

    def _take_unknown(self, event: WireEvent, wire: Wire) -> None:
        """A report of a call that is not here: it ended already, or another life of this node had it."""
        if not isinstance(event, Answered | Failed | Ended):
            return
        if self.adopter is not None and not self.live.has_ended(event.call_id):
            self.adopter(event, wire)
            return
        self.dismiss(event, wire)

    def dismiss(self, event: Report, wire: Wire) -> None:
        """Answer a report of a call that is over for charging: whatever still talks is hung up."""
        if isinstance(event, Answered):
            wire.send(Hangup(h_entry=event.h_entry, h_id=event.h_id, ci=event.ci, reason=hang_up_reason("operator")))
        wire.send(Acknowledge(report=event.report))
