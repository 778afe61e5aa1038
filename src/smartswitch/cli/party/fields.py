"""Reads one value of a party file: from what TOML holds to our own value, or a FieldError that says what to write.

Rule: nothing is guessed. An amount is text or a whole number, because a TOML fraction is binary floating point to every
other reader of the file and 0.1 would not be 0.1; times after the start may be fractions, since they are read here from
their digits.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import TypeVar
from zoneinfo import ZoneInfo

from smartswitch.core.money import AMOUNT_DECIMALS, PRICE_DECIMALS, MoneyError, parse_currency, parse_scaled

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

KEY_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", re.ASCII)
CODE_SHAPE = re.compile(r"[0-9]{1,15}", re.ASCII)
NUMBER_SHAPE = re.compile(r"\+?([1-9][0-9]{2,14})", re.ASCII)
HOST_SHAPE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?", re.ASCII)
EXTENSION_SHAPE = re.compile(r"[0-9]{2,10}", re.ASCII)
LONGEST_TEXT_CHARACTERS = 200
LONGEST_SHOWN_CHARACTERS = 60
LONGEST_DAYS_MS = 366 * 86_400_000
MILLISECOND_DECIMALS = 3
RATE_DECIMALS = 9
PERCENT_PPM_DECIMALS = 4
"""A percentage with four decimals is a whole number of parts per million."""


class FieldError(ValueError):
    """A value that cannot be used; the message says what it is and what to write instead."""


class Fraction(str):
    """A TOML float, kept as the digits that stand in the file."""

    __slots__ = ()


def text(value: object) -> str:
    """Read a text of one line that is not empty."""
    if not isinstance(value, str) or isinstance(value, Fraction):
        raise FieldError(f"{show(value)} is not text; write it in quotes")
    if not value.strip():
        raise FieldError("it is empty")
    if len(value) > LONGEST_TEXT_CHARACTERS:
        raise FieldError(f"it is longer than {LONGEST_TEXT_CHARACTERS} characters")
    if not value.isprintable():
        raise FieldError(f"{show(value)} has a character that cannot be printed")
    return value


def key(value: object) -> str:
    """Read an id: what people write to name a party, a pack or a class."""
    name = text(value)
    if KEY_SHAPE.fullmatch(name) is None:
        raise FieldError(
            f"{show(name)} is not an id; use up to 64 letters, digits and . _ @ -, and begin with a letter or a digit"
        )
    return name


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise FieldError(f"{show(value)} is neither true nor false (without quotes)")
    return value


def whole(least: int, most: int) -> Callable[[object], int]:
    """Return a reader of whole numbers from `least` to `most`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise FieldError(f"{show(value)} is not a whole number (without quotes)")
        if not least <= value <= most:
            raise FieldError(f"{value} is not from {least} to {most}")
        return value

    return read


def choice(*names: str) -> Callable[[object], str]:
    """Return a reader of one of some words."""

    def read(value: object) -> str:
        if value not in names:
            raise FieldError(f"{show(value)} is unknown; choose one of {', '.join(names)}")
        return str(value)

    return read


def member(kind: type[E]) -> Callable[[object], E]:
    """Return a reader of the value of an enumeration."""
    read_name = choice(*(str(each.value) for each in kind))
    return lambda value: kind(read_name(value))


def list_of(read_item: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """Return a reader of a list; an error names the item, counted from 1."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise FieldError(f"{show(value)} is not a list; write it in brackets, as in [ ... ]")
        items = []
        for position, item in enumerate(value, start=1):
            try:
                items.append(read_item(item))
            except FieldError as error:
                raise FieldError(f"item {position}: {error}") from error
        return tuple(items)

    return read


def _scaled(value: object, decimals: int) -> int:
    if isinstance(value, Fraction):
        raise FieldError(f'{value} is a binary fraction, which is never exact; write it in quotes: "{value}"')
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise FieldError(f'{show(value)} is not a number in quotes, as in "1.5"')
    try:
        return parse_scaled(str(value), decimals=decimals)
    except MoneyError as error:
        raise FieldError(str(error)) from error


def amount(value: object) -> int:
    """Read an amount (10^-6)."""
    return _scaled(value, AMOUNT_DECIMALS)


def nonzero_amount(value: object) -> int:
    """Read an amount (10^-6) that moves something."""
    found = amount(value)
    if found == 0:
        raise FieldError("0 moves nothing; write an amount, negative to take it off")
    return found


def credit_limit(value: object) -> int | None:
    """Read a credit limit (10^-6); "unlimited" is None."""
    if value == "unlimited":
        return None
    try:
        found = amount(value)
    except FieldError as error:
        raise FieldError(f'{error}; or write "unlimited"') from error
    if found < 0:
        raise FieldError(f'{value} is negative; a limit of "5" lets the balance go down to -5')
    return found


def price(value: object) -> int:
    """Read a price per minute, or a fee (10^-8); it may be negative."""
    return _scaled(value, PRICE_DECIMALS)


def exchange_rate(value: object) -> int:
    """Read an exchange rate (10^-9)."""
    found = _scaled(value, RATE_DECIMALS)
    if found <= 0:
        raise FieldError("an exchange rate is more than 0")
    return found


def percent_ppm(value: object) -> int:
    """Read a percentage as parts per million."""
    found = _scaled(value, PERCENT_PPM_DECIMALS)
    if not 0 <= found <= 1_000_000:
        raise FieldError(f"{value} % is not from 0 to 100")
    return found


def currency(value: object) -> str:
    """Read an ISO 4217 code."""
    try:
        return parse_currency(text(value))
    except MoneyError as error:
        raise FieldError(str(error)) from error


def code(value: object) -> str:
    """Read a code: the first digits of a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise FieldError(f'{value} is a number; write the code in quotes: "{value}"')
    found = text(value)
    if CODE_SHAPE.fullmatch(found) is None:
        raise FieldError(f"{show(found)} is not a code of 1 to 15 digits, without + or spaces")
    return found


def route_code(value: object) -> str:
    """Read the code of a route; an empty one takes every number."""
    return "" if value == "" else code(value)


def number(value: object) -> str:
    """Read a telephone number in international form as its digits."""
    match = NUMBER_SHAPE.fullmatch(text(value))
    if match is None:
        raise FieldError(f"{show(value)} is not a number of 3 to 15 digits in international form")
    return match.group(1)


def extension(value: object) -> str:
    """Read the short number of a user inside his dealer."""
    found = text(value)
    if EXTENSION_SHAPE.fullmatch(found) is None:
        raise FieldError(f"{show(found)} is not an extension of 2 to 10 digits")
    return found


def after_start_ms(value: object) -> int:
    """Read seconds after the start of the case as milliseconds; a fraction is read from its digits."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise FieldError(f"{show(value)} is not a number of seconds (without quotes)")
    try:
        found = parse_scaled(str(value).replace("_", ""), decimals=MILLISECOND_DECIMALS)
    except MoneyError as error:
        raise FieldError(f"{error}; a moment is seconds, with at most three decimals") from error
    if found < 0:
        raise FieldError(f"{value} is before the start of the case")
    if found > LONGEST_DAYS_MS:
        raise FieldError(f"{value} s is more than a year after the start of the case")
    return found


def moment(value: object) -> datetime:
    """Read a moment with its time zone, in UTC: a TOML date-time, or ISO 8601 in quotes."""
    found = value
    if isinstance(found, str) and not isinstance(found, Fraction):
        try:
            found = datetime.fromisoformat(found)
        except ValueError as error:
            raise FieldError(f"{show(value)} is not a moment, as in 2026-01-05T12:00:00Z") from error
    if not isinstance(found, datetime):
        raise FieldError(f"{show(value)} is not a moment, as in 2026-01-05T12:00:00Z")
    if found.tzinfo is None:
        raise FieldError(f"{found.isoformat()} has no time zone; write Z at its end for UTC")
    return found.astimezone(UTC)


def day(value: object) -> date:
    """Read a day: a TOML date, or ISO 8601 in quotes."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(text(value))
    except ValueError as error:
        raise FieldError(f"{show(value)} is not a day, as in 2026-01-01") from error


def minute_of_day(value: object) -> int:
    """Read "HH:MM" as minutes after midnight; "24:00" is the end of the day."""
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text(value), re.ASCII)
    if match is None:
        raise FieldError(f'{show(value)} is not a time of day, as in "08:30"')
    minute = int(match.group(1)) * 60 + int(match.group(2))
    if int(match.group(2)) > 59 or minute > 24 * 60:
        raise FieldError(f'{show(value)} is not a time of day from "00:00" to "24:00"')
    return minute


def time_zone(value: object) -> str:
    """Read the name of a time zone of the IANA database."""
    name = text(value)
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise FieldError(f"{show(name)} is not a time zone; write one as in Europe/London") from error
    return name


def network(value: object) -> str:
    """Read an address or a network in CIDR notation."""
    try:
        return str(ipaddress.ip_network(text(value), strict=True))
    except ValueError as error:
        raise FieldError(f"{show(value)} is not an address or a network, as in 192.0.2.0/24: {error}") from error


def replacement(value: object) -> str:
    """Read what a pattern is replaced by; nothing takes the match away."""
    return "" if value == "" else text(value)


def host(value: object) -> str:
    """Read a host name or an address."""
    found = text(value)
    if HOST_SHAPE.fullmatch(found) is None:
        raise FieldError(f"{show(found)} is not a host name or an address (the port is a field of its own)")
    return found


def show(value: object) -> str:
    """Write a value of the file so that a person knows it again."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        short = value if len(value) <= LONGEST_SHOWN_CHARACTERS else f"{value[:LONGEST_SHOWN_CHARACTERS]}..."
        return '"' + "".join(each if each.isprintable() else repr(each)[1:-1] for each in short) + '"'
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value)
