"""What balances can still pay, as the database says now: for who asks what a call would do.

Rule: no decision about a call goes by it; those are the charging plane's.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

import asyncpg

from smartswitch.switch.directory.load import Connection, query

if TYPE_CHECKING:
    Source = Connection | asyncpg.Pool[asyncpg.Record]
    """Whatever a query can be asked of."""
else:
    Source = Connection

READ_TIMEOUT_S = 2


async def read_available(source: Source, balance_ids: Collection[int]) -> dict[int, int | None]:
    """What each balance can still pay (10^-6 of its currency), None without a limit. Raises what the database raises."""
    if not balance_ids:
        return {}
    rows = await source.fetch(query("read_available"), list(balance_ids), timeout=READ_TIMEOUT_S)
    return {row["id"]: row["available"] for row in rows}
