"""A second opinion on the price of a call, written from SCENARIO's words and not from ``core.rating``.

It lives through a call second by second with fractions, and rounds with ``decimal``. Slow and plain on purpose.
"""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction

from smartswitch.core.money import PRICE_UNIT, Rounding
from smartswitch.core.pack import IncrementFrom, Price, Tariff, TaxMode

DECIMAL_RULES = {
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
}


def price_at(tariff: Tariff, at_ms: int) -> Price:
    """The price of the last piece that has begun."""
    return [piece.price for piece in tariff.pieces if piece.from_ms <= at_ms][-1]


def length_laid_out_s(price: Price, increment_from: IncrementFrom, duration_s: int) -> int:
    """How many seconds the call takes on the meter: first block, free seconds and increments, one after the other."""
    if increment_from is IncrementFrom.ZERO:
        metered = 0
        while metered < duration_s:
            metered += price.increment_s
        return max(metered, price.min_s)
    metered = price.min_s
    if duration_s > price.min_s + price.free_s:
        metered += price.free_s
        while metered < duration_s:
            metered += price.increment_s
    return metered


def naive_cost(tariff: Tariff, *, answered_at_ms: int, duration_s: int) -> tuple[int, Fraction]:
    """Charged seconds, and the exact cost without rounding, in currency units."""
    start = price_at(tariff, answered_at_ms)
    if duration_s == 0 or (start.grace_s is not None and duration_s <= start.grace_s):
        return 0, Fraction(0)
    cost = Fraction(start.connect_fee, PRICE_UNIT)
    billed_s = 0
    for second in range(length_laid_out_s(start, tariff.terms.increment_from, duration_s)):
        if second < start.min_s:
            per_minute = start.first_price_per_minute
        elif second < start.min_s + start.free_s:
            continue
        else:
            per_minute = price_at(tariff, answered_at_ms + second * 1000).price_per_minute
        billed_s += 1
        cost += Fraction(per_minute, PRICE_UNIT * 60)
    if tariff.terms.tax_mode is TaxMode.ADDED:
        cost += cost * Fraction(tariff.terms.tax_ppm, 1_000_000)
    return billed_s, cost


def naive_round(value: Fraction, *, decimals: int, rounding: Rounding) -> Fraction:
    """Round in decimal arithmetic with room enough that no tie is missed or made."""
    with localcontext(prec=200):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return Fraction(exact.quantize(Decimal(1).scaleb(-decimals), rounding=DECIMAL_RULES[rounding]))


def naive_amount(tariff: Tariff, *, answered_at_ms: int, duration_s: int) -> int:
    """What the call costs after the pack's rounding, in 10^-6."""
    _, cost = naive_cost(tariff, answered_at_ms=answered_at_ms, duration_s=duration_s)
    rounded = naive_round(cost, decimals=tariff.terms.decimals, rounding=tariff.terms.rounding)
    return int(rounded * 1_000_000)
