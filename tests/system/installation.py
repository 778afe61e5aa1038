"""A whole switch of real parts on loopback: PostgreSQL, Kamailio, rtpengine, and nodes as processes of their own.

    async with Installation(database, rtpengine, directory) as switch:
        kamailio = switch.add_kamailio()
        await switch.load(parties_toml)
        node = switch.add_node("n1", kamailio)
        node.start()

Every part can be killed and started again. All of them are ended, by pid, when the block ends.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from smartswitch.charging.ledger_check import check_ledger
from smartswitch.cli.load import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.runtime.config import Address
from smartswitch.runtime.postgres import EmbeddedPostgres
from smartswitch.switch.kamailio import Kamailio, KamailioSettings
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from ..sip.ports import free_port

NODE_MODULE = ("-m", "smartswitch.switch.node")
SHORT_SLICES = (str(Path(__file__).parent / "node_with_short_slices.py"),)
NODE_START_TIMEOUT_S = 20
NODE_STOP_TIMEOUT_S = 10
POSTGRES_RESTART_TIMEOUT_S = 20
STARTED, CONNECTED = " node_started ", " evapi_connected "


@dataclass(frozen=True, slots=True)
class Cdr:
    """What the CDR of a leg says."""

    sip_call_id: str
    result: str
    reason: str | None
    duration_ms: int
    billed_s: int
    ended_by: str | None
    marked: bool
    level_count: int
    node: str


class NodeProcess:
    """One node, as a process that can die."""

    def __init__(self, name: str, arguments: tuple[str, ...], environment: dict[str, str], directory: Path) -> None:
        self.name = name
        self._arguments = arguments
        self._environment = environment
        self.spool_path = directory / name / "spool" / "statements.spool"
        self.journal_path = directory / name / "spool" / "dialogs.journal"
        self.log_path = directory / f"{name}.log"
        self._life_begins = 0
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it; return when it takes calls and Kamailio talks to it."""
        with self.log_path.open("ab") as log:
            self._life_begins = log.tell()
            self._child = subprocess.Popen(
                [sys.executable, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when this life of it takes calls and Kamailio talks to it."""
        assert self._child is not None
        deadline = time.monotonic() + NODE_START_TIMEOUT_S
        while not all(words in self._words_of_this_life() for words in (STARTED, CONNECTED)):
            assert self._child.poll() is None, f"the node ended while starting:\n{self.words()[-4000:]}"
            assert time.monotonic() < deadline, f"the node is not ready:\n{self.words()[-4000:]}"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a crash does."""
        assert self._child is not None
        self._child.kill()
        self._child.wait(NODE_STOP_TIMEOUT_S)

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        assert self._child is not None
        self._child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._child is not None
        self._child.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it as a supervisor does, if it still runs."""
        if self._child is not None and self._child.poll() is None:
            self.thaw()
            self._child.terminate()
            try:
                self._child.wait(NODE_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()

    def words(self) -> str:
        """Its log, of all its lives."""
        return self.log_path.read_text(errors="replace")

    def complaints(self) -> list[str]:
        """The lines of its log that tell of a bug or of something that a person should look at."""
        return [line for line in self.words().splitlines() if " ERROR " in line or "Traceback" in line]

    def _words_of_this_life(self) -> str:
        return self.log_path.read_bytes()[self._life_begins :].decode(errors="replace")


class Installation:
    """See the top of the file."""

    def __init__(self, database: Database, rtpengine: Rtpengine, directory: Path) -> None:
        self.database = database
        self._rtpengine = rtpengine
        self._directory = directory
        self._kamailios: list[Kamailio] = []
        self._nodes: list[NodeProcess] = []
        self.connection: asyncpg.Connection

    async def __aenter__(self) -> Self:
        self.connection = await asyncpg.connect(self.database.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node in self._nodes:
            await asyncio.to_thread(node.stop)
        for kamailio in self._kamailios:
            await kamailio.stop_async()
        await self.connection.close()

    # ---- the parts

    def add_kamailio(self) -> Kamailio:
        """A running Kamailio with its own ports."""
        number = len(self._kamailios) + 1
        run_directory = self._directory / f"k{number}"
        run_directory.mkdir()
        kamailio = Kamailio(
            KamailioSettings(
                run_directory=run_directory,
                udp=(Address("127.0.0.1", free_port()),),
                evapi=Address("127.0.0.1", free_port()),
                rtpengine=self._rtpengine.settings.control,
                flood_exempt_networks=("127.0.0.0/8",),
                udp_children=2,
                shared_memory_mib=64,
            )
        )
        kamailio.start()
        self._kamailios.append(kamailio)
        return kamailio

    def add_node(self, name: str, kamailio: Kamailio, *, arguments: tuple[str, ...] = NODE_MODULE) -> NodeProcess:
        """A node behind a Kamailio, not started yet."""
        environment = {
            "SMARTSWITCH_STATE_DIRECTORY": str(self._directory / name),
            "SMARTSWITCH_DATABASE_URL": self.database.url,
            "SMARTSWITCH_NODE_NAME": name,
            "SMARTSWITCH_SIP_ADDRESS": str(kamailio.settings.udp[0]),
            "SMARTSWITCH_EVAPI_ADDRESS": str(kamailio.settings.evapi),
            "SMARTSWITCH_RTPENGINE_ADDRESS": str(self._rtpengine.settings.control),
        }
        node = NodeProcess(name, arguments, environment, self._directory)
        self._nodes.append(node)
        return node

    async def load(self, parties: str) -> None:
        """Load parties as `smartswitch load` does."""
        await self.connection.execute("SELECT make_partitions(2)")
        file = parse_party_file(parties, name="parties.toml", directory=Path("nowhere"))
        await load_parties(self.connection, file, actor="test")

    # ---- PostgreSQL

    def kill_postgres(self) -> None:
        """End the postmaster as a crash does; its backends follow by themselves."""
        server = self.database.server
        assert isinstance(server, EmbeddedPostgres)
        os.kill(server.process_id, signal.SIGKILL)

    def start_postgres(self) -> None:
        """Start it again, as a supervisor does; it recovers by itself."""
        server = self.database.server
        assert isinstance(server, EmbeddedPostgres)
        server.start()

    async def connect_again(self) -> None:
        """Give the test its own connection back."""
        deadline = time.monotonic() + POSTGRES_RESTART_TIMEOUT_S
        while True:
            try:
                self.connection = await asyncpg.connect(self.database.url)
            except (OSError, asyncpg.PostgresError):
                assert time.monotonic() < deadline, "PostgreSQL does not come back"
                await asyncio.sleep(0.1)
            else:
                return

    # ---- what is in the database

    async def until_at_rest(self, timeout_s: float) -> None:
        """Wait until no leg is open and no node has anything in its spool."""
        deadline = time.monotonic() + timeout_s
        while left := await self._left_over():
            assert time.monotonic() < deadline, f"after {timeout_s} s there is still: {left}"
            await asyncio.sleep(0.1)

    async def _left_over(self) -> list[str]:
        rows = await self.connection.fetch("SELECT node, state, seq, granted_s, facts FROM open_leg")
        left = [f"leg of {row['node']} {row['state']} seq {row['seq']}: {row['facts']}" for row in rows]
        spools = (node.spool_path for node in self._nodes)
        return left + [
            f"{path}: {path.stat().st_size} bytes" for path in spools if path.exists() and path.stat().st_size
        ]

    async def cdrs(self) -> list[Cdr]:
        """Every CDR of a first leg."""
        names = ", ".join(Cdr.__dataclass_fields__)
        return [Cdr(*row) for row in await self.connection.fetch(f"SELECT {names} FROM cdr WHERE leg = 0")]

    async def violations(self) -> list[str]:
        """What `smartswitch check-ledger` finds."""
        return [str(each) for each in await check_ledger(self.connection)]

    def complaints(self) -> list[str]:
        """What any node complained of."""
        return [line for node in self._nodes for line in node.complaints()]

    def quarantines(self) -> Iterator[Path]:
        """Spool lines that could not be delivered or read."""
        return self._directory.glob("*/spool/*.quarantine")
