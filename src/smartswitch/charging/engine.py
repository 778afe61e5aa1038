"""The batched charging engine: the only writer of balances for calls (DESIGN §6, "Batching is the engine").

Commands queue up while the batch before them commits; then all of them become one transaction: lock, decide in memory,
write set-wise, commit, answer. A lone command waits for nobody; under load batches grow and the cost of a commit is
shared. Every answer is given only after its commit is durable.

A batch that fails because of one command is halved until the command stands alone, so that it cannot hurt another.
A batch that fails because the database is away is answered with :class:`ChargingUnavailableError`, within
ANSWER_WITHIN_S: whoever asked knows that nothing is certain, and repeats the command with the same seq.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import asyncpg

from smartswitch.charging.batch_read import KnownLegs, read_batch
from smartswitch.charging.batch_state import BatchState
from smartswitch.charging.batch_write import StaleLegError, write_batch
from smartswitch.charging.decisions import decide
from smartswitch.charging.pool import Pool, PoolConnection
from smartswitch.charging.rows import RowWriter
from smartswitch.protocol.charging import Command, Conflict, Reply
from smartswitch.runtime.log import EventLog

LANES = 2
"""How many batches may be under way at once: one in PostgreSQL, one in Python."""

BATCH_SIZE = 500
"""The most commands in one transaction: beyond it latency grows and throughput does not."""

QUEUE_SIZE = 20_000
"""The most commands that wait; one more is refused at once rather than answered too late."""

WORTH_A_BATCH = 100
"""So many waiting commands begin a batch at once; fewer wait a little for company, because a batch of a few costs nearly as
much as one of some dozens."""

PAUSE_OF_BATCH = 2
LONGEST_PAUSE_S = 0.015
"""After a batch the next one begins when PAUSE_OF_BATCH times its length are over, but after LONGEST_PAUSE_S: the busier
the machine, the longer its batches, the larger the next one. A command that comes after a quiet time waits for nobody."""

TRANSIENT_RETRIES = 2
"""How often a batch is repeated whole after a deadlock, a lock timeout or a race for the same leg; then it is halved."""

ANSWER_WITHIN_S = 3
"""A command that has no durable answer by then is answered with ChargingUnavailableError."""

MOST_KNOWN_LEGS = 100_000
"""So many open legs are remembered; beyond it all are read again when they are needed."""

WATCHES_A_SECOND = 5
WATCH_EVERY_S = 1 / WATCHES_A_SECOND

_TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.UniqueViolationError,  # another node obeyed the same command a moment ago: the next try sees its answer
    StaleLegError,
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
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is not promoted yet
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    TimeoutError,
)

_UNREACHABLE_CLASSES = ("08", "53", "57", "58")
"""SQLSTATE classes (PostgreSQL manual, appendix A): connection, resources, operator intervention, system error."""

log = EventLog("charging.engine")


class ChargingUnavailableError(Exception):
    """The database did not confirm the command in time: it may or may not have happened; repeat it with the same seq."""


class ChargingBugError(Exception):
    """The command made the database refuse the batch even alone; nothing of it was written."""


Tell = Callable[[Reply | Exception], None]
"""Called once, in the event loop: with the reply, or with ChargingUnavailableError or ChargingBugError."""


@dataclass(slots=True)
class _Waiting:
    command: Command
    tell: Tell
    since_s: float
    is_told: bool = False

    def answer(self, reply: Reply | Exception) -> None:
        """Tell whoever asked, once."""
        if not self.is_told:
            self.is_told = True
            self.tell(reply)


@dataclass(slots=True)
class _Lane:
    queue: list[_Waiting] = field(default_factory=list)
    under_way: list[_Waiting] = field(default_factory=list)
    connection: PoolConnection | None = None
    rest_until_s: float = 0.0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    is_idle: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_idle.set()


class ChargingEngine:
    """Feeds commands to PostgreSQL in batches, in LANES transactions at a time.

    All commands of one call go down one lane, in the order in which they came; while PostgreSQL works on the batch of one
    lane, Python decides that of another. ``pool`` gives connections whose role may write balances, legs, CDRs and
    charges; the engine uses one for each lane.
    """

    def __init__(self, pool: Pool, *, node: str, lanes: int = LANES) -> None:
        self._pool = pool
        self._node = node
        self._lanes = [_Lane() for _ in range(lanes)]
        self._known: KnownLegs = {}
        self._writer = RowWriter(node)
        self._workers: list[asyncio.Task[None]] = []
        self.batches = 0

    async def start(self) -> None:
        """Begin to take commands."""
        self._workers = [
            asyncio.create_task(self._work(lane), name=f"charging-lane-{number}")
            for number, lane in enumerate(self._lanes)
        ]
        self._workers.append(asyncio.create_task(self._watch(), name="charging-watch"))

    async def stop(self) -> None:
        """Finish what is queued and under way, then stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                for lane in self._lanes:
                    await lane.is_idle.wait()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []
        for lane in self._lanes:
            await self._give_back(lane)

    async def submit(self, command: Command) -> Reply:
        """Carry out one command durably and give its answer; ChargingUnavailableError if that could not be made certain."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

        def tell(reply: Reply | Exception) -> None:
            if answer.done():
                return
            if isinstance(reply, Exception):
                answer.set_exception(reply)
            else:
                answer.set_result(reply)

        self.enqueue(command, tell)
        return await answer

    def enqueue(self, command: Command, tell: Tell) -> None:
        """Queue a command and return at once. Commands of one leg are carried out in the order of these calls.

        It is the cheap way, for whoever has thousands under way: no task and no future for each. ``tell`` must not raise.
        Raises ChargingUnavailableError when too many wait.
        """
        lane = self._lanes[command.call_id.int % len(self._lanes)]
        if len(lane.queue) >= QUEUE_SIZE:
            raise ChargingUnavailableError(f"{QUEUE_SIZE} commands are waiting already")
        lane.queue.append(_Waiting(command, tell, monotonic()))
        lane.arrived.set()
        lane.is_idle.clear()

    async def _watch(self) -> None:
        """Tell who has waited too long. One task for all commands: a timer for each would cost more than its decision."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            too_old_s = monotonic() - ANSWER_WITHIN_S + WATCH_EVERY_S
            late = [one for lane in self._lanes for one in (*lane.under_way, *lane.queue) if one.since_s < too_old_s]
            _fail(late, ChargingUnavailableError(f"no answer from the database within {ANSWER_WITHIN_S} s"))

    async def _work(self, lane: _Lane) -> None:
        while True:
            await lane.arrived.wait()
            pause_s = lane.rest_until_s - monotonic()
            if pause_s > 0 and len(lane.queue) < WORTH_A_BATCH:
                await asyncio.sleep(pause_s)
            batch, lane.queue = lane.queue[:BATCH_SIZE], lane.queue[BATCH_SIZE:]
            lane.under_way = [waiting for waiting in batch if not waiting.is_told]
            if not lane.queue:
                lane.arrived.clear()
            if lane.under_way:
                started_s = monotonic()
                await self._run(lane, lane.under_way)
                lane.under_way = []
                ended_s = monotonic()
                lane.rest_until_s = ended_s + min(PAUSE_OF_BATCH * (ended_s - started_s), LONGEST_PAUSE_S)
            if not lane.queue:
                lane.is_idle.set()

    async def _run(self, lane: _Lane, batch: list[_Waiting]) -> None:
        """One batch from its commands to its answers; never raises."""
        self.batches += 1
        try:
            replies = await self._transact_with_retry(lane, [waiting.command for waiting in batch])
        except Exception as fault:  # noqa: BLE001 - the one place: a bug in one command must not stop the others
            await self._take_fault(lane, batch, fault)
        else:
            for waiting, reply in zip(batch, replies, strict=True):
                waiting.answer(reply)

    async def _take_fault(self, lane: _Lane, batch: list[_Waiting], fault: Exception) -> None:
        """Answer a batch that failed, or try its halves."""
        is_unreachable = _is_unreachable(fault)
        if not is_unreachable and len(batch) > 1:
            await self._run_halves(lane, batch)
        elif is_unreachable or isinstance(fault, _TRANSIENT):
            log.event("charging_unreachable", commands=len(batch), fault=repr(fault))
            _fail(batch, ChargingUnavailableError(f"the database does not answer: {fault!r}"))
            if is_unreachable and lane.connection is not None:
                if _is_open(lane.connection):
                    lane.connection.terminate()
                await self._give_back(lane)
        else:
            log.event("charging_bug", call_id=batch[0].command.call_id, fault=repr(fault))
            _fail(batch, ChargingBugError(repr(fault)))

    async def _run_halves(self, lane: _Lane, batch: list[_Waiting]) -> None:
        waiting = [one for one in batch if not one.is_told]
        middle = (len(waiting) + 1) // 2
        for half in (waiting[:middle], waiting[middle:]):
            if half:
                await self._run(lane, half)

    async def _transact_with_retry(self, lane: _Lane, commands: Sequence[Command]) -> list[Reply]:
        for _ in range(TRANSIENT_RETRIES):
            try:
                return await self._transact(lane, commands)
            except _TRANSIENT as fault:
                log.event("charging_retried", commands=len(commands), fault=repr(fault))
        return await self._transact(lane, commands)

    async def _connection_of(self, lane: _Lane) -> PoolConnection:
        """The connection that a lane keeps: taking one from the pool and giving it back costs two statements a batch."""
        if lane.connection is not None and not _is_open(lane.connection):
            await self._give_back(lane)
        if lane.connection is None:
            lane.connection = await self._pool.acquire(timeout=ANSWER_WITHIN_S)
        return lane.connection

    async def _give_back(self, lane: _Lane) -> None:
        connection, lane.connection = lane.connection, None
        if connection is not None:
            await self._pool.release(connection, timeout=ANSWER_WITHIN_S)

    async def _transact(self, lane: _Lane, commands: Sequence[Command]) -> list[Reply]:
        connection = await self._connection_of(lane)
        async with connection.transaction():
            state = await read_batch(connection, commands, self._known)
            replies = [decide(state, command) for command in commands]
            _believe(state, commands, replies)
            await write_batch(connection, state, node=self._node, writer=self._writer)
        self._remember(state)
        return replies

    def _remember(self, state: BatchState) -> None:
        """Keep the legs that are open: only now, after the commit."""
        if len(self._known) > MOST_KNOWN_LEGS:
            # Some were closed by other nodes, and nothing told us.
            self._known.clear()
        for key, leg in state.legs.items():
            leg.is_new = leg.is_changed = leg.is_regranted = False
            leg.stored_seq = leg.seq
            self._known[key] = leg


def _believe(state: BatchState, commands: Sequence[Command], replies: Sequence[Reply]) -> None:
    """A contradiction is told only of legs that were read: one from memory may have been changed by another node."""
    for command, reply in zip(commands, replies, strict=True):
        if isinstance(reply, Conflict) and (command.call_id, command.leg) in state.remembered:
            raise StaleLegError(f"{command.call_id} {command.leg}: {reply.name}")


def _is_open(connection: PoolConnection) -> bool:
    """Whether a connection of the pool may still be used; one that broke may have gone back to it by itself."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


def _is_unreachable(fault: BaseException | None) -> bool:
    """Whether the connection broke: asyncpg may complain of its own state then, with the true cause behind it."""
    while fault is not None:
        if isinstance(fault, (*_UNREACHABLE, asyncpg.InternalClientError)):
            return True
        if isinstance(fault, asyncpg.PostgresError) and str(fault.sqlstate)[:2] in _UNREACHABLE_CLASSES:
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _fail(batch: list[_Waiting], fault: Exception) -> None:
    for waiting in batch:
        waiting.answer(fault)
