"""Peers as their dealers' clerks make them, through the forms."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.test import override_settings

from ..house import Browse, House

NEW_USER = {
    "kind": "user",
    "key": "reception",
    "name": "Reception",
    "dealer": "city",
    "company": "corner-shop",
    "extension": "201",
    "credit_limit": "0",
    "caller_number": "+44 20 7946 0201",
}
NEW_LINE = {
    "kind": "originator",
    "key": "office-pbx",
    "name": "PBX of the office",
    "dealer": "city",
    "pack": "city-retail",
    "networks": "192.0.2.77, 198.51.100.0/28",
    "credit_limit": "25",
    "calls_per_second_limit": "4",
}

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def make(house: House, browse: Browse) -> Iterator[Make]:
    """`make("city", NEW_USER, extension="202")` sends the form; the row of the peer with what the answer's page said."""
    keys: list[str] = []

    def made(dealer: str, typed: dict[str, str], **different: str) -> dict[str, Any]:
        sent = {**typed, **different}
        keys.append(sent["key"])
        answer = browse(dealer).post("/peers/new", sent)
        assert answer.status_code in (200, 302), answer.content.decode()
        return {**house.row("SELECT * FROM peer WHERE key = %s", sent["key"]), "page": answer.content.decode()}

    yield made
    forget(house, *keys)


def forget(house: House, *keys: str) -> None:
    """Take peers away, with all that hangs on them."""
    with psycopg.connect(house.url) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM peer WHERE key = ANY (%s)", [list(keys)])]
        for table in ("did", "peer_address", "number_translation", "terminator"):
            connection.execute(f"DELETE FROM {table} WHERE peer_id = ANY (%s)", [ids])
        connection.execute("DELETE FROM peer WHERE id = ANY (%s)", [ids])
        connection.execute("DELETE FROM balance WHERE party = ANY (%s) AND kind IN ('peer', 'payable')", [list(keys)])


def password_on(page: str) -> str:
    """The password that a page shows."""
    found = re.search(r'id="account-password">([^<]+)<', page)
    assert found is not None
    return found.group(1)


@pytest.fixture
def state_directory(tmp_path: Any) -> Iterator[Any]:
    """Where the key for terminators' passwords is made."""
    with override_settings(STATE_DIRECTORY=tmp_path):
        yield tmp_path
