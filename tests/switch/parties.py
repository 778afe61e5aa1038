"""Parties for tests against the real database, loaded as `smartswitch load` does."""

from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.runtime.clock import VirtualClock

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
PARTIES = """
[[pack]]
id = "owner-to-d1"
currency = "USD"
prices = [ { code = "44", price = "0.02" }, { code = "1", price = "0.01" } ]

[[pack]]
id = "d1-to-d2"
owner = "d1"
currency = "USD"
prices = [ { code = "44", price = "0.03" }, { code = "1", price = "0.02" } ]

[[pack]]
id = "d1-retail"
owner = "d1"
currency = "EUR"
tax = "20"
bands = [ { name = "night", start = "00:00", end = "06:00" } ]
prices = [ { code = "44", price = "0.06" }, { code = "44", price = "0.03", band = "night" } ]

[[pack]]
id = "d2-retail"
owner = "d2"
currency = "USD"
prices = [ { code = "44", price = "0.06" } ]

[[pack]]
id = "vendor"
currency = "USD"
prices = [ { code = "44", price = "0.01" } ]

[[exchange_rate]]
from = "EUR"
to = "USD"
rate = "1.1"

[[dealer]]
id = "d1"
pack = "owner-to-d1"
balance = "100"

[[dealer]]
id = "d2"
parent = "d1"
pack = "d1-to-d2"
balance = "100"

[[company]]
id = "acme"
dealer = "d1"
pack = "d1-retail"
balance = "50"

[[peer]]
id = "p1"
dealer = "d2"
pack = "d2-retail"
balance = "10"
numbers = ["12123388100"]
addresses = ["192.0.2.1/32"]

[[peer]]
id = "u1"
dealer = "d2"
pack = "d2-retail"
kind = "user"
username = "anna"
password = "correct horse"
extension = "101"
translations = [ { direction = "from_peer", pattern = "0(.{10})", replacement = '44\\1' } ]

[[peer]]
id = "p2"
dealer = "d1"
company = "acme"
pays_from = "company"

[[terminator]]
id = "t1"
pack = "vendor"
codes = ["44", "1"]
host = "192.0.2.200"
priority = 10
call_limit = 7
"""


async def load(connection: asyncpg.Connection, text: str = PARTIES) -> None:
    """Load parties at START."""
    file = parse_party_file(text, name="parties.toml", directory=Path("nowhere"))
    await load_parties(connection, file, actor="test", clock=VirtualClock(START))
