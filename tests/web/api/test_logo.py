"""The settings of a house by programs: the logo as a picture, and the checks that the page makes, too."""

from collections.abc import Iterator
from typing import Any

import pytest

from smartswitch.web.brand.pictures import read_picture

from ..brand.drawings import jpeg, png, webp
from ..house import House
from .conftest import Caller, Program

PNG = "image/png"
LOGO = "/settings/logo"


@pytest.fixture
def caller(house: House, program: Program) -> Iterator[Caller]:
    """A program of South, which has a brand, and none afterwards."""
    made: Caller = program("south")
    assert made.patch("/settings", {"product_name": "South Talk"}).status_code == 200
    yield made
    house.run("DELETE FROM brand WHERE dealer_id = %s", house.seeded.dealers["south"])


def put(caller: Caller, content: bytes, media_type: str = PNG, **headers: str) -> Any:
    return caller.call("PUT", LOGO, content, content_type=media_type, **headers)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(png(), PNG), (jpeg(), "image/jpeg"), (webp(), "image/webp"), (jpeg(), PNG)],
    ids=["png", "jpeg", "webp", "jpeg-that-says-png"],
)
def test_a_logo_is_set_read_and_taken_away(caller: Caller, content: bytes, media_type: str) -> None:
    answer = put(caller, content, media_type)
    read = caller.get(LOGO)
    gone = caller.delete(LOGO)

    assert (answer.status_code, answer.json()["has_logo"], answer.json()["product_name"]) == (200, True, "South Talk")
    picture = read_picture(content)
    assert (read.status_code, read.content, read.headers["Content-Type"]) == (200, picture.content, picture.media_type)
    assert (gone.status_code, gone.content) == (204, b"")
    assert caller.get(LOGO).status_code == 404
    assert caller.get("/settings").json()["has_logo"] is False


def test_what_is_not_needed_to_draw_it_is_left_out(caller: Caller) -> None:
    put(caller, png(extra=b"<script>"))

    assert b"<script>" not in caller.get(LOGO).content


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", png()[:-1], png(behind=b"PK"), png() + b"\0" * 200 * 1024, png(2001)],
    ids=["empty", "gif", "cut-off", "archive-behind", "too-long", "too-wide"],
)
def test_what_is_no_logo_is_refused_and_the_old_one_stays(caller: Caller, content: bytes) -> None:
    put(caller, png())
    answer = put(caller, content)

    assert (answer.status_code, list(answer.json().get("errors", {}))) == (422, ["logo"])
    assert caller.get(LOGO).content == png()


@pytest.mark.parametrize("media_type", ["application/json", "image/svg+xml", "multipart/form-data; boundary=x"])
def test_another_kind_of_body_is_not_taken(caller: Caller, media_type: str) -> None:
    answer = put(caller, png(), media_type)

    assert answer.status_code == 415
    assert "image/png" in answer.json()["detail"]


def test_a_house_without_a_product_name_has_no_logo(program: Program) -> None:
    answer = put(program("city"), png())

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["product_name"])


def test_each_needs_its_right(program: Program, caller: Caller) -> None:
    put(caller, png())
    looker = program("south", "settings.view")
    refused = [put(looker, png()), looker.delete(LOGO), program("south", "calls.view").get(LOGO)]

    assert looker.get(LOGO).status_code == 200
    assert [(each.status_code, each.json()["right"]) for each in refused] == [
        (403, "settings.change"), (403, "settings.change"), (403, "settings.view"),
    ]  # fmt: skip
    assert caller.get(LOGO).status_code == 200


def test_a_repeat_gets_the_first_answer(caller: Caller) -> None:
    first, again = (put(caller, png(), **{"Idempotency-Key": "logo-1"}) for _ in range(2))
    other = put(caller, webp(), "image/webp", **{"Idempotency-Key": "logo-1"})

    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert other.status_code == 422
    assert caller.get(LOGO).content == png()


def test_the_logo_of_a_dealer_below_is_set_by_acting_for_it(house: House, program: Program, caller: Caller) -> None:
    answer = put(program("owner"), png(), **{"Act-For": "south"})

    assert answer.status_code == 200
    assert caller.get(LOGO).content == png()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"product_name": "x" * 41}, "product_name"),
        ({"support": "x" * 121}, "support"),
        ({"host_name": "localhost"}, "host_name"),
        ({"host_name": "-"}, "host_name"),
        ({"colour": "#ffff00"}, "colour"),
        ({"language": "xx"}, "language"),
        ({"time_zone": ""}, "time_zone"),
        ({"logo": "x"}, "logo"),
    ],
)
def test_the_settings_are_checked_as_on_the_page(caller: Caller, sent: dict[str, str], field: str) -> None:
    before = caller.get("/settings").json()
    answer = caller.patch("/settings", sent)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert caller.get("/settings").json() == before
