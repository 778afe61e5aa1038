"""The reading half of a batch: find the legs that the commands name, and lock the balances that they move.

Only balances are locked, in the order of their ids, so that batches do not deadlock. Legs are not: a batch takes a leg as
it knows it (most legs are this node's own, and it wrote them itself) or reads it, and the writing half changes or
deletes the row *only if its seq is still the one that was taken*, for every change of a leg raises its seq. Where that
fails, another node had the leg meanwhile; the whole batch is rolled back and decided again on what is read then.
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
"""Open legs as this process last committed them. They save the reading, and are believed only until the row is written."""


class MissingBalanceError(Exception):
    """A chain names a balance that does not exist: the directory and the database disagree."""


async def read_batch(connection: Connection, commands: Sequence[Command], known: KnownLegs) -> BatchState:
    """Find the legs, lock and read the balances that the commands name; must run inside a transaction.

    Legs of the batch are taken out of ``known``; whoever commits puts back those that are still open.
    """
    state = BatchState()
    unknown: list[LegKey] = []
    for key in {(command.call_id, command.leg): None for command in commands}:
        leg = known.pop(key, None)
        if leg is None:
            unknown.append(key)
        else:
            state.legs[key] = leg
            state.remembered.add(key)
    if unknown:
        for row in await connection.fetch(query("read_open_legs"), *_key_literals(unknown)):
            state.legs[(row["call_id"], row["leg"])] = _leg_of(row)
        await _read_closed_legs(connection, state, [key for key in unknown if key not in state.legs])
    await _lock_balances(connection, state, commands)
    return state


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
        stored_seq=row["seq"],
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
        found = (row["call_id"], row["leg"])
        charges = await connection.fetch(query("read_charged"), row["created_at"], *found) if row["is_answered"] else []
        state.closed[found] = ClosedLeg(orjson.loads(row["answers"]), tuple(Charged(*charge) for charge in charges))


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
