"""What can go wrong between a command and its durable answer, and of which kind a fault of asyncpg is."""

import asyncpg

from smartswitch.charging.batch_write import StaleRowError


class ChargingUnavailableError(Exception):
    """The database did not confirm the command in time: it may or may not have happened; repeat it with the same seq."""


class ChargingBugError(Exception):
    """The command made the database refuse the batch even alone; nothing of it was written."""


TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.UniqueViolationError,  # another node obeyed the same command a moment ago: the next try sees its answer
    StaleRowError,
)
"""Repeating the batch can help."""

_UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is not promoted yet
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.InternalClientError,  # what asyncpg says of its own state after a connection broke in mid-statement
    TimeoutError,
)

_UNREACHABLE_CLASSES = ("08", "53", "57", "58")
"""SQLSTATE classes (PostgreSQL manual, appendix A): connection, resources, operator intervention, system error."""


def is_unreachable(fault: BaseException | None) -> bool:
    """Whether the database is away, or the connection broke; the true cause may stand behind what asyncpg says."""
    while fault is not None:
        if isinstance(fault, _UNREACHABLE):
            return True
        if isinstance(fault, asyncpg.PostgresError) and str(fault.sqlstate)[:2] in _UNREACHABLE_CLASSES:
            return True
        fault = fault.__cause__ or fault.__context__
    return False
