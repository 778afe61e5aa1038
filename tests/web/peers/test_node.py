"""A node reads what the pages wrote: its directory knows the phone, the line, the terminator, the number as they are."""

import asyncio
from ipaddress import ip_address
from typing import Any

import asyncpg
import pytest

from smartswitch.core.number_pattern import translate
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.directory.records import PeerKind

from ..house import Browse, House
from .conftest import NEW_LINE, NEW_USER, Make, forget
from .test_patterns import NATIONAL
from .test_terminators import NEW as NEW_TERMINATOR


def directory_of(url: str) -> Directory:
    """What a node knows."""

    async def read() -> Directory:
        connection = await asyncpg.connect(url)
        try:
            return Directory(await read_tables(connection))
        finally:
            await connection.close()

    return asyncio.run(read())


@pytest.fixture
def numbered(house: House) -> Any:
    yield
    house.run("DELETE FROM did")


def test_a_user(house: House, browse: Browse, make: Make, numbered: Any) -> None:
    made = make("city", NEW_USER, pays_from="peer", pack="city-retail", call_limit="2")
    browse("city").post("/numbers/new", {"number": "442079460201", "peer": "reception"})
    directory = directory_of(house.url)
    peer = directory.peer_by_username("reception")
    did = directory.did("442079460201")

    assert peer is not None
    assert (peer.peer_id, peer.key, peer.kind, peer.name) == (made["id"], "reception", PeerKind.USER, "Reception")
    assert (peer.ha1_md5, peer.ha1_sha256, peer.digest_realm) == (made["ha1_md5"], made["ha1_sha256"], "smartswitch")
    assert (peer.extension, peer.caller_number, peer.currency) == ("201", "442079460201", "USD")
    assert (peer.company_id, peer.is_paid_by_company, peer.is_blocked) == (made["company_id"], False, False)
    assert directory.blocked_party_of(peer) is None
    assert did is not None
    assert did.peer_id == made["id"]


def test_a_line_with_its_addresses_and_patterns(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_LINE)
    client = browse("city")
    client.post(f"/peers/{made['id']}/patterns/new", NATIONAL)
    client.post(f"/peers/{made['id']}/addresses/new", {"action": "deny", "network": "198.51.100.3"})
    directory = directory_of(house.url)
    peer = directory.peer_by_key("office-pbx")
    addresses = directory.tables.addresses

    assert peer is not None
    assert (peer.kind, peer.calls_per_second_limit, peer.auth_username) == (PeerKind.ORIGINATOR, 4, None)
    assert addresses.peer_at(ip_address("198.51.100.2"), port=5060, transport="udp") == made["id"]
    assert addresses.peer_at(ip_address("198.51.100.3"), port=5060, transport="udp") is None
    assert translate(directory.translations_of(made["id"]).from_peer_called, "02079460000") == "442079460000"


def test_a_terminator(house: House, browse: Browse, state_directory: Any) -> None:
    answer = browse("owner").post("/terminators/new", NEW_TERMINATOR)
    before = house.row("SELECT count(*) AS n FROM balance")
    directory = directory_of(house.url)
    after = house.row("SELECT count(*) AS n FROM balance")
    peer = directory.peer_by_key("transit")
    assert peer is not None
    terminator = directory.tables.terminators[peer.peer_id]
    forget(house, "transit")

    assert answer.status_code == 302
    assert (terminator.host, terminator.port, terminator.transport) == ("sip.transit.example", 5080, "tcp")
    assert (terminator.call_limit, terminator.calls_per_second_limit, terminator.priority) == (30, 5, 20)
    assert (terminator.pdd_timeout_s, terminator.is_active, terminator.answers) == (8, True, True)
    assert terminator.auth_username == "us"
    assert after == before, "the node had to make no balance that the page should have made"
