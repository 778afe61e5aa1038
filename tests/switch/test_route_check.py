"""What a call would do, said without a call: each level at its own price, and nothing counted or kept."""

from dataclasses import replace

import pytest

from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.question import RouteChecked
from smartswitch.switch.directory.records import DatedRate
from smartswitch.switch.planning.check_answer import answer_of
from smartswitch.switch.planning.route_check import check_call, paying_balances, plan_call, refusing_dealer

from .town import DESTINATION, START_MS, Town, standard_town

OURS = "12123388100"


def ask(
    town: Town, called: str = DESTINATION, peer: str = "p1", *, duration_s: int | None = 90, money: int | None = 10_000
) -> RouteChecked:
    """The answer of a node of this town; every balance has so much left."""
    record = town.peer(peer)
    plan = plan_call(town.directory, record, called=called, caller="", at_ms=START_MS)
    available = dict.fromkeys(paying_balances(plan), money)
    check = check_call(town.directory, record, plan, at_ms=START_MS, available=available, duration_s=duration_s)
    return answer_of(town.directory, check)


def test_each_level_names_its_dealer_and_what_it_pays_for_the_length() -> None:
    answer = ask(standard_town())

    assert [
        (level.payer, level.payer_dealer_id, level.seller, level.seller_dealer_id, level.amount, level.minute_amount)
        for level in answer.levels
    ] == [
        ("p1", 3, "d2", 3, 90_000, 60_000),
        ("d2", 3, "d1", 2, 45_000, 30_000),
        ("d1", 2, "owner", 1, 30_000, 20_000),
    ]
    assert [level.affordable_s for level in answer.levels] == [10, 20, 30]
    assert [(route.terminator, route.place, route.cost_amount) for route in answer.routes] == [
        ("t1", 1, 15_000),
        ("t2", 2, 15_000),
    ]
    assert (answer.where, answer.order, answer.reason) == ("outside", ("t1", "t2"), None)


def test_asking_again_and_again_meets_no_limit() -> None:
    town = standard_town()
    town.change_peer(11, calls_per_second_limit=1)

    answers = [ask(town) for _ in range(5)]

    assert answers == [ask(town)] * 5
    assert answers[0].reason is None


@pytest.mark.parametrize(
    ("money", "reason", "refused_by", "dealer_id"),
    [(999, Reason.NO_CREDIT, "p1", 3), (1_000, None, None, None), (None, None, None, None)],
)
def test_who_cannot_pay_a_second_refuses(
    money: int | None, reason: Reason | None, refused_by: str | None, dealer_id: int | None
) -> None:
    answer = ask(standard_town(), money=money)

    assert (answer.reason, answer.refused_by, answer.refused_by_dealer_id) == (
        reason and reason.value,
        refused_by,
        dealer_id,
    )
    assert answer.where == ("refused" if reason else "outside")


def test_a_dealer_who_pays_on_both_legs_is_shown_at_the_price_of_the_leg_of_who_calls() -> None:
    town = standard_town()
    town.add_pack(8, "ours", "0.06", codes=("1",))
    town.add_pack(9, "inbound", "0.001", codes=("1",))
    town.tables.packs[2] = town.tables.packs[3] = town.tables.packs[8]
    town.change_peer(11, pack_id=8)
    town.change_peer(12, inbound_pack_id=9)
    town.change_dealer(2, inbound_pack_id=9)

    answer = ask(town, OURS)

    assert answer.where == "number_of_ours"
    assert [(level.payer, level.affordable_s) for level in answer.levels] == [("p1", 10), ("d2", 10), ("d1", 10)]


def test_a_refused_call_shows_its_prices_and_amounts_but_not_how_long_it_is_affordable() -> None:
    town = standard_town()
    town.set_routes()
    town.refresh()

    answer = ask(town)

    assert (answer.reason, answer.refused_by, answer.sip_status) == ("no_route", None, 404)
    assert [(level.amount, level.affordable_s) for level in answer.levels] == [
        (90_000, None),
        (45_000, None),
        (30_000, None),
    ]


def test_an_amount_is_in_the_currency_of_the_payer_or_unknown() -> None:
    town = standard_town()
    town.change_peer(11, currency="EUR")
    assert [level.amount for level in ask(town).levels] == [None, 45_000, 30_000]

    town.tables = replace(town.tables, rates={("USD", "EUR"): (DatedRate(0, RATE_UNIT * 9 // 10),)})
    town.change_peer(11, currency="EUR")
    level = ask(town).levels[0]
    assert (level.amount, level.currency, level.minute_amount, level.pack_currency) == (81_000, "EUR", 60_000, "USD")


@pytest.mark.parametrize(
    ("refused_by", "dealer_id"), [("p1", 3), ("d2", 3), ("d1", 2), ("owner", 1), ("p2", None), (None, None)]
)
def test_the_house_of_a_refusal(refused_by: str | None, dealer_id: int | None) -> None:
    town = standard_town()

    assert refusing_dealer(town.directory, town.peer("p1"), Refusal(Reason.BLOCKED, refused_by)) == dealer_id


def test_a_terminator_as_the_caller_pays_nothing() -> None:
    answer = ask(standard_town(), peer="t1")

    assert (answer.reason, answer.levels) == ("no_route", ())
