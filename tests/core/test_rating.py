"""What a call costs: the examples of the contract, then an independent rater, second by second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.money import MoneyError
from smartswitch.core.pack import ALWAYS_MS, IncrementFrom, Piece, Price, Tariff, TaxMode, Terms
from smartswitch.core.rating import COST_DENOMINATOR, BandCost, amount_of_call, billed_seconds, rate_call

from .naive_rater import naive_amount, naive_cost
from .prices import NOON_MS, price, prices, tariff, tariffs, terms

FIRST_BLOCK, ZERO = IncrementFrom.FIRST_BLOCK, IncrementFrom.ZERO


@pytest.mark.parametrize(
    ("increment_from", "min_s", "increment_s", "free_s", "duration_s", "billed"),
    [
        (FIRST_BLOCK, 25, 8, 0, 26, 33),
        (ZERO, 25, 8, 0, 26, 32),
        (ZERO, 10, 30, 0, 5, 30),
        (FIRST_BLOCK, 10, 30, 0, 5, 10),
        (FIRST_BLOCK, 60, 60, 0, 60, 60),
        (FIRST_BLOCK, 60, 60, 0, 61, 120),
        (FIRST_BLOCK, 1, 1, 0, 0, 0),
        (ZERO, 30, 6, 0, 0, 0),
        (FIRST_BLOCK, 0, 6, 0, 1, 6),
        (FIRST_BLOCK, 30, 6, 60, 90, 30),
        (FIRST_BLOCK, 30, 6, 60, 91, 36),
        (ZERO, 30, 6, 60, 91, 36),
    ],
)
def test_billed_seconds(increment_from, min_s, increment_s, free_s, duration_s, billed):
    of = price(min_s=min_s, increment_s=increment_s, free_s=free_s)
    assert sum(billed_seconds(of, increment_from, duration_s)) == billed
    assert (
        rate_call(tariff(of, increment_from=increment_from), answered_at_ms=0, duration_s=duration_s).billed_s == billed
    )


def test_fee_first_block_and_rest_have_their_own_prices():
    of = price("0.06", first="0.12", fee="0.1", min_s=30, increment_s=6)
    rated = rate_call(tariff(of), answered_at_ms=0, duration_s=60)
    assert rated.amount == 100_000 + 60_000 + 30_000
    assert rated.parts == (BandCost(of, 30, 30, 10_000_000),)
    assert rated.numerator * 100 == 19 * COST_DENOMINATOR


def test_a_call_within_the_grace_costs_nothing_and_one_second_more_costs_everything():
    of = price("0.06", fee="1", grace_s=5)
    assert rate_call(tariff(of), answered_at_ms=0, duration_s=5).amount == 0
    assert rate_call(tariff(of), answered_at_ms=0, duration_s=6).amount == 1_006_000


def test_a_call_of_no_length_costs_nothing_whatever_the_fee():
    rated = rate_call(tariff(price(fee="1")), answered_at_ms=0, duration_s=0)
    assert (rated.amount, rated.billed_s, rated.parts) == (0, 0, ())


def test_an_answered_call_pays_the_fee_even_if_no_second_is_charged():
    of = price("0.06", fee="1", min_s=0, free_s=60)
    rated = rate_call(tariff(of), answered_at_ms=0, duration_s=10)
    assert (rated.amount, rated.billed_s) == (1_000_000, 0)


@pytest.mark.parametrize(
    ("mode", "amount", "tax"),
    [(TaxMode.NONE, 60_000, 0), (TaxMode.ADDED, 72_000, 12_000), (TaxMode.INCLUDED, 60_000, 10_000)],
)
def test_tax_is_added_or_taken_from_what_is_there(mode, amount, tax):
    rated = rate_call(tariff(tax_mode=mode, tax_ppm=200_000), answered_at_ms=0, duration_s=60)
    assert (rated.amount, rated.tax) == (amount, tax)


def test_a_negative_price_pays_the_caller():
    assert rate_call(tariff(price("-0.06")), answered_at_ms=0, duration_s=60).amount == -60_000


def test_the_first_block_belongs_to_the_band_of_the_answer_and_the_rest_to_the_band_of_each_second():
    day, evening = price("0.60", fee="0.1", min_s=30), price("0.06")
    bands = Tariff(terms(), (Piece(ALWAYS_MS, day), Piece(NOON_MS + 40_000, evening)))
    rated = rate_call(bands, answered_at_ms=NOON_MS, duration_s=60)
    assert rated.parts == (BandCost(day, 30, 10, 10_000_000), BandCost(evening, 0, 20, 0))
    assert rated.amount == 100_000 + 300_000 + 100_000 + 20_000


def test_a_second_belongs_to_the_band_in_which_it_begins():
    day, evening = price("0.60", min_s=0), price("0.06", min_s=0)
    bands = Tariff(terms(), (Piece(ALWAYS_MS, day), Piece(NOON_MS + 1, evening)))
    assert [part.charged_s for part in rate_call(bands, answered_at_ms=NOON_MS, duration_s=3).parts] == [1, 2]


@given(tariffs(), st.integers(0, 300), st.integers(-10_000, 250_000))
def test_rating_agrees_with_an_independent_rater(of, duration_s, after_ms):
    rated = rate_call(of, answered_at_ms=NOON_MS + after_ms, duration_s=duration_s)
    billed_s, cost = naive_cost(of, answered_at_ms=NOON_MS + after_ms, duration_s=duration_s)
    assert rated.billed_s == billed_s
    assert rated.numerator == cost * COST_DENOMINATOR
    assert rated.amount == naive_amount(of, answered_at_ms=NOON_MS + after_ms, duration_s=duration_s)
    assert sum(part.first_block_s + part.charged_s for part in rated.parts) == billed_s
    assert 0 <= abs(rated.tax) <= abs(rated.amount)


@given(tariffs(), st.integers(0, 300), st.integers(-10_000, 250_000))
def test_the_amount_alone_is_that_of_the_rating(of, duration_s, after_ms):
    at_ms = NOON_MS + after_ms

    rated = rate_call(of, answered_at_ms=at_ms, duration_s=duration_s)

    assert amount_of_call(of, answered_at_ms=at_ms, duration_s=duration_s) == rated.amount


@given(tariffs(lowest=0), st.integers(0, 300), st.integers(0, 300))
def test_without_negative_prices_a_longer_call_never_costs_less(of, first_s, second_s):
    shorter, longer = sorted((first_s, second_s))
    assert (
        rate_call(of, answered_at_ms=NOON_MS, duration_s=shorter).amount
        <= rate_call(of, answered_at_ms=NOON_MS, duration_s=longer).amount
    )


@given(prices(), st.integers(0, 10_000))
def test_billed_time_covers_the_call_or_is_free_by_name(of, duration_s):
    first_s, rest_s = billed_seconds(of, FIRST_BLOCK, duration_s)
    if duration_s and not (of.grace_s is not None and duration_s <= of.grace_s):
        assert first_s + of.free_s + rest_s >= duration_s
    assert rest_s % of.increment_s == 0


def test_a_price_or_pack_that_makes_no_sense_is_refused():
    with pytest.raises(MoneyError, match="increment must be at least 1 s"):
        Price(1, "44", 1, 1, increment_s=0)
    with pytest.raises(MoneyError, match="code 44: min, free and grace must not be negative"):
        Price(1, "44", 1, 1, grace_s=-1)
    with pytest.raises(MoneyError, match="decimals"):
        Terms(1, "p", "USD", decimals=7)
    with pytest.raises(MoneyError, match="tax"):
        Terms(1, "p", "USD", tax_ppm=1_000_001)
    with pytest.raises(ValueError, match="pieces"):
        Tariff(terms(), (Piece(5, price()),))
    with pytest.raises(ValueError, match="pieces"):
        Tariff(terms(), (Piece(ALWAYS_MS, price()), Piece(5, price()), Piece(5, price())))
    with pytest.raises(ValueError, match="at least one piece"):
        Tariff(terms(), ())
