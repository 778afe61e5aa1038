"""What a call says to charging, and which event the reply is: the charging half of the actions of ``core/call.py``.

Each method carries out one action for all legs of a call and gives the event that follows. Nothing here decides what
comes next: the table does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from smartswitch.core.call import Action, Event, authorized_event, denied_event
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    Conflict,
    EndedBy,
    Extend,
    Granted,
    Refused,
    Release,
    Reply,
    Settle,
    Settled,
)
from smartswitch.runtime.clock import Clock
from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.call_ports import CallSettings
from smartswitch.switch.calls.delivery import Delivery
from smartswitch.switch.calls.live_call import LiveCall, LiveLeg
from smartswitch.switch.planning.call_plan import OUTBOUND_LEG

CHARGING_ACTIONS = frozenset({Action.AUTHORIZE, Action.ANSWER, Action.EXTEND, Action.SETTLE, Action.RELEASE})
_HOLD_IS_GONE = ("unknown_leg", "already_closed", "not_answered")

log = EventLog("switch.call")


Said = TypeVar("Said")


async def _all(say: Callable[[Said], Awaitable[Reply | None]], commands: Sequence[Said]) -> list[Reply | None]:
    """Say all commands at once. Most calls have one leg, which needs no task of its own."""
    if len(commands) == 1:
        return [await say(commands[0])]
    return await asyncio.gather(*(say(command) for command in commands))


class CallCharging:
    """Speaks to charging for the calls of one controller."""

    def __init__(self, delivery: Delivery, clock: Clock, settings: CallSettings) -> None:
        self._delivery = delivery
        self._clock = clock
        self._settings = settings

    async def perform(self, live: LiveCall, action: Action) -> Event:
        """Carry out one of CHARGING_ACTIONS."""
        if action is Action.AUTHORIZE:
            return await self._authorize(live)
        if action is Action.ANSWER:
            return await self._answer(live)
        if action is Action.EXTEND:
            return await self._extend(live)
        if action is Action.SETTLE:
            return await self._settle(live)
        assert action is Action.RELEASE, f"{action} is not said to charging"
        return await self._release(live)

    async def _authorize(self, live: LiveCall) -> Event:
        leg = live.legs[live.call.legs_held]
        reply = await self._delivery.ask(
            Authorize(
                call_id=live.call_id,
                leg=leg.leg.number,
                at_ms=live.at_ms,
                chain=leg.leg.chain,
                facts=leg.leg.facts,
                slice_s=self._settings.first_slice_s,
            )
        )
        match reply:
            case Granted():
                leg.granted_s = reply.granted_s
                leg.is_short = reply.limited_by is not None
                return authorized_event(live.call)
            case Refused():
                live.refusal = reply.refusal
                return denied_event(live.call)
            case None:
                live.refusal = Refusal(Reason.UNAVAILABLE)
                return Event.UNAVAILABLE
        log.error("authorize_contradicted", call_id=live.call_id, leg=leg.leg.number, reply=reply)
        live.refusal = Refusal(Reason.UNAVAILABLE)
        return denied_event(live.call)

    async def _answer(self, live: LiveCall) -> Event:
        assert live.answered_at_ms is not None, "an answer has a moment"
        cost = live.target.cost if live.target is not None else None
        commands = [
            Answer(
                call_id=live.call_id,
                leg=leg.leg.number,
                seq=leg.next_seq(),
                at_ms=live.answered_at_ms,
                cost=cost if leg.leg.number == OUTBOUND_LEG else None,
            )
            for leg in live.legs
        ]
        replies = await _all(self._delivery.tell, commands)
        for leg, reply in zip(live.legs, replies, strict=True):
            if isinstance(reply, Granted):
                leg.is_short = leg.is_short or reply.granted_s < leg.granted_s
                leg.granted_s = reply.granted_s
            elif isinstance(reply, Conflict) and reply.name != "already_answered":
                log.error("answer_contradicted", call_id=live.call_id, leg=leg.leg.number, conflict=reply.name)
                return Event.HOLD_LOST
        return Event.ANSWER_STORED_SHORT if live.is_short else Event.ANSWER_STORED

    async def _extend(self, live: LiveCall) -> Event:
        assert live.answered_at_ms is not None, "only an answered call is extended"
        if live.dialog is None or not live.wire.is_connected:
            # More time could not be given to Kamailio, and whether the call still lives is not known: asked again soon.
            live.is_charging_silent = True
            return Event.NOT_EXTENDED
        now_ms = self._clock.monotonic_ms()
        live.asked_at_ms = now_ms
        seen_at_ms = live.answered_at_ms + now_ms - live.answered_monotonic_ms
        before_s = live.granted_s
        due = live.legs_to_extend(now_ms=now_ms, lead_ms=self._settings.extend_lead_ms)
        questions = [self._question(live, leg, seen_at_ms) for leg in due]
        replies = await _all(self._delivery.ask, questions)
        live.is_charging_silent = None in replies
        for leg, question, reply in zip(due, questions, replies, strict=True):
            leg.unanswered_extend = question if reply is None else None
            if self._is_hold_lost(live, leg, reply):
                return Event.HOLD_LOST
        if live.granted_s > before_s:
            return Event.EXTENDED_SHORT if live.is_short else Event.EXTENDED
        return Event.NOT_EXTENDED

    def _question(self, live: LiveCall, leg: LiveLeg, at_ms: int) -> Extend:
        """A new question, or the one that got no answer, word for word."""
        if leg.unanswered_extend is not None:
            return leg.unanswered_extend
        return Extend(call_id=live.call_id, leg=leg.leg.number, seq=leg.next_seq(), at_ms=at_ms)

    def _is_hold_lost(self, live: LiveCall, leg: LiveLeg, reply: Reply | None) -> bool:
        match reply:
            case Granted():
                leg.granted_s = max(leg.granted_s, reply.granted_s)
                leg.is_short = reply.limited_by is not None
            case Refused():
                leg.is_short = True
                live.refusal = reply.refusal
            case Conflict():
                log.error("extend_contradicted", call_id=live.call_id, leg=leg.leg.number, conflict=reply.name)
                return reply.name in _HOLD_IS_GONE
        return False

    async def _settle(self, live: LiveCall) -> Event:
        assert live.ended_at_ms is not None, "an end has a moment"
        cost = live.target.cost if live.target is not None else None
        commands = [
            Settle(
                call_id=live.call_id,
                leg=leg.leg.number,
                seq=leg.next_seq(),
                at_ms=live.ended_at_ms,
                duration_ms=live.duration_ms,
                ended_by=live.ended_by or EndedBy.OPERATOR,
                cost=cost if leg.leg.number == OUTBOUND_LEG else None,
                attempts=tuple(live.attempts),
            )
            for leg in live.held_legs
        ]
        replies = await _all(self._delivery.tell, commands)
        for leg, reply in zip(live.held_legs, replies, strict=True):
            if isinstance(reply, Settled):
                leg.settled = reply
            elif isinstance(reply, Conflict):
                log.error("settle_contradicted", call_id=live.call_id, leg=leg.leg.number, conflict=reply.name)
        return Event.CLOSE_STORED

    async def _release(self, live: LiveCall) -> Event:
        commands = [
            Release(
                call_id=live.call_id,
                leg=leg.leg.number,
                seq=leg.next_seq(),
                at_ms=live.ended_at_ms if live.ended_at_ms is not None else live.at_ms,
                sip_status=live.sip_status,
                attempts=tuple(live.attempts),
            )
            for leg in live.held_legs
        ]
        replies = await _all(self._delivery.tell, commands)
        for command, reply in zip(commands, replies, strict=True):
            if isinstance(reply, Conflict):
                log.event("release_contradicted", call_id=live.call_id, leg=command.leg, conflict=reply.name)
        return Event.CLOSE_STORED
