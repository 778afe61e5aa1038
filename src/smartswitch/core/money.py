"""Money: the one place that knows how amounts and prices are written, scaled and rounded.

An *amount* is an integer of 10^-6 of a currency unit (``1_500_000`` is 1.5). A *price per minute* is an integer of
10^-8 of a currency unit. Nothing else in the system scales, parses or rounds money, and no binary floating point is
used anywhere. The rounding rules have the meaning they have in decimal arithmetic (IEEE 754-2008, 4.3): ``up`` is away
from zero, ``down`` is towards zero, ``half-up`` sends ties away from zero and ``half-even`` sends them to the even
neighbour.
"""

import re
from enum import Enum

from smartswitch.core.sentence import Sentence, SpokenError, say

AMOUNT_DECIMALS = 6
PRICE_DECIMALS = 8
AMOUNT_UNIT = 10**AMOUNT_DECIMALS
PRICE_UNIT = 10**PRICE_DECIMALS

MAX_AMOUNT = 2**62
"""The largest amount or price, in its own unit, that a column of the database may hold with room for a sum."""

MOST_DIGITS = 60
"""The most digits that are read: more than any amount has."""

_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class Rounding(Enum):
    """How the cost of a call is brought to the decimals of its pack."""

    UP = "up"
    DOWN = "down"
    HALF_UP = "half-up"
    HALF_EVEN = "half-even"


class MoneyError(SpokenError):
    """A text that is not a decimal number, or a number that the scale cannot hold exactly."""


def parse_decimal(text: str) -> tuple[int, int]:
    """Read plain decimal notation exactly: ``"-0.0125"`` gives ``(-125, 4)``, the digits and the count of decimals.

    Raises MoneyError for everything else, and says what is wrong: a comma, an exponent, a letter, an empty text.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise MoneyError(_no_number(text))
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if len(whole) + len(fraction) > MOST_DIGITS:
        raise MoneyError(say("the number has more than %(most)s digits", most=MOST_DIGITS))
    digits = int(whole + fraction)
    return (-digits if sign else digits), len(fraction)


def _no_number(text: str) -> Sentence:
    if text == "":
        return say("'' is not a decimal number: it is empty")
    if "," in text:
        return say("'%(text)s' is not a decimal number; write a point, not a comma", text=text)
    if re.fullmatch(r"-?[0-9.]+[eE][+-]?[0-9]+", text):
        return say("'%(text)s' is not a decimal number; write it without an exponent", text=text)
    if text.startswith("+"):
        return say("'%(text)s' is not a decimal number; write it without a plus sign", text=text)
    if re.fullmatch(r"-?[0-9oO.]+", text) and re.search("[oO]", text):
        return say("'%(text)s' is not a decimal number; it has the letter O where a zero is meant", text=text)
    if text != text.strip():
        return say("'%(text)s' is not a decimal number; it has spaces around it", text=text)
    return say("'%(text)s' is not a decimal number", text=text)


def parse_scaled(text: str, *, decimals: int) -> int:
    """Read a decimal number as an integer of 10^-decimals; raise MoneyError if it has more decimals than that."""
    digits, found = parse_decimal(text)
    if found > decimals:
        surplus: int = 10 ** (found - decimals)
        if digits % surplus:
            raise MoneyError(say("'%(text)s' has more than %(decimals)s decimals", text=text, decimals=decimals))
        value = digits // surplus
    else:
        value = digits * int(10 ** (decimals - found))
    if abs(value) > MAX_AMOUNT:
        raise MoneyError(say("'%(text)s' is too large", text=text))
    return value


def parse_amount(text: str) -> int:
    """Read an amount: ``"1.5"`` gives ``1_500_000`` (10^-6 of a currency unit)."""
    return parse_scaled(text, decimals=AMOUNT_DECIMALS)


def parse_price(text: str) -> int:
    """Read a price per minute: ``"0.02"`` gives ``2_000_000`` (10^-8 of a currency unit per minute)."""
    return parse_scaled(text, decimals=PRICE_DECIMALS)


def format_scaled(value: int, *, decimals: int) -> str:
    """Write an integer of 10^-decimals as plain decimal notation with exactly so many decimals."""
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), 10**decimals)
    return f"{sign}{whole}.{fraction:0{decimals}d}" if decimals else f"{sign}{whole}"


def format_amount(amount: int) -> str:
    """Write an amount with its six decimals: ``1_500_000`` gives ``"1.500000"``."""
    return format_scaled(amount, decimals=AMOUNT_DECIMALS)


def format_price(price: int) -> str:
    """Write a price per minute without needless zeros: ``2_000_000`` gives ``"0.02"``."""
    text = format_scaled(price, decimals=PRICE_DECIMALS)
    return text.rstrip("0").rstrip(".")


def parse_currency(text: str) -> str:
    """Read an ISO 4217 code: three capital letters."""
    if _CURRENCY.fullmatch(text) is None:
        raise MoneyError(say("'%(text)s' is not a currency code of three capital letters, as in USD", text=text))
    return text


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Divide integers and round the quotient to an integer by the named rule; the denominator is positive."""
    if rounding is Rounding.HALF_UP and numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    quotient, remainder = divmod(abs(numerator), denominator)
    if remainder:
        twice = 2 * remainder
        if (
            rounding is Rounding.UP
            or (rounding is Rounding.HALF_UP and twice >= denominator)
            or (rounding is Rounding.HALF_EVEN and (twice > denominator or (twice == denominator and quotient % 2)))
        ):
            quotient += 1
    return -quotient if numerator < 0 else quotient
