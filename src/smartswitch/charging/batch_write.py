"""The writing half of a batch: everything that the decisions changed, set-wise, in the same transaction."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence

from smartswitch.charging.batch_state import BatchState, LegRow
from smartswitch.charging.copy_text import array
from smartswitch.charging.queries import Connection, query
from smartswitch.charging.rows import CDR_COLUMNS, CHARGE_COLUMNS, OPEN_LEG_COLUMNS, RowWriter, json_text


async def write_batch(connection: Connection, state: BatchState, *, node: str, writer: RowWriter) -> None:
    """Write what changed; must run in the transaction that read the batch.

    The lines of COPY are made while PostgreSQL works on the statement before.
    """
    legs = state.legs.values()
    under_way = asyncio.ensure_future(_write_rows(connection, state, node, writer))
    try:
        await asyncio.sleep(0)
        new_legs = [writer.open_leg(leg) for leg in legs if leg.is_new]
        cdrs = [writer.cdr(cdr) for cdr in state.cdrs]
        charges = [writer.charge(charge) for charge in state.charges]
    finally:
        await under_way
    await _copy(connection, "open_leg", OPEN_LEG_COLUMNS, new_legs)
    await _copy(connection, "cdr", CDR_COLUMNS, cdrs)
    await _copy(connection, "charge", CHARGE_COLUMNS, charges)


async def _write_rows(connection: Connection, state: BatchState, node: str, writer: RowWriter) -> None:
    """Change the rows that exist: balances, open legs, legs that were closed."""
    balances = [balance for balance in state.balances.values() if balance.is_changed]
    if balances:
        await connection.execute(
            query("write_balances"),
            array(balance.id for balance in balances),
            array(balance.amount for balance in balances),
            array(balance.held for balance in balances),
            array(balance.live_calls for balance in balances),
        )
    changed = [leg for leg in state.legs.values() if leg.is_changed and not leg.is_new]
    if changed:
        await _update_open_legs(connection, changed, node, writer)
    if state.deleted:
        await connection.execute(
            query("delete_open_legs"),
            texts(str(key[0]) for key in state.deleted),
            array(key[1] for key in state.deleted),
        )


def texts(values: Iterable[str]) -> str:
    """An array literal of texts that need no quotes: uuids."""
    return "{" + ",".join(values) + "}"


async def _update_open_legs(connection: Connection, legs: Sequence[LegRow], node: str, writer: RowWriter) -> None:
    await connection.execute(
        query("update_open_legs"),
        texts(str(leg.call_id) for leg in legs),
        array(leg.leg for leg in legs),
        array(leg.seq for leg in legs),
        array(leg.granted_s for leg in legs),
        array(leg.slice_s for leg in legs),
        texts("NULL" if leg.answered_at_ms is None else str(leg.answered_at_ms) for leg in legs),
        array(leg.confirmed_at_ms for leg in legs),
        [array(leg.held) for leg in legs],
        [json_text(leg.answers) for leg in legs],
        [None if leg.cost is None else writer.cost(leg.cost) for leg in legs],
        node,
    )


async def _copy(connection: Connection, table: str, columns: Sequence[str], lines: list[str]) -> None:
    if lines:
        await connection.copy_to_table(table, source=_in_one_piece(lines), columns=columns, format="text")


async def _in_one_piece(lines: list[str]) -> AsyncIterator[bytes]:
    """Not a file: asyncpg reads one in a thread, twice, which costs more than a small COPY itself."""
    yield "".join(lines).encode()
