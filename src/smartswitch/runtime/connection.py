"""One asynchronous connection to the database, for a command that works and goes.

Machines that stay (a node, the worker) have pools of their own. Rule: a fault that an operator can mend is told in his
words, as a PostgresError; anything else comes through as it is.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from smartswitch.runtime.postgres import PostgresError

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

CONNECT_TIMEOUT_S = 10
APPLICATION_NAME = "smartswitch command"


@asynccontextmanager
async def open_connection(url: str) -> AsyncIterator[Connection]:
    """Yield a connection to the database of ``url``; PostgresError if it cannot be reached or has no schema."""
    try:
        connection = await asyncpg.connect(
            url, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": APPLICATION_NAME}
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise PostgresError(f"the database cannot be reached: {error}; see SMARTSWITCH_DATABASE_URL") from error
    try:
        yield connection
    except asyncpg.UndefinedTableError as error:
        raise PostgresError(f"the database lacks a table ({error}); run: smartswitch migrate") from error
    finally:
        await connection.close()
