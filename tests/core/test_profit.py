"""No dealer sells below what he pays, unless he said that he may."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartswitch.core.pack import ALWAYS_MS, Piece, Tariff, TaxMode
from smartswitch.core.profit import Measure, ProfitControl, Trade, Violation, first_violation
from smartswitch.core.rating import rate_call

from .prices import NOON_MS, price, tariff, tariffs, terms

LOSS, EVEN, PROFIT = ProfitControl.ALLOW_LOSSES, ProfitControl.NO_LOSSES, ProfitControl.PROFIT_ONLY


def trade(control, income, outgo, *, dealer="d1", **rates):
    return Trade(dealer, control, income, outgo, **rates)


def check(*trades):
    return first_violation(trades, at_ms=NOON_MS)


@pytest.mark.parametrize(
    ("control", "income", "outgo", "measure"),
    [
        (LOSS, "0.01", "0.99", None),
        (EVEN, "0.05", "0.05", None),
        (EVEN, "0.05", "0.0500001", Measure.REFERENCE_CALL),
        (PROFIT, "0.05", "0.05", Measure.REFERENCE_CALL),
        (PROFIT, "0.0500001", "0.05", None),
        (EVEN, "-0.05", "-0.06", None),
    ],
)
def test_each_control_accepts_what_it_says(control, income, outgo, measure):
    found = check(trade(control, tariff(price(income)), tariff(price(outgo))))
    assert found == (None if measure is None else Violation(0, "d1", measure))


def test_a_dear_first_block_does_not_hide_a_loss_per_minute():
    sold, bought = tariff(price("0.04", first="0.10", min_s=60)), tariff(price("0.05"))
    assert check(trade(EVEN, sold, bought)) == Violation(0, "d1", Measure.PRICE_PER_MINUTE)


def test_a_fair_price_per_minute_does_not_hide_a_connect_fee():
    sold, bought = tariff(price("0.06")), tariff(price("0.05", fee="0.02"))
    assert check(trade(EVEN, sold, bought)) == Violation(0, "d1", Measure.REFERENCE_CALL)


def test_the_first_level_that_violates_is_named():
    good, even, bad = (tariff(price(text)) for text in ("0.06", "0.05", "0.04"))
    assert check(
        trade(PROFIT, good, even, dealer="d2"),
        trade(LOSS, even, good, dealer="d1"),
        trade(EVEN, bad, even, dealer="owner"),
    ) == Violation(2, "owner", Measure.REFERENCE_CALL)
    assert check() is None


def test_currencies_are_compared_in_one():
    sold, bought = tariff(price("0.05")), tariff(price("0.055"))
    assert check(trade(EVEN, sold, bought, income_rate=1_100_000_000)) is None
    assert check(trade(EVEN, sold, bought, income_rate=1_099_999_999)) is not None
    assert check(trade(PROFIT, sold, bought, income_rate=1_100_000_000)) is not None
    assert check(trade(EVEN, sold, bought, outgo_rate=900_000_000)) is None


@pytest.mark.parametrize(
    ("income_tax", "outgo_tax", "is_accepted"),
    [
        (TaxMode.NONE, TaxMode.NONE, True),
        (TaxMode.ADDED, TaxMode.ADDED, True),
        (TaxMode.ADDED, TaxMode.NONE, True),
        (TaxMode.NONE, TaxMode.ADDED, True),
        (TaxMode.INCLUDED, TaxMode.INCLUDED, True),
        (TaxMode.INCLUDED, TaxMode.NONE, False),
        (TaxMode.NONE, TaxMode.INCLUDED, True),
    ],
)
def test_tax_is_nobodys_profit(income_tax, outgo_tax, is_accepted):
    sold = tariff(price("0.05"), tax_mode=income_tax, tax_ppm=200_000)
    bought = tariff(price("0.05"), tax_mode=outgo_tax, tax_ppm=200_000)
    assert (check(trade(EVEN, sold, bought)) is None) == is_accepted


def test_the_band_of_the_start_counts():
    sold = tariff(price("0.05"))
    bought = Tariff(terms(), (Piece(ALWAYS_MS, price("0.09")), Piece(NOON_MS, price("0.04"))))
    assert check(trade(EVEN, sold, bought)) is None
    assert first_violation([trade(EVEN, sold, bought)], at_ms=NOON_MS - 70_000) is not None


@given(tariffs(), tariffs())
@settings(max_examples=50)
def test_no_losses_means_that_the_reference_call_earns_at_least_its_cost(income, outgo):
    found = check(trade(EVEN, income, outgo))
    income_untaxed = income.terms.tax_mode is TaxMode.NONE
    outgo_untaxed = outgo.terms.tax_mode is TaxMode.NONE
    if found is None and income_untaxed and outgo_untaxed:
        earned, paid = (rate_call(each, answered_at_ms=NOON_MS, duration_s=60).numerator for each in (income, outgo))
        assert earned >= paid
    if found is None:
        assert check(trade(LOSS, income, outgo)) is None
    else:
        assert check(trade(PROFIT, income, outgo)) is not None


@given(tariffs())
@settings(max_examples=30)
def test_a_tariff_against_itself_is_neither_loss_nor_profit(one):
    assert check(trade(EVEN, one, one)) is None
    assert check(trade(PROFIT, one, one)) == Violation(0, "d1", Measure.REFERENCE_CALL)


@given(tariffs(), st.integers(1, 10**9))
@settings(max_examples=30)
def test_an_equal_rate_on_both_sides_changes_nothing(one, rate):
    assert check(trade(EVEN, one, one, income_rate=rate, outgo_rate=rate)) is None
