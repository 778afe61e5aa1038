"""Gives a command the database: the configured one, or the embedded one, started if it does not run.

    answer = with_database(lambda connection: read_something(connection))

What an operator can mend (a setting, a server that is down, a schema that is missing) ends the command with exit status
3 and one line that says what to do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from smartswitch.cli.output import Unavailable
from smartswitch.runtime.config import ConfigurationError, read_config
from smartswitch.runtime.connection import Connection, open_connection
from smartswitch.runtime.postgres import PostgresError, open_postgres

T = TypeVar("T")


def with_database(work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run ``work`` with a connection and return what it returns."""
    try:
        with open_postgres(read_config()) as url:
            return asyncio.run(_run(url, work))
    except (ConfigurationError, PostgresError) as error:
        raise Unavailable(str(error)) from error


async def _run(url: str, work: Callable[[Connection], Awaitable[T]]) -> T:
    async with open_connection(url) as connection:
        return await work(connection)
