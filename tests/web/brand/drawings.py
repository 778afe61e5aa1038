"""Pictures made by hand, and things that pretend to be pictures."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG with its sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 4, height: int = 4, *, extra: bytes = b"", behind: bytes = b"") -> bytes:
    """One colour; `extra` are chunks before the picture, `behind` is what follows its end."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x0b\x6e\x4f" * width) * height)
    return SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + behind


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(
    width: int = 8, height: int = 8, *, first: bytes = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), extra: bytes = b"",
    behind: bytes = b"",
) -> bytes:  # fmt: skip
    """The structure of a baseline JPEG; what is in its scan draws nothing in particular."""
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    tables = segment(0xDB, b"\0" + b"\x01" * 64) + segment(0xC4, b"\0" * 17)
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34\xff\x00\x56\xff\xd0\x78"
    return b"\xff\xd8" + first + extra + tables + frame + scan + b"\xff\xd9" + behind


def webp(width: int = 16, height: int = 9, *, extra: bytes = b"", behind: bytes = b"") -> bytes:
    """The structure of a lossless WebP."""
    body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\x88\x88\x08"
    chunks = riff(b"VP8L", body) + extra
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks + behind


def riff(name: bytes, body: bytes) -> bytes:
    """A chunk of a WebP."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


PAGE = b"<html><script>document.title='taken over'</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
ARCHIVE = b"PK\x03\x04" + b"\0" * 40
