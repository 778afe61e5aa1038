"""Connections for the charging plane, with the bounds that every one of them must have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from smartswitch.charging.engine import prepare_connection

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Pool = asyncpg.Pool

POOL_SIZE = 4
"""The engine uses one connection at a time; the others are for payments and for who looks."""


@asynccontextmanager
async def open_pool(url: str, *, size: int = POOL_SIZE) -> AsyncIterator[Pool]:
    """Yield a pool of connections that the engine and payments may use."""
    async with asyncpg.create_pool(url, min_size=1, max_size=size, init=prepare_connection) as pool:
        yield pool
