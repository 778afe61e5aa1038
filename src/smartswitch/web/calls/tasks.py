"""The jobs of calls in the worker (UTC); each may be begun twice without harm, as web/worker/tasks.py says.

| job            | when         | what                                                                                |
|----------------|--------------|-------------------------------------------------------------------------------------|
| `roll_up`      | every minute | adds up the calls that ended lately, by the quarter of an hour in which they began  |
| `roll_up_late` | every hour   | the same, for calls that were told late                                             |
"""

from datetime import timedelta
from functools import cache
from pathlib import Path

from procrastinate import JobContext
from procrastinate.contrib.django import app

from smartswitch.runtime.connection import open_connection
from smartswitch.web.worker.tasks import DATABASE_URL

ON_THE_WAY = timedelta(minutes=2)
"""Within this a call that has ended stands in the database, unless a node was cut off from it."""
VERY_LATE = timedelta(hours=26)


@app.periodic(cron="* * * * *")
@app.task(name="roll_up", queueing_lock="roll_up", pass_context=True)
async def roll_up(context: JobContext, timestamp: int) -> None:
    """Add up what is new."""
    await _roll_up(context, look_back=ON_THE_WAY)


@app.periodic(cron="35 * * * *")
@app.task(name="roll_up_late", queueing_lock="roll_up_late", pass_context=True)
async def roll_up_late(context: JobContext, timestamp: int) -> None:
    """Add up once more what nodes may have told late."""
    await _roll_up(context, look_back=VERY_LATE)


async def _roll_up(context: JobContext, *, look_back: timedelta) -> None:
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        await connection.fetchval(_query(), look_back)


@cache
def _query() -> str:
    return (Path(__file__).parent / "sql" / "roll_up.sql").read_text(encoding="utf-8")
