"""The reading half of a batch: find the legs that the commands name, and the balances that they move.

There are two ways. ``recall_batch`` takes what this process remembers and reads the rest without a lock; what is decided on
it is written only if every row is still what it was taken for (see ``memory``). ``lock_batch`` remembers nothing and
locks the balances, in the order of their ids so that batches do not deadlock: it is for a batch that met somebody
else's change, and for times when another node moves the same balances all the while.
"""

from collections.abc import Iterator, Sequence

import asyncpg
import orjson

from smartswitch.charging.batch_state import BalanceRow, BatchState, ClosedLeg, LegKey, LegRow
from smartswitch.charging.batch_write import StaleRowError
from smartswitch.charging.chain_json import decode_chain, decode_cost
from smartswitch.charging.copy_text import array, created_at_of
from smartswitch.charging.memory import Memory
from smartswitch.charging.queries import Connection, query
from smartswitch.core.chain import Chain
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    CallFacts,
    Charged,
    Command,
    Conflict,
    Direction,
    Granted,
    Refused,
    Reply,
)


class MissingBalanceError(Exception):
    """A chain names a balance that does not exist: the directory and the database disagree."""


async def lock_batch(connection: Connection, commands: Sequence[Command]) -> BatchState:
    """Read the legs, lock and read the balances; must run inside a transaction."""
    state = BatchState()
    await _read_legs(connection, state, _keys(commands))
    ids = _balance_ids(state, commands)
    if ids:
        rows = await connection.fetch(query("lock_balances"), array(ids))
        state.balances = {row[0]: BalanceRow(*row) for row in rows}
        _refuse_missing(state, ids)
    return state


async def recall_batch(connection: Connection, commands: Sequence[Command], memory: Memory) -> BatchState:
    """Take legs and balances out of memory, and read what is not there. Needs no transaction.

    Legs are taken out of the memory for good, and balances are changed in place: whoever fails must let it forget.
    """
    state = BatchState()
    unknown: list[LegKey] = []
    for key in _keys(commands):
        leg = memory.legs.pop(key, None)
        closed = memory.closed.get(key)
        if leg is not None:
            state.legs[key] = leg
            state.remembered.add(key)
        elif closed is not None:
            state.closed[key] = closed
        else:
            unknown.append(key)
    if unknown:
        await _read_legs(connection, state, unknown)
    ids = _balance_ids(state, commands)
    known = memory.balances
    missing = [balance_id for balance_id in ids if balance_id not in known]
    if missing:
        for row in await connection.fetch(query("read_balances"), array(missing)):
            known[row[0]] = BalanceRow(*row)
    state.balances = {balance_id: known[balance_id] for balance_id in ids if balance_id in known}
    _refuse_missing(state, ids)
    return state


async def refuse_stale(
    connection: Connection, state: BatchState, commands: Sequence[Command], replies: Sequence[Reply]
) -> None:
    """Look again before a contradiction or a shortage is told, which may come from what is remembered wrongly.

    What is granted needs no second look: it is written only if it is still true. Raises StaleRowError.
    """
    doubtful: set[int] = set()
    for command, reply in zip(commands, replies, strict=True):
        key = (command.call_id, command.leg)
        if isinstance(reply, Conflict) and key in state.remembered:
            raise StaleRowError(f"leg {key}: {reply.name}")
        if isinstance(reply, Refused) or (isinstance(reply, Granted) and reply.limited_by is not None):
            doubtful.update(_balance_ids(state, [command]))
    if not doubtful:
        return
    for balance_id, version in await connection.fetch(query("read_versions"), array(doubtful)):
        # One less, while the batch before this one is on its way.
        if version not in (state.balances[balance_id].version, state.balances[balance_id].version - 1):
            raise StaleRowError(f"balance {balance_id}: version {version}")


def _keys(commands: Sequence[Command]) -> list[LegKey]:
    return list({(command.call_id, command.leg): None for command in commands})


async def _read_legs(connection: Connection, state: BatchState, keys: list[LegKey]) -> None:
    for row in await connection.fetch(query("read_open_legs"), *_key_literals(keys)):
        state.legs[(row["call_id"], row["leg"])] = _leg_of(row)
    await _read_closed_legs(connection, state, [key for key in keys if key not in state.legs])


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


def _balance_ids(state: BatchState, commands: Sequence[Command]) -> set[int]:
    chains = {id(chain): chain for chain in _chains_that_move_money(state, commands)}.values()
    ids = {level.balance_id for chain in chains for level in chain.levels}
    ids.update(meter.balance_id for chain in chains for meter in chain.meters)
    return ids


def _refuse_missing(state: BatchState, ids: set[int]) -> None:
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
