"""Rows in PostgreSQL's binary format for COPY (PostgreSQL manual, "COPY", Binary Format): a length before each field.

For rows of many integers it is cheaper than text on both sides: Python packs all of them in one call, PostgreSQL reads
none of them digit by digit. The fields that do not change from row to row are bytes that are made once.
"""

import struct
from uuid import UUID

HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
NULL_FIELD = struct.pack(">i", -1)

POSTGRES_EPOCH_MS = 946_684_800_000
"""2000-01-01 00:00 UTC: what a timestamptz counts its microseconds from."""

_LENGTH = struct.Struct(">i")
_WHOLE = struct.Struct(">iq")
_COUNT = struct.Struct(">h")


def field_count(count: int) -> bytes:
    """What a row begins with."""
    return _COUNT.pack(count)


def bigint_field(value: int | None) -> bytes:
    """A field of a bigint column."""
    return NULL_FIELD if value is None else _WHOLE.pack(8, value)


def text_field(value: str) -> bytes:
    """A field of a text or char column. The NUL character, which PostgreSQL cannot hold, is left out."""
    content = value.replace("\0", "").encode()
    return _LENGTH.pack(len(content)) + content


def created_at_us(call_id: UUID) -> int:
    """The moment inside a UUIDv7 (RFC 9562, 5.7) as a timestamptz counts: the partition key of everything of the call."""
    return ((call_id.int >> 80) - POSTGRES_EPOCH_MS) * 1000
