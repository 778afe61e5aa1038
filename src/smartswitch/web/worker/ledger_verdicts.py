"""Checks the ledger and keeps the verdict.

The check is the one of `smartswitch check-ledger`: every balance from the beginning, calls from a moment on. It reads in
one snapshot and locks nothing. It uses one core at most, and no more than a tenth of the time: when the ledger has grown
so far that a check takes 30 s, there is one every five minutes instead of every minute.
"""

import json
from dataclasses import asdict
from datetime import timedelta

from smartswitch.charging.ledger_check import Violation, check_ledger
from smartswitch.runtime.clock import Clock
from smartswitch.runtime.connection import Connection
from smartswitch.runtime.log import EventLog
from smartswitch.web.worker.queries import query

RECENT = timedelta(hours=6)
"""How far back a check of recent calls looks: the longest call (4 h), and time to tell of its end."""
LAST_DAYS = timedelta(days=3)
"""How far back the daily check looks: a node that was cut off tells of its calls up to a day later."""
KEEP_CLEAN = timedelta(days=7)
KEEP_VIOLATED = timedelta(days=90)
MOST_LOGGED = 10

log = EventLog("web.worker")


async def is_check_due(connection: Connection) -> bool:
    """Say whether it is time for the next check of recent calls."""
    return bool(await connection.fetchval(query("is_check_due"), RECENT))


async def record_verdict(connection: Connection, *, look_back: timedelta, clock: Clock) -> list[Violation]:
    """Check the ledger, with the calls of the time since, and keep what is found; it is returned."""
    checked_at = clock.now()
    since = checked_at - look_back
    await connection.execute("SET max_parallel_workers_per_gather = 0")
    started_ms = clock.monotonic_ms()
    violations = await check_ledger(connection, since=since)
    duration_ms = clock.monotonic_ms() - started_ms
    found = json.dumps([asdict(violation) for violation in violations])
    await connection.execute(query("write_verdict"), checked_at, since, duration_ms, found)
    _tell(violations, duration_ms)
    return violations


async def purge_verdicts(connection: Connection) -> int:
    """Forget old verdicts; those that found something are kept for longer. Return how many were forgotten."""
    return int(await connection.fetchval(query("purge_verdicts"), KEEP_CLEAN, KEEP_VIOLATED))


def _tell(violations: list[Violation], duration_ms: int) -> None:
    if not violations:
        log.debug("ledger_checked", duration_ms=duration_ms)
    for violation in violations[:MOST_LOGGED]:
        log.error(
            "ledger_violated",
            check=violation.check,
            subject=violation.subject,
            message=violation.message,
            found=len(violations),
        )
