"""A real node on a real database behind the suite's Kamailio, with parties as `smartswitch load` makes them.

switch = RealSwitch(database, kamailio, rtpengine, directory)
async with switch.running(parties_toml):
    ...
    assert await switch.charges() == [...]
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import asyncpg

from smartswitch.charging.ledger_check import check_ledger
from smartswitch.charging.payments import pay
from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.core.money import format_amount, parse_amount
from smartswitch.protocol.charging import Payment
from smartswitch.runtime.config import Config
from smartswitch.runtime.secret_box import open_secret_box
from smartswitch.switch.calls.call_ports import CallSettings
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.node import Node
from smartswitch.switch.rtpengine import Rtpengine, RtpengineClient

from ..conftest import Database

NODE_NAME = "scripted"
"""As the scripted node's, so that Kamailio does not first wait for that one to fall silent."""

START_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Call:
    """What the CDR of a leg says."""

    leg: int
    direction: str
    caller: str
    called: str
    result: str
    reason: str | None
    refused_by: str | None
    sip_status: int
    ended_by: str | None
    terminator: str | None
    duration_ms: int
    billed_s: int


class RealSwitch:
    """Starts and stops nodes; reads what they wrote."""

    def __init__(self, database: Database, kamailio: Kamailio, rtpengine: Rtpengine, directory: Path) -> None:
        self._database = database
        self._config = Config(
            state_directory=directory / "state",
            database_url=None,
            node_name=NODE_NAME,
            log_level="info",
            sip_address=kamailio.settings.udp[0],
            evapi_address=kamailio.settings.evapi,
            rtpengine_address=rtpengine.settings.control,
            web_address=kamailio.settings.udp[0],
        )
        self.settings = CallSettings(extend_lead_ms=1_000)
        self.connection: asyncpg.Connection
        self.node: Node
        self._running: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self.connection = await asyncpg.connect(self._database.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.connection.close()

    @contextlib.asynccontextmanager
    async def running(self, parties: str) -> AsyncIterator[Node]:
        """Load parties, run a node until the end of the block, then check the ledger."""
        await self.connection.execute("SELECT make_partitions(2)")
        file = parse_party_file(parties, name="parties.toml", directory=Path("nowhere"))
        await load_parties(
            self.connection, file, actor="test", secret_box=open_secret_box(self._config.state_directory)
        )
        await self.start()
        try:
            yield self.node
        finally:
            await self.stop()
        violations = await check_ledger(self.connection)
        assert not violations, violations

    async def start(self) -> None:
        """Run a node, and return when Kamailio talks to it."""
        self.node = Node(self._config, self._database.url, settings=self.settings)
        self._running = asyncio.create_task(self.node.run())
        async with asyncio.timeout(START_TIMEOUT_S):
            while not (self.node.is_ready.is_set() and self.node.is_connected):
                if self._running.done():
                    self._running.result()
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop the node as SIGTERM does."""
        self.node.stop()
        await self._running

    async def kill(self) -> None:
        """End the node in the middle of everything: nothing is finished, nothing is said."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    def rtpengine_client(self) -> RtpengineClient:
        """A client of the rtpengine that relays its calls."""
        return RtpengineClient(self._config.rtpengine_address)

    # ---- what happened

    async def calls(self, count: int, timeout_s: float = 8) -> list[Call]:
        """The CDRs, in the order of call and leg; waits until there are so many."""
        names = ", ".join(Call.__dataclass_fields__)
        async with asyncio.timeout(timeout_s):
            while True:
                rows = await self.connection.fetch(f"SELECT {names} FROM cdr ORDER BY created_at, call_id, leg")
                if len(rows) >= count:
                    return [Call(*row) for row in rows]
                await asyncio.sleep(0.05)

    async def charges(self) -> list[tuple[str, str, str]]:
        """(payer, seller, amount) of every charge."""
        rows = await self.connection.fetch(
            "SELECT payer, seller, amount FROM charge ORDER BY created_at, call_id, leg, level"
        )
        return [(row["payer"], row["seller"], format_amount(row["amount"])) for row in rows]

    async def money(self, party: str) -> tuple[str, str]:
        """(balance, held) of a party."""
        row = await self.connection.fetchrow(
            "SELECT amount, held FROM balance WHERE party = $1 AND kind IN ('peer', 'company', 'dealer')", party
        )
        return format_amount(row["amount"]), format_amount(row["held"])

    async def top_up(self, party: str, amount: str) -> None:
        """Pay into the balance of a party."""
        balance_id = await self.connection.fetchval(
            "SELECT id FROM balance WHERE party = $1 AND kind IN ('peer', 'company', 'dealer')", party
        )
        now_ms = int(datetime.now(UTC).timestamp() * 1000)
        await pay(self.connection, Payment(uuid4(), balance_id, parse_amount(amount), now_ms, "payment", "test"))
