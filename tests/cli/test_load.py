"""Loading a party file: what is made, what a second load changes, and what is refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.fernet import Fernet

from smartswitch.cli.loading.parties import LoadResult, TableCount, load_parties
from smartswitch.cli.party_file import PartyFileError, parse_party_file
from smartswitch.runtime.clock import VirtualClock
from smartswitch.runtime.secret_box import SecretBox

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
FILE = """
[[pack]]
id = "owner-to-d1"
currency = "USD"
prices = [ { code = "44", price = "0.02" }, { code = "1", price = "0.01" } ]

[[pack]]
id = "d1-retail"
owner = "d1"
currency = "EUR"
tax = "20"
bands = [ { name = "night", start = "00:00", end = "06:00" } ]
holidays = [2026-12-25]
prices = [ { code = "44", price = "0.06" }, { code = "44", price = "0.03", band = "night" } ]

[[pack]]
id = "vendor"
currency = "USD"
prices = [ { code = "44", price = "0.01" } ]

[[dealer]]
id = "d2"
parent = "d1"
pack = "d1-retail"

[[dealer]]
id = "d1"
pack = "owner-to-d1"
balance = "100"
credit_limit = "5"
call_limit = 20

[[company]]
id = "acme"
dealer = "d1"
pack = "d1-retail"
balance = "50"

[[peer]]
id = "p1"
dealer = "d1"
pack = "d1-retail"
balance = "10"
numbers = ["12123388100", "12123388101"]
addresses = ["192.0.2.1/32", { network = "192.0.2.0/24", action = "deny" }]

[[peer]]
id = "u1"
dealer = "d2"
kind = "user"
username = "anna"
password = "correct horse"
extension = "101"
translations = [ { direction = "from_peer", pattern = "0(.{10})", replacement = '44\\1' } ]

[[peer]]
id = "p2"
dealer = "d1"
company = "acme"

[[terminator]]
id = "t1"
pack = "vendor"
codes = ["44", "1"]
host = "192.0.2.200"
username = "we"
password = "to them"

[[exchange_rate]]
from = "USD"
to = "EUR"
rate = "0.9"
""".replace('addresses = ["192.0.2.1/32", { network', 'addresses = [{ network = "192.0.2.1/32" }, { network')


@pytest.fixture
async def connection(database: Any) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.url)
    await connection.execute("SELECT make_partitions_between('2026-01-01', '2026-01-31')")
    yield connection
    await connection.close()


BOX = SecretBox(Fernet.generate_key())


async def load(connection: asyncpg.Connection, text: str = FILE, *, days: int = 0) -> LoadResult:
    file = parse_party_file(text, name="parties.toml", directory=Path("nowhere"))
    clock = VirtualClock(START + timedelta(days=days))
    return await load_parties(connection, file, actor="a test", clock=clock, secret_box=BOX)


async def test_a_load_makes_the_tree(connection: asyncpg.Connection) -> None:
    result = await load(connection)

    assert result.tables["dealer"] == TableCount(added=2, changed=0, unchanged=0)
    rows = await connection.fetch(
        """SELECT d.key, p.key AS parent, k.key AS pack, d.path, d.tenant_id = top.id AS has_tenant
           FROM dealer d LEFT JOIN dealer p ON p.id = d.parent_id LEFT JOIN billing_pack k ON k.id = d.pack_id
           JOIN dealer top ON top.id = COALESCE(d.path[2], d.id) ORDER BY d.path"""
    )
    assert [(row["key"], row["parent"], row["pack"], len(row["path"]), row["has_tenant"]) for row in rows] == [
        ("owner", None, None, 1, True),
        ("d1", "owner", "owner-to-d1", 2, True),
        ("d2", "d1", "d1-retail", 3, True),
    ]


async def test_a_load_makes_peers_and_routes(connection: asyncpg.Connection) -> None:
    await load(connection)

    user = await connection.fetchrow("SELECT * FROM peer WHERE key = 'u1'")
    assert user is not None
    assert (user["kind"], user["auth_username"], user["extension"]) == ("user", "anna", "101")
    # printf "anna:smartswitch:correct horse" | md5sum
    assert user["ha1_md5"] == "87601367e365cda9480152c64e09387c"
    stored = await connection.fetchval("SELECT auth_password_encrypted FROM terminator")
    assert BOX.decrypt(stored) == "to them"
    assert await connection.fetchval("SELECT pays_from FROM peer WHERE key = 'p2'") == "company"
    routes = await connection.fetch(
        "SELECT c.key, r.code, p.key AS terminator FROM route r JOIN route_class c ON c.id = r.route_class_id"
        " JOIN peer p ON p.id = r.terminator_id ORDER BY r.code"
    )
    assert [tuple(row) for row in routes] == [("common", "1", "t1"), ("common", "44", "t1")]
    owner = "SELECT c.key FROM dealer d JOIN route_class c ON c.id = d.route_class_id WHERE d.key = 'owner'"
    assert await connection.fetchval(owner) == "common"


async def test_money_opens_as_an_entry_of_the_ledger(connection: asyncpg.Connection) -> None:
    result = await load(connection)

    assert {(each.party, each.amount, each.currency) for each in result.opened} == {
        ("d1", 100_000_000, "USD"),
        ("acme", 50_000_000, "EUR"),
        ("p1", 10_000_000, "EUR"),
    }
    rows = await connection.fetch(
        """SELECT f.party AS debit, f.kind AS debit_kind, t.party AS credit, l.amount, l.kind, l.actor
           FROM ledger_transfer l JOIN balance f ON f.id = l.debit_balance_id JOIN balance t ON t.id = l.credit_balance_id
           ORDER BY t.party"""
    )
    assert [tuple(row) for row in rows] == [
        ("d1", "adjustments", "acme", 50_000_000, "opening", "a test"),
        ("owner", "adjustments", "d1", 100_000_000, "opening", "a test"),
        ("d1", "adjustments", "p1", 10_000_000, "opening", "a test"),
    ]


async def test_every_seller_has_the_balances_that_charges_need(connection: asyncpg.Connection) -> None:
    await load(connection)

    rows = await connection.fetch(
        "SELECT party, kind, currency FROM balance WHERE kind IN ('sales', 'tax', 'cost', 'payable') ORDER BY 1, 2, 3"
    )
    assert [tuple(row) for row in rows] == [
        ("d1", "sales", "EUR"),
        ("d1", "tax", "EUR"),
        ("d2", "sales", "EUR"),
        ("d2", "tax", "EUR"),
        ("owner", "cost", "USD"),
        ("owner", "sales", "USD"),
        ("owner", "tax", "USD"),
        ("t1", "payable", "USD"),
    ]


async def test_a_second_load_changes_nothing(connection: asyncpg.Connection) -> None:
    await load(connection)
    before = await snapshot(connection)

    result = await load(connection, days=1)

    assert await snapshot(connection) == before
    assert all((count.added, count.changed) == (0, 0) for count in result.tables.values())
    assert all(count.changed == 0 for count in result.lists.values())
    assert (result.prices.added, result.prices.ended, result.prices.unchanged) == (0, 0, 5)
    assert result.opened == ()
    assert set(result.kept_balances) == {"d1", "acme", "p1"}


async def snapshot(connection: asyncpg.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = (
        "dealer company peer terminator peer_address number_translation did balance billing_pack time_band holiday price"
        " exchange_rate route_class route hunting_class ledger_transfer"
    )
    return {
        table: [tuple(row) for row in await connection.fetch(f"SELECT * FROM {table} ORDER BY 1")]
        for table in tables.split()
    }


async def test_a_second_load_changes_what_differs(connection: asyncpg.Connection) -> None:
    await load(connection)

    changed = (
        FILE.replace('"0.02"', '"0.025"')
        .replace(', { code = "1", price = "0.01" }', "")
        .replace('numbers = ["12123388100", "12123388101"]', 'numbers = ["12123388101"]')
        .replace("call_limit = 20", "call_limit = 10")
        .replace('codes = ["44", "1"]', 'codes = ["44"]')
        .replace('rate = "0.9"', 'rate = "0.8"')
    )
    await load(connection, changed, days=1)

    prices = await connection.fetch(
        """SELECT p.code, p.price_per_minute, NULLIF(p.valid_from, '-infinity'), NULLIF(p.valid_to, 'infinity')
           FROM price p JOIN billing_pack k ON k.id = p.pack_id WHERE k.key = 'owner-to-d1'
           ORDER BY p.code, p.valid_from"""
    )
    tomorrow = START + timedelta(days=1)
    assert [tuple(row) for row in prices] == [
        ("1", 1_000_000, None, tomorrow),
        ("44", 2_000_000, None, tomorrow),
        ("44", 2_500_000, tomorrow, None),
    ]
    assert [row["number"] for row in await connection.fetch("SELECT number FROM did")] == ["12123388101"]
    assert await connection.fetchval("SELECT call_limit FROM balance WHERE party = 'd1' AND kind = 'dealer'") == 10
    assert [row["code"] for row in await connection.fetch("SELECT code FROM route")] == ["44"]
    assert await connection.fetchval("SELECT count(*) FROM exchange_rate") == 2
    assert await connection.fetchval("SELECT amount FROM balance WHERE party = 'p1'") == 10_000_000


async def test_what_a_file_does_not_name_is_left_alone(connection: asyncpg.Connection) -> None:
    await load(connection)

    await load(connection, '[[dealer]]\nid = "d3"\n')

    assert await connection.fetchval("SELECT count(*) FROM peer") == 4
    assert await connection.fetchval("SELECT count(*) FROM route") == 2


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        (
            'id = "p1"\ndealer = "d1"',
            'id = "p1"\ndealer = "d2"',
            '[[peer]] "p1": dealer is "d1" in the database, and a load does not change it; choose another id',
        ),
        (
            'id = "owner-to-d1"\ncurrency = "USD"',
            'id = "owner-to-d1"\ncurrency = "GBP"',
            '[[pack]] "owner-to-d1": currency is "USD" in the database, and a load does not change it; choose another id',
        ),
        ('id = "p2"', 'id = "d2x"\nnumbers = ["12123388100"]', None),
    ],
)
async def test_a_file_that_contradicts_is_refused_whole(
    connection: asyncpg.Connection, written: str, instead: str, complaint: str | None
) -> None:
    await load(connection)
    before = await snapshot(connection)
    text = FILE.replace(written, instead, 1).replace('"0.06"', '"0.07"')
    if complaint is None:
        text = text.replace('numbers = ["12123388100", "12123388101"]', "").replace('id = "p1"', 'id = "p9"')
        complaint = '[[peer]] "d2x": number "12123388100" is that of "p1" in the database already'

    with pytest.raises(PartyFileError) as caught:
        await load(connection, text)

    assert f"parties.toml: {complaint}" in caught.value.complaints
    assert await snapshot(connection) == before


async def test_a_credit_limit_below_what_is_owed_is_refused(connection: asyncpg.Connection) -> None:
    await load(connection, FILE.replace('balance = "100"\ncredit_limit = "5"', 'balance = "-4"\ncredit_limit = "5"'))

    with pytest.raises(PartyFileError) as caught:
        await load(connection, FILE.replace('credit_limit = "5"', 'credit_limit = "3"'))

    assert caught.value.complaints == (
        'parties.toml: [[dealer]] "d1": credit_limit: 4.000000 is owed or held already; set at least that',
    )
