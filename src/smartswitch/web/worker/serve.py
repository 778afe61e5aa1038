"""Runs jobs until it is told to stop, and waits for a database that is away.

procrastinate fetches jobs one at a time, so that a long one never takes more than one connection and one core. Job by job
is also how a worker ends: what runs may finish within FINISH_WITHIN_S, else it is left to be begun anew.
"""

import asyncio
import contextlib
import signal

import psycopg
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.psycopg_connector import PsycopgConnector

from smartswitch.runtime.clock import SystemClock
from smartswitch.runtime.log import EventLog
from smartswitch.runtime.postgres_url import with_role
from smartswitch.web.worker.tasks import DATABASE_URL, make_partitions

ROLE = "smartswitch_worker"
APPLICATION_NAME = "smartswitch worker"
FINISH_WITHIN_S = 10
RETRY_S = 2
POOL_SIZE = 2
CONNECT_WITHIN_S = 10

log = EventLog("web.worker")


async def serve(database_url: str) -> None:
    """Work until SIGTERM or SIGINT; a database that goes away is waited for."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    url = with_role(database_url, ROLE)
    while not stopping.is_set():
        await _work_until(stopping, url)
    log.event("worker_stopped")


async def work_off(database_url: str) -> None:
    """Do what is due and what is waiting, then return."""
    await _work(with_role(database_url, ROLE), wait=False)


async def _work_until(stopping: asyncio.Event, url: str) -> None:
    """Work until `stopping` or until the database goes away; then return after a pause."""
    working = asyncio.create_task(_work(url, wait=True))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((working, stop), return_when=asyncio.FIRST_COMPLETED)
    working.cancel()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await working
    except (exceptions.ConnectorException, psycopg.Error, OSError) as error:
        log.warning("database_unusable", error=repr(error.__cause__ or error), retry_s=RETRY_S)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop, RETRY_S)


async def _work(url: str, *, wait: bool) -> None:
    connector = PsycopgConnector(
        conninfo=url,
        kwargs={"application_name": APPLICATION_NAME},
        min_size=1,
        max_size=POOL_SIZE,
        timeout=CONNECT_WITHIN_S,
    )
    with app.replace_connector(connector):
        async with app.open_async():
            with contextlib.suppress(exceptions.AlreadyEnqueued):
                await make_partitions.defer_async(timestamp=int(SystemClock().now().timestamp()))
            log.event("worker_started")
            await app.run_worker_async(
                wait=wait,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=FINISH_WITHIN_S,
                additional_context={DATABASE_URL: url},
            )
