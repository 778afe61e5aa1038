"""A house to look at: owner > North > City, with phones, price lists and calls that the real charging engine has charged.

    seeded = asyncio.run(seed(url))        # a migrated, empty database
    seeded.calls["sold at every level"]    # ids of calls by what happened

The chains are those that a node builds from its directory, so that what the pages show is what calls leave behind.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from smartswitch.charging.engine import ChargingEngine
from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.core.chain import Chain
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.call_id import call_id_of
from smartswitch.protocol.charging import (
    Answer,
    Attempt,
    Authorize,
    CallFacts,
    Direction,
    EndedBy,
    RecordRefusal,
    Release,
    Settle,
)
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.planning.chain_building import ChainBuilder

HOSTILE_NAME = "<script>document.title='taken over'</script>"
HOSTILE_AGENT = '"><img src=x onerror="document.title=1">'

PARTIES = """
[owner]
name = "Example Telecom"
currency = "USD"

[[pack]]
id = "carrier-buying"
name = "Carrier, what we pay"
currency = "USD"
prices = [ { code = "44", price = "0.005" }, { code = "7", price = "0.02" }, { code = "49", price = "0.009" } ]

[[pack]]
id = "wholesale"
name = "Wholesale A-Z"
currency = "USD"
prices = [ { code = "44", price = "0.008" }, { code = "7", price = "0.03" }, { code = "49", price = "0.012" } ]

[[pack]]
id = "north-resale"
name = "Resale A-Z"
owner = "north"
currency = "USD"
prices = [ { code = "44", price = "0.0125" }, { code = "7", price = "0.045" } ]

[[pack]]
id = "city-retail"
name = "Retail by the minute"
owner = "city"
currency = "USD"
decimals = 2
rounding = "up"
tax = "20"
prices = [
    { code = "44", price = "0.03", min = 60, increment = 60, connect_fee = "0.01" },
    { code = "7", price = "0.09", min = 60, increment = 60, connect_fee = "0.01" },
]

[[pack]]
id = "north-direct"
name = "Office tariff"
owner = "north"
currency = "USD"
decimals = 4
prices = [ { code = "44", price = "0.02", min = 30, increment = 6 }, { code = "49", price = "0.03" } ]

[[pack]]
id = "south-retail"
owner = "south"
currency = "EUR"
prices = [ { code = "44", price = "0.02" } ]

[[dealer]]
id = "north"
name = "North Communications"
pack = "wholesale"
balance = "5000"
credit_limit = "1000"
time_zone = "Europe/Kyiv"

[[dealer]]
id = "city"
name = "City Net"
parent = "north"
pack = "north-resale"
balance = "1500"
credit_limit = "500"

[[dealer]]
id = "south"
name = "South Telephone"
pack = "wholesale"
balance = "800"

[[company]]
id = "corner-shop"
name = "Corner Shop Ltd"
dealer = "city"
pack = "city-retail"
balance = "200"

[[peer]]
id = "shop-phone"
name = "Corner Shop, till"
dealer = "city"
company = "corner-shop"

[[peer]]
id = "prepaid-card"
name = "A caller with a few cents left"
dealer = "city"
pack = "city-retail"
balance = "0.01"

[[peer]]
id = "direct"
name = "Office of North"
dealer = "north"
pack = "north-direct"
balance = "12.3456"
credit_limit = "20"

[[peer]]
id = "south-phone"
dealer = "south"
pack = "south-retail"
currency = "EUR"
balance = "50"

[[terminator]]
id = "carrier"
name = "Carrier"
pack = "carrier-buying"
codes = [""]
host = "192.0.2.1"

[[exchange_rate]]
from = "USD"
to = "EUR"
rate = "0.9"
"""


@dataclass(slots=True)
class Seeded:
    """What was made: the ids of dealers by key, and of calls by what happened."""

    dealers: dict[str, int] = field(default_factory=dict)
    calls: dict[str, UUID] = field(default_factory=dict)


class Seeder:
    """Makes calls through the engine, as a node would."""

    def __init__(self, engine: ChargingEngine, directory: Directory) -> None:
        self._engine = engine
        self._directory = directory
        self._chains = ChainBuilder(directory)
        self._number = 0

    async def talk(self, peer: str, called: str, *, at: datetime, talked_s: int, caller_name: str = "") -> UUID:
        """A call that was answered after three seconds."""
        call_id, at_ms = self._next(at)
        await self._authorize(call_id, at_ms, peer, called, caller_name, slice_s=max(60, talked_s))
        terminator = next(iter(self._directory.tables.terminators.values()))
        cost = self._chains.cost(terminator, called, at_ms)
        answered_ms = at_ms + 3000
        await self._engine.submit(Answer(call_id, 0, 1, answered_ms, cost))
        ended_ms = answered_ms + talked_s * 1000
        attempts = (Attempt("carrier-old", 503, 120), Attempt("carrier", 200, 3000))
        await self._engine.submit(Settle(call_id, 0, 2, ended_ms, talked_s * 1000, EndedBy.CALLER, attempts=attempts))
        return call_id

    async def ring(self, peer: str, called: str, *, at: datetime, sip_status: int) -> UUID:
        """A call that nobody answered."""
        call_id, at_ms = self._next(at)
        await self._authorize(call_id, at_ms, peer, called, "", slice_s=60)
        attempts = (Attempt("carrier", sip_status, 9000),)
        await self._engine.submit(Release(call_id, 0, 1, at_ms + 9000, sip_status, attempts))
        return call_id

    async def begin(self, peer: str, called: str, *, at: datetime, is_answered: bool, caller_name: str = "") -> UUID:
        """A call that is in progress."""
        call_id, at_ms = self._next(at)
        await self._authorize(call_id, at_ms, peer, called, caller_name, slice_s=300)
        if is_answered:
            await self._engine.submit(Answer(call_id, 0, 1, at_ms + 4000))
        return call_id

    async def attempt(self, peer: str, called: str, *, at: datetime) -> UUID:
        """A call that is only asked for; who cannot pay is refused."""
        call_id, at_ms = self._next(at)
        await self._authorize(call_id, at_ms, peer, called, "", slice_s=60)
        return call_id

    async def refuse(self, peer: str, called: str, *, at: datetime, refusal: Refusal) -> UUID:
        """A call that the node itself refused."""
        call_id, at_ms = self._next(at)
        record = self._directory.peer_by_key(peer)
        assert record is not None
        facts = self._facts(peer, called, "")
        chain = self._chains.bare(record)
        await self._engine.submit(RecordRefusal(call_id, 0, at_ms, chain, facts, refusal))
        return call_id

    def _next(self, at: datetime) -> tuple[UUID, int]:
        self._number += 1
        at_ms = int(at.timestamp() * 1000)
        return call_id_of(f"seed-{self._number}", "tag", at_ms), at_ms

    async def _authorize(
        self, call_id: UUID, at_ms: int, peer: str, called: str, caller_name: str, *, slice_s: int
    ) -> None:
        record = self._directory.peer_by_key(peer)
        assert record is not None
        chain = self._chains.outbound(record, called, at_ms)
        assert isinstance(chain, Chain), chain
        await self._engine.submit(Authorize(call_id, 0, at_ms, chain, self._facts(peer, called, caller_name), slice_s))

    def _facts(self, peer: str, called: str, caller_name: str) -> CallFacts:
        return CallFacts(
            Direction.OUTBOUND,
            caller=f"4420794600{len(peer):02d}",
            called=called,
            sip_call_id=f"{self._number}@192.0.2.10",
            source="192.0.2.10:5060",
            caller_name=caller_name,
            user_agent=HOSTILE_AGENT if caller_name else "Example Phone 1.0",
        )


async def load(url: str, parties: str = PARTIES) -> Directory:
    """Load the parties, and read them as a node does."""
    connection = await asyncpg.connect(url)
    try:
        file = parse_party_file(parties, name="parties.toml", directory=Path("nowhere"))
        await load_parties(connection, file, actor="a test")
        return Directory(await read_tables(connection))
    finally:
        await connection.close()


async def seed(url: str, *, now: datetime | None = None, trickle: int = 0, parties: str = PARTIES) -> Seeded:
    """Make the house and its calls; `trickle` adds so many ordinary calls over the day so far. `parties` has PARTIES and may
    have more."""
    moment = now or datetime.now(UTC)
    directory = await load(url, parties)
    seeded = Seeded(dealers={dealer.key: dealer_id for dealer_id, dealer in directory.tables.dealers.items()})
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        engine = ChargingEngine(pool, node="seed")
        await engine.start()
        try:
            await _make_calls(Seeder(engine, directory), seeded, moment, trickle)
        finally:
            await engine.stop()
    return seeded


async def _make_calls(seeder: Seeder, seeded: Seeded, now: datetime, trickle: int) -> None:
    def ago(seconds: int) -> datetime:
        return now - timedelta(seconds=seconds)

    for number in range(trickle):
        at = ago(400 + number * 37 + number * number % 23 * 100)
        if number % 3:
            await seeder.talk("shop-phone", f"4479115{number:05d}", at=at, talked_s=20 + number * 7 % 200)
        elif number % 2:
            await seeder.ring("direct", f"4479225{number:05d}", at=at, sip_status=(486, 480, 487, 404)[number % 4])
        else:
            await seeder.talk("direct", f"4915112{number:05d}", at=at, talked_s=60 + number)
    calls = seeded.calls
    no_credit_above = Refusal(Reason.NO_CREDIT, "north")
    calls["stranger"] = await seeder.talk("south-phone", "447911000001", at=ago(300), talked_s=61)
    calls["sold at every level"] = await seeder.talk("shop-phone", "447911123456", at=ago(240), talked_s=75)
    calls["direct"] = await seeder.talk("direct", "447911123457", at=ago(200), talked_s=31)
    calls["hostile"] = await seeder.talk(
        "shop-phone", "79161234567", at=ago(160), talked_s=20, caller_name=HOSTILE_NAME
    )
    calls["busy"] = await seeder.ring("shop-phone", "447911123458", at=ago(120), sip_status=486)
    calls["no credit"] = await seeder.attempt("prepaid-card", "447911123459", at=ago(100))
    calls["refused above"] = await seeder.refuse("shop-phone", "447911123460", at=ago(80), refusal=no_credit_above)
    calls["no route"] = await seeder.refuse(
        "direct", "999", at=ago(60), refusal=Refusal(Reason.NO_ROUTE)
    )  # fmt: skip
    calls["talking"] = await seeder.begin(
        "shop-phone", "447911123461", at=ago(45), is_answered=True, caller_name=HOSTILE_NAME
    )
    calls["ringing"] = await seeder.begin("direct", "447911123462", at=ago(5), is_answered=False)
    calls["stranger talking"] = await seeder.begin("south-phone", "447911123463", at=ago(30), is_answered=True)


def seed_now(url: str, *, now: datetime | None = None, trickle: int = 0, parties: str = PARTIES) -> Seeded:
    """`seed` for callers without an event loop."""
    return asyncio.run(seed(url, now=now, trickle=trickle, parties=parties))
