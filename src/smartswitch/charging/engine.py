"""The batched charging engine: the only writer of balances for calls (DESIGN §6, "Batching is the engine").

Commands queue up while the batch before them is on its way; then all of them become one batch: decide in memory with pure
functions, write set-wise in one transaction, commit, answer. A lone command waits for nobody; under load batches grow and
the cost of a commit is shared. Every answer is given only after its commit is durable.

A batch is decided *ahead*: on what this process remembers of legs and balances, while PostgreSQL writes the batch before
it. PostgreSQL takes it only if every row is still what it was taken for. Where one is not (a payment came, another node
had it), or anything else went wrong, the batch is decided again *under locks*, on what is read then, and so are batches
for a while if another node moves the same balances all the time.

A batch that fails because of one command is halved until the command stands alone, so that it cannot hurt another.
A batch that fails because the database is away is answered with :class:`ChargingUnavailableError`, within
ANSWER_WITHIN_S: whoever asked knows that nothing is certain, and repeats the command with the same seq.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from smartswitch.charging.batch_read import lock_batch, recall_batch, refuse_stale
from smartswitch.charging.batch_rows import BatchRows, FinishedRows, batch_rows
from smartswitch.charging.batch_write import StaleRowError, write_batch
from smartswitch.charging.decisions import decide
from smartswitch.charging.faults import TRANSIENT, ChargingBugError, ChargingUnavailableError, is_unreachable
from smartswitch.charging.kept_connection import KeptConnection
from smartswitch.charging.memory import Memory
from smartswitch.charging.pool import Pool
from smartswitch.charging.rows import RowWriter
from smartswitch.protocol.charging import Command, Reply
from smartswitch.runtime.log import EventLog

BATCH_SIZE = 1_500
"""The most commands in one transaction: beyond it latency grows and throughput does not."""

COMMANDS_A_TURN = 12
"""So many commands are decided, or answered, in one turn of the event loop, a quarter of a millisecond's work: meanwhile the
rows of the batch before are sent piece by piece, and PostgreSQL must not wait for the next piece."""

QUEUE_SIZE = 20_000
"""The most commands that wait; one more is refused at once rather than answered too late."""

WORTH_A_BATCH = 100
"""So many waiting commands are a batch at once; fewer wait until the batch before them is written, and then a little for
company, because a batch of a few costs nearly as much as one of some dozens."""

LONGEST_PAUSE_S = 8 / 1000
"""After a batch the next one rests for as long as the batch took, at most so long: the busier the machine, the longer its
batches, the larger the next one. A command that comes after a quiet time waits for nobody."""

TRANSIENT_RETRIES = 1
"""How often a batch under locks is repeated whole after a deadlock, a lock timeout or a race for a leg; then halved."""

STALE_BATCHES = 3
LOCKING_S = 2
"""After so many stale batches one after another, batches lock for so long: another node moves the same balances."""

ANSWER_WITHIN_S = 3
"""A command that has no durable answer by then is answered with ChargingUnavailableError."""

WATCHES_A_SECOND = 5
WATCH_EVERY_S = 1 / WATCHES_A_SECOND

log = EventLog("charging.engine")

Tell = Callable[[Reply | Exception], None]
"""Called once, in the event loop: with the reply, or with ChargingUnavailableError or ChargingBugError."""

__all__ = ["ChargingBugError", "ChargingEngine", "ChargingUnavailableError", "Tell"]


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
            try:
                self.tell(reply)
            except Exception as bug:  # noqa: BLE001 - a bug of one who asked must not stop the others; it is told here
                log.error("charging_answer_not_taken", call_id=self.command.call_id, bug=repr(bug))


_Batch = list[_Waiting]


@dataclass(frozen=True, slots=True)
class _Decided:
    """A batch that was decided ahead: what it writes and what it answers."""

    rows: BatchRows
    replies: list[Reply]


class ChargingEngine:
    """Feeds commands to PostgreSQL in batches: one is written while the next is decided.

    ``pool`` gives connections whose role may write balances, legs, CDRs and charges; the engine keeps two of them.
    """

    def __init__(self, pool: Pool, *, node: str) -> None:
        self._node = node
        self._reader = KeptConnection(pool)
        self._writer = KeptConnection(pool)
        self._memory = Memory()
        self._row_writer = RowWriter(node)
        self._queue: _Batch = []
        self._under_way: list[_Batch] = []
        self._arrived = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._writing: tuple[_Batch, asyncio.Future[Exception | None]] | None = None
        self._writes: set[asyncio.Task[None]] = set()
        self._rest_until_s = monotonic()
        self._stale_batches = 0
        self._locking_until_s = monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to take commands."""
        self._tasks = [
            asyncio.create_task(self._work(), name="charging"),
            asyncio.create_task(self._watch(), name="charging-watch"),
        ]

    async def stop(self) -> None:
        """Finish what is queued and under way, then stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._is_idle.wait()
                while self._writes:
                    await asyncio.wait(self._writes)
        self._tasks += self._writes
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._reader.drop()
        await self._writer.drop()

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
        if len(self._queue) >= QUEUE_SIZE:
            raise ChargingUnavailableError(f"{QUEUE_SIZE} commands are waiting already")
        self._queue.append(_Waiting(command, tell, monotonic()))
        self._arrived.set()
        self._is_idle.clear()

    async def _watch(self) -> None:
        """Tell who has waited too long. One task for all commands: a timer for each would cost more than its decision."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            too_old_s = monotonic() - ANSWER_WITHIN_S + WATCH_EVERY_S
            late = [one for batch in (*self._under_way, self._queue) for one in batch if one.since_s < too_old_s]
            _fail(late, ChargingUnavailableError(f"no answer from the database within {ANSWER_WITHIN_S} s"))

    # ---- one batch after another

    async def _work(self) -> None:
        while True:
            batch = await self._next_batch()
            if not batch:
                continue
            started_s = monotonic()
            decided = None if self._is_locking() else await self._decide_ahead(batch)
            is_as_remembered = await self._finish_writing()
            if decided is not None and is_as_remembered:
                self._begin_writing(batch, decided, started_s)
            else:
                self._memory.forget()
                await self._run(batch)
                self._end(batch, started_s)

    async def _next_batch(self) -> _Batch:
        """Wait for commands. The longer they can wait for company without harm, the more come."""
        if len(self._queue) < WORTH_A_BATCH:
            await self._finish_writing()
        if not self._queue:
            self._arrived.clear()
            self._is_idle.set()
            await self._arrived.wait()
        pause_s = self._rest_until_s - monotonic()
        if pause_s > 0 and len(self._queue) < WORTH_A_BATCH:
            await asyncio.sleep(pause_s)
        batch, self._queue = self._queue[:BATCH_SIZE], self._queue[BATCH_SIZE:]
        batch = [waiting for waiting in batch if not waiting.is_told]
        self._under_way.append(batch)
        return batch

    def _end(self, batch: _Batch, started_s: float) -> None:
        """A batch is answered: the next one rests for its length."""
        self._under_way = [one for one in self._under_way if one is not batch and one]
        ended_s = monotonic()
        self._rest_until_s = ended_s + min(ended_s - started_s, LONGEST_PAUSE_S)

    def _is_locking(self) -> bool:
        return monotonic() < self._locking_until_s

    # ---- ahead

    async def _decide_ahead(self, batch: _Batch) -> _Decided | None:
        """Decide on what is remembered; None if that cannot be."""
        commands = [waiting.command for waiting in batch]
        try:
            connection = await self._reader.get()
            state = await recall_batch(connection, commands, self._memory)
            finished = FinishedRows(self._row_writer)
            replies: list[Reply] = []
            for start in range(0, len(commands), COMMANDS_A_TURN):
                replies += [decide(state, command) for command in commands[start : start + COMMANDS_A_TURN]]
                finished.take(state)
                # The batch before this one is being written, statement by statement: let the next one begin.
                await asyncio.sleep(0)
            await refuse_stale(connection, state, commands, replies)
            rows = batch_rows(state, finished, node=self._node, writer=self._row_writer)
        except Exception as fault:  # noqa: BLE001 - whatever it is, under locks it is seen for what it is
            self._note_stale(fault)
            if is_unreachable(fault):
                await self._reader.drop()
            return None
        self._memory.keep(state)
        return _Decided(rows, replies)

    def _begin_writing(self, batch: _Batch, decided: _Decided, started_s: float) -> None:
        outcome: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self._writing = (batch, outcome)
        task = asyncio.create_task(self._write(batch, decided, outcome, started_s))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _write(
        self, batch: _Batch, decided: _Decided, outcome: "asyncio.Future[Exception | None]", started_s: float
    ) -> None:
        """Write a batch that was decided ahead, say how that went, and answer it if it went well."""
        try:
            connection = await self._writer.get()
            async with connection.transaction():
                await write_batch(connection, decided.rows)
        except Exception as fault:  # noqa: BLE001 - it is decided again under locks, and seen there for what it is
            outcome.set_result(fault)
            return
        self._stale_batches = 0
        self._end(batch, started_s)
        outcome.set_result(None)
        for start in range(0, len(batch), COMMANDS_A_TURN):
            # PostgreSQL need not wait for the answers: the next batch may begin to be written meanwhile.
            await asyncio.sleep(0)
            for index in range(start, min(start + COMMANDS_A_TURN, len(batch))):
                batch[index].answer(decided.replies[index])

    async def _finish_writing(self) -> bool:
        """Wait for the batch that is on its way; False if it had to be decided again, and with it all that came after."""
        if self._writing is None:
            return True
        batch, outcome = self._writing
        fault = await outcome
        self._writing = None
        if fault is None:
            return True
        self._note_stale(fault)
        self._memory.forget()
        started_s = monotonic()
        await self._run(batch)
        self._end(batch, started_s)
        return False

    def _note_stale(self, fault: Exception) -> None:
        if not isinstance(fault, StaleRowError):
            log.event("charging_decided_again", fault=repr(fault))
            return
        self._stale_batches += 1
        if self._stale_batches >= STALE_BATCHES:
            self._stale_batches = 0
            self._locking_until_s = monotonic() + LOCKING_S

    # ---- under locks

    async def _run(self, batch: _Batch) -> None:
        """One batch from its commands to its answers, under locks; never raises."""
        batch = [waiting for waiting in batch if not waiting.is_told]
        if not batch:
            return
        try:
            replies = await self._transact_with_retry([waiting.command for waiting in batch])
        except Exception as fault:  # noqa: BLE001 - the one place: a bug in one command must not stop the others
            await self._take_fault(batch, fault)
        else:
            for waiting, reply in zip(batch, replies, strict=True):
                waiting.answer(reply)

    async def _take_fault(self, batch: _Batch, fault: Exception) -> None:
        """Answer a batch that failed, or try its halves."""
        is_away = is_unreachable(fault)
        if not is_away and len(batch) > 1:
            middle = (len(batch) + 1) // 2
            await self._run(batch[:middle])
            await self._run(batch[middle:])
        elif is_away or isinstance(fault, TRANSIENT):
            log.event("charging_unreachable", commands=len(batch), fault=repr(fault))
            _fail(batch, ChargingUnavailableError(f"the database does not answer: {fault!r}"))
            if is_away:
                await self._writer.drop()
        else:
            log.event("charging_bug", call_id=batch[0].command.call_id, fault=repr(fault))
            _fail(batch, ChargingBugError(repr(fault)))

    async def _transact_with_retry(self, commands: Sequence[Command]) -> list[Reply]:
        for _ in range(TRANSIENT_RETRIES):
            try:
                return await self._transact(commands)
            except TRANSIENT as fault:
                log.event("charging_retried", commands=len(commands), fault=repr(fault))
        return await self._transact(commands)

    async def _transact(self, commands: Sequence[Command]) -> list[Reply]:
        connection = await self._writer.get()
        async with connection.transaction():
            state = await lock_batch(connection, commands)
            replies = [decide(state, command) for command in commands]
            finished = FinishedRows(self._row_writer)
            finished.take(state)
            await write_batch(connection, batch_rows(state, finished, node=self._node, writer=self._row_writer))
        self._memory.keep(state)
        return replies


def _fail(batch: Sequence[_Waiting], fault: Exception) -> None:
    for waiting in batch:
        waiting.answer(fault)
