"""`smartswitch rate`: price a list of calls from CSV files. Its inputs and outputs are a public contract.

All calls are priced before anything is printed (they wait in a temporary file), so that a mistake in the last row leaves no
half of a result: every mistake of both files goes to stderr and the exit status is 2.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

import click

from smartswitch.cli.price_file import (
    CellError,
    FileFault,
    PriceFile,
    Table,
    moment_ms,
    read_decimal,
    read_moment_ms,
    read_prices,
    shown,
)
from smartswitch.core.money import Rounding, divide, format_scaled
from smartswitch.core.pack import TAX_UNIT, IncrementFrom
from smartswitch.core.rating import SECONDS_PER_MINUTE, rate_call
from smartswitch.runtime.clock import SystemClock

CALL_COLUMNS = {"id": True, "number": True, "seconds": True, "at": False}
"""The columns of a list of calls: is it required?"""

RESULT_COLUMNS = ("id", "code", "billed_s", "cost", "error")
NO_PRICE = "no_price"
ENDLESS_DECIMALS = 20
"""A cost without an end (a third of a cent) is written with so many decimals, half-even, if none are asked for."""
MOST_DECIMALS = 100
LONGEST_CALL_S = 10**9
SPOOL_IN_MEMORY_BYTES = 16_000_000
CHUNK_CHARACTERS = 1_000_000

_NUMBER = re.compile(r"\+?([0-9]{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the list of calls."""

    call_id: str
    number: str
    duration_s: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class PricedCall:
    """One row of the result; the last fields are None where there is no price."""

    call_id: str
    code: str | None = None
    billed_s: int | None = None
    cost: str | None = None

    @property
    def row(self) -> tuple[str | int | None, ...]:
        """The values of RESULT_COLUMNS."""
        return self.call_id, self.code, self.billed_s, self.cost, NO_PRICE if self.cost is None else None


@click.command(epilog="Example: smartswitch rate --prices prices.csv --calls calls.csv --decimals 4 --rounding up")
@click.option("--prices", "prices_path", required=True, help="Price list (CSV).", type=click.Path(
    exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--calls", "calls_path", required=True, help="List of calls (CSV).", type=click.Path(
    exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--decimals", type=click.IntRange(0, MOST_DECIMALS), help="Round each cost, once; default: exact.")
@click.option(
    "--rounding",
    type=click.Choice([rounding.value for rounding in Rounding]),
    default=Rounding.HALF_UP.value,
    show_default=True,
    help="How to round to --decimals.",
)
@click.option(
    "--increment-from",
    type=click.Choice([increment_from.value for increment_from in IncrementFrom]),
    default=IncrementFrom.FIRST_BLOCK.value,
    show_default=True,
    help="What is rounded up to whole increments: what follows the first block, or the whole call.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of objects instead of CSV.")
def rate(
    *, prices_path: Path, calls_path: Path, decimals: int | None, rounding: str, increment_from: str, as_json: bool
) -> None:
    """Price a list of calls.

    \b
    PRICES.csv: code, price per minute; and, if wanted, first_price, connect_fee,
                min, increment, free, grace (seconds), valid_from, valid_to.
    CALLS.csv:  id, number, seconds; and, if wanted, at (ISO 8601; default now).

    Prints id, code, billed_s, cost and error for each call. A number without a price has the error no_price. If a row
    cannot be read, every such row is named on stderr, nothing is printed, and the exit status is 2.
    """
    now_ms = moment_ms(SystemClock().now())
    faults: list[FileFault] = []
    price_file = read_prices(prices_path, faults, IncrementFrom(increment_from))
    with SpooledTemporaryFile(SPOOL_IN_MEMORY_BYTES, mode="w+", encoding="utf-8", newline="") as spool:
        output: Output = JsonOutput(spool) if as_json else CsvOutput(spool)
        for call in read_calls(calls_path, faults, now_ms):
            if price_file is not None and not faults:
                output.write(price_call(price_file, call, decimals=decimals, rounding=Rounding(rounding)))
        if faults:
            for fault in faults:
                click.echo(str(fault), err=True)
            sys.exit(2)
        output.finish()
        spool.seek(0)
        while chunk := spool.read(CHUNK_CHARACTERS):
            sys.stdout.buffer.write(chunk.encode())
        sys.stdout.buffer.flush()


def read_calls(path: Path, faults: list[FileFault], now_ms: int) -> Iterator[Call]:
    """The good rows of a list of calls; the bad ones go to ``faults``."""
    table = Table(path, CALL_COLUMNS, faults)
    for line in table.lines():
        before = len(faults)
        cells = line.cells
        number, duration_s, at_ms = "", 0, now_ms
        if cells["id"] == "":
            table.fault(line.number, "id", "is empty; give each call a name")
        try:
            number = _read_number(cells["number"])
        except CellError as error:
            table.fault(line.number, "number", str(error))
        try:
            duration_s = _read_duration_s(cells["seconds"])
        except CellError as error:
            table.fault(line.number, "seconds", str(error))
        try:
            at_ms = read_moment_ms(cells["at"]) if cells["at"] else now_ms
        except CellError as error:
            table.fault(line.number, "at", str(error))
        if len(faults) == before:
            yield Call(cells["id"], number, duration_s, at_ms)


def _read_number(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise CellError(f"{shown(text)} is not a number; write 1 to 15 digits, with or without a plus sign before them")
    return match.group(1)


def _read_duration_s(text: str) -> int:
    digits, decimals = read_decimal(text)
    seconds: int = -(-digits // 10**decimals)
    if digits < 0 or seconds > LONGEST_CALL_S:
        raise CellError(f"{shown(text)} is not a length of call from 0 to {LONGEST_CALL_S} seconds")
    return seconds


def price_call(price_file: PriceFile, call: Call, *, decimals: int | None, rounding: Rounding) -> PricedCall:
    """Price one call; without ``decimals`` exactly."""
    tariff = price_file.find(call.number, call.at_ms)
    if tariff is None:
        return PricedCall(call.call_id)
    rated = rate_call(tariff, answered_at_ms=call.at_ms, duration_s=call.duration_s)
    numerator = rated.numerator // TAX_UNIT
    if decimals is None:
        cost = format_exact(numerator, decimals=price_file.decimals)
    else:
        denominator: int = SECONDS_PER_MINUTE * 10**price_file.decimals
        cost = format_scaled(divide(numerator * 10**decimals, denominator, rounding), decimals=decimals)
    return PricedCall(call.call_id, rated.code, rated.billed_s, cost)


def format_exact(numerator: int, *, decimals: int) -> str:
    """Write numerator / (60 * 10^decimals) without needless zeros: exactly if it ends, else with ENDLESS_DECIMALS.

    >>> format_exact(90, decimals=0), format_exact(1, decimals=0)
    ('1.5', '0.01666666666666666667')
    """
    thirds, is_endless = divmod(numerator, 3)
    if is_endless:
        scale = max(ENDLESS_DECIMALS, decimals + 2)
        value = divide(numerator * 10**scale, SECONDS_PER_MINUTE * 10**decimals, Rounding.HALF_EVEN)
    else:
        scale = decimals + 2
        value = thirds * 5
    text = format_scaled(value, decimals=scale)
    return text.rstrip("0").rstrip(".")


class Output(Protocol):
    """Where results go."""

    def write(self, priced: PricedCall) -> None:
        """Add one row."""

    def finish(self) -> None:
        """Write what follows the last row."""


class CsvOutput:
    """RFC 4180, with line ends of one LF as command-line tools expect."""

    def __init__(self, stream: IO[str]) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._writer.writerow(RESULT_COLUMNS)

    def write(self, priced: PricedCall) -> None:
        """Add one row."""
        self._writer.writerow(priced.row)

    def finish(self) -> None:
        """Nothing follows the last row."""


class JsonOutput:
    """A list with one object on each line."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._separator = "["

    def write(self, priced: PricedCall) -> None:
        """Add one object."""
        self._stream.write(f"{self._separator}\n" + json.dumps(dict(zip(RESULT_COLUMNS, priced.row, strict=True))))
        self._separator = ","

    def finish(self) -> None:
        """Close the list."""
        self._stream.write("\n]\n" if self._separator == "," else "[]\n")


if __name__ == "__main__":
    rate()
