"""What a call would do and cost, asked of a real node over the real database, as each dealer may know it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

from .answering_node import answering_node

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
NUMBER = "447911123456"
PAYERS = {
    "owner": ["corner-shop", "city", "north"],
    "north": ["corner-shop", "city", "north"],
    "city": ["corner-shop", "city"],
}
MARGINS = {
    # A minute and a half. City sells by the minute: 0.01 + 2 x 0.03, with a fifth of tax 0.09. A minute costs City 0.0125,
    # North 0.008, the owner 0.005.
    "city": ("USD", 75_000, 18_750, 56_250),
    "north": ("USD", 18_750, 12_000, 6_750),
    "owner": ("USD", 12_000, 7_500, 4_500),
}


def peer_id(house, key: str) -> int:
    with psycopg.connect(house.url) as connection:
        (found,) = connection.execute("SELECT id FROM peer WHERE key = %s", [key]).fetchone()
    return found


def simulate(house, person, peer: str = "shop-phone", called: str = NUMBER, duration_s: int | None = 90):
    from smartswitch.web.routes.simulation import simulate_call

    return simulate_call(person, peer_id=peer_id(house, peer), called=called, caller="", at=AT, duration_s=duration_s)


@contextmanager
def changed(house, change: str, undo: str) -> Iterator[None]:
    """A change of the house that is shared by the tests of this file."""
    house.run(change)
    try:
        yield
    finally:
        house.run(undo)


@pytest.fixture
def node(house) -> Iterator[None]:
    with answering_node(house.url):
        yield


@pytest.mark.parametrize("dealer", PAYERS)
def test_a_dealer_sees_his_own_buying_price_and_what_is_below(house, viewer, node, dealer) -> None:
    found = simulate(house, viewer(dealer))

    assert (found.where, found.called, found.country, found.reason) == ("outside", NUMBER, "GG", None)
    assert [level.payer for level in found.levels] == PAYERS[dealer]
    shop, city = found.levels[:2]
    assert (shop.seller, shop.pack, shop.code, shop.amount, shop.tax) == ("city", "city-retail", "44", 90_000, 15_000)
    assert (city.seller, city.price_per_minute, city.amount, city.tax) == ("north", 1_250_000, 18_750, 0)
    assert shop.affordable_s == 24 * 3600, "a day is as far as it is looked"
    seen = {margin.dealer: (margin.currency, margin.sold, margin.bought, margin.amount) for margin in found.margins}
    assert seen == {
        key: MARGINS[key] for key in ("city", "north", "owner")[: ("city", "north", "owner").index(dealer) + 1]
    }


def test_what_is_above_is_nowhere_in_what_a_dealer_gets(house, viewer, node) -> None:
    text = repr(simulate(house, viewer("city")))

    assert "carrier" not in text
    assert "wholesale" not in text
    assert "owner" not in text


def test_the_owner_sees_what_a_terminator_costs(house, viewer, node) -> None:
    found = simulate(house, viewer("owner"))

    (route,) = found.routes
    assert (route.terminator, route.left, route.place, route.is_tried) == ("carrier", None, 1, True)
    assert (route.cost_currency, route.cost_per_minute, route.cost_amount, route.cost_tax) == ("USD", 500_000, 7_500, 0)
    assert found.order == ("carrier",)


def test_who_shares_routes_sees_them_without_their_costs(house, viewer, node) -> None:
    grant = """INSERT INTO right_grant (dealer_id, "right") SELECT id, 'routes.see_common' FROM dealer WHERE key = 'north'"""
    with changed(house, grant, """DELETE FROM right_grant WHERE "right" = 'routes.see_common'"""):
        found = simulate(house, viewer("north"))
    without = simulate(house, viewer("north"))

    assert [(route.terminator, route.cost_amount, route.cost_per_minute) for route in found.routes] == [
        ("carrier", None, None)
    ]
    assert (found.order, without.routes, without.order) == (("carrier",), (), ())


@pytest.mark.parametrize(("dealer", "peer"), [("city", "direct"), ("south", "shop-phone"), ("north", "south-phone"),
                                             ("city", "carrier")])  # fmt: skip
def test_a_peer_of_another_house_does_not_exist(house, viewer, node, dealer, peer) -> None:
    assert simulate(house, viewer(dealer), peer) is None


@pytest.mark.parametrize("dealer", ["city", "north", "owner"])
def test_who_refuses_is_told_in_his_house_and_above_and_to_nobody_below(house, dealer, viewer) -> None:
    block = "UPDATE dealer SET is_blocked = {} WHERE key = 'north'"
    with changed(house, block.format("true"), block.format("false")), answering_node(house.url):
        found = simulate(house, viewer(dealer))

    known = ("blocked", "north", 403, False) if dealer != "city" else (None, None, None, True)
    assert found.is_refused
    assert (found.reason, found.refused_by, found.sip_status, found.is_refused_above) == known
    assert [level.payer for level in found.levels] == PAYERS[dealer]


@pytest.mark.parametrize("dealer", ["city", "north"])
def test_a_level_that_cannot_pay_refuses_as_in_a_call(house, dealer, viewer) -> None:
    limit = "UPDATE balance SET credit_limit = {} WHERE kind = 'dealer' AND party = 'north'"
    with changed(house, limit.format("held - amount"), limit.format("1000000000")), answering_node(house.url):
        found = simulate(house, viewer(dealer))
        own = simulate(house, viewer("city"), "prepaid-card")

    known = ("no_credit", "north", 402) if dealer == "north" else (None, None, None)
    assert (found.where, found.reason, found.refused_by, found.sip_status) == ("refused", *known)
    assert (own.reason, own.refused_by, own.is_refused_above) == ("no_credit", "prepaid-card", False)


def test_a_missing_price_is_shown_where_it_is_missing(house, viewer, node) -> None:
    found = simulate(house, viewer("city"), called="4915112345678")

    assert (found.reason, found.refused_by) == ("no_price", "corner-shop")
    assert [(level.payer, level.missing) for level in found.levels] == [
        ("corner-shop", "no_price"),
        ("city", "no_price"),
    ]
    assert found.margins == ()


def test_two_currencies_give_no_margin_that_means_anything(house, viewer, node) -> None:
    found = simulate(house, viewer("south"), "south-phone")

    assert [(level.payer, level.currency, level.amount) for level in found.levels] == [
        ("south-phone", "EUR", 30_000),
        ("south", "USD", 12_000),
    ]
    assert [(each.dealer, each.sold, each.bought, each.amount) for each in found.margins] == [
        ("south", 30_000, 12_000, None)
    ]


def test_without_a_length_there_are_prices_and_no_amounts(house, viewer, node) -> None:
    found = simulate(house, viewer("city"), duration_s=None)

    assert [(level.price_per_minute, level.minute_amount, level.amount) for level in found.levels] == [
        (3_000_000, 50_000, None),
        (1_250_000, 12_500, None),
    ]
    assert found.margins == ()


def test_no_node_is_said_within_the_limit_and_nothing_is_left_behind(house, viewer) -> None:
    from smartswitch.web.routes.ask_node import ANSWER_WITHIN_S, NodeSilentError

    person, began = viewer("city"), time.monotonic()
    with pytest.raises(NodeSilentError, match="did not answer within 3 seconds"):
        simulate(house, person)

    assert time.monotonic() - began < ANSWER_WITHIN_S + 1
    with psycopg.connect(house.url) as connection:
        assert connection.execute("SELECT count(*) FROM node_question").fetchone() == (0,)


def test_of_two_nodes_one_answers(house, viewer) -> None:
    with answering_node(house.url, name="n1"), answering_node(house.url, name="n2"):
        person = viewer("city")
        assert [simulate(house, person).where for _ in range(5)] == ["outside"] * 5


@pytest.mark.parametrize("called", ["4" * 65, "44\x00", "44\n5"])
def test_what_cannot_be_a_number_is_not_asked(house, viewer, called) -> None:
    from smartswitch.protocol.question import QuestionError

    with pytest.raises(QuestionError, match="called: at most 64 printable characters"):
        simulate(house, viewer("city"), called=called)


@pytest.mark.parametrize("called", ["", "abc", "'; DROP TABLE peer; --", "ＡＢＣ", "😀", "+++", "0"])
def test_what_is_no_number_is_refused_as_one(house, viewer, node, called) -> None:
    found = simulate(house, viewer("city"), called=called)

    assert (found.reason, found.called) == ("bad_number", called)


def test_a_node_tells_a_dealer_nothing_of_a_peer_that_is_not_his(house, viewer, node) -> None:
    """Even if the web account's own wall had a hole."""
    from smartswitch.protocol.question import CheckRoute, QuestionRefusal
    from smartswitch.web.routes.ask_node import QuestionRefusedError, ask

    with pytest.raises(QuestionRefusedError, match="does not know this peer") as refused:
        ask(viewer("south"), CheckRoute(peer_id=peer_id(house, "shop-phone"), called=NUMBER, at_ms=0))
    assert refused.value.refusal is QuestionRefusal.UNKNOWN_PEER


def without(right: str, dealer: str) -> tuple[str, str]:
    """What takes a right from a dealer, and what gives it back."""
    whose = f"(SELECT id FROM dealer WHERE key = '{dealer}')"
    return (
        f"""DELETE FROM right_grant WHERE dealer_id = {whose} AND "right" = '{right}'""",
        f"""INSERT INTO right_grant (dealer_id, "right") VALUES ({whose}, '{right}')""",
    )


def test_trying_out_calls_needs_the_right(house, viewer, node) -> None:
    from smartswitch.web.login.required_rights import MissingRightError

    with changed(house, *without("routes.check", "north")):
        for dealer in ("north", "city"):
            with pytest.raises(MissingRightError, match=r"routes\.check"):
                simulate(house, viewer(dealer))


def test_what_balances_can_pay_is_for_who_may_see_balances(house, viewer, node) -> None:
    with changed(house, *without("balances.view", "city")):
        found = simulate(house, viewer("city"))

    assert [(level.available, level.affordable_s, level.amount) for level in found.levels] == [
        (None, None, 90_000),
        (None, None, 18_750),
    ]


def test_a_customer_cannot_ask_even_if_a_page_let_him(house, viewer) -> None:
    from dataclasses import replace

    from django.db import ProgrammingError

    from smartswitch.protocol.question import CheckRoute
    from smartswitch.web.routes.ask_node import ask

    customer = replace(viewer("city"), company_id=1)
    with pytest.raises(ProgrammingError, match="row-level security"):
        ask(customer, CheckRoute(peer_id=peer_id(house, "shop-phone"), called=NUMBER, at_ms=0))


def test_ending_a_call_needs_the_right_and_the_house(house, viewer) -> None:
    from django.db import connection

    from smartswitch.web.calls.hangup import hang_up
    from smartswitch.web.login.required_rights import MissingRightError

    call_id = house.seeded.calls["talking"]
    with answering_node(house.url) as ended:
        with changed(house, *without("calls.hangup", "north")):
            for dealer in ("north", "city"):
                with pytest.raises(MissingRightError, match=r"calls\.hangup"):
                    hang_up(viewer(dealer), call_id)
        assert hang_up(viewer("south"), call_id) is False
        assert hang_up(viewer("north"), call_id) is True
        assert ended == []
        connection.commit()
        deadline = time.monotonic() + 5
        while not ended and time.monotonic() < deadline:
            time.sleep(0.02)
    assert ended == [call_id]


def test_everything_that_is_said_of_a_route_has_words(house) -> None:
    from smartswitch.core.hunting import Metric
    from smartswitch.core.route import Left
    from smartswitch.switch.planning.route_choice import INACTIVE, NO_PRICE, NO_PROFIT
    from smartswitch.web.routes import words
    from smartswitch.web.routes.simulation import LEFT_ABOVE

    assert set(words.LEFT) == {left.value for left in Left} | {INACTIVE, NO_PRICE, NO_PROFIT, LEFT_ABOVE}
    assert set(words.PLACED_BY) == {metric.value for metric in Metric} | {"percentage", "routing"}
