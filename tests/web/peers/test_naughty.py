"""Every text field of these forms is given what breaks careless programs: kept as text, or refused; never a fault.

Names are given all of it; fields that are parsed share it among them.
"""

from html import escape
from typing import Any

import pytest

from ..house import Browse, House
from ..naughty import NAUGHTY, share_of
from .conftest import NEW_LINE, NEW_USER, Make, forget
from .test_patterns import NATIONAL
from .test_terminators import NEW as NEW_TERMINATOR

MARKS = ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<x hx-get", '<a href="javascript')
SHOWN = 300
"""Longer texts are cut where they are shown."""


def check(answer: Any, text: str) -> None:
    """The answer to a form: done, or refused in words; and nothing of the text came alive."""
    page = answer.content.decode()
    assert answer.status_code in (200, 302, 422), (text[:40], answer.status_code)
    assert not [mark for mark in MARKS if mark in page], text[:40]


def fields(names: str) -> list[str]:
    return names.split()


PARSED = {
    "/peers/new": (NEW_USER, "kind dealer company pays_from pack inbound_pack currency credit_limit call_limit"
                   " calls_per_second_limit route_class extension caller_number is_blocked password"),
    "/numbers/new": ({"number": "442079460999", "peer": "shop-phone"}, "number peer dealer"),
    "/peers/{pk}/addresses/new": ({"action": "allow", "network": "192.0.2.1"}, "action network port transport position"),
    "/peers/{pk}/patterns/new": (NATIONAL, "direction field position"),
}  # fmt: skip
"""Fields of which only what can be parsed reaches the database: all of a form are given the same text at once."""


@pytest.mark.parametrize("address", PARSED)
def test_fields_that_are_parsed(house: House, browse: Browse, make: Make, address: str) -> None:
    client = browse("city")
    pk = make("city", {**NEW_LINE, "key": "line"})["id"]
    typed, names = PARSED[address]
    for text in share_of(list(PARSED).index(address), 3):
        check(client.post(address.format(pk=pk), {**typed, **dict.fromkeys(names.split(), text)}), text)
    assert client.get(f"/peers/{pk}/addresses").status_code == 200
    forget(house, "reception")
    house.run("DELETE FROM did")


@pytest.mark.parametrize("field", fields("key auth_username name"))
def test_words_of_a_new_user(house: House, browse: Browse, field: str) -> None:
    client = browse("city")
    for number, text in enumerate(share_of(len(field), 3)):
        key = f"naughty-{number}"
        check(
            client.post("/peers/new", {**NEW_USER, "extension": "", "key": key, "auth_username": "", field: text}), text
        )
    with_numbers = [f"naughty-{number}" for number in range(len(NAUGHTY))]
    forget(house, *with_numbers, *(text.strip() for text in NAUGHTY if text.isascii() and "\x00" not in text))


def test_the_addresses_of_a_new_line(house: House, browse: Browse) -> None:
    client = browse("city")
    for text in share_of(0, 3):
        answer = client.post("/peers/new", {**NEW_LINE, "key": "naughty", "networks": text})
        check(answer, text)
        if answer.status_code == 302:
            forget(house, "naughty")


def test_a_name_is_kept_and_shown_as_text_wherever_it_stands(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    client = browse("city")
    kept = 0
    for text in NAUGHTY:
        answer = client.post(
            f"/peers/{made['id']}/change", {"name": text, "company": "corner-shop", "credit_limit": "0"}
        )
        check(answer, text)
        name = house.row("SELECT name FROM peer WHERE id = %s", made["id"])["name"]
        if answer.status_code == 302 and name:
            kept += 1
            for address in ("/peers", f"/peers/{made['id']}", f"/peers/{made['id']}/change", f"/peers/{made['id']}/delete",
                            f"/companies/{made['company_id']}/tab/peers"):  # fmt: skip
                page = client.get(address).content.decode()
                assert escape(name) in page, (address, text)
                assert not [mark for mark in MARKS if mark in page], (address, text)

    assert kept > 40


@pytest.mark.parametrize("field", fields("pattern replacement"))
def test_a_pattern(browse: Browse, make: Make, field: str) -> None:
    made = make("city", NEW_LINE)
    client = browse("city")
    for text in share_of(len(field), 3):
        check(client.post(f"/peers/{made['id']}/patterns/new", {**NATIONAL, field: text}), text)
    assert client.get(f"/peers/{made['id']}/patterns").status_code == 200


@pytest.mark.parametrize("field", fields("field number"))
def test_a_trial(browse: Browse, make: Make, field: str) -> None:
    made = make("city", NEW_LINE)
    client = browse("city")
    client.post(f"/peers/{made['id']}/patterns/new", {**NATIONAL, "pattern": "(.*)", "replacement": r"\1"})
    for text in share_of(len(field), 3):
        typed = {"direction": "from_peer", "field": "called", "number": "1", field: text}
        check(client.get(f"/peers/{made['id']}/try", typed), text)


@pytest.mark.parametrize("names", ["pack host port transport call_limit priority pdd_timeout_s networks", "host",
                                   "name auth_username auth_password auth_realm"])  # fmt: skip
def test_a_terminator(house: House, browse: Browse, state_directory: Any, names: str) -> None:
    client = browse("owner")
    for text in share_of(len(names), 4):
        typed = {**NEW_TERMINATOR, "key": "naughty", **dict.fromkeys(names.split(), text)}
        answer = client.post("/terminators/new", typed)
        check(answer, text)
        if answer.status_code == 302:
            forget(house, "naughty")


@pytest.mark.parametrize("field", fields("auth_username password"))
def test_a_new_password(browse: Browse, make: Make, field: str) -> None:
    made = make("city", NEW_USER)
    client = browse("city")
    for text in share_of(len(field), 4):
        check(client.post(f"/peers/{made['id']}/password", {field: text}), text)


@pytest.mark.parametrize("page", ["/peers", "/numbers", "/peers/new", "/suggest/peers"])
def test_what_an_address_may_ask(browse: Browse, page: str) -> None:
    client = browse("city")
    names = ("search", "company", "dealer", "kind", "state", "order", "page", "column", "key", "field")
    for text in share_of(len(page), 4):
        check(client.get(page, dict.fromkeys(names, text)), text)
