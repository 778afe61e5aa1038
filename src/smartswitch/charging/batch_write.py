"""The writing half of a batch: all of its rows, set-wise, in one transaction.

The row of a leg or a balance is changed only if its seq or version is the one that the batch took; otherwise
StaleRowError ends the transaction, and nothing of the batch is written.
"""

from typing import Self

from smartswitch.charging.batch_rows import BatchRows
from smartswitch.charging.queries import Connection, query


class StaleRowError(Exception):
    """A leg or a balance is not what the batch took it for: somebody else had it. The batch is to be decided again."""


async def write_batch(connection: Connection, rows: BatchRows) -> None:
    """Write a batch; must run in a transaction. Raises StaleRowError."""
    for statement in rows.statements:
        status = await connection.execute(query(statement.name), *statement.arguments)
        # The command tag (PostgreSQL manual, "Message Formats", CommandComplete), as in UPDATE 12.
        changed = int(status.rpartition(" ")[2])
        if changed != statement.count:
            raise StaleRowError(f"{statement.name}: {statement.count - changed} of {statement.count} rows moved")
    for copy in rows.copies:
        await connection.copy_to_table(
            copy.table,
            source=_OnePiece(copy.content),
            columns=copy.columns,
            format="binary" if copy.is_binary else "text",
        )


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
