"""The reading half of a batch: find and lock what the commands name.

Order of locks, the same in every node, so that batches never deadlock: open legs by key, then balances by id.
"""

from collections.abc import Iterable, Iterator, Sequence

import orjson

from smartswitch.charging.batch_state import BalanceRow, BatchState, ClosedLeg, LegKey, LegRow
from smartswitch.charging.chain_json import decode_chain, decode_cost
from smartswitch.charging.copy_text import array, created_at_of
from smartswitch.charging.queries import Connection, query
from smartswitch.core.chain import Chain, Cost
from smartswitch.protocol.charging import Answer, Authorize, CallFacts, Command, Direction

Known = dict[LegKey, tuple[Chain, CallFacts, Cost | None]]
"""Chains, facts and costs of open legs that this process has seen: they never change while a leg is open."""


class MissingBalanceError(Exception):
    """A chain names a balance that does not exist: the directory and the database disagree."""


async def read_batch(connection: Connection, commands: Sequence[Command], known: Known) -> BatchState:
    """Lock and read the legs and balances that the commands name; must run inside a transaction."""
    state = BatchState()
    keys = {(command.call_id, command.leg) for command in commands}
    await _read_open_legs(connection, state, keys, known)
    await _read_closed_legs(connection, state, keys - state.legs.keys())
    await _lock_balances(connection, state, commands)
    return state


async def _read_open_legs(connection: Connection, state: BatchState, keys: Iterable[LegKey], known: Known) -> None:
    ordered = list(keys)
    rows = await connection.fetch(query("lock_open_legs"), *_key_literals(ordered))
    found: set[LegKey] = {(row[0], row[1]) for row in rows}
    await _read_unknown_chains(connection, found - known.keys(), known)
    for row in rows:
        call_id, leg, seq, granted_s, slice_s, authorized_at_ms, answered_at_ms, confirmed_at_ms, held, answers = row
        chain, facts, cost = known[(call_id, leg)]
        state.legs[(call_id, leg)] = LegRow(
            call_id=call_id,
            leg=leg,
            chain=chain,
            facts=facts,
            seq=seq,
            granted_s=granted_s,
            slice_s=slice_s,
            authorized_at_ms=authorized_at_ms,
            answered_at_ms=answered_at_ms,
            confirmed_at_ms=confirmed_at_ms,
            held=[int(amount) for amount in held[1:-1].split(",")] if held != "{}" else [],
            cost=cost,
            answers=orjson.loads(answers),
        )


def _key_literals(keys: Sequence[LegKey]) -> tuple[str, str]:
    return "{" + ",".join(str(key[0]) for key in keys) + "}", array(key[1] for key in keys)


async def _read_unknown_chains(connection: Connection, keys: Iterable[LegKey], known: Known) -> None:
    ordered = list(keys)
    if not ordered:
        return
    rows = await connection.fetch(query("read_open_chains"), *_key_literals(ordered))
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
        *_key_literals(ordered),
        '{"' + '","'.join(str(created_at_of(key[0])) for key in ordered) + '"}',
    )
    for row in rows:
        state.closed[(row["call_id"], row["leg"])] = ClosedLeg(orjson.loads(row["answers"]))


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
