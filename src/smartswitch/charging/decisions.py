"""What each command does to the locked rows of a batch: pure decisions on memory, no I/O and no clock.

The rule: a command either does all of its work at every level and returns what it did, or changes nothing and returns
a refusal or a conflict by name. A repeat returns the remembered answer. Commands of a batch are decided in the order in
which they came, each seeing what the ones before it did.
"""

from smartswitch.charging import answers
from smartswitch.charging.batch_state import BatchState, CdrRow, ClosedLeg, LegRow
from smartswitch.charging.closing import attempts_json, close_leg, settle_leg
from smartswitch.core.chain import Chain
from smartswitch.core.credit import CannotPay, Grant, grant_chain, next_slice_s
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    Command,
    Conflict,
    EndedBy,
    Expire,
    Extend,
    Granted,
    RecordRefusal,
    Refused,
    Release,
    Released,
    Reply,
    Settle,
)

RING_LIMIT_MS = 300_000
"""An authorized leg that was not answered after so long, and whose node is silent, is released by expiry."""


def decide(state: BatchState, command: Command) -> Reply:
    """Carry out one command on the rows of the batch, or say why not."""
    key = (command.call_id, command.leg)
    leg = state.legs.get(key)
    if isinstance(command, Expire):
        return Conflict("unknown_leg") if leg is None else _expire(state, leg, command)
    closed = state.closed.get(key)
    remembered = leg.answers if leg is not None else closed.answers if closed is not None else []
    first = answers.find(remembered, command.seq)
    if first is not None:
        is_repeat = first[1] == answers.fingerprint(command)
        return answers.recall(first, closed) if is_repeat else Conflict("different_repeat")
    if leg is None and closed is not None:
        return Conflict("already_closed")
    if isinstance(command, Authorize | RecordRefusal):
        if leg is not None:
            return Conflict("different_repeat")
        return _authorize(state, command) if isinstance(command, Authorize) else _record_refusal(state, command)
    if leg is None:
        return Conflict("unknown_leg")
    if command.seq <= leg.seq:
        return Conflict("stale")
    return _obey(state, leg, command)


def _obey(state: BatchState, leg: LegRow, command: Answer | Extend | Settle | Release) -> Reply:
    match command:
        case Answer():
            return _answer(state, leg, command)
        case Extend():
            return _extend(state, leg, command)
        case Settle():
            return settle_leg(
                state,
                leg,
                command,
                ended_by=command.ended_by.value,
                duration_ms=command.duration_ms,
                ended_at_ms=command.at_ms,
                is_marked=False,
            )
        case Release():
            if leg.answered_at_ms is not None:
                return Conflict("answered")
            return close_leg(state, leg, command, sip_status=command.sip_status, is_marked=False)


def _authorize(state: BatchState, command: Authorize) -> Reply:
    chain = command.chain
    refusal = _over_call_limit(state, chain)
    if refusal is not None:
        return _refuse(state, command, refusal)
    grant = grant_chain(
        chain.levels,
        available=tuple(state.balances[level.balance_id].available for level in chain.levels),
        answered_at_ms=command.at_ms,
        already_granted_s=0,
        wanted_s=command.slice_s,
    )
    if isinstance(grant, CannotPay):
        return _refuse(state, command, Refusal(Reason.NO_CREDIT, chain.levels[grant.level].payer))
    for meter in chain.meters:
        row = state.balances[meter.balance_id]
        row.live_calls += 1
        row.is_changed = True
    leg = LegRow(
        call_id=command.call_id,
        leg=command.leg,
        chain=chain,
        facts=command.facts,
        seq=command.seq,
        granted_s=0,
        slice_s=command.slice_s,
        authorized_at_ms=command.at_ms,
        answered_at_ms=None,
        confirmed_at_ms=command.at_ms,
        held=[0] * len(chain.levels),
        cost=None,
        answers=[],
        is_new=True,
    )
    state.legs[(command.call_id, command.leg)] = leg
    return _grant(state, leg, command, grant, slice_s=command.slice_s)


def _over_call_limit(state: BatchState, chain: Chain) -> Refusal | None:
    for meter in chain.meters:
        row = state.balances[meter.balance_id]
        if row.call_limit is not None and row.live_calls >= row.call_limit:
            return Refusal(Reason.CALL_LIMIT, meter.party)
    return None


def _grant(
    state: BatchState, leg: LegRow, command: Authorize | Answer | Extend, grant: Grant, *, slice_s: int
) -> Reply:
    """Make the holds of a leg what the grant says, and remember the answer."""
    for index, level in enumerate(leg.chain.levels):
        balance = state.balances[level.balance_id]
        if grant.held[index] != leg.held[index]:
            balance.held += grant.held[index] - leg.held[index]
            balance.is_changed = True
    leg.held = list(grant.held)
    leg.granted_s = grant.granted_s
    leg.slice_s = slice_s
    leg.is_regranted = True
    limited_by = None if grant.limited_by is None else leg.chain.levels[grant.limited_by].payer
    reply = Granted(grant.granted_s, slice_s, limited_by)
    _remember(leg, command, reply)
    return reply


def _remember(leg: LegRow, command: Command, reply: Reply) -> None:
    leg.seq = command.seq
    leg.answers = answers.without_old_extensions([*leg.answers, answers.store(command, reply)])
    leg.is_changed = True


def _available_to(state: BatchState, leg: LegRow) -> tuple[int, ...]:
    """What each level could hold for this leg in all: what is free, and what the leg holds already."""
    return tuple(
        state.balances[level.balance_id].available + held
        for level, held in zip(leg.chain.levels, leg.held, strict=True)
    )


def _answer(state: BatchState, leg: LegRow, command: Answer) -> Reply:
    """Note the answer. Where prices change with the time of day the hold was a guess: make it true now."""
    if leg.answered_at_ms is not None:
        return Conflict("already_answered")
    leg.answered_at_ms = command.at_ms
    leg.cost = command.cost
    leg.confirmed_at_ms = max(leg.confirmed_at_ms, command.at_ms)
    if leg.chain.is_flat:
        reply = Granted(leg.granted_s, leg.slice_s)
        _remember(leg, command, reply)
        return reply
    grant = grant_chain(
        leg.chain.levels,
        available=_available_to(state, leg),
        answered_at_ms=command.at_ms,
        already_granted_s=0,
        wanted_s=leg.granted_s,
    )
    if isinstance(grant, CannotPay):
        nothing = Grant(0, (0,) * len(leg.chain.levels), grant.level)
        return _grant(state, leg, command, nothing, slice_s=leg.slice_s)
    return _grant(state, leg, command, grant, slice_s=leg.slice_s)


def _extend(state: BatchState, leg: LegRow, command: Extend) -> Reply:
    answered_at_ms = leg.answered_at_ms
    if answered_at_ms is None:
        return Conflict("not_answered")
    seen_ms = min(command.at_ms, answered_at_ms + leg.granted_s * 1000)
    leg.confirmed_at_ms = max(leg.confirmed_at_ms, seen_ms)
    leg.is_changed = True
    available = _available_to(state, leg)
    slice_s = next_slice_s(
        leg.chain.levels,
        available=available,
        answered_at_ms=answered_at_ms,
        granted_s=leg.granted_s,
        slice_s=leg.slice_s,
    )
    grant = grant_chain(
        leg.chain.levels,
        available=available,
        answered_at_ms=answered_at_ms,
        already_granted_s=leg.granted_s,
        wanted_s=leg.granted_s + slice_s,
    )
    if isinstance(grant, CannotPay):
        reply = Refused(Refusal(Reason.NO_CREDIT, leg.chain.levels[grant.level].payer))
        _remember(leg, command, reply)
        return reply
    return _grant(state, leg, command, grant, slice_s=slice_s)


def _expire(state: BatchState, leg: LegRow, command: Expire) -> Reply:
    """Close a leg of a silent node: two slices without a word for a live call, RING_LIMIT_MS for a ringing one."""
    silent_ms = command.at_ms - leg.confirmed_at_ms
    if leg.answered_at_ms is None:
        if silent_ms <= RING_LIMIT_MS:
            return Conflict("not_silent")
        return close_leg(state, leg, command, sip_status=0, is_marked=True)
    if silent_ms <= 2 * leg.slice_s * 1000:
        return Conflict("not_silent")
    return settle_leg(
        state,
        leg,
        command,
        ended_by=EndedBy.EXPIRY.value,
        duration_ms=leg.confirmed_at_ms - leg.answered_at_ms,
        ended_at_ms=leg.confirmed_at_ms,
        is_marked=True,
    )


def _refuse(state: BatchState, command: Authorize, refusal: Refusal) -> Reply:
    reply = Refused(refusal)
    _write_refusal(state, command, refusal, reply, attempts="[]")
    return reply


def _record_refusal(state: BatchState, command: RecordRefusal) -> Reply:
    reply = Released()
    _write_refusal(state, command, command.refusal, reply, attempts=attempts_json(command.attempts))
    return reply


def _write_refusal(
    state: BatchState, command: Authorize | RecordRefusal, refusal: Refusal, reply: Reply, *, attempts: str
) -> None:
    remembered = [answers.store(command, reply)]
    state.closed[(command.call_id, command.leg)] = ClosedLeg(remembered)
    state.cdrs.append(
        CdrRow(
            call_id=command.call_id,
            leg=command.leg,
            chain=command.chain,
            facts=command.facts,
            authorized_at_ms=command.at_ms,
            ended_at_ms=command.at_ms,
            result="refused",
            answers=remembered,
            reason=refusal.reason.value,
            refused_by=refusal.refused_by,
            attempts_json=attempts,
        )
    )
