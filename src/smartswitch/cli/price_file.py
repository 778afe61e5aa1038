"""Price lists in CSV: read strictly, with every mistake named by file, line and column.

Prices may have any number of decimals. Rating is linear in prices, so all prices of a file are scaled by its finest one
(``decimals``) into integers, and only the final cost is divided: nothing is lost on the way.

Cells are trimmed of spaces. An empty cell of an optional column means its default. Whole lines that are empty are skipped.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from smartswitch.core.money import MoneyError, parse_decimal
from smartswitch.core.pack import ALWAYS_MS, IncrementFrom, Price, Tariff, Terms, flat_tariff
from smartswitch.core.pack_index import LONGEST_CODE, NEVER_MS, PackIndex, PriceRow

PRICE_COLUMNS = {
    "code": True, "price": True, "first_price": False, "connect_fee": False, "min": False, "increment": False,
    "free": False, "grace": False, "valid_from": False, "valid_to": False,
}  # fmt: skip
"""The columns of a price list: is it required?"""

LONGEST_PERIOD_S = 10**9
LONGEST_SHOWN = 60

_CODE = re.compile(r"[0-9]+", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)
Value = TypeVar("Value")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Decimals = tuple[int, int]
"""A decimal number as read: its digits as an integer, and how many of them are decimals."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """One mistake: where it is, and what to do. ``column`` None: the line as a whole."""

    file: str
    line: int
    column: str | None
    problem: str

    def __str__(self) -> str:
        column = f" column {self.column}:" if self.column else ""
        return f"{self.file}, line {self.line}:{column} {self.problem}"


class CellError(ValueError):
    """What is wrong with one cell, in words; whoever knows the place makes a FileFault of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table; ``cells`` has every column of the table, empty where the file lacks it."""

    number: int
    cells: Mapping[str, str]


class Table:
    """A CSV file with a header, in UTF-8 (a byte order mark is accepted). Faults are collected, never raised."""

    def __init__(self, path: Path, columns: Mapping[str, bool], faults: list[FileFault]) -> None:
        self._path = path
        self._columns = columns
        self._faults = faults

    def fault(self, line: int, column: str | None, problem: str) -> None:
        """Note a mistake in this file."""
        self._faults.append(FileFault(self._path.name, line, column, problem))

    def lines(self) -> Iterator[Line]:
        """Every row with as many cells as the header has; nothing if the header is wrong."""
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            try:
                header = self._header(next(reader, []), reader.line_num)
                if header is None:
                    return
                absent = dict.fromkeys(self._columns, "")
                start = reader.line_num + 1
                for row in reader:
                    if not all(map(str.isascii, row)) and any(map(_is_garbled, row)):
                        self.fault(start, None, "has bytes that are not UTF-8; save the file as UTF-8")
                    elif len(row) == len(header):
                        yield Line(start, absent | dict(zip(header, map(str.strip, row), strict=True)))
                    elif row and any(cell.strip() for cell in row):
                        self.fault(start, None, f"has {len(row)} cells, but the header has {len(header)}")
                    start = reader.line_num + 1
            except csv.Error as error:
                self.fault(max(1, reader.line_num), None, f"is not CSV: {error}; check the quotation marks")

    def _header(self, row: list[str], line: int) -> list[str] | None:
        header = [cell.strip() for cell in row]
        line = max(1, line)
        if not any(header):
            self.fault(line, None, f"needs a header with the columns {', '.join(self._columns)}")
            return None
        before = len(self._faults)
        if len(header) == 1 and re.search(r"[;\t|]", header[0]):
            self.fault(line, None, "is separated by something else; separate the columns by commas")
            return None
        for position, name in enumerate(header, 1):
            if name not in self._columns:
                near = get_close_matches(name.lower(), self._columns, n=1)
                hint = f"did you mean {near[0]}?" if near else f"the columns are {', '.join(self._columns)}"
                self.fault(line, shown(name) if name else f"number {position}", f"is unknown; {hint}")
            elif name in header[: position - 1]:
                self.fault(line, name, "occurs twice; leave one out")
        for name, is_required in self._columns.items():
            if is_required and name not in header:
                self.fault(line, name, "is missing; add it")
        return header if len(self._faults) == before else None


def _is_garbled(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)


def shown(text: str) -> str:
    """A cell as a message shows it: quoted, short, without control characters."""
    return (
        repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "...").encode("ascii", "replace").decode()
    )


def read_decimal(text: str) -> Decimals:
    """A decimal number with any number of decimals; CellError says what is wrong with another text."""
    if len(text) > LONGEST_SHOWN or not text.isascii():
        raise CellError(f"{shown(text)} is not a decimal number of at most {LONGEST_SHOWN} characters")
    try:
        return parse_decimal(text)
    except MoneyError as error:
        raise CellError(str(error)) from error


def read_period_s(text: str) -> int:
    """A whole number of seconds, not negative."""
    if _SECONDS.fullmatch(text) is None or int(text) > LONGEST_PERIOD_S:
        raise CellError(f"{shown(text)} is not a whole number of seconds from 0 to {LONGEST_PERIOD_S}")
    return int(text)


def read_moment_ms(text: str) -> int:
    """ISO 8601, a date alone is its midnight; without an offset it is UTC. In milliseconds since 1970."""
    try:
        moment = datetime.fromisoformat(text if text.isascii() else "")
    except ValueError:
        raise CellError(f"{shown(text)} is not a time in ISO 8601; write it as 2026-01-05T12:00:00Z") from None
    return moment_ms(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


def moment_ms(moment: datetime) -> int:
    """An aware moment in milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def read_code(text: str) -> str:
    """A prefix of 1 to 15 digits."""
    if _CODE.fullmatch(text) is None:
        hint = ": it is empty" if not text else "; write a zero for the letter O" if re.search("[oO]", text) else ""
        raise CellError(f"{shown(text)} is not a code; a code is digits only, without a plus sign{hint}")
    if len(text) > LONGEST_CODE:
        raise CellError(f"{shown(text)} has {len(text)} digits; a code has at most {LONGEST_CODE}")
    return text


@dataclass(frozen=True, slots=True)
class _PriceLine:
    """A price as read, not yet scaled."""

    code: str
    price: Decimals
    first_price: Decimals
    connect_fee: Decimals
    min_s: int
    increment_s: int
    free_s: int
    grace_s: int | None
    valid_from_ms: int
    valid_to_ms: int


class PriceFile:
    """A price list, ready to price calls. Its prices are integers of 10^-``decimals``."""

    def __init__(self, lines: list[_PriceLine], increment_from: IncrementFrom) -> None:
        self.decimals = max((number[1] for line in lines for number in _numbers(line)), default=0)
        self._terms = Terms(0, "price list", "XXX", increment_from=increment_from)
        self._lines = lines
        self._tariffs: dict[int, Tariff] = {}
        rows = (
            PriceRow(place, line.code, None, 0, 0, valid_from_ms=line.valid_from_ms, valid_to_ms=line.valid_to_ms)
            for place, line in enumerate(lines)
        )
        self._index = PackIndex.build(self._terms, None, rows)

    def find(self, number: str, at_ms: int) -> Tariff | None:
        """The price of the longest code in force, the newest among equals; None if there is none."""
        found = self._index.find(number, at_ms)
        return self._tariff(found.pieces[0].price.price_id) if found is not None else None

    def _tariff(self, place: int) -> Tariff:
        tariff = self._tariffs.get(place)
        if tariff is None:
            line = self._lines[place]
            price, first_price, connect_fee = (
                digits * 10 ** (self.decimals - found) for digits, found in _numbers(line)
            )
            tariff = flat_tariff(
                self._terms,
                Price(
                    place, line.code, price, first_price, connect_fee,
                    line.min_s, line.increment_s, line.free_s, line.grace_s,
                ),
            )  # fmt: skip
            self._tariffs[place] = tariff
        return tariff


def _numbers(line: _PriceLine) -> tuple[Decimals, Decimals, Decimals]:
    return line.price, line.first_price, line.connect_fee


def read_prices(path: Path, faults: list[FileFault], increment_from: IncrementFrom) -> PriceFile | None:
    """Read a price list; None if it has faults, all of which are then in ``faults``."""
    before = len(faults)
    table = Table(path, PRICE_COLUMNS, faults)
    lines: list[_PriceLine] = []
    seen: dict[tuple[str, int], int] = {}
    for line in table.lines():
        price = _read_price(line, table)
        if price is None:
            continue
        first = seen.setdefault((price.code, price.valid_from_ms), line.number)
        if first != line.number:
            table.fault(line.number, "code", f"code {price.code} already has a price from that moment in line {first}")
        lines.append(price)
    return PriceFile(lines, increment_from) if len(faults) == before else None


def _read_price(line: Line, table: Table) -> _PriceLine | None:
    is_good = True

    def cell(column: str, read: Callable[[str], Value], default: Value) -> Value:
        nonlocal is_good
        text = line.cells[column]
        if text == "" and not PRICE_COLUMNS[column]:
            return default
        try:
            return read(text)
        except CellError as error:
            is_good = False
            table.fault(line.number, column, str(error))
            return default

    code = cell("code", read_code, "")
    price = cell("price", read_decimal, (0, 0))
    read = _PriceLine(
        code=code,
        price=price,
        first_price=cell("first_price", read_decimal, price),
        connect_fee=cell("connect_fee", read_decimal, (0, 0)),
        min_s=cell("min", read_period_s, 1),
        increment_s=cell("increment", _read_increment_s, 1),
        free_s=cell("free", read_period_s, 0),
        grace_s=cell("grace", _read_grace_s, None),
        valid_from_ms=cell("valid_from", read_moment_ms, ALWAYS_MS),
        valid_to_ms=cell("valid_to", read_moment_ms, NEVER_MS),
    )
    if is_good and read.valid_to_ms <= read.valid_from_ms:
        table.fault(line.number, "valid_to", "is not after valid_from")
        is_good = False
    return read if is_good else None


def _read_increment_s(text: str) -> int:
    seconds = read_period_s(text)
    if seconds == 0:
        raise CellError("an increment is at least 1 second")
    return seconds


def _read_grace_s(text: str) -> int | None:
    return read_period_s(text)
