"""The directory against the real database: what is read, and how soon a change is seen."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import CounterKind, PeerKind
from smartswitch.switch.directory.watch import DirectoryWatch
from smartswitch.switch.planning.call_plan import CallPlan, Invitation, Question, RefusedCall
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load

from ..conftest import Database
from .parties import START, load

AT_MS = int(START.timestamp()) * 1000 + 1000
SEEN_WITHIN_S = 1.0


class Watched:
    """A directory that follows a database, and what it was told."""

    def __init__(self, database: Database, charging_pool: asyncpg.Pool) -> None:
        self.directory = Directory()
        self.changes: list[frozenset[str]] = []
        self.balances: list[int] = []
        self.watch = DirectoryWatch(
            self.directory,
            lambda: asyncpg.connect(database.url_for("smartswitch_switch")),
            charging_pool,
            on_change=self.changes.append,
            on_balance=self.balances.append,
        )

    async def change(self, connection: asyncpg.Connection, statement: str, *arguments: object) -> float:
        """Change the database and return after how many seconds the directory was another."""
        epoch, started = self.directory.epoch, time.monotonic()
        await connection.execute(statement, *arguments)
        while self.directory.epoch == epoch:
            assert time.monotonic() - started < 10, "the directory does not see the change"
            await asyncio.sleep(0.005)
        return time.monotonic() - started

    def plan(self, caller: str, to: str) -> CallPlan | RefusedCall:
        peer = self.directory.peer_by_key(caller)
        invitation = Invitation(call_id=UUID(int=7), at_ms=AT_MS, question=Question(1, 1, "x"), caller=peer, dialled=to)
        return CallPlanner(self.directory, load=Load(), rate=CallRate()).plan(invitation, now_ms=0)


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute("SELECT make_partitions_between('2026-01-01', '2026-01-31')")
        await load(connection)
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def watched(database: Database, owner: asyncpg.Connection) -> AsyncIterator[Watched]:
    async with asyncpg.create_pool(database.url_for("smartswitch_charging"), min_size=1, max_size=1) as pool:
        watched = Watched(database, pool)
        watched.watch.start()
        await asyncio.wait_for(watched.watch.is_ready.wait(), 10)
        yield watched
        await watched.watch.close()


async def test_everything_is_read(watched: Watched) -> None:
    directory = watched.directory
    p1, u1, p2 = (directory.peer_by_key(key) for key in ("p1", "u1", "p2"))
    assert p1
    assert u1
    assert p2
    assert [dealer.key for dealer in directory.upwards(p1.dealer_id)] == ["d2", "d1", "owner"]
    assert directory.did("12123388100").peer_id == p1.peer_id
    assert (u1.kind, directory.peer_by_username("anna")) == (PeerKind.USER, u1)
    assert directory.peer_by_extension(u1.dealer_id, "101") is u1
    assert u1.ha1_sha256
    assert u1.ha1_sha256 not in repr(u1)
    assert p2.is_paid_by_company
    assert directory.exchange_rate("EUR", "USD", AT_MS) == 1_100_000_000
    assert directory.exchange_rate("USD", "EUR", AT_MS) is None
    assert directory.exchange_rate("USD", "USD", AT_MS) == RATE_UNIT
    assert directory.counter(CounterKind.PAYABLE, "t1", "USD") is not None
    assert directory.counter(CounterKind.SALES, "d1", "USD") is not None
    (terminator,) = directory.tables.terminators.values()
    assert (terminator.host, terminator.call_limit) == ("192.0.2.200", 7)


async def test_a_plan_is_made_from_it(watched: Watched) -> None:
    plan = watched.plan("u1", "07911123456")
    assert isinstance(plan, CallPlan)
    assert plan.called == "447911123456"
    assert [level.payer for level in plan.legs[0].chain.levels] == ["u1", "d2", "d1"]
    assert [meter.party for meter in plan.legs[0].chain.meters] == ["u1", "d2", "d1"]
    assert plan.targets[0].route.uri.startswith("sip:447911123456@192.0.2.200:")


async def test_a_company_pays_for_its_peer_and_its_price_is_converted(watched: Watched) -> None:
    plan = watched.plan("p2", "447911123456")
    assert isinstance(plan, CallPlan)
    first = plan.legs[0].chain.levels[0]
    assert (first.payer, first.tariff.terms.currency) == ("acme", "EUR")
    assert [meter.party for meter in plan.legs[0].chain.meters] == ["p2", "acme", "d1"]


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE dealer SET is_blocked = true WHERE key = 'd1'", Refusal(Reason.BLOCKED, "d1")),
        ("UPDATE peer SET is_blocked = true WHERE key = 'p1'", Refusal(Reason.BLOCKED, "p1")),
        ("UPDATE dealer SET pack_id = NULL WHERE key = 'd2'", Refusal(Reason.NO_PRICE, "d2")),
        ("UPDATE route SET is_blocked = true", Refusal(Reason.NO_ROUTE)),
        ("UPDATE terminator SET is_active = false", Refusal(Reason.NO_ROUTE)),
        (
            "UPDATE price SET valid_to = '2026-01-05' WHERE pack_id = (SELECT id FROM billing_pack WHERE key = 'd2-retail')",
            Refusal(Reason.NO_PRICE, "p1"),
        ),
    ],
)
async def test_a_change_is_in_force_within_a_second(
    watched: Watched, owner: asyncpg.Connection, statement: str, refusal: Refusal
) -> None:
    assert isinstance(watched.plan("p1", "447911123456"), CallPlan)
    seen_after_s = await watched.change(owner, statement)
    refused = watched.plan("p1", "447911123456")
    assert isinstance(refused, RefusedCall)
    assert refused.refusal == refusal
    assert seen_after_s < SEEN_WITHIN_S


async def test_a_new_price_makes_a_new_chain_and_only_its_pack_is_read_again(
    watched: Watched, owner: asyncpg.Connection
) -> None:
    before = watched.plan("p1", "447911123456")
    assert isinstance(before, CallPlan)
    packs = dict(watched.directory.tables.packs)
    await watched.change(
        owner,
        "INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute, valid_from)"
        " SELECT id, '4479', 7000000, 7000000, '-infinity' FROM billing_pack WHERE key = 'd2-retail'",
    )
    after = watched.plan("p1", "447911123456")
    assert isinstance(after, CallPlan)
    assert before.legs[0].chain.levels[0].tariff.code == "44"
    assert after.legs[0].chain.levels[0].tariff.code == "4479"
    changed = [pack_id for pack_id, pack in watched.directory.tables.packs.items() if pack is not packs[pack_id]]
    assert [watched.directory.tables.packs[pack_id].terms.pack for pack_id in changed] == ["d2-retail"]


async def test_a_new_terminator_currency_and_party_have_their_counter_balances(
    watched: Watched, owner: asyncpg.Connection
) -> None:
    await watched.change(owner, "UPDATE billing_pack SET currency = 'EUR' WHERE key = 'vendor'")
    assert watched.directory.counter(CounterKind.PAYABLE, "t1", "EUR") is not None
    plan = watched.plan("p1", "447911123456")
    assert isinstance(plan, CallPlan)
    assert plan.targets[0].cost is not None
    assert plan.targets[0].cost.currency == "EUR"


async def test_what_was_missed_while_the_connection_was_lost_is_read_again(
    watched: Watched, owner: asyncpg.Connection
) -> None:
    epoch = watched.directory.epoch
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await owner.execute("UPDATE peer SET is_blocked = true WHERE key = 'p1'")
    for _ in range(1000):
        if watched.directory.epoch > epoch:
            break
        await asyncio.sleep(0.01)
    refused = watched.plan("p1", "447911123456")
    assert isinstance(refused, RefusedCall)
    assert refused.refusal == Refusal(Reason.BLOCKED, "p1")


async def test_a_payment_is_told(watched: Watched, owner: asyncpg.Connection) -> None:
    await owner.execute("SELECT pg_notify('balance', '42')")
    for _ in range(200):
        if watched.balances:
            break
        await asyncio.sleep(0.01)
    assert watched.balances == [42]


async def test_a_call_limit_of_a_terminator_is_seen(watched: Watched, owner: asyncpg.Connection) -> None:
    await watched.change(owner, "UPDATE balance SET call_limit = 3 WHERE party = 't1' AND kind = 'peer'")
    (terminator,) = watched.directory.tables.terminators.values()
    assert terminator.call_limit == 3
