"""What a node does besides its calls: work that runs until the node ends, and word to the service manager."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg

from smartswitch.runtime.log import EventLog

DATABASE_FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database that is away, or comes back, makes asyncpg raise."""

log = EventLog("switch.node")


@contextlib.asynccontextmanager
async def background() -> AsyncIterator[Callable[[Awaitable[object]], None]]:
    """Gives a function that runs something besides; all of it ends with the block."""
    tasks: list[asyncio.Future[object]] = []

    def start(work: Awaitable[object]) -> None:
        tasks.append(asyncio.ensure_future(work))

    try:
        yield start
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def repeat(interval_s: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do something now and then, for ever. A fault of the database is a line in the log, and the next time comes."""
    while True:
        try:
            await work()
        except DATABASE_FAULTS as error:
            log.warning("postponed", error=repr(error), again_in_s=interval_s)
        await asyncio.sleep(interval_s)


def notify_systemd(state: str) -> None:
    """Tell the service manager (sd_notify(3)), if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel, contextlib.suppress(OSError):
        channel.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
