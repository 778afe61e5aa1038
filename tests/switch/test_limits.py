"""Calls per second by the generic cell rate algorithm, and the load of terminators."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.switch.planning import limits
from smartswitch.switch.planning.limits import CallRate, Load, RateLimit

FIVE = RateLimit("p1", 5, "p1")


def test_a_limit_of_five_lets_five_pass_at_once_and_then_one_every_200_ms() -> None:
    rate = CallRate()
    assert [rate.admit([FIVE], now_ms=0) for _ in range(6)] == [None] * 5 + [FIVE]
    assert rate.admit([FIVE], now_ms=199) is FIVE
    assert rate.admit([FIVE], now_ms=200) is None
    assert rate.admit([FIVE], now_ms=200) is FIVE


def test_a_call_that_breaks_one_limit_counts_at_none() -> None:
    rate = CallRate()
    dealer, peer = RateLimit("d1", 10, "d1"), RateLimit("p1", 1, "p1")
    assert rate.admit([peer, dealer], now_ms=0) is None
    for _ in range(50):
        assert rate.admit([peer, dealer], now_ms=0) is peer
    assert [rate.admit([dealer], now_ms=0) for _ in range(10)] == [None] * 9 + [dealer]


def test_a_limit_of_zero_lets_nothing_pass() -> None:
    assert CallRate().admit([RateLimit("p1", 0)], now_ms=0) is not None


def test_a_call_that_is_given_back_leaves_its_place_to_another() -> None:
    rate, one = CallRate(), RateLimit("t1", 1, "t1")
    assert rate.admit([one], now_ms=0) is None
    rate.give_back([one])
    assert rate.admit([one], now_ms=0) is None
    assert rate.admit([one], now_ms=0) is one


@given(st.integers(1, 50), st.lists(st.integers(0, 300), min_size=1, max_size=200))
def test_never_more_than_twice_the_limit_in_any_second(calls_per_second: int, gaps_ms: list[int]) -> None:
    rate, limit, now_ms, passed = CallRate(), RateLimit("p", calls_per_second), 0, list[int]()
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        if rate.admit([limit], now_ms=now_ms) is None:
            passed.append(now_ms)
    for start_ms in passed:
        assert sum(start_ms <= at_ms < start_ms + 1000 for at_ms in passed) <= 2 * calls_per_second


def test_quiet_parties_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARTIES_REMEMBERED", 10)
    rate = CallRate()
    for number in range(100):
        rate.admit([RateLimit(number, 1)], now_ms=number * 10_000)
    assert len(rate) <= 11


def test_load_counts_up_and_down() -> None:
    load = Load()
    load.add("t1")
    assert load.is_full("t1", 1)
    assert not load.is_full("t1", None)
    load.remove("t1")
    assert not load.is_full("t1", 1)
    with pytest.raises(AssertionError):
        load.remove("t1")
