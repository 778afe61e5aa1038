"""What of a node answers questions: the real listener, planner and directory, on a loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from smartswitch.runtime.postgres_url import with_role
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.questions import Questions

START_TIMEOUT_S = 20
ROLE = "smartswitch_switch"
_IS_LISTENING = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%hangup%')
"""


@contextmanager
def answering_node(url: str, *, name: str = "n1") -> Iterator[list[UUID]]:
    """Answers with the parties as they are now; gives the list of the calls that it was told to end."""
    ended: list[UUID] = []
    loop, is_listening = asyncio.new_event_loop(), threading.Event()
    main = loop.create_task(_answer(url, name, ended, is_listening))
    thread = threading.Thread(target=_run, args=(loop, main))
    thread.start()
    try:
        assert is_listening.wait(START_TIMEOUT_S)
        yield ended
    finally:
        loop.call_soon_threadsafe(main.cancel)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, main: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(asyncio.gather(main, return_exceptions=True))
    loop.close()


async def _answer(url: str, name: str, ended: list[UUID], is_listening: threading.Event) -> None:
    connection = await asyncpg.connect(url)
    directory = Directory(await read_tables(connection))
    switch_url = with_role(url, ROLE)
    async with asyncpg.create_pool(switch_url, min_size=1, max_size=2) as pool:
        questions = Questions(directory, pool, lambda: asyncpg.connect(switch_url), node=name, on_hangup=ended.append)
        listening = asyncio.ensure_future(questions.run())
        try:
            await _until_it_listens(connection)
            is_listening.set()
            await listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await connection.close()


async def _until_it_listens(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Return when a session of the node has said LISTEN for the last time."""
    while True:
        if await connection.fetchval(_IS_LISTENING):
            return
        await asyncio.sleep(0.02)
