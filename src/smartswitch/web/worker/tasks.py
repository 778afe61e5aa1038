"""What the worker does by itself, and when (UTC).

| job                   | when            | what                                                                     |
|-----------------------|-----------------|--------------------------------------------------------------------------|
| `make_partitions`     | at start, daily | the tables of calls get their months, MONTHS_AHEAD ahead                 |
| `check_ledger`        | every minute    | proves the ledger with the recent calls                                  |
| `check_last_days`     | daily           | proves it with the calls of the last days, for those that were told late |
| `retry_stalled_jobs`  | every 5 minutes | begins jobs anew whose worker died                                       |
| `purge`               | daily           | forgets old verdicts, old jobs and questions that nobody waits for       |
| `send_mail`           | when deferred   | hands one mail to the mail server (mail.py)                              |

Rule: a job may be begun twice (its worker died, or two workers run), so each does no harm when repeated. One that succeeded
is removed at once; one that failed stays for KEEP_FAILED_JOBS_H, to be looked at. `timestamp` is the moment for which
procrastinate planned the job. Applications with jobs of their own put them into a module `tasks`, which is found by itself.
"""

from contextlib import suppress
from datetime import timedelta

from procrastinate import JobContext, exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from smartswitch.runtime.clock import SystemClock
from smartswitch.runtime.connection import open_connection
from smartswitch.runtime.log import EventLog
from smartswitch.web.worker import ledger_verdicts, mail
from smartswitch.web.worker.queries import query

MONTHS_AHEAD = 3
KEEP_FAILED_JOBS_H = 7 * 24
KEEP_QUESTIONS = timedelta(hours=1)
"""Who asked a node has long given up."""
DATABASE_URL = "database_url"
"""Under this name a job's context has the URL of the database, for the role of the worker."""

log = EventLog("web.worker")
send_mail = mail.send_mail


@app.periodic(cron="10 0 * * *")
@app.task(name="make_partitions", queueing_lock="make_partitions", pass_context=True)
async def make_partitions(context: JobContext, timestamp: int) -> None:
    """See that no call ever meets a month without a partition."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        made = await connection.fetchval(query("make_partitions"), MONTHS_AHEAD)
    log.event("partitions_made", count=made)


@app.periodic(cron="* * * * *")
@app.task(name="check_ledger", queueing_lock="check_ledger", pass_context=True)
async def check_ledger(context: JobContext, timestamp: int) -> None:
    """Prove the ledger with the recent calls, unless the last check has only just ended."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        if await ledger_verdicts.is_check_due(connection):
            await ledger_verdicts.record_verdict(connection, look_back=ledger_verdicts.RECENT, clock=SystemClock())


@app.periodic(cron="40 3 * * *")
@app.task(name="check_last_days", queueing_lock="check_last_days", pass_context=True)
async def check_last_days(context: JobContext, timestamp: int) -> None:
    """Prove the ledger with the calls of the last days."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        await ledger_verdicts.record_verdict(connection, look_back=ledger_verdicts.LAST_DAYS, clock=SystemClock())


@app.periodic(cron="*/5 * * * *")
@app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Begin jobs anew whose worker died; one of which the next is waiting already is over."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        log.warning("job_stalled", job=job.task_name, id=job.id)
        try:
            await jobs.retry_job(job)
        except exceptions.UniqueViolation:
            with suppress(exceptions.ConnectorException):
                await jobs.finish_job(job, status=Status.FAILED, delete_job=True)


@app.periodic(cron="20 4 * * *")
@app.task(name="purge", queueing_lock="purge", pass_context=True)
async def purge(context: JobContext, timestamp: int) -> None:
    """Forget what nobody will look at any more."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_JOBS_H, include_failed=True, include_cancelled=True, include_aborted=True
    )
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        count = await ledger_verdicts.purge_verdicts(connection)
        questions = await connection.fetchval(query("purge_questions"), KEEP_QUESTIONS)
    log.event("purged", verdicts=count, questions=questions)
