"""The reading half of a batch: find and lock what the commands name.

Order of locks, the same in every node, so that batches never deadlock: open legs by key, then balances by id.
"""

from collections.abc import Iterator, Sequence

import asyncpg
import orjson

from smartswitch.charging.batch_state import BalanceRow, BatchState, ClosedLeg, LegKey, LegRow
from smartswitch.charging.chain_json import decode_chain, decode_cost
from smartswitch.charging.copy_text import array, created_at_of
from smartswitch.charging.queries import Connection, query
from smartswitch.core.chain import Chain
from smartswitch.protocol.charging import Answer, Authorize, CallFacts, Charged, Command, Direction

KnownLegs = dict[LegKey, LegRow]
"""Open legs as this process last committed them.

They only save the reading: a leg is used from here only under its lock, and only if its seq is still that of the row,
for every change of a leg raises its seq. What another node changed is read again.
"""


class MissingBalanceError(Exception):
    """A chain names a balance that does not exist: the directory and the database disagree."""


async def read_batch(connection: Connection, commands: Sequence[Command], known: KnownLegs) -> BatchState:
    """Lock and read the legs and balances that the commands name; must run inside a transaction.

    Legs of the batch are taken out of ``known``; whoever commits puts back those that are still open.
    """
    state = BatchState()
    keys = list({(command.call_id, command.leg): None for command in commands})
    await _lock_open_legs(connection, state, keys, known)
    await _read_closed_legs(connection, state, [key for key in keys if key not in state.legs])
    await _lock_balances(connection, state, commands)
    return state


async def _lock_open_legs(connection: Connection, state: BatchState, keys: list[LegKey], known: KnownLegs) -> None:
    locked = await connection.fetch(query("lock_open_legs"), *_key_literals(keys))
    unknown = []
    for call_id, number, seq in locked:
        key = (call_id, number)
        leg = known.pop(key, None)
        if leg is not None and leg.seq == seq:
            state.legs[key] = leg
        else:
            unknown.append(key)
    if unknown:
        for row in await connection.fetch(query("read_open_legs"), *_key_literals(unknown)):
            state.legs[(row["call_id"], row["leg"])] = _leg_of(row)


def _leg_of(row: asyncpg.Record) -> LegRow:
    facts = orjson.loads(row["facts"])
    facts["direction"] = Direction(facts["direction"])
    return LegRow(
        call_id=row["call_id"],
        leg=row["leg"],
        chain=decode_chain(row["chain"]),
        facts=CallFacts(**facts),
        seq=row["seq"],
        granted_s=row["granted_s"],
        slice_s=row["slice_s"],
        authorized_at_ms=row["authorized_at_ms"],
        answered_at_ms=row["answered_at_ms"],
        confirmed_at_ms=row["confirmed_at_ms"],
        held=list(row["held"]),
        cost=decode_cost(row["cost"]) if row["cost"] else None,
        answers=orjson.loads(row["answers"]),
    )


def _key_literals(keys: Sequence[LegKey]) -> tuple[str, str]:
    return "{" + ",".join(str(key[0]) for key in keys) + "}", array(key[1] for key in keys)


async def _read_closed_legs(connection: Connection, state: BatchState, keys: list[LegKey]) -> None:
    if not keys:
        return
    rows = await connection.fetch(
        query("read_closed_answers"),
        *_key_literals(keys),
        '{"' + '","'.join(created_at_of(key[0]) for key in keys) + '"}',
    )
    for row in rows:
        key = (row["call_id"], row["leg"])
        charges = await connection.fetch(query("read_charged"), row["created_at"], *key) if row["is_answered"] else []
        state.closed[key] = ClosedLeg(orjson.loads(row["answers"]), tuple(Charged(*charge) for charge in charges))


async def _lock_balances(connection: Connection, state: BatchState, commands: Sequence[Command]) -> None:
    chains = {id(chain): chain for chain in _chains_that_move_money(state, commands)}.values()
    ids = {level.balance_id for chain in chains for level in chain.levels}
    ids.update(meter.balance_id for chain in chains for meter in chain.meters)
    if not ids:
        return
    for row in await connection.fetch(query("lock_balances"), array(ids)):
        state.balances[row[0]] = BalanceRow(*row)
    missing = ids - state.balances.keys()
    if missing:
        raise MissingBalanceError(f"balances {sorted(missing)} are named by a chain and do not exist")


def _chains_that_move_money(state: BatchState, commands: Sequence[Command]) -> Iterator[Chain]:
    """All but those of legs that are only answered, at prices that do not change with the time of day."""
    for command in commands:
        if isinstance(command, Authorize):
            yield command.chain
            continue
        leg = state.legs.get((command.call_id, command.leg))
        if leg is not None and not (isinstance(command, Answer) and leg.chain.is_flat):
            yield leg.chain
