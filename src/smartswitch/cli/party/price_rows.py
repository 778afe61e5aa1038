"""Reads the CSV of a `prices_file` as the tables that `prices` would hold.

The columns are those of `smartswitch rate --prices`, and `band`. A cell that is empty is a field that is not written.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from smartswitch.cli.party.fields import show
from smartswitch.cli.party.table import did_you_mean

COLUMNS = (
    "code", "price", "first_price", "connect_fee", "min", "increment", "free", "grace", "valid_from", "valid_to", "band",
)  # fmt: skip
WHOLE_NUMBER_COLUMNS = frozenset(("min", "increment", "free", "grace"))


class PriceRowsError(Exception):
    """A CSV that cannot be used as a whole; the message says why."""


def read_price_rows(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield each row as (place, fields); the place is the file and the line. Raises PriceRowsError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            _check_header(path.name, header)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    raise PriceRowsError(
                        f"{path.name} line {reader.line_num}: it has {len(cells)} cells, the header {len(header)}"
                    )
                yield f"{path.name} line {reader.line_num}", _fields_of(header, cells)
    except OSError as error:
        raise PriceRowsError(f"{path.name} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise PriceRowsError(f"{path.name} is not CSV in UTF-8: {error}") from error


def _check_header(file_name: str, header: list[str]) -> None:
    for name in header:
        if name not in COLUMNS:
            raise PriceRowsError(f"{file_name} line 1: there is no column {show(name)}{did_you_mean(name, COLUMNS)}")
    if len(set(header)) != len(header):
        raise PriceRowsError(f"{file_name} line 1: a column stands twice")
    for name in ("code", "price"):
        if name not in header:
            raise PriceRowsError(f"{file_name} line 1: the column {name} is missing")


def _fields_of(header: list[str], cells: list[str]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, cell in zip(header, cells, strict=True):
        if cell == "":
            continue
        is_whole = name in WHOLE_NUMBER_COLUMNS and cell.isascii() and cell.isdigit() and len(cell) < 10
        fields[name] = int(cell) if is_whole else cell
    return fields
