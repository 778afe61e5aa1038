"""Calls are found by what is known of them, in the viewer's house and nowhere else, and the same either way through them."""

from datetime import timedelta

import pytest

from ..house import NOW, House
from ..query_count import counted

ABOUT = {
    "number of the called": ({"number": "447911123456"}, {"sold at every level"}),
    "beginning of a number": (
        {"number": "4479111"},
        {"sold at every level", "direct", "busy", "no credit", "refused above"},
    ),
    "number of the caller": ({"number": "442079460006"}, {"direct", "no route"}),
    "nobody's number": ({"number": "4479119"}, set()),
    "answered": ({"result": "answered"}, {"sold at every level", "direct", "hostile"}),
    "refused": ({"result": "refused"}, {"no credit", "refused above", "no route"}),
    "outbound": (
        {"direction": "outbound"},
        {"sold at every level", "direct", "hostile", "busy", "no credit", "refused above", "no route"},
    ),
    "inbound": ({"direction": "inbound"}, set()),
    "long": ({"min_s": 31}, {"sold at every level", "direct"}),
    "since": ({"since": NOW - timedelta(seconds=110)}, {"no credit", "refused above", "no route"}),
    "until": ({"until": NOW - timedelta(seconds=190)}, {"sold at every level", "direct"}),
    "several at once": ({"number": "4479", "result": "answered", "min_s": 60}, {"sold at every level"}),
}


@pytest.fixture(params=["by time", "by dealer"])
def way(request, monkeypatch):
    """Either way through the calls, whatever is known of the house."""
    from smartswitch.web.calls.selectors import search

    source = {"by time": "calls_by_time", "by dealer": "calls_by_dealer"}[request.param]
    monkeypatch.setattr(search, "_source", lambda _viewer, _wanted: source)


def found(house: House, person, *, most: int = 50, **wanted) -> set[str]:
    from smartswitch.web.calls.selectors.call_filter import CallFilter
    from smartswitch.web.calls.selectors.search import find_calls

    names = {call_id: name for name, call_id in house.seeded.calls.items()}
    return {names[leg.call_id] for leg in find_calls(person, CallFilter(**wanted), now=NOW, most=most).legs}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("about", ABOUT)
def test_calls_are_found_by_what_is_known_of_them(house, viewer, about: str) -> None:
    wanted, expected = ABOUT[about]

    assert found(house, viewer("north"), **wanted) == expected


@pytest.mark.usefixtures("way")
def test_nobody_finds_what_is_not_of_his_house(house, viewer) -> None:
    assert found(house, viewer("south")) == {"stranger"}
    assert found(house, viewer("south"), number="447911123456") == set()
    assert found(house, viewer("north"), number="447911000001") == set()
    assert found(house, viewer("owner"), number="447911000001") == {"stranger"}
    assert found(house, viewer("city"), number="44207946") == {
        "sold at every level", "hostile", "busy", "no credit", "refused above",
    }  # fmt: skip


def test_calls_of_a_party_are_found_in_the_house_only(house, viewer) -> None:
    def id_of(table: str, key: str) -> int:
        return house.row(f"SELECT id FROM {table} WHERE key = %s", key)["id"]

    phone, shop, city = id_of("peer", "shop-phone"), id_of("company", "corner-shop"), house.seeded.dealers["city"]
    of_phone = {"sold at every level", "hostile", "busy", "refused above"}

    for dealer in ("owner", "north", "city"):
        assert found(house, viewer(dealer), peer_id=phone) == of_phone, dealer
        assert found(house, viewer(dealer), company_id=shop) == of_phone, dealer
        assert found(house, viewer(dealer), dealer_id=city) == of_phone | {"no credit"}, dealer
    assert found(house, viewer("north"), peer_id=phone, dealer_id=house.seeded.dealers["north"]) == of_phone
    assert found(house, viewer("owner"), peer_id=phone, dealer_id=house.seeded.dealers["south"]) == set()
    above = house.seeded.dealers["owner"]
    for wanted in ({"peer_id": phone}, {"company_id": shop}, {"dealer_id": city}, {"dealer_id": above}):
        assert found(house, viewer("south"), **wanted) == set(), wanted


def test_only_who_may_know_terminators_finds_calls_by_them(house, viewer) -> None:
    answered = {"stranger", "sold at every level", "direct", "hostile", "busy"}

    assert found(house, viewer("owner"), terminator="carrier") >= answered - {"busy"}
    assert found(house, viewer("owner"), terminator="nobody") == set()
    assert found(house, viewer("north"), terminator="carrier") == set()


@pytest.mark.usefixtures("way")
def test_what_was_found_goes_on_page_by_page(house, viewer) -> None:
    from smartswitch.web.calls.selectors.call_filter import CallFilter
    from smartswitch.web.calls.selectors.places import Place
    from smartswitch.web.calls.selectors.search import find_calls

    north, seen, after = viewer("north"), [], None
    wanted = CallFilter(number="4479111", until=NOW - timedelta(seconds=90))
    for _ in range(5):
        page = find_calls(north, wanted, now=NOW, after=after, most=1)
        seen += [leg.call_id for leg in page.legs]
        if page.next_place is None:
            break
        after = Place.parse(page.next_place)

    calls = house.seeded.calls
    assert seen == [calls[name] for name in ("no credit", "busy", "direct", "sold at every level")]


def test_a_refusal_above_is_not_told_however_the_call_is_found(house, viewer) -> None:
    from smartswitch.web.calls.selectors.call_filter import CallFilter
    from smartswitch.web.calls.selectors.search import find_calls

    (leg,) = find_calls(viewer("city"), CallFilter(number="447911123460"), now=NOW, most=5).legs

    assert (leg.is_refused_above, leg.reason, leg.refused_by, leg.sip_status) == (True, None, None, 0)


def test_a_house_is_busy_by_its_share_of_the_calls_and_nobody_learns_of_others(house, viewer) -> None:
    from django.db import connection

    def is_busy(dealer: str, scope: str) -> bool:
        viewer(dealer)
        with connection.cursor() as cursor:
            cursor.execute("SELECT is_busy_house(%s)", [house.seeded.dealers[scope]])
            return cursor.fetchone()[0]

    assert is_busy("north", "north")
    assert is_busy("north", "city")
    assert not is_busy("city", "south")


def test_what_is_found_costs_so_many_questions(house, viewer) -> None:
    from smartswitch.web.calls.selectors.call_filter import CallFilter
    from smartswitch.web.calls.selectors.search import find_calls

    for dealer, most in (("owner", 4), ("north", 5), ("city", 5)):
        person = viewer(dealer)
        with counted() as queries:
            find_calls(person, CallFilter(number="4479"), now=NOW, most=50)
        assert len(queries) <= most, (dealer, queries)
