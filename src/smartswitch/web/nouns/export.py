"""Tables as files: CSV and XLSX, with the columns and rows that the page shows, all pages of them.

A cell that a spreadsheet would take for a formula is written so that it is text: in CSV behind an apostrophe, as OWASP
advises ("CSV Injection"); in XLSX as a string cell, which is never evaluated. Amounts and prices are plain decimals.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

from smartswitch.core.money import AMOUNT_DECIMALS, PRICE_DECIMALS, format_scaled
from smartswitch.web.nouns.noun import Column, Kind

MOST_ROWS = 100_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads a CSV file in the encoding of the country."""
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 500


def csv_file(name: str, columns: tuple[Column, ...], rows: Iterable[Any]) -> StreamingHttpResponse:
    """The rows as comma-separated values, sent while they are read."""
    texts = list(_csv_lines(columns, rows))
    response = StreamingHttpResponse(iter(texts), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_file(name: str, columns: tuple[Column, ...], rows: Iterable[Any]) -> HttpResponse:
    """The rows as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.append([_string(sheet, title) for title in _titles(columns)])
    for row in islice(rows, MOST_ROWS):
        sheet.append([_string(sheet, text) for text in _texts(columns, row)])
    stream = io.BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=XLSX_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def harmless(text: str) -> str:
    """The text as a spreadsheet takes it for text; numbers stay numbers."""
    if text.startswith(FORMULA_STARTS) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def _csv_lines(columns: tuple[Column, ...], rows: Iterable[Any]) -> Iterator[str]:
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    writer.writerow(_titles(columns))
    for number, row in enumerate(islice(rows, MOST_ROWS), 1):
        writer.writerow([harmless(text) for text in _texts(columns, row)])
        if number % ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _titles(columns: tuple[Column, ...]) -> list[str]:
    titles = []
    for column in columns:
        titles.append(str(column.label))
        if column.kind in (Kind.AMOUNT, Kind.PRICE):
            titles.append(f"{column.label}: currency")
    return titles


def _texts(columns: tuple[Column, ...], row: Any) -> list[str]:
    texts = []
    for column in columns:
        value = column.value(row)
        texts.append(plain_text(column, value))
        if column.kind in (Kind.AMOUNT, Kind.PRICE):
            texts.append("" if column.currency is None or value is None else column.currency(row))
    return texts


def plain_text(column: Column, value: object) -> str:
    """A value as a file has it: moments in the viewer's zone, numbers without groups."""
    if value is None:
        return ""
    if column.kind in (Kind.AMOUNT, Kind.PRICE):
        assert isinstance(value, int)
        decimals = AMOUNT_DECIMALS if column.kind is Kind.AMOUNT else PRICE_DECIMALS
        text = format_scaled(value, decimals=decimals)
        return text.rstrip("0").rstrip(".") if column.kind is Kind.PRICE else text
    if column.kind is Kind.STATE:
        assert isinstance(value, tuple)
        return str(value[1])
    if column.kind is Kind.YES_NO:
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return timezone.localtime(value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat(" ", "seconds")
    return str(value)


def _string(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    return cell
