"""In which order routes are tried, why, and when trying stops."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.hunting import (
    NO_ANSWER,
    Candidate,
    HuntingClass,
    HuntingEnd,
    Metric,
    Mode,
    explain_order,
    hunt,
    order_candidates,
)


def candidate(route_id, price=0, **rest):
    return Candidate(route_id, route_id * 10, price, **rest)


def order(candidates, *metrics, draw=0, **rest):
    hunting = HuntingClass(metrics=metrics, **rest)
    return [each.route_id for each in order_candidates(candidates, hunting, draw=draw)]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (Metric.PRICE, [2, 3, 1]),
        (Metric.PRIORITY, [3, 1, 2]),
        (Metric.CODE_LENGTH, [1, 3, 2]),
        (Metric.ASR, [2, 1, 3]),
        (Metric.ACD, [3, 2, 1]),
    ],
)
def test_each_metric_has_one_better_end(metric, expected):
    candidates = [
        candidate(1, 300, priority=5, code_length=4, asr_ppm=500_000, acd_ms=60_000),
        candidate(2, 100, priority=9, code_length=0, asr_ppm=600_000, acd_ms=90_000),
        candidate(3, 200, priority=1, code_length=2, asr_ppm=400_000, acd_ms=120_000),
    ]
    assert order(candidates, metric) == expected


def test_the_next_metric_decides_only_where_the_first_is_equal():
    candidates = [
        candidate(1, 200, asr_ppm=900_000),
        candidate(2, 100, asr_ppm=100_000),
        candidate(3, 100, asr_ppm=200_000),
    ]
    assert order(candidates, Metric.PRICE, Metric.ASR) == [3, 2, 1]
    assert order(candidates, Metric.ASR, Metric.PRICE) == [1, 3, 2]


@pytest.mark.parametrize(
    ("price_step", "expected"), [(0, [2, 1, 3]), (98, [2, 3, 1]), (99, [1, 2, 3]), (100, [3, 1, 2])]
)
def test_in_rounded_mode_prices_less_than_a_step_above_the_cheapest_are_equal(price_step, expected):
    candidates = [
        candidate(1, 199, asr_ppm=700_000),
        candidate(2, 101, asr_ppm=500_000),
        candidate(3, 200, asr_ppm=900_000),
    ]
    assert order(candidates, Metric.PRICE, Metric.ASR, mode=Mode.ROUNDED, price_step=price_step) == expected


def test_no_edge_of_a_grid_parts_two_prices_that_are_near():
    candidates = [candidate(1, 149, asr_ppm=100), candidate(2, 151, asr_ppm=200)]
    assert order(candidates, Metric.PRICE, Metric.ASR, mode=Mode.ROUNDED, price_step=50) == [2, 1]


@pytest.mark.parametrize(("step", "expected"), [(0, [3, 1, 2]), (1, [3, 1, 2]), (2, [1, 3, 2]), (12, [2, 1, 3])])
@pytest.mark.parametrize("metric", [Metric.ASR, Metric.ACD])
def test_in_rounded_mode_ratios_less_than_a_step_below_the_best_are_equal(metric, step, expected):
    candidates = [
        candidate(1, 200, asr_ppm=980_000, acd_ms=98_000),
        candidate(2, 100, asr_ppm=900_000, acd_ms=90_000),
        candidate(3, 300, asr_ppm=990_000, acd_ms=99_000),
    ]
    assert order(candidates, metric, Metric.PRICE, mode=Mode.ROUNDED, ratio_step_percent=step) == expected


def test_a_route_without_statistics_gets_its_chance():
    candidates = [candidate(1, asr_ppm=500_000), candidate(2, asr_ppm=None), candidate(3, asr_ppm=700_000)]
    assert order(candidates, Metric.ASR) == [2, 3, 1]
    assert order([candidate(1), candidate(2)], Metric.ASR, Metric.ACD) == [1, 2]


def test_ties_keep_the_order_of_arrival():
    assert order([candidate(3), candidate(1), candidate(2)], Metric.PRICE) == [3, 1, 2]
    assert order([candidate(3), candidate(1)]) == [3, 1]


def test_chance_is_even_and_the_same_draw_gives_the_same_order():
    candidates = [candidate(route_id) for route_id in (1, 2, 3)]
    firsts = Counter(order(candidates, Metric.RANDOM, draw=draw * 7919)[0] for draw in range(3000))
    assert min(firsts.values()) > 900
    assert order(candidates, Metric.RANDOM, draw=5) == order(candidates, Metric.RANDOM, draw=5)


def test_percentage_groups_keep_their_places_and_put_the_drawn_one_first():
    candidates = [
        candidate(1, 100, group=0, group_rank=1),
        candidate(2, 200),
        candidate(3, 300, group=0, group_rank=0),
        candidate(4, 400, group=0, group_rank=1),
    ]
    assert order(candidates, Metric.PRICE) == [3, 2, 1, 4]
    explained = explain_order(candidates, HuntingClass(metrics=(Metric.PRICE,)))
    assert [(each.candidate.route_id, each.decided_by, each.is_drawn) for each in explained] == [
        (3, None, True),
        (2, None, True),
        (1, None, True),
        (4, Metric.PRICE, False),
    ]


def test_the_order_is_explained_by_the_metric_that_decided():
    candidates = [
        candidate(1, 200, asr_ppm=100),
        candidate(2, 100, asr_ppm=100),
        candidate(3, 100, asr_ppm=200),
        candidate(4, 200, asr_ppm=100),
    ]
    hunting = HuntingClass(metrics=(Metric.PRICE, Metric.ASR), max_attempts=3)
    explained = explain_order(candidates, hunting)
    assert [(each.candidate.route_id, each.decided_by, each.is_tried) for each in explained] == [
        (3, None, True),
        (2, Metric.ASR, True),
        (1, Metric.PRICE, True),
        (4, None, False),
    ]


def play(statuses, hunting=None, count=4):
    """Hunt through candidates 1..count; each attempt ends with the next status."""
    flow = hunt([candidate(route_id) for route_id in range(1, count + 1)], hunting or HuntingClass())
    tried = []
    try:
        attempt = next(flow)
        while True:
            tried.append(attempt.candidate.route_id)
            assert attempt.index == len(tried) - 1
            attempt = flow.send(statuses[len(tried) - 1])
    except StopIteration as stopped:
        return tried, stopped.value


@pytest.mark.parametrize(
    ("statuses", "tried", "end", "status"),
    [
        ([200], [1], HuntingEnd.ANSWERED, 200),
        ([503, NO_ANSWER, 200], [1, 2, 3], HuntingEnd.ANSWERED, 200),
        ([503, 486], [1, 2], HuntingEnd.STOPPED, 486),
        ([603], [1], HuntingEnd.STOPPED, 603),
        ([503, 487], [1, 2], HuntingEnd.STOPPED, 487),
        ([503, 404, 500, 502], [1, 2, 3, 4], HuntingEnd.EXHAUSTED, 502),
    ],
)
def test_hunting_goes_on_after_a_failure_and_stops_at_an_answer_or_a_last_word(statuses, tried, end, status):
    found, result = play(statuses)
    assert (found, result.end, result.sip_status) == (tried, end, status)
    assert result.attempts == tuple((candidate(route), code) for route, code in zip(tried, statuses, strict=True))
    assert (result.answered_by is not None) == (end is HuntingEnd.ANSWERED)


def test_the_hunting_class_limits_attempts_and_names_its_stop_codes():
    assert play([503, 503], HuntingClass(max_attempts=2))[1].end is HuntingEnd.MOST_ATTEMPTS
    assert play([503, 503], HuntingClass(max_attempts=2), count=2)[1].end is HuntingEnd.EXHAUSTED
    assert play([486, 404], HuntingClass(stop_codes=frozenset({404})))[0] == [1, 2]
    assert play([487], HuntingClass(stop_codes=frozenset()))[1].end is HuntingEnd.STOPPED
    _, nothing = play([], count=0)
    assert (nothing.end, nothing.sip_status) == (HuntingEnd.EXHAUSTED, NO_ANSWER)


@pytest.mark.parametrize(
    "rest", [{"max_attempts": 0}, {"pdd_timeout_s": 0}, {"price_step": -1}, {"metrics": (Metric.ASR, Metric.ASR)}]
)
def test_a_hunting_class_that_makes_no_sense_is_refused(rest):
    with pytest.raises(ValueError, match="hunting class"):
        HuntingClass(**rest)


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        route_id=st.integers(1, 10**6),
        terminator_id=st.integers(1, 9),
        price_per_minute=st.integers(-500, 500),
        priority=st.integers(0, 3),
        code_length=st.integers(0, 3),
        asr_ppm=st.none() | st.integers(0, 1_000_000),
        acd_ms=st.none() | st.integers(0, 900_000),
        group=st.none() | st.integers(0, 2),
        group_rank=st.integers(0, 1),
    ),
    max_size=8,
)
HUNTING = st.builds(
    HuntingClass,
    metrics=st.permutations(list(Metric)).flatmap(
        lambda all_: st.integers(0, 6).map(lambda count: tuple(all_[:count]))
    ),
    mode=st.sampled_from(Mode),
    price_step=st.integers(0, 200),
    ratio_step_percent=st.integers(0, 30),
)


@given(CANDIDATES, HUNTING, st.integers(0, 2**64))
def test_hunting_is_a_permutation_and_its_explanation_the_same(candidates, hunting, draw):
    ordered = order_candidates(candidates, hunting, draw=draw)
    assert Counter(ordered) == Counter(candidates)
    assert tuple(each.candidate for each in explain_order(candidates, hunting, draw=draw)) == ordered


@given(CANDIDATES, HUNTING, st.integers(0, 2**64))
def test_no_better_candidate_stands_below_by_the_first_metric_that_is_strict(candidates, hunting, draw):
    strict = HuntingClass(metrics=(Metric.PRICE, *(m for m in hunting.metrics if m is not Metric.PRICE)))
    alone = [Candidate(each.route_id, 0, each.price_per_minute, asr_ppm=each.asr_ppm) for each in candidates]
    prices = [each.price_per_minute for each in order_candidates(alone, strict, draw=draw)]
    assert prices == sorted(prices)
