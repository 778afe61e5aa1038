"""Billing packs: whose they are, who sees them, what a copy with a margin costs, and what may not be done."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartswitch.core.money import Rounding, divide, format_scaled

from ..house import Browse, House
from .conftest import Pack

NEW = {
    "key": "summer",
    "name": "Summer",
    "dealer": "city",
    "currency": "eur",
    "decimals": "3",
    "rounding": "half-even",
    "increment_from": "zero",
    "tax_mode": "included",
    "tax_ppm": "19.5",
    "time_zone": "Europe/Berlin",
}


def pack_id(house: House, key: str) -> int:
    """The id of a pack of the seeded house."""
    return int(house.row("SELECT id FROM billing_pack WHERE key = %s", key)["id"])


@pytest.fixture
def without(house: House) -> Iterator[Any]:
    """`without("city", "packs.see_parent")` takes a right from a dealer until the test ends."""
    taken: list[tuple[int, str]] = []

    def take(dealer: str, right: str) -> None:
        taken.append((house.seeded.dealers[dealer], right))
        house.run('DELETE FROM right_grant WHERE dealer_id = %s AND "right" = %s', *taken[-1])

    yield take
    for row in taken:
        house.run('INSERT INTO right_grant (dealer_id, "right") VALUES (%s, %s)', *row)


def test_a_dealer_makes_a_pack(house: House, browse: Browse) -> None:
    answer = browse("city").post("/packs/new", NEW)
    row = house.row("SELECT * FROM billing_pack WHERE key = 'summer'")
    house.run("DELETE FROM billing_pack WHERE key = 'summer'")

    assert answer.status_code == 302
    assert row["dealer_id"] == house.seeded.dealers["city"]
    assert (row["currency"], row["decimals"], row["rounding"], row["increment_from"]) == ("EUR", 3, "half-even", "zero")
    assert (row["tax_mode"], row["tax_ppm"], row["time_zone"]) == ("included", 195_000, "Europe/Berlin")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("currency", "EURO", "A currency is three letters, like USD."),
        ("decimals", "7", "Select a valid choice"),
        ("rounding", "sideways", "Select a valid choice"),
        ("tax_ppm", "100.01", "A tax is from 0 to 100 %."),
        ("tax_ppm", "-1", "This may not be less than zero."),
        ("tax_ppm", "1e1", "is not a number"),
        ("time_zone", "Mars/Olympus", "There is no time zone of this name"),
        ("dealer", "north", "There is no north here."),
        ("key", "-x", "Letters, digits and"),
    ],
)
def test_a_mistake_is_named_at_its_field(house: House, browse: Browse, field: str, value: str, words: str) -> None:
    answer = browse("city").post("/packs/new", NEW | {field: value})
    page = answer.content.decode()
    place = page[page.index(f'id="field-{field}"') :]

    assert answer.status_code == 422
    assert words in place[: place.index("form-hint")]
    assert house.row("SELECT count(*) AS n FROM billing_pack WHERE key IN ('summer', '-x')")["n"] == 0


def test_the_buying_pack_is_seen_and_not_changed(house: House, browse: Browse) -> None:
    buying = pack_id(house, "north-resale")
    clerk = browse("city")
    page = clerk.get(f"/packs/{buying}").content.decode()
    prices = clerk.get(f"/packs/{buying}/prices").content.decode()

    assert "what you pay" in page
    assert f"/packs/{buying}/change" not in page
    assert "North Communications" not in page
    assert "0.0125" in prices.replace('<span class="money-rest">', "")
    assert "cell-edit" not in prices
    assert "/prices/new" not in prices
    for address in (f"/packs/{buying}/change", f"/packs/{buying}/delete", f"/packs/{buying}/prices/new"):
        assert clerk.get(address).status_code == 404
        assert clerk.post(address, {"code": "1", "price_per_minute": "0"}).status_code == 404


def test_without_the_right_the_buying_pack_is_not_there(house: House, browse: Browse, without: Any) -> None:
    buying = pack_id(house, "north-resale")
    price = house.row("SELECT id FROM price WHERE pack_id = %s LIMIT 1", buying)["id"]
    without("city", "packs.see_parent")
    clerk = browse("city")

    assert "north-resale" not in clerk.get("/packs").content.decode()
    for address in (f"/packs/{buying}", f"/packs/{buying}/prices", f"/packs/{buying}/cost", f"/prices/{price}"):
        assert clerk.get(address).status_code == 404
    assert "north-resale" not in clerk.get("/suggest/packs?field=pack&pack=no").content.decode()


def test_a_shared_pack_is_seen_and_copied_but_not_changed(house: House, browse: Browse) -> None:
    shared = pack_id(house, "carrier-buying")
    clerk = browse("city")
    before = clerk.get(f"/packs/{shared}").status_code
    house.run(
        "INSERT INTO shared (noun, object_id, with_dealer_id) VALUES ('billing_pack', %s, %s)",
        shared, house.seeded.dealers["north"],
    )  # fmt: skip
    try:
        page = clerk.get(f"/packs/{shared}").content.decode()
        changed = clerk.post(f"/packs/{shared}/change", NEW)
        copied = clerk.post(f"/packs/{shared}/copy", {"key": "mine", "margin_ppm": "10", "round_to": "4"})
        prices = _prices(house, "mine")
    finally:
        house.run("DELETE FROM shared WHERE object_id = %s", shared)
        _remove(house, "mine")

    assert before == 404
    assert "shared with you" in page
    assert changed.status_code == 404
    assert copied.status_code == 302
    assert prices == {("44", None): 550_000, ("7", None): 2_200_000, ("49", None): 990_000}


def test_terms_need_the_right_to_activate(house: House, browse: Browse, pack: Pack, without: Any) -> None:
    without("city", "packs.activate")
    clerk = browse("city")
    same = {name: value for name, value in NEW.items() if name not in ("key", "dealer", "currency")}
    kept = {
        "decimals": "4",
        "rounding": "half-up",
        "increment_from": "first-block",
        "tax_mode": "added",
        "tax_ppm": "20",
    }
    renamed = clerk.post(f"/packs/{pack.id}/change", same | kept | {"time_zone": "Europe/Kyiv", "name": "New name"})
    untaxed = clerk.post(f"/packs/{pack.id}/change", same | kept | {"time_zone": "Europe/Kyiv", "tax_mode": "none"})
    row = house.row("SELECT * FROM billing_pack WHERE id = %s", pack.id)

    assert (renamed.status_code, untaxed.status_code) == (302, 403)
    assert (row["name"], row["tax_mode"], row["tax_ppm"]) == ("New name", "added", 200_000)


def test_a_pack_with_prices_stays(house: House, browse: Browse, pack: Pack) -> None:
    pack.price("44", 1_000_000)
    answer = browse("city").post(f"/packs/{pack.id}/delete")

    assert answer.status_code == 422
    assert "It has prices, or had some" in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM billing_pack WHERE id = %s", pack.id)["n"] == 1


def test_a_pack_that_is_used_stays(house: House, browse: Browse, pack: Pack) -> None:
    house.run("UPDATE company SET inbound_pack_id = %s WHERE key = 'corner-shop'", pack.id)
    try:
        page = browse("city").get(f"/packs/{pack.id}").content.decode()
        answer = browse("city").post(f"/packs/{pack.id}/delete")
    finally:
        house.run("UPDATE company SET inbound_pack_id = NULL WHERE key = 'corner-shop'")

    assert answer.status_code == 422
    assert "It is still used" in answer.content.decode()
    assert re.search(r'<dt>Used by companies</dt><dd><a href="/companies\?pack=[^"]+">1</a>\s*</dd>', page)


def test_a_copy_has_the_present_prices_with_the_margin(house: House, browse: Browse, pack: Pack) -> None:
    pack.band("peak", weekdays=[1, 2, 3, 4, 5], start=480, end=1200)
    house.run("INSERT INTO holiday (pack_id, day) VALUES (%s, '2030-01-01')", pack.id)
    pack.price("44", 9_000_000, valid_to="2026-01-01")
    pack.price("44", 1_234_567, valid_from="2026-01-01", connect_fee=1_000_001, min_s=30, increment_s=6, grace_s=3)
    pack.price("44", 8_000_000, valid_from="2030-01-01")
    pack.price("44", 2_000_000, band="peak", is_blocked=True)
    pack.price("7", 5_000_000)
    pack.price("7", 6_000_000, valid_from="2026-02-01")
    try:
        answer = browse("city").post(
            f"/packs/{pack.id}/copy", {"key": "copy", "name": "Copy", "margin_ppm": "12.5", "round_to": "5"}
        )
        made = house.row("SELECT * FROM billing_pack WHERE key = 'copy'")
        prices = _prices(house, "copy")
        row = house.row(
            "SELECT connect_fee, min_s, increment_s, grace_s FROM price WHERE pack_id = %s AND code = '44'"
            " AND band IS NULL AND valid_from <= now() AND valid_from > now() - interval '1 minute'",
            made["id"],
        )
        bands = house.row("SELECT count(*) AS n FROM time_band WHERE pack_id = %s", made["id"])["n"]
        holidays = house.row("SELECT count(*) AS n FROM holiday WHERE pack_id = %s", made["id"])["n"]
    finally:
        _remove(house, "copy")

    assert answer.status_code == 302
    assert (made["decimals"], made["tax_mode"], made["tax_ppm"], made["time_zone"]) == (
        4,
        "added",
        200_000,
        "Europe/Kyiv",
    )
    # 0.01234567 x 1.125 = 0.01388887875, and 0.02 and 0.06 x 1.125, to 5 decimals.
    assert prices == {("44", None): 1_389_000, ("44", "peak"): 2_250_000, ("7", None): 6_750_000}
    assert (row["connect_fee"], row["min_s"], row["increment_s"], row["grace_s"]) == (1_125_000, 30, 6, 3)
    assert (bands, holidays) == (1, 1)


@pytest.fixture
def arithmetic(house: House) -> Iterator[Any]:
    """The rounding of copied prices, as the database does it: (price, factor, unit, rounds up) to a price."""
    from smartswitch.web.packs.services import QUERIES

    text = QUERIES.text("copy_prices")
    lateral = text[text.index("CROSS JOIN LATERAL (") + len("CROSS JOIN LATERAL (") : text.rindex(") AS v")]
    statement = (
        f"SELECT v.price_per_minute FROM (SELECT %(price)s::bigint AS price_per_minute, 0::bigint AS"
        f" first_price_per_minute, 0::bigint AS connect_fee) AS s CROSS JOIN LATERAL ({lateral}) AS v"
    )
    with psycopg.connect(house.url, autocommit=True) as connection:

        def compute(**values: object) -> int:
            row = connection.execute(statement, values).fetchone()
            assert row is not None
            return int(row[0])

        yield compute


def test_margins_are_put_on_exactly(arithmetic: Any) -> None:
    @settings(max_examples=200, deadline=None)
    @given(
        st.integers(0, 10**13),
        st.integers(0, 10**8),
        st.integers(0, 8),
        st.sampled_from([Rounding.UP, Rounding.HALF_UP]),
    )
    def check(price: int, margin_ppm: int, decimals: int, rounding: Rounding) -> None:
        places = 8 - decimals
        found = arithmetic(
            price=price,
            factor=format_scaled(1_000_000 + margin_ppm, decimals=6 + places),
            unit=10**places,
            rounds_up=rounding is Rounding.UP,
        )

        assert found == divide(price * (1_000_000 + margin_ppm), 10 ** (6 + places), rounding) * 10**places

    check()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"key": "city-retail"}, "This key is taken"),
        ({"key": "copy", "margin_ppm": "20000"}, "A margin is from 0 to 10,000 %."),
        ({"key": "copy", "margin_ppm": "-1"}, "This may not be less than zero."),
        ({"key": "copy", "round_to": "9"}, "Select a valid choice"),
    ],
)
def test_a_copy_that_is_refused_leaves_nothing(
    house: House, browse: Browse, pack: Pack, typed: dict[str, str], words: str
) -> None:
    pack.price("44", 1_000_000)
    before = house.row("SELECT (SELECT count(*) FROM billing_pack) AS packs, (SELECT count(*) FROM price) AS prices")
    answer = browse("city").post(f"/packs/{pack.id}/copy", {"round_to": "8"} | typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert before == house.row(
        "SELECT (SELECT count(*) FROM billing_pack) AS packs, (SELECT count(*) FROM price) AS prices"
    )


def test_a_copy_that_is_too_dear_for_any_column_is_refused(house: House, browse: Browse, pack: Pack) -> None:
    pack.price("44", 2**62)
    answer = browse("city").post(f"/packs/{pack.id}/copy", {"key": "copy", "margin_ppm": "1000", "round_to": "8"})

    assert answer.status_code == 422
    assert "too large" in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM billing_pack WHERE key = 'copy'")["n"] == 0


def test_a_customer_sees_the_prices_that_he_pays_and_changes_nothing(house: House, browse: Browse) -> None:
    retail, wholesale = pack_id(house, "city-retail"), pack_id(house, "north-resale")
    client = browse("city")
    house.run(
        "UPDATE login SET company_id = (SELECT id FROM company WHERE key = 'corner-shop')"
        " WHERE id = (SELECT max(id) FROM login)"
    )
    table = client.get("/packs").content.decode()
    prices = client.get(f"/packs/{retail}/prices").content.decode()

    assert "what you pay" in table
    assert f'href="/packs/{retail}"' in table
    assert f'href="/packs/{wholesale}"' not in table
    assert "cell-edit" not in prices
    assert client.get(f"/packs/{retail}/cost?number=447911123456&seconds=60").status_code == 200
    assert client.get(f"/packs/{wholesale}").status_code == 404
    assert client.get(f"/packs/{retail}/change").status_code == 403
    assert client.get(f"/packs/{retail}/copy").status_code == 403


@pytest.mark.parametrize(
    "page", ["", "/prices", "/time-bands", "/holidays", "/cost?number=44", "/copy", "/change", "/delete", "/prices/new"]
)
def test_a_sibling_finds_no_pack(browse: Browse, pack: Pack, page: str) -> None:
    assert browse("south").get(f"/packs/{pack.id}{page}").status_code == 404


def _prices(house: House, key: str) -> dict[tuple[str, str | None], int]:
    with psycopg.connect(house.url) as connection:
        rows = connection.execute(
            "SELECT p.code, p.band, p.price_per_minute FROM price AS p JOIN billing_pack AS k ON k.id = p.pack_id"
            " WHERE k.key = %s",
            [key],
        ).fetchall()
    return {(code, band): price for code, band, price in rows}


def _remove(house: House, key: str) -> None:
    with psycopg.connect(house.url) as connection:
        connection.execute("ALTER TABLE price DISABLE TRIGGER USER")
        for table in ("price", "time_band", "holiday"):
            connection.execute(
                f"DELETE FROM {table} WHERE pack_id IN (SELECT id FROM billing_pack WHERE key = %s)", [key]
            )
        connection.execute("ALTER TABLE price ENABLE TRIGGER USER")
        connection.execute("DELETE FROM billing_pack WHERE key = %s", [key])
