"""The web account against a real database: one seeded house for each file of tests, and browsers without a screen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from os import getpid
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from .seeding import Seeded, load, seed_now

PASSWORD = "correct horse battery"
NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
"""The moment at which the seeded house is looked at: noon, so that its calls are all of one day in every zone."""
_numbers = count(1)


@dataclass(frozen=True)
class House:
    """A seeded database behind the web account."""

    url: str
    seeded: Seeded

    def run(self, statement: str, *values: object) -> None:
        """Change something as the schema's owner."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statement, values)

    def row(self, statement: str, *values: object) -> dict[str, Any]:
        """The first row of an answer, read as the schema's owner."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            row = connection.execute(statement, values).fetchone()
        assert row is not None
        return row

    def login(
        self, dealer: str, *, role: str | None = None, company: str | None = None, peer: str | None = None
    ) -> str:
        """Make a login of a dealer, or of its company or peer; its name. The password is hashed once, for it takes long."""
        name = f"{dealer}-{next(_numbers)}"
        self.run(
            "INSERT INTO login (username, password, dealer_id, role_id, company_id, peer_id)"
            " SELECT %s, %s, d.id, (SELECT id FROM role WHERE key = %s), (SELECT id FROM company WHERE key = %s),"
            " (SELECT id FROM peer WHERE key = %s) FROM dealer AS d WHERE d.key = %s",
            name, hashed_password(), role, company, peer, dealer,
        )  # fmt: skip
        return name


@cache
def hashed_password() -> str:
    """PASSWORD as the login table keeps it."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@contextmanager
def web_account_at(url: str, *, role: str | None = "smartswitch_web") -> Iterator[None]:
    """Point Django at a database."""
    from django.db import connections

    from smartswitch.web.config.database import database_settings

    settings = connections.configure_settings({"default": database_settings(url, role=role)})["default"]
    connections["default"].close()
    del connections["default"]
    before, connections.settings["default"] = connections.settings["default"], settings
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = before


@contextmanager
def copy_of(postgres: Any, template: str) -> Iterator[str]:
    """A database of its own, copied from a template and dropped afterwards."""
    name = f"pages_{getpid()}_{next(_numbers)}"
    url = postgres.create_database(name, template=template)
    try:
        yield url
    finally:
        postgres.drop_database(name)


@pytest.fixture(scope="module")
def house(postgres: Any, migrated_template: str) -> Iterator[House]:
    """Owner > North > City, and South beside them, with calls, behind the web account."""
    with copy_of(postgres, migrated_template) as url:
        seeded = seed_now(url, now=NOW)
        with web_account_at(url):
            yield House(url, seeded)


@pytest.fixture
def empty_house(postgres: Any, migrated_template: str) -> Iterator[House]:
    """The same parties before the first call."""
    import asyncio

    with copy_of(postgres, migrated_template) as url:
        directory = asyncio.run(load(url))
        dealers = {dealer.key: dealer_id for dealer_id, dealer in directory.tables.dealers.items()}
        with web_account_at(url):
            yield House(url, Seeded(dealers=dealers))


Browse = Callable[..., Any]


@pytest.fixture
def browse(house: House) -> Browse:
    """`browse("north")` is a browser in which somebody of that dealer is logged in; `browse()` one where nobody is."""
    return lambda dealer=None, **options: browser_of(house, dealer, **options)


def browser_of(
    house: House,
    dealer: str | None,
    *,
    role: str | None = None,
    company: str | None = None,
    peer: str | None = None,
    **headers: str,
) -> Any:
    """Django's test browser, with the session that a login would have given."""
    from django.test import Client

    from smartswitch.web.rights.models import Login

    client = Client(SERVER_NAME="localhost", headers=headers or None)
    if dealer is not None:
        person = Login.objects.get(username=house.login(dealer, role=role, company=company, peer=peer))
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def viewer(house: House) -> Callable[[str], Any]:
    """`viewer("north")` acts for that dealer, for the selectors, until the test ends."""
    from django.db import connection

    from smartswitch.web.login.viewer import act_for, read_viewer

    def become(dealer: str, **of_customer: str) -> Any:
        name = house.login(dealer, **of_customer)
        with psycopg.connect(house.url) as session:
            row = session.execute("SELECT id FROM login WHERE username = %s", [name]).fetchone()
        assert row is not None
        if not connection.get_autocommit():
            connection.rollback()
        connection.set_autocommit(False)
        found = read_viewer(row[0], name, "")
        assert found is not None
        act_for(found, request_id="a test")
        return found

    yield become
    connection.rollback()
    connection.set_autocommit(True)
