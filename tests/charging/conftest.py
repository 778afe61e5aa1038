"""A migrated database with one dealer tree in it, and engines on it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
import pytest

from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.pool import open_pool
from smartswitch.core.money import parse_amount

from .parties import Tree


@pytest.fixture
async def pool(database) -> AsyncIterator[asyncpg.Pool]:
    """Connections to a fresh migrated database, as its owner: for what a test makes, breaks and looks at."""
    async with open_pool(database.url, size=8) as opened:
        yield opened


@pytest.fixture
async def tree(pool: asyncpg.Pool) -> Tree:
    """Owner > d4 > d3, with the peers p1 and p2 below d3, and a price of every level; balances 1, 2, 3, 4 as in Tree."""
    return await Tree.plant(pool, credit_limit=parse_amount("2"))


@pytest.fixture
def engine_on(database) -> object:
    """Starts engines of their own, as nodes would, under the role of the charging plane."""

    @asynccontextmanager
    async def start(node: str) -> AsyncIterator[ChargingEngine]:
        async with open_pool(database.url_for("smartswitch_charging")) as own:
            engine = ChargingEngine(own, node=node)
            await engine.start()
            try:
                yield engine
            finally:
                await engine.stop()

    def make(node: str) -> AbstractAsyncContextManager[ChargingEngine]:
        return start(node)

    return make
