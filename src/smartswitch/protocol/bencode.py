"""Bencoding, as rtpengine's ng protocol speaks it: whole numbers, texts, lists and dictionaries with text keys.

Rule: what is decoded is bounded in depth, and must end where the bytes end.
"""

from typing import Any

DEEPEST = 20
LONGEST_DIGITS = 20


class BencodeError(ValueError):
    """The bytes are not bencoded, or a value cannot be. The message says where or which."""


def encode_bencode(value: object) -> bytes:
    """Return the bytes of a text, a whole number, a list or a dictionary of these."""
    match value:
        case bool():
            raise BencodeError("bencoding has no truth values")
        case int():
            return b"i%de" % value
        case str():
            return encode_bencode(value.encode())
        case bytes():
            return b"%d:%b" % (len(value), value)
        case list() | tuple():
            return b"l" + b"".join(encode_bencode(each) for each in value) + b"e"
        case dict():
            pairs = sorted((key.encode(), each) for key, each in value.items())
            return b"d" + b"".join(encode_bencode(key) + encode_bencode(each) for key, each in pairs) + b"e"
    raise BencodeError(f"{type(value).__name__} cannot be bencoded")


def decode_bencode(data: bytes) -> Any:
    """Return the value that the bytes say; texts are UTF-8, with what is not replaced. Raises `BencodeError`."""
    value, end = _decode(data, 0, 0)
    if end != len(data):
        raise BencodeError(f"{len(data) - end} bytes follow the value")
    return value


def _decode(data: bytes, start: int, depth: int) -> tuple[Any, int]:
    """Return the value that starts at `start`, and where it ends."""
    if depth > DEEPEST:
        raise BencodeError(f"nested deeper than {DEEPEST}")
    kind = data[start : start + 1]
    if kind == b"i":
        end = data.find(b"e", start, start + LONGEST_DIGITS + 2)
        return _integer(data, start + 1, end), end + 1
    if kind == b"l":
        return _decode_list(data, start + 1, depth)
    if kind == b"d":
        values, end = _decode_list(data, start + 1, depth)
        if len(values) % 2:
            raise BencodeError(f"a dictionary at byte {start} has a key without a value")
        return dict(zip(values[::2], values[1::2], strict=True)), end
    colon = data.find(b":", start, start + LONGEST_DIGITS)
    length = _integer(data, start, colon)
    end = colon + 1 + length
    if length < 0 or end > len(data):
        raise BencodeError(f"a text at byte {start} is longer than the message")
    return data[colon + 1 : end].decode(errors="replace"), end


def _decode_list(data: bytes, start: int, depth: int) -> tuple[list[Any], int]:
    values: list[Any] = []
    while data[start : start + 1] != b"e":
        value, start = _decode(data, start, depth + 1)
        values.append(value)
    return values, start + 1


def _integer(data: bytes, start: int, end: int) -> int:
    try:
        return int(data[start:end]) if end >= 0 else int("")
    except ValueError:
        raise BencodeError(f"a number is wanted at byte {start}") from None
