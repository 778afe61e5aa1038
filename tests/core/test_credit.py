"""How long a chain can pay: examples, then the promises that bound lost money at 0."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.credit import (
    LONGEST_SLICE_S,
    SHORTEST_SLICE_S,
    UNLIMITED,
    CannotPay,
    Grant,
    affordable_seconds,
    charge_of,
    convert,
    grant_chain,
    hold_of,
    next_slice_s,
)
from smartswitch.core.pack import ALWAYS_MS, IncrementFrom, Piece, Tariff

from .prices import NOON_MS, level, price, tariff, tariffs, terms

CENT_A_SECOND = level(tariff(price("0.60")))
TWO_CENTS_A_SECOND = level(tariff(price("1.20")))


def hold(of, seconds):
    return hold_of(of, answered_at_ms=NOON_MS, granted_s=seconds)


def cost(of, seconds):
    return charge_of(of, answered_at_ms=NOON_MS, duration_s=seconds)[1]


def grant(levels, available, *, wanted_s, already_granted_s=0):
    return grant_chain(
        levels, available=available, answered_at_ms=NOON_MS, already_granted_s=already_granted_s, wanted_s=wanted_s
    )


def test_the_smallest_level_decides_and_all_hold():
    levels = (CENT_A_SECOND, TWO_CENTS_A_SECOND)
    assert grant(levels, (1_000_000, 1_000_000), wanted_s=60) == Grant(50, (500_000, 1_000_000), 1)
    assert grant(levels, (1_000_000, UNLIMITED), wanted_s=60) == Grant(60, (600_000, 1_200_000), None)


def test_a_level_that_cannot_pay_one_more_second_is_named():
    levels = (CENT_A_SECOND, TWO_CENTS_A_SECOND)
    assert grant(levels, (1_000_000, 19_999), wanted_s=60) == CannotPay(1)
    assert grant(levels, (0, 0), wanted_s=60) == CannotPay(0)
    assert grant(levels, (600_000, UNLIMITED), wanted_s=120, already_granted_s=60) == CannotPay(0)
    assert grant(levels, (610_000, UNLIMITED), wanted_s=120, already_granted_s=60) == Grant(61, (610_000, 1_220_000), 0)


def test_a_free_price_needs_no_money():
    assert grant((level(tariff(price("0"))),), (0,), wanted_s=60) == Grant(60, (0,), None)
    assert grant((level(tariff(price("-1"))),), (0,), wanted_s=60) == Grant(60, (0,), None)


def test_the_fee_and_the_whole_first_block_are_held_for_the_first_second():
    of = level(tariff(price("0.60", fee="0.5", min_s=30)))
    assert hold(of, 1) == 800_000
    assert affordable_seconds(of, available=799_999, answered_at_ms=NOON_MS, wanted_s=60) == 0
    assert affordable_seconds(of, available=800_000, answered_at_ms=NOON_MS, wanted_s=60) == 30


def test_a_fee_is_held_although_a_negative_price_earns_it_back():
    of = level(tariff(price("-0.60", first="0", fee="0.05")))
    assert cost(of, 60) < 0
    assert hold(of, 60) == 50_000


def test_a_paid_evening_after_a_paying_day_is_held_to_the_last_second_of_the_day():
    day, evening = price("0.60", min_s=600, increment_s=1), price("-0.60")
    of = level(Tariff(terms(), (Piece(ALWAYS_MS, day), Piece(NOON_MS + 637_000, evening))))
    assert hold(of, 900) == max(cost(of, seconds) for seconds in range(901)) == 6_370_000


def test_amounts_are_converted_at_the_frozen_rate_half_up():
    assert convert(1_000_000, 1_100_000_000) == 1_100_000
    assert convert(1, 500_000_000) == 1
    assert convert(-1, 500_000_000) == -1
    assert convert(123, RATE_UNIT) == 123


def test_slices_grow_while_money_is_ample_and_shrink_when_it_is_short():
    def following(available, slice_s):
        return next_slice_s(
            (CENT_A_SECOND,), available=(available,), answered_at_ms=NOON_MS, granted_s=60, slice_s=slice_s
        )

    assert following(UNLIMITED, 60) == 120
    assert following(UNLIMITED, 200) == LONGEST_SLICE_S
    assert following((60 + 120) * 10_000, 60) == 60
    assert following((60 + 119) * 10_000, 60) == 30
    assert following(0, SHORTEST_SLICE_S) == SHORTEST_SLICE_S
    assert following(0, 15) == SHORTEST_SLICE_S


@given(tariffs(), st.integers(1, 320), st.sampled_from([RATE_UNIT, 910_000_000, 3]))
def test_what_is_held_is_the_greatest_cost_within_the_grant(of, granted_s, rate):
    held = hold_of(level(of, exchange_rate=rate), answered_at_ms=NOON_MS, granted_s=granted_s)
    assert held == max(
        charge_of(level(of, exchange_rate=rate), answered_at_ms=NOON_MS, duration_s=seconds)[1]
        for seconds in range(granted_s + 1)
    )


@given(tariffs(), st.integers(0, 5_000_000), st.integers(1, 400))
def test_the_affordable_time_is_the_longest_that_is_covered(of, available, wanted_s):
    one = level(of)
    seconds = affordable_seconds(one, available=available, answered_at_ms=NOON_MS, wanted_s=wanted_s)
    assert 0 <= seconds <= wanted_s
    assert seconds == 0 or hold(one, seconds) <= available
    assert seconds == wanted_s or hold(one, seconds + 1) > available


@given(st.lists(tariffs(), min_size=1, max_size=3), st.data())
@settings(max_examples=60)
def test_a_grant_is_covered_at_every_level_and_no_longer_one_is(of, data):
    levels = tuple(map(level, of))
    available = tuple(data.draw(st.integers(0, 3_000_000)) for _ in levels)
    wanted_s = data.draw(st.integers(1, 300))
    decided = grant(levels, available, wanted_s=wanted_s)
    if isinstance(decided, CannotPay):
        assert hold(levels[decided.level], 1) > available[decided.level]
        return
    assert decided.held == tuple(hold(each, decided.granted_s) for each in levels)
    assert all(held <= money for held, money in zip(decided.held, available, strict=True))
    if decided.granted_s < wanted_s:
        assert decided.limited_by is not None
        assert hold(levels[decided.limited_by], decided.granted_s + 1) > available[decided.limited_by]


def test_increments_from_zero_turn_where_the_band_changes():
    day, evening = price("0.60", min_s=7, increment_s=11, free_s=13), price("-6")
    bands = (Piece(ALWAYS_MS, day), Piece(NOON_MS + 100_500, evening))
    of = level(Tariff(terms(increment_from=IncrementFrom.ZERO), bands))
    assert hold(of, 300) == max(cost(of, seconds) for seconds in range(301))
