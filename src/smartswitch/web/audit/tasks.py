"""What the worker does for the audit: it proves the chain, keeps the verdict, and forgets old verdicts.

| job            | when             | what                                                                   |
|----------------|------------------|------------------------------------------------------------------------|
| `check_audit`  | every 10 minutes | proves the whole chain, unless the last check has only just ended      |
| `purge_audit`  | daily            | forgets old verdicts                                                   |

Rule: the checks take no more than a tenth of the time, and one core at most.
"""

import json
from dataclasses import asdict
from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app

from smartswitch.runtime.clock import Clock, SystemClock
from smartswitch.runtime.connection import Connection, open_connection
from smartswitch.runtime.log import EventLog
from smartswitch.web.audit.chain_check import ChainReport, check_chain
from smartswitch.web.audit.queries import query
from smartswitch.web.worker.tasks import DATABASE_URL

KEEP_WHOLE = timedelta(days=7)
KEEP_BROKEN = timedelta(days=90)
MOST_KEPT = 1000
MOST_LOGGED = 10

log = EventLog("web.worker")


@app.periodic(cron="*/10 * * * *")
@app.task(name="check_audit", queueing_lock="check_audit", pass_context=True)
async def check_audit(context: JobContext, timestamp: int) -> None:
    """Prove the chain of the audit log."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        if await connection.fetchval(query("is_chain_check_due")):
            await keep_verdict(connection, clock=SystemClock())


@app.periodic(cron="25 4 * * *")
@app.task(name="purge_audit", queueing_lock="purge_audit", pass_context=True)
async def purge_audit(context: JobContext, timestamp: int) -> None:
    """Forget verdicts that nobody will look at any more."""
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        count = await connection.fetchval(query("purge_chain_verdicts"), KEEP_WHOLE, KEEP_BROKEN)
    log.event("audit_purged", verdicts=count)


async def keep_verdict(connection: Connection, *, clock: Clock) -> ChainReport:
    """Check the chain and keep what is found; it is returned."""
    checked_at, started_ms = clock.now(), clock.monotonic_ms()
    await connection.execute("SET max_parallel_workers_per_gather = 0")
    report = await check_chain(connection)
    duration_ms = clock.monotonic_ms() - started_ms
    breaks = json.dumps([asdict(each) for each in report.breaks[:MOST_KEPT]])
    await connection.execute(
        query("keep_chain_verdict"), checked_at, duration_ms, report.entries, report.place, report.hash, breaks
    )
    if not report.breaks:
        log.debug("audit_checked", entries=report.entries, duration_ms=duration_ms)
    for each in report.breaks[:MOST_LOGGED]:
        log.error("audit_broken", place=each.place, entry=each.entry_id, problem=each.problem, found=len(report.breaks))
    return report
