"""The writing half of a batch: everything that the decisions changed, set-wise, in the same transaction."""

from dataclasses import asdict

import orjson

from smartswitch.charging.batch_read import created_at_of
from smartswitch.charging.batch_state import BatchState, CdrRow, ChargeRow, LegRow
from smartswitch.charging.chain_json import ChainEncoder, encode_cost
from smartswitch.charging.queries import Connection, query
from smartswitch.protocol.charging import CallFacts

OPEN_LEG_COLUMNS = [
    "tenant_id",
    "call_id",
    "leg",
    "node",
    "dealer_id",
    "peer_id",
    "seq",
    "state",
    "granted_s",
    "slice_s",
    "authorized_at_ms",
    "answered_at_ms",
    "confirmed_at_ms",
    "balance_ids",
    "held",
    "meter_ids",
    "dealer_ids",
    "chain",
    "facts",
    "cost",
    "answers",
]

CDR_COLUMNS = [
    "tenant_id",
    "created_at",
    "call_id",
    "leg",
    "dealer_id",
    "dealer_ids",
    "peer_id",
    "direction",
    "caller",
    "called",
    "sip_call_id",
    "source",
    "caller_name",
    "user_agent",
    "authorized_at_ms",
    "answered_at_ms",
    "ended_at_ms",
    "duration_ms",
    "billed_s",
    "level_count",
    "result",
    "sip_status",
    "reason",
    "refused_by",
    "ended_by",
    "terminator",
    "attempts",
    "answers",
    "marked",
    "node",
]

CHARGE_COLUMNS = [
    "tenant_id",
    "created_at",
    "call_id",
    "leg",
    "level",
    "dealer_id",
    "seller_dealer_id",
    "payer",
    "seller",
    "debit_balance_id",
    "credit_balance_id",
    "tax_balance_id",
    "amount",
    "tax",
    "currency",
    "pack_amount",
    "pack_currency",
    "exchange_rate",
    "pack_id",
    "price_id",
    "code",
    "billed_s",
    "answered_at_ms",
    "explanation",
]


async def write_batch(connection: Connection, state: BatchState, *, node: str, encoder: ChainEncoder) -> None:
    """Write what changed; must run in the transaction that read the batch."""
    await _write_balances(connection, state)
    new = [leg for leg in state.legs.values() if leg.is_new]
    changed = [leg for leg in state.legs.values() if leg.is_changed and not leg.is_new]
    if new:
        rows = [_open_leg_row(leg, node, encoder) for leg in new]
        await connection.copy_records_to_table("open_leg", records=rows, columns=OPEN_LEG_COLUMNS)
    if changed:
        await _update_open_legs(connection, changed, node)
    if state.deleted:
        await connection.execute(
            query("delete_open_legs"), [key[0] for key in state.deleted], [key[1] for key in state.deleted]
        )
    if state.cdrs:
        rows = [_cdr_row(cdr, node) for cdr in state.cdrs]
        await connection.copy_records_to_table("cdr", records=rows, columns=CDR_COLUMNS)
    if state.charges:
        rows = [_charge_row(charge) for charge in state.charges]
        await connection.copy_records_to_table("charge", records=rows, columns=CHARGE_COLUMNS)


async def _write_balances(connection: Connection, state: BatchState) -> None:
    changed = [balance for balance in state.balances.values() if balance.is_changed]
    if changed:
        await connection.execute(
            query("write_balances"),
            [balance.id for balance in changed],
            [balance.amount for balance in changed],
            [balance.held for balance in changed],
            [balance.live_calls for balance in changed],
        )


def _open_leg_row(leg: LegRow, node: str, encoder: ChainEncoder) -> tuple[object, ...]:
    chain = leg.chain
    return (
        chain.tenant_id,
        leg.call_id,
        leg.leg,
        node,
        chain.dealer_id,
        chain.peer_id,
        leg.seq,
        "authorized" if leg.answered_at_ms is None else "answered",
        leg.granted_s,
        leg.slice_s,
        leg.authorized_at_ms,
        leg.answered_at_ms,
        leg.confirmed_at_ms,
        [level.balance_id for level in chain.levels],
        leg.held,
        [meter.balance_id for meter in chain.meters],
        chain.dealer_ids,
        encoder.encode(chain),
        facts_json(leg.facts),
        None if leg.cost is None else encode_cost(leg.cost),
        orjson.dumps(leg.answers).decode(),
    )


def facts_json(facts: CallFacts) -> str:
    """The facts of a leg as a JSON object."""
    return orjson.dumps(asdict(facts)).decode()


async def _update_open_legs(connection: Connection, legs: list[LegRow], node: str) -> None:
    await connection.execute(
        query("update_open_legs"),
        [leg.call_id for leg in legs],
        [leg.leg for leg in legs],
        [leg.seq for leg in legs],
        [leg.granted_s for leg in legs],
        [leg.slice_s for leg in legs],
        [leg.answered_at_ms for leg in legs],
        [leg.confirmed_at_ms for leg in legs],
        ["{" + ",".join(map(str, leg.held)) + "}" for leg in legs],
        [orjson.dumps(leg.answers).decode() for leg in legs],
        [None if leg.cost is None else encode_cost(leg.cost) for leg in legs],
        [node] * len(legs),
    )


def _cdr_row(cdr: CdrRow, node: str) -> tuple[object, ...]:
    chain, facts = cdr.chain, cdr.facts
    return (
        chain.tenant_id,
        created_at_of(cdr.call_id),
        cdr.call_id,
        cdr.leg,
        chain.dealer_id,
        chain.dealer_ids,
        chain.peer_id,
        facts.direction.value,
        facts.caller,
        facts.called,
        facts.sip_call_id,
        facts.source,
        facts.caller_name,
        facts.user_agent,
        cdr.authorized_at_ms,
        cdr.answered_at_ms,
        cdr.ended_at_ms,
        cdr.duration_ms,
        cdr.billed_s,
        len(chain.levels),
        cdr.result,
        cdr.sip_status,
        cdr.reason,
        cdr.refused_by,
        cdr.ended_by,
        cdr.terminator,
        cdr.attempts_json,
        orjson.dumps(cdr.answers).decode(),
        cdr.is_marked,
        node,
    )


def _charge_row(charge: ChargeRow) -> tuple[object, ...]:
    return (
        charge.tenant_id,
        created_at_of(charge.call_id),
        charge.call_id,
        charge.leg,
        charge.level,
        charge.dealer_id,
        charge.seller_dealer_id,
        charge.payer,
        charge.seller,
        charge.debit_balance_id,
        charge.credit_balance_id,
        charge.tax_balance_id,
        charge.amount,
        charge.tax,
        charge.currency,
        charge.pack_amount,
        charge.pack_currency,
        charge.exchange_rate,
        charge.pack_id,
        charge.price_id,
        charge.code,
        charge.billed_s,
        charge.answered_at_ms,
        charge.explanation_json,
    )
