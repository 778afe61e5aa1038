"""Rows in PostgreSQL's text format for COPY (PostgreSQL manual, "COPY", File Formats): one line a row, tabs between.

It is the cheapest way from Python to a table: a line is one formatted string, where the binary format costs an encoder
call a field. Whatever a stranger could have put into a text is escaped here.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

NULL = "\\N"

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def text(value: str | None) -> str:
    """A text field. The NUL character, which PostgreSQL cannot hold, is left out."""
    if value is None:
        return NULL
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def whole(value: int | None) -> str:
    """An integer field."""
    return NULL if value is None else str(value)


def array(values: Iterable[int]) -> str:
    """A field that is an array of integers."""
    return "{" + ",".join(map(str, values)) + "}"


def call_fields(call_id: UUID) -> str:
    """The two fields that every row of a call begins with: created_at and call_id."""
    return f"{created_at_of(call_id)}\t{call_id}"


def created_at_of(call_id: UUID) -> str:
    """The moment inside a UUIDv7 (RFC 9562, 5.7), to the millisecond: the partition key of everything of the call."""
    seconds, milliseconds = divmod(call_id.int >> 80, 1000)
    return f"{_second(seconds)}.{milliseconds:03d}+00"


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
