"""The search box finds what one may see by its key, name or number, and nothing of anybody else's."""

import pytest

from ..house import NOW, House
from ..query_count import counted

HOSTILE = [
    "%", "_", "\\", "'", '"', "';--", "\0", "a\0b", "x" * 10_000, "\u202etxt", "\u200f", "{}", "%s %(x)s", "' & 'x", "a:*",
    "\ud800", "٤٤٧٩١١", "999999999999999999999", "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff", "0.0.0.0", "::", "1/0", "Ω≈ç√∫", "👩‍👩‍👧‍👧", "<script>alert(1)</script>",
]  # fmt: skip


@pytest.fixture
def furnished(house: House) -> House:
    """The house with a phone that registers, an address and two numbers."""
    house.run("UPDATE peer SET auth_username = 'till-7', extension = '101' WHERE key = 'shop-phone'")
    house.run("UPDATE peer SET name = 'Офис на Севере' WHERE key = 'direct'")
    house.run(
        "INSERT INTO peer_address (peer_id, network) SELECT id, '192.0.2.64/28' FROM peer WHERE key = 'direct'"
        " AND NOT EXISTS (SELECT FROM peer_address WHERE network = '192.0.2.64/28')"
    )
    house.run(
        "INSERT INTO did (number, peer_id, dealer_id) SELECT n, p.id, p.dealer_id FROM peer AS p"
        " JOIN (VALUES ('shop-phone', '442079000001'), ('south-phone', '442079000002')) AS v (key, n) ON v.key = p.key"
        " ON CONFLICT DO NOTHING"
    )
    return house


def hits(person, text: str) -> list[tuple[str, str]]:
    from smartswitch.web.search.selectors import search_everything

    return [(hit.noun, hit.title) for hit in search_everything(person, text, now=NOW)]


SHOP, PHONE = ("company", "Corner Shop Ltd (corner-shop)"), ("peer", "Corner Shop, till (shop-phone)")
CITY, NORTH = ("dealer", "City Net (city)"), ("dealer", "North Communications (north)")
DIRECT = ("peer", "Офис на Севере (direct)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("corner-shop", [SHOP, PHONE]),
        ("CORNER", [SHOP, PHONE]),
        ("shop", [SHOP, PHONE]),
        ("ltd", [SHOP]),
        ("till corn", [PHONE]),
        ("till-7", [PHONE]),
        ("101", [PHONE]),
        ("city", [CITY]),
        ("net", [CITY]),
        ("офис", [DIRECT]),
        ("север", [DIRECT]),
        ("192.0.2.70", [DIRECT]),
        ("192.0.2.1", []),
        ("owner", []),
        ("south", []),
        ("carrier", []),
        ("44207900", [("did", "442079000001")]),
        ("zz", []),
    ],
)
def test_a_dealer_finds_his_own(furnished, viewer, text, expected) -> None:
    assert hits(viewer("north"), text) == expected


def test_the_owner_finds_everybodys(furnished, viewer) -> None:
    owner = viewer("owner")

    assert ("dealer", "South Telephone (south)") in hits(owner, "south")
    assert ("peer", "south-phone") in hits(owner, "south")
    assert hits(owner, "north communications") == [NORTH]
    assert hits(owner, "44207900") == [("did", "442079000001"), ("did", "442079000002")]
    assert hits(owner, "carrier") == [("peer", "Carrier (carrier)")]


@pytest.mark.parametrize(
    "text",
    ["shop", "corner", "till-7", "101", "city", "north", "офис", "192.0.2.70", "44207946", "447911123456", "direct"],
)
def test_a_sibling_finds_nothing_of_it(furnished, viewer, text) -> None:
    from smartswitch.web.search.selectors import search_everything

    found = search_everything(viewer("south"), text, now=NOW)

    assert {hit.noun for hit in found} <= {"number", "call"}
    assert {hit.id for hit in found if hit.noun == "call"} <= {str(furnished.seeded.calls["stranger"])}


def test_the_key_itself_comes_before_what_begins_with_it(house, viewer) -> None:
    for key in ("shop", "shop-1", "shop-2"):
        house.run(
            "WITH b AS (INSERT INTO balance (dealer_id, kind, party, currency)"
            " SELECT id, 'company', %s, 'USD' FROM dealer WHERE key = 'city' RETURNING id, dealer_id)"
            " INSERT INTO company (key, dealer_id, balance_id) SELECT %s, dealer_id, id FROM b",
            key, key,
        )  # fmt: skip
    found = [title for noun, title in hits(viewer("north"), "shop") if noun == "company"]
    house.run("DELETE FROM company WHERE key IN ('shop', 'shop-1', 'shop-2')")

    assert found == ["shop", "shop-1", "shop-2", "Corner Shop Ltd (corner-shop)"]


def test_calls_are_found_by_number_and_by_id(house, viewer) -> None:
    from smartswitch.web.search.selectors import search_everything

    call_id = str(house.seeded.calls["sold at every level"])
    north = viewer("north")
    by_number = search_everything(north, "+44 7911 123456", now=NOW)
    by_id = search_everything(north, call_id.upper(), now=NOW)

    assert [(hit.noun, hit.address) for hit in by_number] == [
        ("number", "/calls?number=447911123456"),
        ("call", f"/calls/{call_id}"),
    ]
    assert [(hit.noun, hit.id, hit.address) for hit in by_id] == [("call", call_id, f"/calls/{call_id}")]
    assert search_everything(viewer("south"), call_id, now=NOW) == []


def test_hits_lead_to_their_pages(furnished, viewer) -> None:
    from smartswitch.web.search.selectors import search_everything

    north = viewer("north")
    addresses = {
        hit.noun: hit.address
        for text in ("city", "corner", "44207900")
        for hit in search_everything(north, text, now=NOW)
    }
    ids = {
        table: furnished.row(f"SELECT id FROM {table} WHERE {column} = %s", value)["id"]
        for table, column, value in (
            ("dealer", "key", "city"), ("company", "key", "corner-shop"), ("peer", "key", "shop-phone"),
            ("did", "number", "442079000001"),
        )
    }  # fmt: skip

    assert addresses == {
        "dealer": f"/dealers/{ids['dealer']}",
        "company": f"/companies/{ids['company']}",
        "peer": f"/peers/{ids['peer']}",
        "did": f"/numbers/{ids['did']}",
    }


def test_a_terminator_leads_to_the_page_of_terminators(furnished, viewer) -> None:
    from smartswitch.web.search.selectors import search_everything

    (hit,) = search_everything(viewer("owner"), "carrier", now=NOW)
    carrier = furnished.row("SELECT id FROM peer WHERE key = 'carrier'")["id"]

    assert hit.address == f"/terminators/{carrier}"


def test_only_nouns_that_one_has_the_right_to_see_are_looked_for(furnished, viewer) -> None:
    from dataclasses import replace

    north = viewer("north")
    blind = replace(north, rights=frozenset({"companies.view"}))

    assert hits(blind, "corner") == [SHOP]
    for text in ("till-7", "city", "44207900", "447911123456"):
        assert hits(blind, text) == [], text


def test_a_customer_finds_his_own_phones_only(furnished, viewer) -> None:
    from dataclasses import replace

    from smartswitch.web.login.viewer import act_for

    company = furnished.row("SELECT id FROM company WHERE key = 'corner-shop'")["id"]
    customer = replace(viewer("city"), company_id=company)
    act_for(customer, request_id="a test")

    assert hits(customer, "corner") == [PHONE]
    assert hits(customer, "prepaid") == []
    assert hits(customer, "city") == []
    assert {noun for noun, _ in hits(customer, "447911123456")} == {"number", "call"}
    assert hits(customer, "447911123459") == []


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_written_the_search_does_not_fail(house, viewer, text) -> None:
    for dealer in ("owner", "city"):
        assert len(hits(viewer(dealer), text)) <= 40


def test_a_search_costs_so_many_questions(furnished, viewer) -> None:
    person = viewer("north")
    for text, most in (("corner", 2), ("447911", 8)):
        with counted() as queries:
            hits(person, text)
        assert len(queries) <= most, queries


def test_who_acts_for_nobody_gets_no_ids(house, viewer) -> None:
    from django.db import connection

    from smartswitch.web.login.viewer import act_for

    viewer("north")
    act_for(None, request_id="a test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM search_parties('corner', NULL, NULL, 6)")
        assert cursor.fetchall() == []
