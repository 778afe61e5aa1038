"""Logos that people upload: only what draws the picture is kept, and what is something else as well is refused."""

import pytest

from smartswitch.web.brand.pictures import Picture, PictureError, read_picture

from .drawings import ARCHIVE, PAGE, SIGNATURE, SVG, chunk, jpeg, png, riff, segment, webp


@pytest.mark.parametrize(("content", "media_type", "size"), [
    (png(40, 20), "image/png", (40, 20)),
    (jpeg(30, 10, first=b""), "image/jpeg", (30, 10)),
    (webp(300, 100), "image/webp", (300, 100)),
])  # fmt: skip
def test_a_picture_is_told_by_its_bytes(content: bytes, media_type: str, size: tuple[int, int]) -> None:
    assert read_picture(content) == Picture(content, media_type, *size)


@pytest.mark.parametrize(("dressed", "plain"), [
    (png(extra=chunk(b"tEXt", b"Comment\0" + PAGE) + chunk(b"iCCP", b"x\0\0")), png()),
    (png(extra=chunk(b"eXIf", b"where it was taken")), png()),
    (jpeg(extra=segment(0xFE, PAGE) + segment(0xE1, b"Exif\0\0where it was taken")), jpeg(first=b"")),
    (webp(extra=riff(b"EXIF", b"where it was taken") + riff(b"XMP ", PAGE)), webp()),
])  # fmt: skip
def test_what_does_not_draw_is_left_out(dressed: bytes, plain: bytes) -> None:
    content = read_picture(dressed).content

    assert PAGE not in content
    assert b"where it was taken" not in content
    assert content == plain
    assert read_picture(content).content == content


@pytest.mark.parametrize("content", [
    b"", b"\x89PNG", SIGNATURE, b"\xff\xd8", b"\xff\xd8\xff", b"RIFF\x04\0\0\0WEBP", SVG, PAGE, b"GIF89a" + PAGE, ARCHIVE,
    b"\xff\xfe" + SVG, b"<?xml version='1.0'?>" + SVG, SIGNATURE + PAGE, b"\xff\xd8" + PAGE, b"BM" + b"\0" * 100,
    png(behind=PAGE), png(behind=ARCHIVE), jpeg(behind=PAGE), jpeg(behind=b"\0"), webp(behind=PAGE),
    png()[:-1], png()[:40], jpeg()[:-2], jpeg()[:60], webp()[:-4],
    png().replace(b"IDAT", b"IDAX"), png(extra=chunk(b"IEND", b"")), png(0, 4), png(2001, 4), jpeg(0, 1), jpeg(1, 65535),
    webp(2001, 1), webp(extra=riff(b"ANMF", PAGE)), webp(extra=riff(b"VP8L", b"\x2f\0\0\0\0")),
    jpeg(extra=segment(0xC3, PAGE)),
])  # fmt: skip
def test_what_is_no_picture_or_more_than_one_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError):
        read_picture(content)


def test_no_beginning_of_a_picture_is_one() -> None:
    for whole in (png(), jpeg(), webp()):
        for length in range(len(whole)):
            with pytest.raises(PictureError):
                read_picture(whole[:length])
