"""The reading half of a batch: find and lock what the commands name.

Order of locks, the same in every node, so that batches never deadlock: open legs by key, then balances by id.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson

from smartswitch.charging.batch_state import BalanceRow, BatchState, ClosedLeg, LegKey, LegRow
from smartswitch.charging.chain_json import decode_chain, decode_cost
from smartswitch.charging.queries import Connection, query
from smartswitch.core.chain import Chain, Cost
from smartswitch.protocol.charging import Authorize, CallFacts, Command, Direction

Known = dict[LegKey, tuple[Chain, CallFacts, Cost | None]]
"""Chains, facts and costs of open legs that this process has seen: they never change while a leg is open."""


class MissingBalanceError(Exception):
    """A chain names a balance that does not exist: the directory and the database disagree."""


def created_at_of(call_id: UUID) -> datetime:
    """The moment inside a UUIDv7 (RFC 9562, 5.7), to the millisecond: the partition key of everything of the call."""
    milliseconds = call_id.int >> 80
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


async def read_batch(connection: Connection, commands: Sequence[Command], known: Known) -> BatchState:
    """Lock and read the legs and balances that the commands name; must run inside a transaction."""
    state = BatchState()
    keys = {(command.call_id, command.leg) for command in commands}
    await _read_open_legs(connection, state, keys, known)
    await _read_closed_legs(connection, state, keys - state.legs.keys())
    await _lock_balances(connection, state, commands)
    return state


async def _read_open_legs(connection: Connection, state: BatchState, keys: Iterable[LegKey], known: Known) -> None:
    ordered = sorted(keys)
    rows = await connection.fetch(query("lock_open_legs"), [key[0] for key in ordered], [key[1] for key in ordered])
    found: set[LegKey] = {(row["call_id"], row["leg"]) for row in rows}
    await _read_unknown_chains(connection, found - known.keys(), known)
    for row in rows:
        key = (row["call_id"], row["leg"])
        chain, facts, cost = known[key]
        state.legs[key] = LegRow(
            call_id=key[0],
            leg=key[1],
            chain=chain,
            facts=facts,
            seq=row["seq"],
            granted_s=row["granted_s"],
            slice_s=row["slice_s"],
            authorized_at_ms=row["authorized_at_ms"],
            answered_at_ms=row["answered_at_ms"],
            confirmed_at_ms=row["confirmed_at_ms"],
            held=list(row["held"]),
            cost=cost,
            answers=orjson.loads(row["answers"]),
        )


async def _read_unknown_chains(connection: Connection, keys: Iterable[LegKey], known: Known) -> None:
    ordered = sorted(keys)
    if not ordered:
        return
    rows = await connection.fetch(query("read_open_chains"), [key[0] for key in ordered], [key[1] for key in ordered])
    for row in rows:
        facts = orjson.loads(row["facts"])
        facts["direction"] = Direction(facts["direction"])
        cost = decode_cost(row["cost"]) if row["cost"] else None
        known[(row["call_id"], row["leg"])] = (decode_chain(row["chain"]), CallFacts(**facts), cost)


async def _read_closed_legs(connection: Connection, state: BatchState, keys: Iterable[LegKey]) -> None:
    ordered = list(keys)
    if not ordered:
        return
    rows = await connection.fetch(
        query("read_closed_answers"),
        [key[0] for key in ordered],
        [key[1] for key in ordered],
        [created_at_of(key[0]) for key in ordered],
    )
    for row in rows:
        state.closed[(row["call_id"], row["leg"])] = ClosedLeg(orjson.loads(row["answers"]))


async def _lock_balances(connection: Connection, state: BatchState, commands: Sequence[Command]) -> None:
    chains = [leg.chain for leg in state.legs.values()]
    chains.extend(command.chain for command in commands if isinstance(command, Authorize))
    ids = {level.balance_id for chain in chains for level in chain.levels}
    ids.update(meter.balance_id for chain in chains for meter in chain.meters)
    if not ids:
        return
    for row in await connection.fetch(query("lock_balances"), list(ids)):
        state.balances[row["id"]] = BalanceRow(*row)
    missing = ids - state.balances.keys()
    if missing:
        raise MissingBalanceError(f"balances {sorted(missing)} are named by a chain and do not exist")
