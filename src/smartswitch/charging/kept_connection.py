"""A connection that is kept: taking one from the pool and giving it back for every batch would cost two statements each."""

import asyncpg

from smartswitch.charging.pool import Pool, PoolConnection

TAKEN_WITHIN_S = 3


class KeptConnection:
    """One connection of a pool, taken when it is first needed and again when it broke."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: PoolConnection | None = None

    async def get(self) -> PoolConnection:
        """The connection. Raises what asyncpg raises when none can be had."""
        if self._connection is not None and not self._is_open():
            await self.give_back()
        if self._connection is None:
            self._connection = await self._pool.acquire(timeout=TAKEN_WITHIN_S)
        return self._connection

    async def give_back(self) -> None:
        """Let the pool have it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._pool.release(connection, timeout=TAKEN_WITHIN_S)

    async def drop(self) -> None:
        """End it, without waiting for a server that may not answer."""
        if self._connection is not None and self._is_open():
            self._connection.terminate()
        await self.give_back()

    def _is_open(self) -> bool:
        """Whether it may still be used; one that broke may have gone back to the pool by itself."""
        assert self._connection is not None, "asked of a connection that was taken"
        try:
            return not self._connection.is_closed()
        except asyncpg.InterfaceError:
            return False
