"""Which terminators may carry a call, and the reason for each that may not."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.route import Left, Route, build_route_class, select_routes, week_minute

from .prices import NOON_MS

NUMBER = "447911123456"


def classes(**routes_by_name):
    """Route classes a, b, c with ids 1, 2, 3; each the base of the one before it."""
    return {
        place: build_route_class(place, name, routes, base_class_id=place + 1)
        for place, (name, routes) in enumerate(routes_by_name.items(), 1)
    }


def choose(table, *, number=NUMBER, at_ms=NOON_MS, draw=0, **rest):
    return select_routes(table, 1, number, at_ms=at_ms, draw=draw, **rest)


def verdicts(choice):
    return [(each.route.route_id, each.left) for each in choice.considered]


def test_the_nearer_class_comes_first_and_in_it_the_longer_code():
    table = classes(a=[Route(1, "", 1), Route(2, "4479", 2), Route(3, "45", 3)], b=[Route(4, "44791", 4)])
    choice = choose(table)
    assert verdicts(choice) == [(2, None), (1, None), (4, None)]
    assert [each.depth for each in choice.taken] == [0, 0, 1]


def test_a_terminator_is_used_once_by_its_nearest_and_longest_route():
    table = classes(a=[Route(1, "44", 7), Route(2, "4479", 7)], b=[Route(3, "447911", 7), Route(4, "", 8)])
    assert verdicts(choose(table)) == [(2, None), (1, Left.OVERRIDDEN), (3, Left.OVERRIDDEN), (4, None)]


def test_a_blocked_longer_route_bars_the_terminator_and_one_out_of_force_does_not():
    table = classes(a=[Route(1, "44", 7), Route(2, "4479", 7, is_blocked=True)])
    assert verdicts(choose(table)) == [(2, Left.BLOCKED), (1, Left.OVERRIDDEN)]
    table = classes(a=[Route(1, "44", 7), Route(2, "4479", 7, valid_to_ms=NOON_MS)])
    assert verdicts(choose(table)) == [(2, Left.NO_LONGER_VALID), (1, None)]


@pytest.mark.parametrize(
    ("rest", "left"),
    [
        ({"valid_from_ms": NOON_MS + 1}, Left.NOT_YET_VALID),
        ({"valid_from_ms": NOON_MS}, None),
        ({"valid_to_ms": NOON_MS}, Left.NO_LONGER_VALID),
        ({"week_minutes": ((0, 720),)}, Left.OUTSIDE_HOURS),
        ({"week_minutes": ((0, 100), (720, 721))}, None),
        ({"week_minutes": ()}, Left.OUTSIDE_HOURS),
        ({"is_blocked": True}, Left.BLOCKED),
    ],
)
def test_activation_times_and_blocks(rest, left):
    assert verdicts(choose(classes(a=[Route(1, "44", 1, **rest)]))) == [(1, left)]


def test_routes_and_terminators_at_their_limit_are_left():
    table = classes(a=[Route(1, "44", 1), Route(2, "44", 2), Route(3, "44", 3)])
    choice = choose(table, exhausted_routes={1}, exhausted_terminators={2})
    assert verdicts(choice) == [(1, Left.ROUTE_LIMIT), (2, Left.TERMINATOR_LIMIT), (3, None)]


def test_a_cycle_of_base_classes_is_walked_once():
    table = {
        1: build_route_class(1, "a", [Route(1, "44", 1)], base_class_id=2),
        2: build_route_class(2, "b", [Route(2, "44", 2)], base_class_id=1),
    }
    assert verdicts(choose(table)) == [(1, None), (2, None)]
    assert choose({}).considered == ()
    assert choose(classes(a=[]), number="").considered == ()


def test_percentage_routing_follows_the_weights():
    routes = [Route(1, "44", 1, weight=70), Route(2, "44", 2, weight=30), Route(3, "44", 3), Route(4, "4", 4, weight=5)]
    firsts = Counter()
    for draw in range(1000):
        choice = choose(classes(a=routes), draw=draw)
        first = [each.route.route_id for each in choice.taken if each.group == 0 and each.group_rank == 0]
        firsts.update(first)
        assert [each.group for each in choice.taken] == [0, 0, None, 1]
    assert firsts == {1: 700, 2: 300}


def test_the_draw_falls_among_the_routes_that_are_taken():
    routes = [Route(1, "44", 1, weight=99), Route(2, "44", 2, weight=1)]
    for draw in range(100):
        choice = choose(classes(a=routes), draw=draw, exhausted_routes={1})
        assert [(each.route.route_id, each.group_rank) for each in choice.taken] == [(2, 0)]


def test_the_week_begins_on_monday_at_midnight_utc():
    assert week_minute(NOON_MS) == 720
    assert week_minute(NOON_MS - 720 * 60_000) == 0
    assert week_minute(NOON_MS - 720 * 60_000 - 1) == 7 * 1440 - 1
    assert week_minute(-1) == 3 * 1440 - 1


@pytest.mark.parametrize(
    "rest", [{"weight": 0}, {"weight": 101}, {"week_minutes": ((5, 5),)}, {"week_minutes": ((0, 99999),)}]
)
def test_a_route_that_makes_no_sense_is_refused(rest):
    with pytest.raises(ValueError, match="route 1"):
        Route(1, "44", 1, **rest)


ROUTES = st.lists(
    st.builds(
        Route,
        st.integers(1, 10**6),
        st.text(alphabet="12", max_size=3),
        st.integers(1, 4),
        weight=st.none() | st.integers(1, 100),
        is_blocked=st.booleans(),
    ),
    max_size=8,
)


def test_when_the_first_of_a_group_proves_unusable_the_others_share_its_calls_in_proportion():
    routes = [Route(1, "44", 1, weight=50), Route(2, "44", 2, weight=40), Route(3, "44", 3, weight=10)]
    seconds = Counter()
    for draw in range(0, 100_000, 7):
        ranked = sorted(choose(classes(a=routes), draw=draw).taken, key=lambda each: each.group_rank)
        assert [each.group_rank for each in ranked] == [0, 1, 2]
        if ranked[0].route.route_id == 1:
            seconds[ranked[1].route.route_id] += 1
    assert set(seconds) == {2, 3}
    assert 3.5 < seconds[2] / seconds[3] < 4.5


@given(ROUTES, ROUTES, st.text(alphabet="12", min_size=1, max_size=5), st.integers(0, 2**32))
def test_every_matching_route_is_considered_once_and_no_terminator_taken_twice(near, far, number, draw):
    choice = choose(classes(a=near, b=far), number=number, draw=draw)
    matching = [route for route in near + far if number.startswith(route.code)]
    assert Counter(each.route for each in choice.considered) == Counter(matching)
    taken = [each.route.terminator_id for each in choice.taken]
    assert len(taken) == len(set(taken))
    for group in {each.group for each in choice.taken} - {None}:
        assert [each.group_rank for each in choice.taken if each.group == group].count(0) == 1
        assert len({each.group_rank for each in choice.taken if each.group == group}) == len(
            [each for each in choice.taken if each.group == group]
        )
