"""How a leg ends: its holds are given back, its levels charged or not, and its CDR written, all in one decision.

A level is never charged more than its hold lets it pay: a call is cut at its grant, so the cost of a call that ended is
at most what was held for it. Should the moment of the answer be known only now (its report was lost), a time-of-day
price may make the cost higher than the hold; then what is free on the balance is used, and where that is not enough the
longest time that every level can pay is charged and the CDR is marked.
"""

import orjson

from smartswitch.charging import answers
from smartswitch.charging.batch_state import BatchState, CdrRow, ChargeRow, ClosedLeg, LegRow, Stored
from smartswitch.core.chain import Cost, Level
from smartswitch.core.credit import affordable_seconds, charge_of, convert
from smartswitch.core.rating import rate_call
from smartswitch.core.refusal import Reason
from smartswitch.protocol.charging import (
    Attempt,
    Charged,
    EndedBy,
    Expire,
    Granted,
    Refused,
    Release,
    Released,
    Reply,
    Settle,
    Settled,
)

COST_LEVEL = 99
"""The level number of what the owner pays the terminator."""


def attempts_json(attempts: tuple[Attempt, ...]) -> str:
    """The attempts of a leg as JSON: [[terminator, SIP status, ms], ...]."""
    if not attempts:
        return "[]"
    return orjson.dumps([[one.terminator, one.sip_status, one.duration_ms] for one in attempts]).decode()


def close_leg(state: BatchState, leg: LegRow, command: Release | Expire, *, sip_status: int, is_marked: bool) -> Reply:
    """End a leg that was never answered: everything held is given back."""
    _give_back(state, leg)
    reply = Released()
    attempts = command.attempts if isinstance(command, Release) else ()
    terminator = attempts[-1].terminator if attempts else None
    _write_cdr(
        state,
        leg,
        answers_after=[*leg.answers, answers.store(command, reply)],
        ended_at_ms=command.at_ms,
        duration_ms=0,
        billed_s=0,
        result="unanswered",
        sip_status=sip_status,
        ended_by=None,
        terminator=terminator,
        attempts=attempts_json(attempts),
        is_marked=is_marked,
    )
    return reply


def settle_leg(
    state: BatchState,
    leg: LegRow,
    command: Settle | Expire,
    *,
    ended_by: str,
    duration_ms: int,
    ended_at_ms: int,
    is_marked: bool,
) -> Reply:
    """End a leg that was answered: charge every level for the time, give back the rest."""
    answered_at_ms = leg.answered_at_ms if leg.answered_at_ms is not None else command.at_ms - duration_ms
    _give_back(state, leg)
    wanted_s = max(0, min(-(-duration_ms // 1000), leg.granted_s))
    billed_s = _payable_seconds(state, leg, answered_at_ms=answered_at_ms, wanted_s=wanted_s)
    charged = [
        _charge_level(state, leg, index, level, answered_at_ms=answered_at_ms, duration_s=billed_s)
        for index, level in enumerate(leg.chain.levels)
    ]
    cost = leg.cost or (command.cost if isinstance(command, Settle) else None)
    if cost is not None:
        charged.append(_charge_cost(state, leg, cost, answered_at_ms=answered_at_ms, duration_s=billed_s))
    billed_ms = min(duration_ms, billed_s * 1000)
    reply = Settled(billed_ms, tuple(charged))
    attempts = command.attempts if isinstance(command, Settle) else ()
    _write_cdr(
        state,
        leg,
        answers_after=[*leg.answers, answers.store(command, reply)],
        ended_at_ms=ended_at_ms,
        duration_ms=duration_ms,
        billed_s=billed_s,
        result="answered",
        sip_status=200,
        ended_by=ended_by,
        terminator=cost.seller if cost else (attempts[-1].terminator if attempts else None),
        attempts=attempts_json(attempts),
        is_marked=is_marked or billed_s < wanted_s,
        answered_at_ms=answered_at_ms,
        charges=reply.charges,
        short_party=_short_party(leg) if ended_by == EndedBy.CREDIT.value else None,
    )
    return reply


def _short_party(leg: LegRow) -> str | None:
    """The level that could not pay for more, as the last answer to the leg named it."""
    for stored in reversed(leg.answers):
        reply = answers.recall(stored, None)
        if isinstance(reply, Refused):
            return reply.refusal.refused_by
        if isinstance(reply, Granted) and reply.limited_by is not None:
            return reply.limited_by
    return None


def _give_back(state: BatchState, leg: LegRow) -> None:
    for level, held in zip(leg.chain.levels, leg.held, strict=True):
        balance = state.balances[level.balance_id]
        balance.held -= held
        balance.is_changed = True
    for meter in leg.chain.meters:
        balance = state.balances[meter.balance_id]
        balance.live_calls -= 1
        balance.is_changed = True


def _payable_seconds(state: BatchState, leg: LegRow, *, answered_at_ms: int, wanted_s: int) -> int:
    """All of the wanted seconds where the hold was made for them; else as many as every level can pay."""
    if leg.answered_at_ms is not None or leg.chain.is_flat:
        return wanted_s
    seconds = wanted_s
    for level, held in zip(leg.chain.levels, leg.held, strict=True):
        amount = charge_of(level, answered_at_ms=answered_at_ms, duration_s=seconds)[1]
        if amount > held:
            available = state.balances[level.balance_id].available
            seconds = affordable_seconds(level, available=available, answered_at_ms=answered_at_ms, wanted_s=seconds)
    return seconds


def _charge_level(
    state: BatchState, leg: LegRow, index: int, level: Level, *, answered_at_ms: int, duration_s: int
) -> Charged:
    rated, amount, tax = charge_of(level, answered_at_ms=answered_at_ms, duration_s=duration_s)
    balance = state.balances[level.balance_id]
    balance.amount -= amount
    balance.is_changed = True
    state.charges.append(ChargeRow(leg, index, level, rated, amount, tax, answered_at_ms))
    return Charged(level.payer, level.seller, rated.code, rated.billed_s, amount, tax, level.currency)


def _charge_cost(state: BatchState, leg: LegRow, cost: Cost, *, answered_at_ms: int, duration_s: int) -> Charged:
    rated = rate_call(cost.tariff, answered_at_ms=answered_at_ms, duration_s=duration_s)
    amount, tax = convert(rated.amount, cost.exchange_rate), convert(rated.tax, cost.exchange_rate)
    state.charges.append(ChargeRow(leg, COST_LEVEL, cost, rated, amount, tax, answered_at_ms))
    return Charged(cost.payer, cost.seller, rated.code, rated.billed_s, amount, tax, cost.currency)


def _write_cdr(
    state: BatchState,
    leg: LegRow,
    *,
    answers_after: list[Stored],
    ended_at_ms: int,
    duration_ms: int,
    billed_s: int,
    result: str,
    sip_status: int,
    ended_by: str | None,
    terminator: str | None,
    attempts: str,
    is_marked: bool,
    answered_at_ms: int | None = None,
    charges: tuple[Charged, ...] = (),
    short_party: str | None = None,
) -> None:
    key = (leg.call_id, leg.leg)
    del state.legs[key]
    if not leg.is_new:
        state.deleted.append(leg)
    state.closed[key] = ClosedLeg(answers_after, charges)
    state.cdrs.append(
        CdrRow(
            call_id=leg.call_id,
            leg=leg.leg,
            chain=leg.chain,
            facts=leg.facts,
            authorized_at_ms=leg.authorized_at_ms,
            answered_at_ms=answered_at_ms,
            ended_at_ms=ended_at_ms,
            duration_ms=duration_ms,
            billed_s=billed_s,
            result=result,
            sip_status=sip_status,
            reason=None if short_party is None else Reason.NO_CREDIT.value,
            refused_by=short_party,
            ended_by=ended_by,
            terminator=terminator,
            attempts_json=attempts,
            answers=answers_after,
            is_marked=is_marked,
        )
    )
