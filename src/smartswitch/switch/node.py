"""The node: one process that decides about calls and charges them. ``python -m smartswitch.switch.node``

Its configuration is read from the environment once (runtime/config.py). Order of a start, each step only when the one before
it is done: database; spool (what an earlier life could not tell is told first); directory; adoption of the calls that
an earlier life left; and only then the connection to Kamailio, so that no report meets a node that does not know
its calls. Until then Kamailio answers 503 by itself.

While the database is silent, new calls are refused with 503 within 3 s, live ones run to the end of their grant, and what
must be told of them waits in the spool. SIGTERM: no new call is taken, what is under way is finished, calls that talk are
left to Kamailio and to the next life.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import uvloop

from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.expiry import expire_silent
from smartswitch.charging.pool import open_pool
from smartswitch.core.refusal import Reason
from smartswitch.protocol.charging import EndedBy
from smartswitch.protocol.wire import Answered, AttemptFailed, Ended, Event, Failed, Hello, Invite, Register
from smartswitch.protocol.wire import Refuse as RefuseOrder
from smartswitch.runtime.clock import Clock, SystemClock
from smartswitch.runtime.compiled import check_build, is_compiled
from smartswitch.runtime.config import Config, read_config
from smartswitch.runtime.log import EventLog, start_logging
from smartswitch.runtime.postgres import open_postgres
from smartswitch.runtime.postgres_url import with_role
from smartswitch.runtime.secret_box import open_secret_box
from smartswitch.switch.access.registrar import Registrar
from smartswitch.switch.adoption import Adoption, query
from smartswitch.switch.background import DATABASE_FAULTS, background, notify_systemd, repeat
from smartswitch.switch.calls.call_controller import CallController
from smartswitch.switch.calls.call_ports import CallSettings, Wire
from smartswitch.switch.calls.call_progress import utc_ms
from smartswitch.switch.calls.delivery import Delivery
from smartswitch.switch.calls.dialog_journal import DialogJournal, WireNames
from smartswitch.switch.calls.live_call import LiveCall
from smartswitch.switch.calls.spool import StatementSpool
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.statistics import INTERVAL_S, refresh_statistics
from smartswitch.switch.directory.watch import PARTY_TABLES, DirectoryWatch
from smartswitch.switch.evapi_link import EvapiLink
from smartswitch.switch.loop_timer import LoopTimer
from smartswitch.switch.media_watch import WATCH_INTERVAL_S, MediaWatch
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load
from smartswitch.switch.planning.targets import SipIdentity
from smartswitch.switch.questions import Questions
from smartswitch.switch.refusal_sip import sip_answer
from smartswitch.switch.rtpengine import RtpengineClient

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection, Pool = asyncpg.Connection, asyncpg.Pool

CHARGING_ROLE = "smartswitch_charging"
SWITCH_ROLE = "smartswitch_switch"
DATABASE_RETRY_S = 1.0
EXPIRY_INTERVAL_S = 10.0
HEARTBEAT_INTERVAL_S = 5.0
FINISH_WITHIN_S = 5.0
YOUNG_OBJECTS = 50_000

log = EventLog("switch.node")


class Node:
    """Everything of one node, put together. ``run`` until ``stop`` is called."""

    def __init__(
        self,
        config: Config,
        database_url: str,
        *,
        clock: Clock | None = None,
        settings: CallSettings | None = None,
        on_closed: Callable[[LiveCall], None] | None = None,
    ) -> None:
        self._config = config
        self._database_url = database_url
        self._clock = clock or SystemClock()
        self._settings = settings or CallSettings()
        self._on_closed = on_closed
        self._started_at: datetime = self._clock.now()
        self._stopping = asyncio.Event()
        self._lived_until_ms = 0
        self._was_database_heard = False
        self._looked_up: set[asyncio.Task[None]] = set()
        self.is_ready = asyncio.Event()
        """Set when calls are taken."""

    @property
    def is_connected(self) -> bool:
        """Whether Kamailio talks to it."""
        return self._link.is_connected

    def stop(self) -> None:
        """End ``run``, after what is under way."""
        self._stopping.set()

    async def run(self) -> None:
        """Live until ``stop``. Raises what cannot be mended by waiting."""
        async with contextlib.AsyncExitStack() as stack:
            self._spool = stack.enter_context(StatementSpool(self._config.spool_directory))
            self._journal = stack.enter_context(DialogJournal(self._config.spool_directory))
            charging_pool, switch_pool = await self._open_pools(stack)
            engine = ChargingEngine(charging_pool, node=self._config.node_name)
            await engine.start()
            stack.push_async_callback(engine.stop)
            self._assemble(engine, charging_pool, switch_pool)
            self._watch.start()
            stack.push_async_callback(self._watch.close)
            tasks = await stack.enter_async_context(background())
            tasks(self._spool.deliver(engine))
            await self._until(self._watch.is_ready.wait())
            await self._adopt_own()
            tasks(repeat(EXPIRY_INTERVAL_S, lambda: self._expire(charging_pool, engine)))
            tasks(repeat(HEARTBEAT_INTERVAL_S, lambda: self._say_alive(switch_pool)))
            tasks(
                repeat(INTERVAL_S, lambda: refresh_statistics(self._directory, switch_pool, at_ms=utc_ms(self._clock)))
            )
            relay = await stack.enter_async_context(RtpengineClient(self._config.rtpengine_address))
            media_watch = MediaWatch(self._controller, relay, self._clock)
            tasks(repeat(WATCH_INTERVAL_S, media_watch.look))
            tasks(self._questions.run())
            self._link.start()
            stack.push_async_callback(self._link.close)
            if not self._stopping.is_set():
                _spare_collector()
                self.is_ready.set()
                notify_systemd("READY=1")
                log.event(
                    "node_started",
                    node=self._config.node_name,
                    calls=len(self._controller.live),
                    compiled=is_compiled(),
                )
            await self._stopping.wait()
            await self._finish()

    # ---- putting together

    async def _open_pools(self, stack: contextlib.AsyncExitStack) -> tuple[Pool, Pool]:
        """Connect to the database, however long it takes to come."""
        while True:
            try:
                charging = await stack.enter_async_context(open_pool(with_role(self._database_url, CHARGING_ROLE)))
                switch = await stack.enter_async_context(
                    asyncpg.create_pool(with_role(self._database_url, SWITCH_ROLE), min_size=1, max_size=2)
                )
            except DATABASE_FAULTS as error:
                log.warning("database_unreachable", error=repr(error), retry_s=DATABASE_RETRY_S)
                await asyncio.sleep(DATABASE_RETRY_S)
            else:
                return charging, switch

    async def _connect(self) -> Connection:
        """A connection for one who listens."""
        return await asyncpg.connect(with_role(self._database_url, SWITCH_ROLE))

    def _assemble(self, engine: ChargingEngine, charging_pool: Pool, switch_pool: Pool) -> None:
        load, rate = Load(), CallRate()
        self._directory = Directory()
        box = open_secret_box(self._config.state_directory)
        identity = SipIdentity(host=str(self._config.sip_address), decrypt=box.decrypt)
        planner = CallPlanner(self._directory, load=load, rate=rate, identity=identity)
        self._controller = CallController(
            planner,
            Delivery(engine, self._spool),
            LoopTimer(asyncio.get_running_loop(), self._clock),
            self._clock,
            self._settings,
            load=load,
            rate=rate,
            on_closed=self._on_closed,
            on_named=self._note_names,
        )
        self._controller.adopter = self._look_up
        self._registrar = Registrar(self._directory, self._clock, on_invitation=self._controller.invite)
        self._watch = DirectoryWatch(
            self._directory,
            self._connect,
            charging_pool,
            on_change=self._on_directory_change,
            on_balance=lambda balance_id: self._controller.topped_up((balance_id,)),
        )
        self._questions = Questions(
            self._directory, switch_pool, self._connect, node=self._config.node_name, on_hangup=self._hang_up
        )
        self._link = EvapiLink(
            address=self._config.evapi_address,
            node=self._config.node_name,
            on_events=self._on_events,
            on_lost=self._note_loss,
        )
        self._adoption = Adoption(
            switch_pool,
            self._controller,
            planner,
            self._clock,
            names=self._journal.names,
            wire_named=lambda _: self._link,
        )

    async def _adopt_own(self) -> None:
        """Take over what an earlier life left, when the database lets us."""
        while not self._stopping.is_set():
            try:
                await self._adoption.adopt_node(self._config.node_name)
            except DATABASE_FAULTS as error:
                log.warning("adoption_postponed", error=repr(error))
                await asyncio.sleep(DATABASE_RETRY_S)
            else:
                break
        self._begin_journal_anew()

    # ---- what Kamailio says

    async def _on_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Invite() | Register() if self._stopping.is_set():
                    self._refuse(event)
                case Invite():
                    self._registrar.invite(event, self._link)
                case Register():
                    self._registrar.register(event, self._link)
                case AttemptFailed() | Answered() | Failed() | Ended():
                    self._controller.report(event, self._link)
                case Hello():
                    self._greet(event)

    def _note_loss(self) -> None:
        """The connection is gone: until this moment Kamailio is known to have lived."""
        self._lived_until_ms = utc_ms(self._clock)

    def _greet(self, event: Hello) -> None:
        """A connection is made. Another instance than before has none of the calls of the one before."""
        wire = str(self._config.evapi_address)
        if self._journal.instances.get(wire, event.kamailio) != event.kamailio:
            log.warning("kamailio_restarted", instance=event.kamailio)
            self._controller.wire_lost(self._link, at_ms=self._lived_until_ms)
        else:
            self._controller.wire_restored(self._link)
        self._journal.note_instance(wire, event.kamailio)

    def _refuse(self, event: Invite | Register) -> None:
        answer = sip_answer(Reason.UNAVAILABLE)
        self._link.send(
            RefuseOrder(
                tindex=event.tindex,
                tlabel=event.tlabel,
                status=answer.status,
                reason=answer.phrase,
                headers=answer.headers,
            )
        )

    def _look_up(self, event: Answered | Failed | Ended, wire: Wire) -> None:
        """A report of a call that is not here: is it open in the database? While that is silent, Kamailio says it again."""
        task = asyncio.get_running_loop().create_task(self._adopt_and_report(event, wire))
        self._looked_up.add(task)
        task.add_done_callback(self._looked_up.discard)

    async def _adopt_and_report(self, event: Answered | Failed | Ended, wire: Wire) -> None:
        try:
            is_open = await self._adoption.adopt_call(event.call_id, wire)
        except DATABASE_FAULTS as error:
            log.warning("report_postponed", call_id=event.call_id, error=repr(error))
            return
        if is_open:
            self._controller.report(event, wire)
        else:
            self._controller.dismiss(event, wire)

    # ---- what the database says, and what is done now and then

    def _on_directory_change(self, tables: frozenset[str]) -> None:
        if tables & PARTY_TABLES:
            stopped = self._controller.stop_blocked()
            if stopped:
                log.event("calls_of_blocked_parties_ended", count=stopped)

    def _hang_up(self, call_id: UUID) -> None:
        """Somebody at the web account ends a call; the database let him. Of several nodes one has it."""
        if self._controller.stop(call_id, EndedBy.OPERATOR):
            log.event("call_ended_by_operator", call_id=call_id)

    async def _expire(self, pool: Pool, engine: ChargingEngine) -> None:
        """Close what is silent, but not in the first round of a life or of the database: then spools and reports come in,
        and they know better how their calls ended."""
        at_ms, was_heard, self._was_database_heard = utc_ms(self._clock), self._was_database_heard, False
        async with pool.acquire(timeout=HEARTBEAT_INTERVAL_S) as connection:
            await connection.fetchval("SELECT 1")
            self._was_database_heard = True
            if not was_heard or len(self._spool):
                return
            closed = await expire_silent(connection, engine, at_ms=at_ms)
        if closed:
            log.warning("silent_legs_closed", count=closed)

    async def _say_alive(self, pool: Pool) -> None:
        notify_systemd("WATCHDOG=1")
        if self._journal.is_long:
            self._begin_journal_anew()
        await pool.execute(
            query("note_node"),
            self._config.node_name,
            utc_ms(self._clock),
            self._started_at,
            timeout=HEARTBEAT_INTERVAL_S,
        )

    def _note_names(self, live: LiveCall) -> None:
        wire = str(self._config.evapi_address)
        if live.dialog is not None:
            self._journal.note_dialog(live.call_id, wire, live.dialog)
        elif live.question is not None:
            self._journal.note_question(live.call_id, wire, live.question, live.plan.target_names)

    def _begin_journal_anew(self) -> None:
        wire = str(self._config.evapi_address)
        self._journal.begin_anew(
            (live.call_id, WireNames(wire, live.question, live.dialog, live.plan.target_names))
            for live in self._controller.live
        )

    # ---- the end

    async def _until(self, awaited: Awaitable[object]) -> None:
        """Wait for something, or for ``stop``."""
        waiting = [asyncio.ensure_future(awaited), asyncio.ensure_future(self._stopping.wait())]
        _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()

    async def _finish(self) -> None:
        notify_systemd("STOPPING=1")
        self.is_ready.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._controller.idle(), FINISH_WITHIN_S)
        log.event("node_stopped", node=self._config.node_name, calls_left=len(self._controller.live))


def _spare_collector() -> None:
    """What lives as long as the node is not looked at again; a call leaves few cycles behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


async def _serve(config: Config, database_url: str) -> None:
    node = Node(config, database_url)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, node.stop)
    await node.run()


def main() -> None:
    """Run a node until it is told to stop. Raises StaleBuildError when what is compiled is of other sources."""
    check_build()
    config = read_config()
    start_logging(config.log_level)
    with open_postgres(config) as database_url:
        uvloop.run(_serve(config, database_url))


if __name__ == "__main__":
    main()
