"""Reads a logo that somebody uploaded: PNG, JPEG or WebP, told by its bytes and not by what it is called.

The problem: a file can be a picture and something else at once, a page or an archive, and whoever gets it served may take
it for that. So a picture is taken apart here along its own structure, and only the parts that draw it are kept, joined
anew: no comments, no profiles, no places where a photograph was taken, nothing behind its end. What does not follow the
structure to the last byte is refused. SVG is never a picture here: it can hold scripts.
Nothing is drawn or unpacked: a browser does that, and the greatest size is checked.

PNG: W3C, Portable Network Graphics, 5. JPEG: ITU-T T.81, annex B. WebP: RFC 9649.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MOST_PIXELS_A_SIDE = 2000
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"IDAT", b"IEND"}
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended, progressive: what browsers show."""
JPEG_TABLES = {0xC4, 0xDB, 0xDD}
JPEG_SCAN = 0xDA
JPEG_ADOBE = 0xEE
"""Says how colours are meant; without it some pictures turn green."""
JPEG_LEFT_OUT = {*range(0xE0, 0xF0), 0xFE} - {JPEG_ADOBE}
WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
WEBP_LEFT_OUT = {b"ICCP", b"EXIF", b"XMP "}
WEBP_ALPHA = 0x10
WEBP_FRAME_CODE = b"\x9d\x01\x2a"
WEBP_LOSSLESS_CODE = 0x2F


class PictureError(ValueError):
    """The bytes are no picture that is taken; the message, for the log only, says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is nothing else. `width` and `height` are pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """The picture in some bytes, reduced to what draws it; PictureError if there is none."""
    try:
        if content.startswith(PNG_SIGNATURE):
            found = _png(content)
        elif content.startswith(JPEG_START):
            found = _jpeg(content)
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            found = _webp(content)
        else:
            raise PictureError("neither PNG nor JPEG nor WebP")
    except IndexError as error:
        raise PictureError("it ends too early") from error
    if not (0 < found.width <= MOST_PIXELS_A_SIDE and 0 < found.height <= MOST_PIXELS_A_SIDE):
        raise PictureError(f"{found.width} x {found.height} pixels")
    return found


def _png(content: bytes) -> Picture:
    chunks = list(_png_chunks(content))
    names = [name for name, _whole, _body in chunks]
    is_in_order = names[:1] == [b"IHDR"] and names[-1:] == [b"IEND"] and b"IDAT" in names
    if not is_in_order or names.count(b"IHDR") > 1 or names.count(b"IEND") > 1:
        raise PictureError("the chunks of the PNG are out of order")
    header = chunks[0][2]
    if len(header) != len(b"wwwwhhhh") + 5:
        raise PictureError("the header of the PNG has another length")
    kept = b"".join(whole for name, whole, _body in chunks if name in PNG_KEPT)
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    return Picture(PNG_SIGNATURE + kept, "image/png", width, height)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk: its name, the whole of it, its body."""
    at = len(PNG_SIGNATURE)
    while at < len(content):
        length = int.from_bytes(_taken(content, at, 4), "big")
        whole = _taken(content, at, length + 12)
        name, body = whole[4:8], whole[8:-4]
        if zlib.crc32(whole[4:-4]).to_bytes(4, "big") != whole[-4:]:
            raise PictureError("a chunk of the PNG does not have the sum that it says")
        yield name, whole, body
        at += len(whole)


def _jpeg(content: bytes) -> Picture:
    kept, size, at = [JPEG_START], None, len(JPEG_START)
    has_scan = False
    while True:
        if content[at] != 0xFF:
            raise PictureError("a segment of the JPEG begins where none is expected")
        marker = content[at + 1]
        if marker == JPEG_END[1]:
            break
        length = int.from_bytes(_taken(content, at + 2, 2), "big")
        segment = _taken(content, at, length + 2)
        at += len(segment)
        if marker in JPEG_FRAMES and size is None and length >= len(b"llphhww"):
            size = int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big")
        elif marker == JPEG_SCAN and size is not None:
            end = _end_of_scan(content, at)
            segment, at, has_scan = segment + content[at:end], end, True
        elif marker not in JPEG_TABLES | JPEG_LEFT_OUT | {JPEG_ADOBE}:
            raise PictureError(f"a segment of the JPEG is not known: {marker:#x}")
        if marker not in JPEG_LEFT_OUT:
            kept.append(segment)
    if size is None or not has_scan or len(content) != at + len(JPEG_END):
        raise PictureError("the JPEG has no picture, or something behind it")
    return Picture(b"".join([*kept, JPEG_END]), "image/jpeg", *size)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands; inside a scan 0xff is followed by 0, or by the number of a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise PictureError("the JPEG has no end")
        following = content[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2


def _webp(content: bytes) -> Picture:
    if int.from_bytes(content[4:8], "little") != len(content) - 8:
        raise PictureError("the WebP has another length than it says")
    chunks = list(_webp_chunks(content))
    if any(name not in WEBP_KEPT | WEBP_LEFT_OUT for name, _whole, _body in chunks):
        raise PictureError("the WebP has chunks that are not taken, of a moving picture perhaps")
    frames = [(name, body) for name, _whole, body in chunks if name in (b"VP8 ", b"VP8L")]
    if len(frames) != 1:
        raise PictureError("the WebP has not one picture")
    kept = b"".join(_webp_kept(name, whole) for name, whole, _body in chunks if name in WEBP_KEPT)
    width, height = _webp_size(*frames[0])
    return Picture(b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WEBP" + kept, "image/webp", width, height)


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk: its name, the whole of it with the byte that makes its length even, its body."""
    at = len(b"RIFFsizeWEBP")
    while at < len(content):
        length = int.from_bytes(_taken(content, at + 4, 4), "little")
        whole = _taken(content, at, 8 + length + length % 2)
        yield whole[:4], whole, whole[8 : 8 + length]
        at += len(whole)


def _webp_kept(name: bytes, whole: bytes) -> bytes:
    """The chunk; the extended header names no other parts than those that are kept."""
    return whole[:8] + bytes([whole[8] & WEBP_ALPHA]) + whole[9:] if name == b"VP8X" else whole


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8L":
        if body[0] != WEBP_LOSSLESS_CODE:
            raise PictureError("the WebP has no picture")
        bits = int.from_bytes(_taken(body, 1, 4), "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if _taken(body, 3, 3) != WEBP_FRAME_CODE:
        raise PictureError("the WebP has no picture")
    size = _taken(body, 6, 4)
    return int.from_bytes(size[:2], "little") & 0x3FFF, int.from_bytes(size[2:], "little") & 0x3FFF


def _taken(content: bytes, start: int, length: int) -> bytes:
    """So many bytes; PictureError if there are fewer."""
    taken = content[start : start + length]
    if len(taken) != length:
        raise PictureError("it ends too early")
    return taken
