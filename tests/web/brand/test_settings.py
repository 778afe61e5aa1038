"""The settings of a house: who may change them, what is refused, and what the audit keeps."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ..house import House
from .conftest import post
from .drawings import ARCHIVE, PAGE, SVG, jpeg, png


def brand_of(house: House, dealer: str) -> dict[str, Any] | None:
    row = house.row(
        "SELECT (SELECT to_jsonb(b) FROM brand AS b WHERE b.dealer_id = %s) AS b", house.seeded.dealers[dealer]
    )
    return row["b"]


def file(content: bytes, name: str = "logo.png", media_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=media_type)


def test_a_dealer_gives_itself_a_name_a_zone_and_a_brand(house: House, give, browse) -> None:
    give(
        "north", name="North & Sons", time_zone="Europe/Paris", product_name="North Talk", language="ru",
        host_name="https://Portal.Example.COM/", colour="#0B6E4F", support="+44 20 7946 0000",
        logo=file(png(40, 10), "x.html", "text/html"),
    )  # fmt: skip
    dealer = house.row("SELECT name, time_zone FROM dealer WHERE key = 'north'")
    brand = brand_of(house, "north")

    assert dealer == {"name": "North & Sons", "time_zone": "Europe/Paris"}
    assert brand is not None
    logo = brand.pop("logo")
    assert bytes.fromhex(logo.removeprefix("\\x")) == png(40, 10)
    assert brand == {
        "dealer_id": house.seeded.dealers["north"], "product_name": "North Talk", "host_name": "portal.example.com",
        "colour": "#0b6e4f", "support": "+44 20 7946 0000", "language": "ru", "logo_type": "image/png", "logo_width": 40,
        "logo_height": 10,
    }  # fmt: skip


def test_what_is_emptied_is_gone_and_the_logo_stays_until_it_is_removed(house: House, give, browse) -> None:
    give("north", product_name="North Talk", colour="#0b6e4f", logo=file(jpeg(), "logo.jpg"))
    give("north", product_name="North Talk")
    kept = brand_of(house, "north")
    give("north", product_name="North Talk", removes_logo="on")
    removed = brand_of(house, "north")
    give("north")

    assert kept is not None
    assert removed is not None
    assert (kept["colour"], kept["logo_type"]) == (None, "image/jpeg")
    assert (removed["logo"], removed["logo_type"]) == (None, None)
    assert brand_of(house, "north") is None


@pytest.mark.parametrize(("values", "said"), [
    ({"colour": "#ffa500"}, "The nearest that will do is #a56a00."),
    ({"colour": "red"}, "A colour is # and six digits"),
    ({"colour": "#0b6;x:"}, "A colour is # and six digits"),
    ({"host_name": "localhost"}, "localhost is no host name"),
    ({"host_name": "127.0.0.1"}, "127.0.0.1 is no host name"),
    ({"host_name": "[::1]"}, "is no host name"),
    ({"host_name": "portal.example.com:8080"}, "is no host name"),
    ({"host_name": "portal.example.com/x"}, "is no host name"),
    ({"host_name": "*.example.com"}, "is no host name"),
    ({"host_name": ".example.com"}, "is no host name"),
    ({"host_name": "a..b.com"}, "is no host name"),
    ({"host_name": "<script>.com"}, "&lt;script&gt;.com is no host name"),
    ({"host_name": "x" * 64 + ".com"}, "is no host name"),
    ({"language": "fr"}, "Select a valid choice"),
    ({"time_zone": "Mars/Olympus"}, "There is no time zone of this name"),
    ({"time_zone": ""}, "This field is required"),
    ({"product_name": "two\nlines"}, "one line of text"),
    ({"product_name": "", "colour": "#0b6e4f"}, "Without a product name there is no brand"),
    ({"support": "x" * 121}, "at most 120"),
])  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_moves(house: House, browse, values, said) -> None:
    answer = post(browse("north"), **{"name": "Changed", "product_name": "North Talk", **values})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert brand_of(house, "north") is None
    assert house.row("SELECT name FROM dealer WHERE key = 'north'")["name"] == "North Communications"


@pytest.mark.parametrize("content", [SVG, PAGE, ARCHIVE, png(behind=PAGE), b"", b"GIF89a" + PAGE])
def test_what_is_no_picture_is_no_logo(house: House, browse, content: bytes) -> None:
    answer = post(browse("north"), product_name="North Talk", logo=file(content))
    said = answer.content.decode() if answer.status_code != 302 else ""

    assert (answer.status_code, "This is no PNG, JPEG or WebP picture" in said) == (422, True)
    assert brand_of(house, "north") is None


def test_a_logo_that_is_too_large_is_refused_and_so_is_a_body_that_is_huge(house: House, browse) -> None:
    client = browse("north")
    large = post(client, product_name="North Talk", logo=file(png() + b"\0" * 205_000))
    huge = post(client, product_name="North Talk", logo=BytesIO(b"\0" * 5_000_000))

    assert (large.status_code, huge.status_code) == (422, 400)
    assert "This file has 201 KB; 200 KB are the limit." in large.content.decode()
    assert brand_of(house, "north") is None


def test_the_operators_own_host_and_that_of_another_house_cannot_be_claimed(
    house: House, give, browse, monkeypatch
) -> None:
    from django.conf import settings

    from smartswitch.web.brand.accepted_hosts import AcceptedHosts

    give("south", product_name="South", host_name="portal.example.com")
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", AcceptedHosts(["localhost", "switch.example.com"]))
    taken, own = (
        post(browse("north"), product_name="North", host_name=host).content.decode()
        for host in ("Portal.example.com", "switch.example.com.")
    )

    assert "Another house answers at this host name." in taken
    assert "This is the host name of the operator; it cannot be yours." in own
    assert brand_of(house, "north") is None


def test_it_needs_the_right(house: House, browse) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES ('looker', %s)", house.seeded.dealers["north"])
    house.run("INSERT INTO role_right (role_id, \"right\") SELECT id, 'settings.view' FROM role WHERE key = 'looker'")
    looker = browse("north", role="looker")
    page, refused = looker.get("/settings"), post(looker, product_name="North Talk")

    assert page.status_code == 200
    assert "<fieldset" in page.content.decode()
    assert 'class="btn btn-primary ms-auto"' not in page.content.decode()
    assert refused.status_code == 403
    assert "settings.change" in refused.content.decode()
    assert brand_of(house, "north") is None


def test_the_audit_keeps_the_change_but_not_the_picture(house: House, give) -> None:
    give("north", product_name="North Talk", logo=file(png()))
    give("north", product_name="North Talk", logo=file(png(5, 5)))
    inserted, updated = (
        house.row(
            "SELECT table_name, row_id, dealer_id, by_dealer_id, before, after FROM audit_entry"
            " WHERE table_name = 'brand' AND action = %s ORDER BY id DESC LIMIT 1",
            action,
        )
        for action in ("insert", "update")
    )
    north = house.seeded.dealers["north"]

    assert (inserted["row_id"], inserted["dealer_id"], inserted["by_dealer_id"]) == (str(north), north, north)
    assert inserted["after"]["logo"].startswith(f"({len(png())} bytes, ")
    assert set(updated["after"]) == {"logo", "logo_width", "logo_height"}
    assert "\\x" not in json.dumps([inserted["after"], updated["before"], updated["after"]])


def test_a_brand_goes_with_its_dealer(house: House, give) -> None:
    row = house.row("SELECT confdeltype FROM pg_constraint WHERE conname = 'brand_dealer'")

    assert row["confdeltype"] in ("c", b"c")


def test_nobody_writes_the_brand_of_another_house(house: House, give, viewer) -> None:
    from django.db import connection

    give("south", product_name="South", host_name="south.example.com")
    viewer("north")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE brand SET product_name = 'taken over'")
        changed = cursor.rowcount
        cursor.execute("SELECT count(*) FROM brand")
        (seen,) = cursor.fetchone()

    assert (changed, seen) == (0, 0)
