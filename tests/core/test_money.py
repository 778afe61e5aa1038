"""How amounts and prices are read, written and rounded."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.money import (
    MoneyError,
    Rounding,
    divide,
    format_amount,
    format_price,
    parse_amount,
    parse_currency,
    parse_decimal,
    parse_price,
    parse_scaled,
)

from .naive_rater import naive_round


def test_amounts_and_prices_are_integers_of_their_own_scale():
    assert parse_amount("1.5") == 1_500_000
    assert parse_amount("-0.000001") == -1
    assert parse_price("0.02") == 2_000_000
    assert format_amount(-1) == "-0.000001"
    assert format_price(2_000_000) == "0.02"
    assert format_price(-300_000_000) == "-3"
    assert format_price(0) == "0"
    assert format_price(10_000_000_000) == "100"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "empty"),
        ("0,02", "not a comma"),
        ("1e3", "exponent"),
        ("1.5E-2", "exponent"),
        ("+1", "plus sign"),
        ("0.O2", "letter O"),
        (" 1", "spaces"),
        ("NaN", "not a decimal number"),
        ("inf", "not a decimal number"),
        ("٣", "not a decimal number"),
        ("1_000", "not a decimal number"),
        (".5", "not a decimal number"),
        ("5.", "not a decimal number"),
        ("0x10", "not a decimal number"),
        ("--1", "not a decimal number"),
        ("9" * 61, "60 digits"),
    ],
)
def test_what_is_no_plain_decimal_is_refused_with_a_hint(text, hint):
    with pytest.raises(MoneyError, match=hint):
        parse_decimal(text)


def test_a_number_that_the_scale_cannot_hold_is_refused():
    assert parse_scaled("1.50", decimals=1) == 15
    with pytest.raises(MoneyError, match="more than 6 decimals"):
        parse_amount("0.0000001")
    with pytest.raises(MoneyError, match="too large"):
        parse_amount("99999999999999")


@pytest.mark.parametrize("text", ["usd", "US", "USDT", "", "U5D", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(text):
    assert parse_currency("USD") == "USD"
    with pytest.raises(MoneyError):
        parse_currency(text)


@pytest.mark.parametrize(
    ("tenths", "up", "down", "half_up", "half_even"),
    [
        (25, 3, 2, 3, 2),
        (35, 4, 3, 4, 4),
        (-25, -3, -2, -3, -2),
        (-35, -4, -3, -4, -4),
        (21, 3, 2, 2, 2),
        (-29, -3, -2, -3, -3),
        (20, 2, 2, 2, 2),
        (0, 0, 0, 0, 0),
    ],
)
def test_rounding_rules_are_those_of_decimal_arithmetic(tenths, up, down, half_up, half_even):
    assert divide(tenths, 10, Rounding.UP) == up
    assert divide(tenths, 10, Rounding.DOWN) == down
    assert divide(tenths, 10, Rounding.HALF_UP) == half_up
    assert divide(tenths, 10, Rounding.HALF_EVEN) == half_even


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**9), st.sampled_from(Rounding))
def test_division_rounds_as_decimal_does(numerator, denominator, rounding):
    expected = naive_round(Fraction(numerator, denominator), decimals=0, rounding=rounding)
    assert divide(numerator, denominator, rounding) == expected


@given(st.integers(-(2**62), 2**62))
def test_what_is_written_is_read_again(value):
    assert parse_amount(format_amount(value)) == value
    assert parse_price(format_price(value)) == value
    assert Decimal(format_amount(value)) * 10**6 == value
