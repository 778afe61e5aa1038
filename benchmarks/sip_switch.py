"""The whole switch for benchmarks/sip_calls.py: PostgreSQL, rtpengine, the node, and a hierarchy of four paying levels."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from smartswitch.charging.ledger_check import check_ledger
from smartswitch.cli.load import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.runtime.config import Address
from smartswitch.runtime.postgres import EmbeddedPostgres
from smartswitch.switch.kamailio import KamailioSettings
from smartswitch.switch.rtpengine import Rtpengine, RtpengineSettings
from smartswitch.web.config.migrate import migrate

NODE_START_TIMEOUT_S = 20
CLOSING_TIMEOUT_S = 20
PRICES = {
    "owner-to-d1": ("owner", "0.9"),
    "d1-to-d2": ("d1", "1.2"),
    "d2-to-d3": ("d2", "1.8"),
    "retail": ("d3", "2.4"),
}


@dataclass(frozen=True, slots=True)
class RunningSwitch:
    """What the benchmark needs to know of it."""

    node_pid: int
    postgres_pid: int
    database_url: str

    def prove(self) -> tuple[int, int]:
        """(answered calls charged, violations of the ledger), when every call is closed."""
        return asyncio.run(_prove(self.database_url))


@contextlib.contextmanager
def running_switch(
    directory: Path, settings: KamailioSettings, *, caller: Address, target: Address
) -> Iterator[RunningSwitch]:
    """Everything but Kamailio, running until the end of the block."""
    rtpengine = Rtpengine(RtpengineSettings(run_directory=directory, control=settings.rtpengine))
    with EmbeddedPostgres(directory / "postgres") as server:
        url = server.create_database("benchmark")
        migrate(url)
        asyncio.run(_load(url, parties(caller=caller, target=target)))
        rtpengine.start()
        node = _start_node(directory, url, settings)
        try:
            yield RunningSwitch(node.pid, server.process_id, url)
        finally:
            node.terminate()
            node.wait(20)
            rtpengine.stop()


def parties(*, caller: Address, target: Address) -> str:
    """Owner > d1 > d2 > d3 > p1 with ample balances, and one terminator."""
    text = ""
    for name, (owner, price) in PRICES.items():
        text += _pack(name, owner, price)
    text += _pack("vendor", "owner", "0.6")
    for name, parent, pack in (("d1", "owner", "owner-to-d1"), ("d2", "d1", "d1-to-d2"), ("d3", "d2", "d2-to-d3")):
        text += f'[[dealer]]\nid = "{name}"\nparent = "{parent}"\npack = "{pack}"\nbalance = "1000000"\n'
    return f"""{text}
[[peer]]
id = "p1"
dealer = "d3"
pack = "retail"
balance = "1000000"
addresses = [ {{ network = "{caller.host}/32", port = {caller.port} }} ]

[[terminator]]
id = "t1"
pack = "vendor"
codes = ["44"]
host = "{target.host}"
port = {target.port}
"""


def _pack(name: str, owner: str, price: str) -> str:
    return (
        f'[[pack]]\nid = "{name}"\nowner = "{owner}"\ncurrency = "USD"\ndecimals = 6\n'
        f'prices = [ {{ code = "44", price = "{price}" }} ]\n'
    )


async def _load(url: str, text: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT make_partitions(2)")
        file = parse_party_file(text, name="benchmark", directory=Path("nowhere"))
        await load_parties(connection, file, actor="benchmark")
    finally:
        await connection.close()


def _start_node(directory: Path, url: str, settings: KamailioSettings) -> "subprocess.Popen[bytes]":
    log_path = directory / "node.log"
    environment = {
        **os.environ,
        "SMARTSWITCH_STATE_DIRECTORY": str(directory / "state"),
        "SMARTSWITCH_DATABASE_URL": url,
        "SMARTSWITCH_NODE_NAME": "benchmark",
        "SMARTSWITCH_SIP_ADDRESS": str(settings.udp[0]),
        "SMARTSWITCH_EVAPI_ADDRESS": str(settings.evapi),
        "SMARTSWITCH_RTPENGINE_ADDRESS": str(settings.rtpengine),
    }
    command = [sys.executable, "-m", "smartswitch.switch.node"]
    with log_path.open("wb") as log:
        node = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    deadline = time.monotonic() + NODE_START_TIMEOUT_S
    while "evapi_connected" not in log_path.read_text():
        if node.poll() is not None or time.monotonic() > deadline:
            node.kill()
            raise RuntimeError(f"the node does not start:\n{log_path.read_text()[-2000:]}")
        time.sleep(0.05)
    return node


async def _prove(url: str) -> tuple[int, int]:
    connection = await asyncpg.connect(url)
    try:
        for _ in range(CLOSING_TIMEOUT_S * 5):
            if not await connection.fetchval("SELECT count(*) FROM open_leg"):
                break
            await asyncio.sleep(0.2)
        charged = await connection.fetchval("SELECT count(*) FROM cdr WHERE result = 'answered'")
        return charged, len(await check_ledger(connection))
    finally:
        await connection.close()
