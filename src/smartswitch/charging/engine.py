"""The batched charging engine: the only writer of balances for calls (DESIGN §6, "Batching is the engine").

Commands queue up while the previous batch commits; then all of them become one transaction: lock, decide in memory,
write set-wise, commit, answer. A lone command waits for nobody; under load batches grow and the cost of a commit is
shared. Every answer is given only after its commit is durable.

A batch that fails because of one command is halved until the command stands alone, so that it cannot hurt another.
A batch that fails because the database is away is answered with :class:`ChargingUnavailableError`, within
ANSWER_WITHIN_S: whoever asked knows that nothing is certain, and repeats the command with the same seq.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from smartswitch.charging.batch_read import KnownLegs, read_batch
from smartswitch.charging.batch_state import BatchState
from smartswitch.charging.batch_write import write_batch
from smartswitch.charging.decisions import decide
from smartswitch.charging.rows import RowWriter
from smartswitch.protocol.charging import Command, Reply
from smartswitch.runtime.log import EventLog

BATCH_SIZE = 1_000
"""The most commands in one transaction: beyond it latency grows and throughput does not."""

QUEUE_SIZE = 20_000
"""The most commands that wait; one more is refused at once rather than answered too late."""

TRANSIENT_RETRIES = 2
"""How often a batch is repeated whole after a deadlock, a lock timeout or a race for the same leg; then it is halved."""

ANSWER_WITHIN_S = 3
"""A command that has no durable answer by then is answered with ChargingUnavailableError."""

_TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.UniqueViolationError,  # another node obeyed the same command a moment ago: the next try sees its answer
)
_UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    TimeoutError,
)

log = EventLog("charging.engine")


class ChargingUnavailableError(Exception):
    """The database did not confirm the command in time: it may or may not have happened; repeat it with the same seq."""


class ChargingBugError(Exception):
    """The command made the database refuse the batch even alone; nothing of it was written."""


@dataclass(slots=True)
class _Waiting:
    command: Command
    answer: asyncio.Future[Reply]


class ChargingEngine:
    """Feeds commands to PostgreSQL in batches, one transaction at a time, in the order in which they came.

    ``pool`` gives connections whose role may write balances, legs, CDRs and charges; the engine uses one at a time.
    """

    def __init__(self, pool: asyncpg.Pool, *, node: str, batch_size: int = BATCH_SIZE) -> None:
        self._pool = pool
        self._node = node
        self._batch_size = batch_size
        self._queue: list[_Waiting] = []
        self._arrived = asyncio.Event()
        self._known: KnownLegs = {}
        self._writer = RowWriter(node)
        self._worker: asyncio.Task[None] | None = None
        self.batches = 0

    async def start(self) -> None:
        """Begin to take commands."""
        self._worker = asyncio.create_task(self._work(), name="charging-engine")

    async def stop(self) -> None:
        """Finish what is queued, then stop."""
        if self._worker is not None:
            waiting = [one.answer for one in self._queue]
            await asyncio.wait(waiting, timeout=ANSWER_WITHIN_S) if waiting else None
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None

    async def submit(self, command: Command) -> Reply:
        """Carry out one command durably and give its answer; ChargingUnavailableError if that could not be made certain."""
        answer = self.enqueue(command)
        try:
            return await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        except TimeoutError:
            raise ChargingUnavailableError(f"no answer from the database within {ANSWER_WITHIN_S} s") from None

    def enqueue(self, command: Command) -> asyncio.Future[Reply]:
        """Queue a command; the future is its answer. Commands of one leg are carried out in the order of these calls."""
        if len(self._queue) >= QUEUE_SIZE:
            raise ChargingUnavailableError(f"{QUEUE_SIZE} commands are waiting already")
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(command, answer))
        self._arrived.set()
        return answer

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            batch, self._queue = self._queue[: self._batch_size], self._queue[self._batch_size :]
            batch = [waiting for waiting in batch if not waiting.answer.done()]
            if not self._queue:
                self._arrived.clear()
            if batch:
                await self._run(batch)

    async def _run(self, batch: list[_Waiting]) -> None:
        """One batch from its commands to its answers; never raises."""
        self.batches += 1
        try:
            replies = await self._transact_with_retry([waiting.command for waiting in batch])
        except (*_UNREACHABLE, *_TRANSIENT) as fault:
            if isinstance(fault, _TRANSIENT) and len(batch) > 1:
                await self._run_halves(batch)
                return
            log.event("charging_unreachable", commands=len(batch), fault=repr(fault))
            _fail(batch, ChargingUnavailableError(f"the database does not answer: {fault!r}"))
        except Exception as fault:  # noqa: BLE001 - the one place: a bug in one command must not stop the others
            if len(batch) > 1:
                await self._run_halves(batch)
            else:
                log.event("charging_bug", call_id=batch[0].command.call_id, fault=repr(fault))
                _fail(batch, ChargingBugError(repr(fault)))
        else:
            for waiting, reply in zip(batch, replies, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(reply)

    async def _run_halves(self, batch: list[_Waiting]) -> None:
        waiting = [one for one in batch if not one.answer.done()]
        middle = (len(waiting) + 1) // 2
        for half in (waiting[:middle], waiting[middle:]):
            if half:
                await self._run(half)

    async def _transact_with_retry(self, commands: Sequence[Command]) -> list[Reply]:
        for _ in range(TRANSIENT_RETRIES):
            try:
                return await self._transact(commands)
            except _TRANSIENT as fault:
                log.event("charging_retried", commands=len(commands), fault=repr(fault))
        return await self._transact(commands)

    async def _transact(self, commands: Sequence[Command]) -> list[Reply]:
        async with self._pool.acquire(timeout=ANSWER_WITHIN_S) as connection, connection.transaction():
            state = await read_batch(connection, commands, self._known)
            replies = [decide(state, command) for command in commands]
            await write_batch(connection, state, node=self._node, writer=self._writer)
        self._remember(state)
        return replies

    def _remember(self, state: BatchState) -> None:
        """Keep the legs that are open: only now, after the commit."""
        for key, leg in state.legs.items():
            leg.is_new = leg.is_changed = False
            self._known[key] = leg


def _fail(batch: list[_Waiting], fault: Exception) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(fault)
