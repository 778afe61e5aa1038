"""Rating: what a call of so many seconds costs at one tariff (SCENARIO.md; docs/algorithms/rating.md).

cost = connect fee + first block at the first price + charged seconds of the rest at the price of the moment; tax is
added if the pack says so; the result is rounded once, by the pack's rule. Up to that rounding everything is an exact
fraction: a ``cost numerator`` counts units of 1 / (60 * 10^8 * 10^6) of the currency, so that a price per minute times
seconds (60), the scale of prices (10^8) and a tax in parts per million (10^6) are all whole numbers.
"""

from typing import NamedTuple

from smartswitch.core.money import AMOUNT_DECIMALS, AMOUNT_UNIT, PRICE_UNIT, divide
from smartswitch.core.pack import TAX_UNIT, IncrementFrom, Piece, Price, Tariff, TaxMode, Terms

SECONDS_PER_MINUTE = 60
COST_DENOMINATOR = SECONDS_PER_MINUTE * PRICE_UNIT * TAX_UNIT
"""A cost numerator divided by this is a number of currency units."""

_SCALES: tuple[int, ...] = tuple(10**decimals for decimals in range(AMOUNT_DECIMALS + 1))


class BandCost(NamedTuple):
    """The part of a call priced by one price: for "why this price". (A named tuple: one is made for every charge.)"""

    price: Price
    first_block_s: int
    charged_s: int
    connect_fee: int


class RatedCall(NamedTuple):
    """What a call costs at one level. ``amount`` and ``tax`` are 10^-6; tax is part of the amount.

    ``numerator`` is the exact cost before rounding, over COST_DENOMINATOR.
    """

    code: str
    billed_s: int
    amount: int
    tax: int
    numerator: int
    parts: tuple[BandCost, ...]


def billed_seconds(price: Price, increment_from: IncrementFrom, duration_s: int) -> tuple[int, int]:
    """Seconds that are charged for a call of whole seconds: (first block, rest).

    >>> price = Price(1, "44", 0, 0, min_s=25, increment_s=8)
    >>> billed_seconds(price, IncrementFrom.FIRST_BLOCK, 26)
    (25, 8)
    >>> billed_seconds(price, IncrementFrom.ZERO, 26)
    (25, 7)
    """
    if duration_s <= 0 or (price.grace_s is not None and duration_s <= price.grace_s):
        return 0, 0
    if increment_from is IncrementFrom.FIRST_BLOCK:
        rest = max(0, duration_s - price.min_s - price.free_s)
        return price.min_s, _round_up(rest, price.increment_s)
    whole = max(_round_up(duration_s, price.increment_s), price.min_s)
    return price.min_s, max(0, whole - price.min_s - price.free_s)


def _round_up(seconds: int, step: int) -> int:
    return -(-seconds // step) * step


def rate_call(tariff: Tariff, *, answered_at_ms: int, duration_s: int) -> RatedCall:
    """Price a call that was answered at a moment (UTC, ms since 1970) and lasted so many whole seconds.

    A call of 0 s costs nothing, and so does a call within the grace of the price in which it started.
    """
    pieces, terms = tariff.pieces, tariff.terms
    start = 0 if len(pieces) == 1 else _piece_at(pieces, answered_at_ms)
    price = pieces[start].price
    if duration_s <= 0 or (price.grace_s is not None and duration_s <= price.grace_s):
        return RatedCall(price.code, 0, 0, 0, 0, ())
    first_s, rest_s = billed_seconds(price, terms.increment_from, duration_s)
    if len(pieces) == 1:
        parts: tuple[BandCost, ...] = (BandCost(price, first_s, rest_s, price.connect_fee),)
        numerator = _numerator(price, first_s, rest_s)
    else:
        parts = _split_by_band(tariff, start, answered_at_ms, first_s, rest_s)
        numerator = sum(
            part.connect_fee * SECONDS_PER_MINUTE
            + part.first_block_s * part.price.first_price_per_minute
            + part.charged_s * part.price.price_per_minute
            for part in parts
        )
    tax_ppm = 0 if terms.tax_mode is TaxMode.NONE else terms.tax_ppm
    numerator = _with_tax(numerator, terms)
    amount = _rounded(numerator, terms)
    tax = divide(amount * tax_ppm, TAX_UNIT + tax_ppm, terms.rounding) if tax_ppm else 0
    return RatedCall(price.code, first_s + rest_s, amount, tax, numerator, parts)


def amount_of_call(tariff: Tariff, *, answered_at_ms: int, duration_s: int) -> int:
    """The amount that ``rate_call`` would give, without its explanation: four levels of each call ask for a hold."""
    pieces, terms = tariff.pieces, tariff.terms
    price = pieces[0].price
    if len(pieces) > 1 or duration_s <= 0 or (price.grace_s is not None and duration_s <= price.grace_s):
        return rate_call(tariff, answered_at_ms=answered_at_ms, duration_s=duration_s).amount
    first_s, rest_s = billed_seconds(price, terms.increment_from, duration_s)
    return _rounded(_with_tax(_numerator(price, first_s, rest_s), terms), terms)


def _numerator(price: Price, first_s: int, rest_s: int) -> int:
    """The cost in one band, before tax, over SECONDS_PER_MINUTE * PRICE_UNIT."""
    return (
        price.connect_fee * SECONDS_PER_MINUTE
        + first_s * price.first_price_per_minute
        + rest_s * price.price_per_minute
    )


def _with_tax(numerator: int, terms: Terms) -> int:
    """The same over COST_DENOMINATOR, with what the pack adds."""
    return numerator * (TAX_UNIT + terms.tax_ppm if terms.tax_mode is TaxMode.ADDED else TAX_UNIT)


def _rounded(numerator: int, terms: Terms) -> int:
    scale = _SCALES[terms.decimals]
    amount: int = divide(numerator, COST_DENOMINATOR // scale, terms.rounding) * (AMOUNT_UNIT // scale)
    return amount


def _piece_at(pieces: tuple[Piece, ...], at_ms: int) -> int:
    index = len(pieces) - 1
    while pieces[index].from_ms > at_ms:
        index -= 1
    return index


def _split_by_band(tariff: Tariff, start: int, answered_at_ms: int, first_s: int, rest_s: int) -> tuple[BandCost, ...]:
    """Give each band the charged seconds that begin in it; the first block belongs to the band of the answer.

    The rest is laid out in time after the first block and the free seconds, as the caller lives through it.
    """
    price = tariff.pieces[start].price
    cursor_ms = answered_at_ms + (first_s + (price.free_s if rest_s else 0)) * 1000
    parts: list[BandCost] = []
    remaining = rest_s
    index = start
    while remaining > 0 or not parts:
        is_last = index + 1 == len(tariff.pieces)
        if is_last:
            here = remaining
        else:
            room_ms = tariff.pieces[index + 1].from_ms - cursor_ms
            here = min(remaining, max(0, -(-room_ms // 1000)))
        is_first = index == start
        parts.append(
            BandCost(tariff.pieces[index].price, first_s if is_first else 0, here, price.connect_fee if is_first else 0)
        )
        cursor_ms += here * 1000
        remaining -= here
        index += 1
    return tuple(part for part in parts if part.charged_s or part.first_block_s or part.connect_fee) or (parts[0],)
