"""The writing half of a batch: everything that the decisions changed, set-wise, in the same transaction.

A leg's row is changed or deleted only if its seq is the one that the batch took (see ``batch_read``); otherwise
StaleLegError ends the batch, and nothing of it is written.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Literal, Self

from smartswitch.charging.batch_state import BatchState, LegRow
from smartswitch.charging.copy_binary import HEADER, TRAILER
from smartswitch.charging.copy_text import array
from smartswitch.charging.queries import Connection, query
from smartswitch.charging.rows import CDR_COLUMNS, CHARGE_COLUMNS, OPEN_LEG_COLUMNS, RowWriter, json_text


class StaleLegError(Exception):
    """A leg is not what the batch took it for: another node had it meanwhile. The batch is to be decided again."""


async def write_batch(connection: Connection, state: BatchState, *, node: str, writer: RowWriter) -> None:
    """Write what changed; must run in the transaction that read the batch. Raises StaleLegError.

    The rows of COPY are made while PostgreSQL works on the statement before.
    """
    legs = state.legs.values()
    under_way = asyncio.ensure_future(_write_rows(connection, state, node, writer))
    try:
        await asyncio.sleep(0)
        charges = [writer.charge(charge) for charge in state.charges]
        cdrs = [writer.cdr(cdr) for cdr in state.cdrs]
        new_legs = [writer.open_leg(leg) for leg in legs if leg.is_new]
    finally:
        await under_way
    if new_legs:
        await _copy(connection, "open_leg", OPEN_LEG_COLUMNS, "".join(new_legs).encode(), "text")
    if cdrs:
        await _copy(connection, "cdr", CDR_COLUMNS, "".join(cdrs).encode(), "text")
    if charges:
        await _copy(connection, "charge", CHARGE_COLUMNS, b"".join((HEADER, *charges, TRAILER)), "binary")


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
    # In the order of their ids, so that two nodes that share legs do not wait for each other.
    changed.sort(key=_place)
    answered = [leg for leg in changed if not leg.is_regranted and leg.answered_at_ms is not None]
    if answered:
        await _answer_open_legs(connection, answered, node, writer)
    if len(answered) < len(changed):
        others = [leg for leg in changed if leg.is_regranted or leg.answered_at_ms is None]
        await _update_open_legs(connection, others, node, writer)
    if state.deleted:
        await _delete_open_legs(connection, state)


def _place(leg: LegRow) -> tuple[int, int]:
    return leg.call_id.int, leg.leg


async def _answer_open_legs(connection: Connection, legs: Sequence[LegRow], node: str, writer: RowWriter) -> None:
    status = await connection.execute(
        query("answer_open_legs"),
        texts(str(leg.call_id) for leg in legs),
        array(leg.leg for leg in legs),
        array(leg.stored_seq for leg in legs),
        array(leg.seq for leg in legs),
        texts(str(leg.answered_at_ms) for leg in legs),
        array(leg.confirmed_at_ms for leg in legs),
        [json_text(leg.answers) for leg in legs],
        [None if leg.cost is None else writer.cost(leg.cost) for leg in legs],
        node,
    )
    _refuse_stale(status, len(legs))


async def _update_open_legs(connection: Connection, legs: Sequence[LegRow], node: str, writer: RowWriter) -> None:
    status = await connection.execute(
        query("update_open_legs"),
        texts(str(leg.call_id) for leg in legs),
        array(leg.leg for leg in legs),
        array(leg.stored_seq for leg in legs),
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
    _refuse_stale(status, len(legs))


async def _delete_open_legs(connection: Connection, state: BatchState) -> None:
    deleted = sorted(state.deleted)
    status = await connection.execute(
        query("delete_open_legs"),
        texts(str(call_id) for call_id, _, _ in deleted),
        array(leg for _, leg, _ in deleted),
        array(seq for _, _, seq in deleted),
    )
    _refuse_stale(status, len(deleted))


def _refuse_stale(status: str, count: int) -> None:
    """``status`` is the command tag (PostgreSQL manual, "Message Formats", CommandComplete), as in ``UPDATE 12``."""
    changed = int(status.rpartition(" ")[2])
    if changed != count:
        raise StaleLegError(f"{count - changed} of {count} legs were changed by another node")


def texts(values: Iterable[str]) -> str:
    """An array literal of texts that need no quotes: uuids."""
    return "{" + ",".join(values) + "}"


async def _copy(
    connection: Connection, table: str, columns: Sequence[str], content: bytes, form: Literal["text", "binary"]
) -> None:
    await connection.copy_to_table(table, source=_OnePiece(content), columns=columns, format=form)


class _OnePiece:
    """What COPY sends, at once. Not a file: asyncpg reads one in a thread, twice, which costs more than a small COPY."""

    def __init__(self, content: bytes) -> None:
        self._content: bytes | None = content

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        content, self._content = self._content, None
        if content is None:
            raise StopAsyncIteration
        return content
