"""Reads the packs of a party file: their terms, time bands and prices.

A price has the fields of PRICES.csv (`smartswitch rate --help`), and `band`, the name of one of the pack's time bands.
`prices_file` names such a CSV next to the TOML file; its rows are added to those of `prices`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from smartswitch.cli.party import fields
from smartswitch.cli.party.price_rows import PriceRowsError, read_price_rows
from smartswitch.cli.party.table import Complaints, Table, did_you_mean, tables_of
from smartswitch.cli.party.values import (
    AFTER_EVERYTHING,
    BEFORE_EVERYTHING,
    OWNER,
    BandRow,
    PackRow,
    PriceRow,
)
from smartswitch.core.money import AMOUNT_DECIMALS, Rounding
from smartswitch.core.pack import IncrementFrom, TaxMode

WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
LONGEST_BLOCK_S = 86_400

seconds = fields.whole(0, LONGEST_BLOCK_S)
increment_seconds = fields.whole(1, LONGEST_BLOCK_S)


def read_packs(complaints: Complaints, document: Mapping[str, object], directory: Path) -> tuple[PackRow, ...]:
    """Read every [[pack]]; `directory` is where a `prices_file` is looked for."""
    return tuple(_pack(complaints, table, directory) for table in tables_of(complaints, document, "pack"))


def _pack(complaints: Complaints, table: Table, directory: Path) -> PackRow:
    key = table.required("id", fields.key, "")
    tax_mode = table.optional("tax_mode", fields.member(TaxMode), None)
    tax_ppm = table.optional("tax", fields.percent_ppm, 0)
    if tax_mode not in (None, TaxMode.NONE) and not table.has("tax"):
        table.complain("tax_mode needs tax, the percentage in quotes")
    bands = tuple(_band(each) for each in table.tables("bands"))
    prices = [_price(each, bands) for each in table.tables("prices")]
    file_name = table.optional("prices_file", fields.text, None)
    if file_name is not None:
        prices += _prices_of_file(complaints, table, directory / file_name, bands)
    _complain_of_twins(table, prices)
    pack = PackRow(
        id=key,
        name=table.optional("name", fields.text, key),
        owner=table.optional("owner", fields.key, OWNER),
        currency=table.required("currency", fields.currency, "XXX"),
        decimals=table.optional("decimals", fields.whole(0, AMOUNT_DECIMALS), AMOUNT_DECIMALS),
        rounding=table.optional("rounding", fields.member(Rounding), Rounding.HALF_UP),
        increment_from=table.optional("increment_from", fields.member(IncrementFrom), IncrementFrom.FIRST_BLOCK),
        tax_mode=tax_mode or (TaxMode.ADDED if tax_ppm else TaxMode.NONE),
        tax_ppm=tax_ppm,
        time_zone=table.optional("time_zone", fields.time_zone, "UTC"),
        bands=bands,
        holidays=table.optional("holidays", fields.list_of(fields.day), no_days()),
        prices=tuple(prices),
    )
    table.close()
    return pack


def no_days() -> tuple[date, ...]:
    """The holidays of a pack that has none."""
    return ()


def _weekday(value: object) -> int:
    name = fields.text(value).lower()
    if name not in WEEKDAYS:
        raise fields.FieldError(f"{fields.show(value)} is not a day of the week; choose from {', '.join(WEEKDAYS)}")
    return WEEKDAYS[name]


def _band(table: Table) -> BandRow:
    row = BandRow(
        name=table.required("name", fields.key, ""),
        weekdays=table.optional("weekdays", fields.list_of(_weekday), EVERY_DAY),
        start_minute=table.optional("start", fields.minute_of_day, 0),
        end_minute=table.optional("end", fields.minute_of_day, 24 * 60),
        is_holiday=table.flag("holiday", default=False),
    )
    if row.end_minute <= row.start_minute:
        table.complain(
            "the end is not after the start; write a night as two bands of one name, until 24:00 and from 00:00"
        )
    table.close()
    return row


def _price(table: Table, bands: tuple[BandRow, ...]) -> PriceRow:
    price_per_minute = table.required("price", fields.price, 0)
    valid_from = table.optional("valid_from", fields.moment, BEFORE_EVERYTHING)
    row = PriceRow(
        code=table.required("code", fields.code, ""),
        price_per_minute=price_per_minute,
        first_price_per_minute=table.optional("first_price", fields.price, price_per_minute),
        connect_fee=table.optional("connect_fee", fields.price, 0),
        min_s=table.optional("min", seconds, 1),
        increment_s=table.optional("increment", increment_seconds, 1),
        free_s=table.optional("free", seconds, 0),
        grace_s=table.optional("grace", seconds, None),
        band=table.optional("band", fields.key, None),
        valid_from=valid_from,
        valid_to=table.optional("valid_to", fields.moment, AFTER_EVERYTHING),
        is_blocked=table.flag("blocked", default=False),
    )
    if row.valid_to <= row.valid_from:
        table.complain("valid_to is not after valid_from")
    names = {band.name for band in bands}
    if row.band is not None and row.band not in names:
        table.complain(f'band: "{row.band}" is not a band of this pack{did_you_mean(row.band, names)}')
    table.close()
    return row


def _prices_of_file(complaints: Complaints, table: Table, path: Path, bands: tuple[BandRow, ...]) -> list[PriceRow]:
    rows: list[PriceRow] = []
    try:
        for place, columns in read_price_rows(path):
            rows.append(_price(Table(complaints, f"{table.place}: {place}", columns), bands))
    except PriceRowsError as error:
        table.complain(f"prices_file: {error}")
    return rows


def _complain_of_twins(table: Table, prices: list[PriceRow]) -> None:
    """Two rows that are in force at one moment for one code and band would make the price a matter of luck."""
    known: dict[tuple[str, str | None, datetime], int] = {}
    for position, row in enumerate(prices, start=1):
        if not row.code:
            continue
        first = known.setdefault((row.code, row.band, row.valid_from), position)
        if first != position:
            table.complain(f'prices {position} "{row.code}": the same code stands at {first}; keep one of them')
