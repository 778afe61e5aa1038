"""The pages: what they show, what they cost the database, and that nothing from outside runs in them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ..house import NOW, House
from ..query_count import counted
from ..seeding import HOSTILE_NAME

STATIC = Path(__file__).parents[3] / "src/smartswitch/web/ui/dist/static"
FIRST_LOAD_BYTES = 500_000
QUERIES = {"/": 21, "/live": 9, "/calls": 12, "/balances": 8}
"""Seven for a request (its transaction, session, login, viewer, for which dealer it acts, and its second factor), and what
the page reads."""
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)


def pages_of(house: House) -> list[str]:
    return [
        "/",
        "/live",
        "/calls",
        "/balances",
        "/password",
        *(f"/calls/{each}" for each in house.seeded.calls.values()),
    ]


def text_of(answer: Any) -> str:
    """The words of a page, without its tags and runs of space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).strip()


def steps_of(viewer: Any, house: House, name: str) -> list[tuple[str, list[tuple[str, str]]]]:
    from smartswitch.web.dashboard.explanation import explain
    from smartswitch.web.dashboard.selectors.calls import legs_of_call

    (leg,) = legs_of_call(viewer, house.seeded.calls[name])
    return [(each.charge.payer, [(step.name, step.text) for step in each.steps]) for each in explain(leg)]


def test_the_day_in_figures(house, viewer) -> None:
    from smartswitch.web.dashboard.selectors.today import Margin, today

    day = today(viewer("north"), now=NOW)

    assert (day.calls, day.answered, day.answered_percent, day.duration_ms, day.average_s) == (7, 3, 43, 126_000, 42)
    assert (
        sum(hour.calls for hour in day.hours)
        == day.hours[(NOW.astimezone(day.day.tzinfo) - timedelta(minutes=4)).hour].calls
    )
    # Sold: 75 s at 0.0125, 20 s at 0.045, and 31 s as a block of 30 s and one of 6 s at 0.02. Paid: 0.008 and 0.03.
    assert day.margins == (Margin(currency="USD", sold=15_625 + 15_000 + 12_000, paid=10_000 + 10_000 + 4_133),)


def test_the_owner_pays_terminators(house, viewer) -> None:
    from smartswitch.web.dashboard.selectors.today import today

    (margin,) = today(viewer("owner"), now=NOW).margins

    assert (margin.sold, margin.paid) == (10_000 + 10_000 + 4_133 + 8_133, 6_250 + 6_667 + 2_583 + 5_083)


def test_live_calls_with_what_is_held(house, viewer) -> None:
    from smartswitch.web.dashboard.selectors.live import live_calls

    live = live_calls(viewer("north"))
    ringing, talking = live.calls

    assert (live.total, live.answered, live.ringing) == (2, 1, 1)
    assert (ringing.is_answered, ringing.granted_until_ms, ringing.who) == (False, None, "Office of North")
    assert (talking.called, talking.caller_name) == ("447911123461", HOSTILE_NAME)
    answered_at = NOW - timedelta(seconds=41)
    assert talking.granted_until_ms == int((answered_at + timedelta(seconds=300)).timestamp() * 1000)
    assert (talking.held, talking.currency) == (40_000, "USD")  # 300 s at 0.008


def test_why_a_price(house, viewer) -> None:
    explained = dict(steps_of(viewer("city"), house, "sold at every level"))

    assert explained["corner-shop"] == [
        ("Price list", "Retail by the minute (city-retail); the price was in force from the beginning"),
        ("Code", "44: the longest code of the price list with which 447911123456 begins"),
        (
            "Seconds",
            "Talked 75 s. First block 60 s, then 60 s in steps of 60 s counted after the first block: charged 120 s",
        ),
        ("Price, at all times", "0.03 USD a minute; connect fee 0.01 USD"),
        ("Cost", "0.01 + 60 s × 0.03 / 60 + 60 s × 0.03 / 60 = 0.07 USD"),
        ("Tax", "20 % is added to the cost; 0.015 USD of the amount is tax"),
        ("Rounding", "Once, up, to 2 decimals = 0.09 USD"),
    ]
    assert ("Price list", "Resale A-Z (north-resale); the price was in force from the beginning") in explained["city"]


def test_why_a_price_in_another_currency(house: House, viewer) -> None:
    explained = dict(steps_of(viewer("owner"), house, "stranger"))

    assert explained["south"][-2:] == [
        ("Cost", "1 s × 0.008 / 60 + 60 s × 0.008 / 60 = 0.008133333333… USD"),
        ("Rounding", "Once, to the nearest, halves up, to 6 decimals = 0.008133 USD"),
    ]


def test_a_price_list_that_was_taken_away_is_not_shown_but_what_was_paid_is(house: House, viewer, browse) -> None:
    north = house.seeded.dealers["north"]
    house.run("UPDATE dealer SET pack_id = NULL WHERE id = %s", north)
    try:
        explained = dict(steps_of(viewer("north"), house, "direct"))
    finally:
        house.run(
            "UPDATE dealer SET pack_id = (SELECT id FROM billing_pack WHERE key = 'wholesale') WHERE id = %s", north
        )

    assert [name for name, _ in explained["north"]] == ["Price list", "Code", "Seconds", "Rounding"]
    assert explained["north"][-1][1].endswith("= 0.004133 USD")


def test_nothing_from_outside_runs(house, browse) -> None:
    client = browse("owner")
    for address in pages_of(house):
        answer = client.get(address)
        page = answer.content.decode()
        assert "<script>document" not in page, address
        assert "<img src=x" not in page, address
        assert not INLINE.search(page.replace("onerror=&quot;", "")), (address, INLINE.search(page))
    listed = client.get("/calls").content.decode()
    assert "&lt;script&gt;document.title=&#x27;taken over&#x27;&lt;/script&gt;" in listed


def test_every_answer_forbids_inline_scripts_and_frames_and_storing(house, browse) -> None:
    from smartswitch.web.ui.security_headers import POLICY

    client = browse("north")
    answers = [client.get(address) for address in ("/", "/live", "/calls/not-a-call", "/nowhere", "/calls?after=x")]
    answers += [browse().get("/login"), browse().get("/")]
    for answer in answers:
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "no-store" in answer.headers["Cache-Control"]
    assert "unsafe" not in POLICY


@pytest.mark.parametrize(("address", "status"), [
    ("/calls?after=x", 404),
    ("/calls?after=00000000-0000-7000-8000-000000000000.0", 200),
    ("/calls?after=ffffffff-ffff-ffff-ffff-ffffffffffff.0", 404),
    ("/calls?after=01a20800-49ff-73a3-a61c-6ecf99d01de5.99999", 404),
    ("/calls?rows=1000000", 200),
    ("/calls/ffffffff-ffff-ffff-ffff-ffffffffffff", 404),
    ("/balances?order=amount;drop+table+dealer&page=-1&search=%25", 200),
    ("/balances?page=99999999999999999999", 200),
    ("/balances?search=%00%27%22%5C", 200),
])  # fmt: skip
def test_addresses_that_people_make_up(browse, address, status) -> None:
    assert browse("north").get(address).status_code == status


def test_search_takes_every_letter_as_itself(house, viewer) -> None:
    from smartswitch.web.dashboard.selectors.balances import party_balances

    north = viewer("north")
    found = {words: [party.key for party in party_balances(north, search=words).parties] for words in
             ("CITY", "office", "%", "_", "\\", "net", "  city ")}  # fmt: skip

    assert found == {
        "CITY": ["city"], "office": ["direct"], "%": [], "_": [], "\\": [], "net": ["city"], "  city ": ["city"],
    }  # fmt: skip


def test_parties_in_the_order_asked_for(house, viewer) -> None:
    from smartswitch.web.dashboard.selectors.balances import Order, party_balances

    north = viewer("north")
    orders = {name: [party.key for party in party_balances(north, order=Order.named(name)).parties] for name in
              ("party", "amount", "amount-falling", "held-falling", "1; SELECT 1")}  # fmt: skip

    assert orders == {
        "party": ["city", "direct"],
        "amount": ["direct", "city"],
        "amount-falling": ["city", "direct"],
        "held-falling": ["direct", "city"],
        "1; SELECT 1": ["city", "direct"],
    }


def test_older_calls_follow_page_by_page(house, viewer) -> None:
    from smartswitch.web.calls.selectors.places import Place
    from smartswitch.web.dashboard.selectors.calls import last_calls

    north, seen, after = viewer("north"), [], None
    for _ in range(4):
        page = last_calls(north, now=NOW, after=after, most=2)
        seen += [leg.call_id for leg in page.legs]
        if page.next_place is None:
            break
        after = Place.parse(page.next_place)

    calls = house.seeded.calls
    newest_first = ("no route", "refused above", "no credit", "busy", "hostile", "direct", "sold at every level")
    assert seen == [calls[name] for name in newest_first]


@pytest.mark.parametrize("address", QUERIES)
def test_a_page_asks_the_database_so_many_times(house, browse, address) -> None:
    client = browse("north")
    client.get(address)
    with counted() as queries:
        client.get(address)

    assert len(queries) == QUERIES[address], queries


def test_calls_are_looked_for_in_their_months_only(house: House, viewer) -> None:
    from django.db import connection

    from smartswitch.web.dashboard.selectors.calls import last_calls

    now = datetime.now(UTC)
    plans = []
    for dealer in ("owner", "south"):
        with counted() as queries:
            last_calls(viewer(dealer), now=now, most=20)
        (statement,) = (query for query in queries if query.startswith("-- find_calls"))
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + statement)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

    next_month = (now.replace(day=1) + timedelta(days=40)).strftime("cdr_%Y_%m")
    for plan in plans:
        assert now.strftime("cdr_%Y_%m") in plan
        assert next_month not in plan


def test_pieces_of_pages_for_htmx(house, browse) -> None:
    client = browse("north")
    for address in ("/live", "/calls", "/balances", "/today"):
        page = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page, address
        assert "USD" in page, address


def test_a_page_that_has_seen_the_last_call_is_told_nothing(house, browse) -> None:
    client = browse("north", HX_Request="true")
    page = client.get("/calls?rows=10").content.decode()
    (seen,) = re.findall(r'name="seen" value="([0-9]+)"', page)

    assert client.get(f"/calls?rows=10&seen={seen}").status_code == 204
    assert client.get(f"/calls?rows=10&seen={int(seen) - 1}").status_code == 200
    assert client.get("/calls?rows=10&seen=x").status_code == 200


def test_a_house_without_calls_says_what_to_do_next(empty_house: House) -> None:
    from ..house import browser_of

    page = text_of(browser_of(empty_house, "north").get("/"))

    assert "No calls yet Your calls appear here" in page
    assert "Nobody is talking at the moment" in page
    assert "ASR – " in page


def test_times_are_those_of_the_dealer_and_words_those_of_the_reader(house, browse) -> None:
    began = NOW - timedelta(seconds=200)
    address = f"/calls/{house.seeded.calls['direct']}"
    in_kyiv, at_owner = text_of(browse("north").get(address)), text_of(browse("owner").get(address))
    in_russian = text_of(browse("north", Accept_Language="ru").get(address))

    from zoneinfo import ZoneInfo

    assert began.astimezone(ZoneInfo("Europe/Kyiv")).strftime("%H:%M:%S") in in_kyiv
    assert began.strftime("%H:%M:%S") in at_owner
    assert "Почему такая цена" in in_russian
    assert "0,004133 USD" in in_russian.replace("0,00 4133", "0,004133")


def test_the_first_load_is_light() -> None:
    sizes = [
        min(each.stat().st_size for each in (file, Path(f"{file}.br")) if each.exists())
        for file in STATIC.iterdir()
        if file.suffix in (".css", ".js", ".svg", ".woff2")
    ]

    assert len(sizes) >= 6
    assert sum(sizes) <= FIRST_LOAD_BYTES


def test_parties_of_charges_are_named_as_far_as_one_may_know(house: House, browse: Any) -> None:
    call = house.seeded.calls["sold at every level"]
    page = browse("north").get(f"/calls/{call}").content.decode()
    listed = browse("north").get("/calls").content.decode()

    assert "Corner Shop Ltd pays City Net" in page
    assert "City Net pays you" in page
    assert "Example Telecom" not in page + listed
    assert "City Net → you" in listed
