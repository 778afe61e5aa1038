"""The node as the process that operators run: killed in the middle of calls and started again, and stopped by SIGTERM."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from smartswitch.charging.ledger_check import check_ledger
from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.runtime.config import Address
from smartswitch.runtime.postgres import EmbeddedPostgres
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine
from smartswitch.web.config.migrate import migrate

from ..conftest import Database
from .ports import free_port
from .real_parties import parties
from .sipp import Sipp, SippCall

pytestmark = pytest.mark.timeout(90)
CALLS = 20
START_TIMEOUT_S = 20


class NodeProcess:
    """One node in a process of its own."""

    def __init__(self, database: Database, kamailio: Kamailio, rtpengine: Rtpengine, directory: Path) -> None:
        self._log = directory / "node.log"
        self._environment = {
            **os.environ,
            "SMARTSWITCH_STATE_DIRECTORY": str(directory / "state"),
            "SMARTSWITCH_DATABASE_URL": database.url,
            "SMARTSWITCH_NODE_NAME": "scripted",
            "SMARTSWITCH_SIP_ADDRESS": str(kamailio.settings.udp[0]),
            "SMARTSWITCH_EVAPI_ADDRESS": str(kamailio.settings.evapi),
            "SMARTSWITCH_RTPENGINE_ADDRESS": str(rtpengine.settings.control),
        }
        self._child: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    async def start(self) -> None:
        """Start it; return when Kamailio talks to it."""
        before = self.log.count("evapi_connected")
        self._launch()
        for _ in range(START_TIMEOUT_S * 20):
            if self.log.count("evapi_connected") > before:
                return
            assert self._child.poll() is None, self.log
            await asyncio.sleep(0.05)
        raise TimeoutError(self.log)

    def _launch(self) -> None:
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "smartswitch.switch.node"], env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """kill -9."""
        self._child.kill()
        self._child.wait()

    def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        self._child.send_signal(signal.SIGTERM)
        return self._child.wait(15)


async def kill_node(node: NodeProcess, database: Database) -> None:
    node.kill()
    await asyncio.sleep(0.3)
    await node.start()


async def kill_database(node: NodeProcess, database: Database) -> None:
    assert isinstance(database.server, EmbeddedPostgres)
    os.kill(database.server.process_id, signal.SIGKILL)
    await asyncio.sleep(2)
    await asyncio.to_thread(database.server.start)


async def kill_both(node: NodeProcess, database: Database) -> None:
    node.kill()
    await kill_database(node, database)
    await node.start()


@pytest.fixture
def own_database(postgres_directory: Path) -> Iterator[Database]:
    """A server of its own, which may be killed."""
    with EmbeddedPostgres(postgres_directory) as server:
        migrate(server.create_database("killed"))
        yield Database(server, "killed")


@pytest.mark.parametrize("disaster", [kill_node, kill_database, kill_both])
async def test_a_disaster_under_calls_loses_and_doubles_nothing(
    own_database: Database,
    kamailio: Kamailio,
    rtpengine: Rtpengine,
    proxy: Address,
    tmp_path: Path,
    disaster: Callable[[NodeProcess, Database], Awaitable[None]],
) -> None:
    """SIPp is the witness: as many answered calls as it saw have a CDR, each charged once at every level."""
    caller = Sipp(
        "caller", remote=proxy, directory=tmp_path, port=free_port(), calls=CALLS, rate=10, talk_ms=1_500, timeout_s=40
    )
    node = NodeProcess(own_database, kamailio, rtpengine, tmp_path)
    try:
        with Sipp("callee", directory=tmp_path, calls=CALLS, timeout_s=60) as callee:
            await prepare(own_database, parties(terminators=(callee.address,), originator=caller.address))
            await node.start()
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await asyncio.sleep(1.2)
            await disaster(node, own_database)
            result = await calling
            answered = [call for call in result.calls if call.received("200") and call.sent("BYE")]
            await until_nothing_is_open(own_database)
        assert node.stop() == 0, node.log
        await compare_with_witness(own_database, answered)
        assert len(answered) >= CALLS / 2
    finally:
        node.kill()


async def prepare(database: Database, text: str) -> None:
    connection = await asyncpg.connect(database.url)
    await connection.execute("SELECT make_partitions(2)")
    await load_parties(connection, parse_party_file(text, name="parties.toml", directory=Path("nowhere")), actor="test")
    await connection.close()


async def until_nothing_is_open(database: Database) -> None:
    connection = await asyncpg.connect(database.url)
    for _ in range(300):
        if not await connection.fetchval("SELECT count(*) FROM open_leg"):
            break
        await asyncio.sleep(0.1)
    await connection.close()


async def compare_with_witness(database: Database, answered: list[SippCall]) -> None:
    connection = await asyncpg.connect(database.url)
    rows = await connection.fetch("SELECT sip_call_id, duration_ms FROM cdr WHERE result = 'answered'")
    lengths_s = {row["sip_call_id"]: row["duration_ms"] / 1000 for row in rows}
    charges = await connection.fetchval("SELECT count(*) FROM charge")
    held = await connection.fetchval("SELECT sum(held) FROM balance")
    violations = await check_ledger(connection)
    await connection.close()
    assert not violations
    assert held == 0
    assert lengths_s.keys() == {call.call_id for call in answered}
    for call in answered:
        seen_s = call.seconds_between(call.received("200")[0], call.sent("BYE")[0])
        assert lengths_s[call.call_id] == pytest.approx(seen_s, abs=1)
    assert charges == 4 * len(answered)
