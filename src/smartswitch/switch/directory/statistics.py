"""What terminators did lately, for the hunting metrics ASR and ACD (docs/algorithms/hunting.md).

CDRs are the source: calls that began within the last WINDOW_MS and are over, at most the MOST_CALLS newest of them. The node
reads them in the background every INTERVAL_S, and only while some hunting class asks for such a metric; a call that is
planned meanwhile uses what was read last. When nothing could be read for FORGOTTEN_AFTER_MS nothing is known, and the
metrics are neutral: old figures are worse than none, and neither ever refuses a call.

Statistics are no part of the directory's tables: they change nothing that was remembered, so its epoch stays.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from smartswitch.core.hunting import Metric, TerminatorStatistics
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.load import Connection, query
from smartswitch.switch.directory.records import Statistics

if TYPE_CHECKING:
    Source = Connection | asyncpg.Pool[asyncpg.Record]
    """Whatever a query can be asked of."""
else:
    Source = Connection

WINDOW_MS = 3_600_000
MOST_CALLS = 20_000
INTERVAL_S = 30
READ_TIMEOUT_S = 5
FORGOTTEN_AFTER_MS = 600_000

_MEASURED = frozenset({Metric.ASR, Metric.ACD})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def read_statistics(source: Source, *, at_ms: int) -> Statistics:
    """What is known at a moment. Raises what the database raises."""
    window = (_EPOCH + timedelta(milliseconds=at_ms - WINDOW_MS), _EPOCH + timedelta(milliseconds=at_ms))
    rows = await source.fetch(query("read_statistics"), *window, MOST_CALLS, timeout=READ_TIMEOUT_S)
    by_terminator = {
        row["peer_id"]: TerminatorStatistics(row["attempts"], row["answered"], row["talked_ms"]) for row in rows
    }
    return Statistics(by_terminator, at_ms, at_ms + FORGOTTEN_AFTER_MS)


def are_wanted(directory: Directory) -> bool:
    """True if some hunting class orders by them."""
    return any(_MEASURED.intersection(hunting.metrics) for hunting in directory.tables.hunting_classes.values())


async def refresh_statistics(directory: Directory, source: Source, *, at_ms: int) -> None:
    """Read them anew if they are wanted. What cannot be read stays as it is, until it is forgotten."""
    if are_wanted(directory):
        directory.statistics = await read_statistics(source, at_ms=at_ms)
