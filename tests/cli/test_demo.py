"""The demonstration: its price lists, its hierarchy, and what a second start leaves alone."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher

from smartswitch.cli.demo.hierarchy import PHONES, DemoPorts, demo_party_file
from smartswitch.cli.demo.packs import carrier_prices, demo_codes, selling_prices
from smartswitch.cli.demo.start import DemoSecrets, prepare_demo
from smartswitch.cli.demo.traffic import traffic_children
from smartswitch.cli.party.references import check_references
from smartswitch.cli.party.table import Complaints
from smartswitch.runtime.config import Address

PORTS = DemoPorts(carrier_a=7001, carrier_b=7002, shop=7003, card=7004)
OTHER_PORTS = DemoPorts(carrier_a=7101, carrier_b=7102, shop=7103, card=7104)
LEAST_PASSWORD_BITS = 96


def test_the_lists_have_thousands_of_codes_each_once() -> None:
    codes = [code for code, _, _ in demo_codes()]

    assert len(codes) > 5_000
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[1-9][0-9]{0,14}", code) for code in codes)
    assert len({country for _, country, _ in demo_codes()}) > 200


def test_prices_are_always_the_same() -> None:
    # A change of these figures is a change of every screenshot and of the manual.
    prices = {row.code: row.price_per_minute for row in carrier_prices("a")}

    assert {code: prices[code] for code in ("1", "44", "4477", "53")} == {
        "1": 440_000,
        "44": 460_000,
        "4477": 1_160_000,
        "53": 22_720_000,
    }


def test_nobody_sells_below_what_he_pays() -> None:
    file = demo_party_file(PORTS, dict.fromkeys(PHONES, "x"))
    lists = {
        pack.id: {row.code: row.price_per_minute for row in pack.prices if row.band is None} for pack in file.packs
    }

    for buying, selling in (
        ("carrier-a-buying", "owner-wholesale"),
        ("carrier-b-buying", "owner-wholesale"),
        ("owner-wholesale", "north-resale"),
        ("owner-wholesale", "north-office"),
        ("north-resale", "city-retail"),
        ("north-office", "office-staff"),
    ):
        assert all(price <= lists[selling][code] for code, price in lists[buying].items()), (buying, selling)


def test_the_hierarchy_is_a_sound_party_file() -> None:
    file = demo_party_file(PORTS, dict.fromkeys(PHONES, "x"))
    complaints = Complaints("demo")

    check_references(complaints, file)

    complaints.raise_if_any()
    assert [(dealer.id, dealer.parent) for dealer in file.dealers] == [
        ("north", "owner"),
        ("city", "north"),
        ("office", "north"),
    ]
    assert [each.port for each in file.terminators] == [7001, 7002]
    assert [(peer.id, peer.extension) for peer in file.peers if peer.kind == "user"] == [
        ("office-101", "101"),
        ("office-102", "102"),
    ]
    assert len(selling_prices(15)) == len(demo_codes())


@pytest.fixture
async def connection(database: Any) -> Any:
    connection = await asyncpg.connect(database.url)
    yield connection
    await connection.close()


async def test_the_first_start_makes_passwords_and_the_next_ones_keep_them(connection: asyncpg.Connection) -> None:
    first = await prepare_demo(connection, PORTS, new_passwords=False)

    assert set(first.logins) == {"owner", "north", "city", "office"}
    assert set(first.phones) == set(PHONES)
    assert all(len(each) * 6 >= LEAST_PASSWORD_BITS for each in (*first.logins.values(), *first.phones.values()))
    stored = await connection.fetchval("SELECT password FROM login WHERE username = 'north'")
    assert PasswordHasher().verify(stored.removeprefix("argon2"), first.logins["north"])

    second = await prepare_demo(connection, OTHER_PORTS, new_passwords=False)

    assert second == DemoSecrets()
    assert await connection.fetchval("SELECT password FROM login WHERE username = 'north'") == stored
    ports = "SELECT array_agg(port ORDER BY port) FROM terminator"
    assert await connection.fetchval(ports) == [7101, 7102]
    assert await connection.fetchval("SELECT array_agg(port ORDER BY port) FROM peer_address") == [7103, 7104]


async def test_new_passwords_can_be_asked_for(connection: asyncpg.Connection) -> None:
    first = await prepare_demo(connection, PORTS, new_passwords=False)
    digest = await connection.fetchval("SELECT ha1_sha256 FROM peer WHERE key = 'office-101'")

    second = await prepare_demo(connection, PORTS, new_passwords=True)

    assert set(second.logins) == set(first.logins)
    assert second.logins["owner"] != first.logins["owner"]
    assert await connection.fetchval("SELECT ha1_sha256 FROM peer WHERE key = 'office-101'") != digest


def test_the_calls_of_the_demonstration_are_always_the_same(tmp_path: Path) -> None:
    children = traffic_children(PORTS, Address("127.0.0.1", 5060), tmp_path)

    assert [child.name for child in children] == ["carrier-a", "carrier-b", "corner-shop", "prepaid-card"]
    lines = (tmp_path / "corner-shop.csv").read_text().splitlines()
    assert lines[0] == "SEQUENTIAL"
    assert len(lines) == 401
    assert all(re.fullmatch(r"[0-9]{11,12};[0-9]{4,5};442079460018", line) for line in lines[1:])
    assert "{{" not in (tmp_path / "carrier-a.xml").read_text() + (tmp_path / "corner-shop.xml").read_text()
