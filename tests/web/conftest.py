"""A small tree of dealers in a real database, and sessions that act as one process or another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString, Protocol

import psycopg
import pytest
from psycopg.rows import scalar_row

from .house import browse, empty_house, house, viewer

__all__ = ["browse", "empty_house", "house", "viewer"]


class MigratedDatabase(Protocol):
    """The fixture `database` of the suite."""

    @property
    def url(self) -> str: ...

    def url_for(self, role: str) -> str: ...


class Tree:
    """Makes parties as the schema's owner; each is named by its key and known by its id."""

    def __init__(self, database: MigratedDatabase, connection: psycopg.Connection[Any]) -> None:
        self.database = database
        self.connection = connection

    def run(self, statement: LiteralString, *values: object) -> None:
        """Execute one statement as the schema's owner."""
        self.connection.execute(statement, values)

    def value(self, statement: LiteralString, *values: object) -> Any:
        """The first column of the first row."""
        return self.connection.cursor(row_factory=scalar_row).execute(statement, values).fetchone()

    def values(self, statement: LiteralString, *values: object) -> list[Any]:
        """The first column of all rows."""
        return self.connection.cursor(row_factory=scalar_row).execute(statement, values).fetchall()

    def dealer(self, key: str, parent: int | None = None, *, credit_limit: int | None = 0) -> int:
        """A dealer and its balance, in USD."""
        with self.connection.transaction():
            dealer_id = self.value("SELECT nextval(pg_get_serial_sequence('dealer', 'id'))")
            balance_id = self.value(
                "INSERT INTO balance (dealer_id, kind, party, currency, credit_limit)"
                " VALUES (%s, 'dealer', %s, 'USD', %s) RETURNING id",
                dealer_id, key, credit_limit,
            )  # fmt: skip
            self.run(
                "INSERT INTO dealer (id, key, parent_id, currency, balance_id) VALUES (%s, %s, %s, 'USD', %s)",
                dealer_id, key, parent, balance_id,
            )  # fmt: skip
        return dealer_id

    def peer(self, key: str, dealer: int, kind: str = "originator") -> int:
        """A peer and its balance."""
        balance_id = self.value(
            "INSERT INTO balance (dealer_id, kind, party, currency) VALUES (%s, 'peer', %s, 'USD') RETURNING id",
            dealer, key,
        )  # fmt: skip
        return self.value(
            "INSERT INTO peer (key, dealer_id, kind, balance_id) VALUES (%s, %s, %s, %s) RETURNING id",
            key, dealer, kind, balance_id,
        )  # fmt: skip

    def pack(self, key: str, dealer: int) -> int:
        """An empty billing pack in USD."""
        return self.value(
            "INSERT INTO billing_pack (key, dealer_id, currency) VALUES (%s, %s, 'USD') RETURNING id", key, dealer
        )

    def price(self, pack: int, code: str, valid_from: str = "-infinity") -> int:
        """A price of 0.01 a minute."""
        return self.value(
            "INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute, valid_from)"
            " VALUES (%s, %s, 1000000, 1000000, %s) RETURNING id",
            pack, code, valid_from,
        )  # fmt: skip

    def path(self, dealer: int) -> list[int]:
        """The path of a dealer, from the owner down."""
        return self.value("SELECT path FROM dealer WHERE id = %s", dealer)

    @contextmanager
    def acting_as(self, role: str, dealer: int | None = None) -> Iterator[psycopg.Connection[Any]]:
        """A session of one process's role, each statement a transaction, acting for a dealer if one is given."""
        with psycopg.connect(self.database.url_for(role), autocommit=True) as connection:
            if dealer is not None:
                connection.execute("SELECT set_config('smartswitch.dealer', %s, false)", [str(dealer)])
            yield connection


@pytest.fixture
def tree(database: MigratedDatabase) -> Iterator[Tree]:
    """An empty migrated database."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield Tree(database, connection)
