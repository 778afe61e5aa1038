"""Connections for the charging plane, with the bounds that every one of them must have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool = asyncpg.Pool[asyncpg.Record]
    PoolConnection = PoolConnectionProxy[asyncpg.Record]
else:
    Pool = asyncpg.Pool
    PoolConnection = asyncpg.pool.PoolConnectionProxy

LOCK_TIMEOUT_MS = 500
STATEMENT_TIMEOUT_MS = 2_500
IDLE_TIMEOUT_MS = 2_000
"""A node that freezes in the middle of a transaction loses it after so long, or its locks would stop every other node."""

SESSION_SETTINGS = {
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": str(IDLE_TIMEOUT_MS),
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
    "application_name": "smartswitch charging",
}
"""Given when a session starts, because a pool resets whatever is set later."""

POOL_SIZE = 4
"""The engine keeps two connections, to read and to write; the others are for payments and for who looks."""


@asynccontextmanager
async def open_pool(url: str, *, size: int = POOL_SIZE) -> AsyncIterator[Pool]:
    """Yield a pool of connections that the engine and payments may use."""
    async with asyncpg.create_pool(url, min_size=1, max_size=size, server_settings=SESSION_SETTINGS) as pool:
        yield pool
