"""The API's jobs in the worker (UTC); each may be begun twice without harm, as web/worker/tasks.py says.

| job                   | when             | what                                                       |
|-----------------------|------------------|------------------------------------------------------------|
| `tell_ended_calls`    | every 15 seconds | writes deliveries of calls that ended                      |
| `tell_late_calls`     | every hour       | the same, for calls that were told late                    |
| `tell_low_balances`   | every minute     | writes deliveries of balances that fell                    |
| `deliver_webhooks`    | every 5 seconds  | sends what is due                                          |
| `purge_api`           | every hour       | forgets answers to writes after 48 h, deliveries after 14 d |
"""

from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app

from smartswitch.runtime.clock import SystemClock
from smartswitch.runtime.config import read_config
from smartswitch.runtime.connection import open_connection
from smartswitch.runtime.log import EventLog
from smartswitch.runtime.secret_box import open_secret_box
from smartswitch.web.api.webhooks import events
from smartswitch.web.api.webhooks.deliveries import deliver
from smartswitch.web.api.webhooks.queries import query
from smartswitch.web.worker.tasks import DATABASE_URL

KEEP_ANSWERS = timedelta(hours=48)
KEEP_DELIVERIES = timedelta(days=14)

log = EventLog("web.api")


@app.periodic(cron="* * * * * */15")
@app.task(name="tell_ended_calls", queueing_lock="tell_ended_calls", pass_context=True)
async def tell_ended_calls(context: JobContext, timestamp: int) -> None:
    """Find the calls that ended since the last time."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        await events.tell_ended_calls(connection, now=SystemClock().now())


@app.periodic(cron="25 * * * *")
@app.task(name="tell_late_calls", queueing_lock="tell_late_calls", pass_context=True)
async def tell_late_calls(context: JobContext, timestamp: int) -> None:
    """Find the calls of nodes that were cut off for a while."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        await events.tell_ended_calls(connection, now=SystemClock().now(), look_back=events.VERY_LATE)


@app.periodic(cron="* * * * *")
@app.task(name="tell_low_balances", queueing_lock="tell_low_balances", pass_context=True)
async def tell_low_balances(context: JobContext, timestamp: int) -> None:
    """Find the balances that fell."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        await events.tell_low_balances(connection)


@app.periodic(cron="* * * * * */5")
@app.task(name="deliver_webhooks", queueing_lock="deliver_webhooks", pass_context=True)
async def deliver_webhooks(context: JobContext, timestamp: int) -> None:
    """Send what is due."""
    config = read_config()
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        attempts = await deliver(
            connection,
            box=open_secret_box(config.state_directory),
            clock=SystemClock(),
            allows_private=config.webhooks_may_be_private,
        )
    if attempts:
        log.debug("webhooks_sent", attempts=attempts)


@app.periodic(cron="50 * * * *")
@app.task(name="purge_api", queueing_lock="purge_api", pass_context=True)
async def purge_api(context: JobContext, timestamp: int) -> None:
    """Forget what nobody asks for any more."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        gone = await connection.fetchrow(query("purge"), KEEP_ANSWERS, KEEP_DELIVERIES)
    log.event("api_purged", answers=gone["answers"], deliveries=gone["deliveries"])
