"""A pack of City's to work on, with time bands and prices, made anew for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ..house import House


@dataclass(frozen=True)
class Pack:
    """A pack of a dealer, and the rows of its prices."""

    house: House
    id: int

    def price(self, code: str, price: int, **columns: object) -> int:
        """Put a price in force (from ever, unless said), 10^-8 a minute; its id."""
        values = {
            "pack_id": self.id,
            "code": code,
            "price_per_minute": price,
            "first_price_per_minute": price,
            **columns,
        }
        names = ", ".join(values)
        places = ", ".join(["%s"] * len(values))
        row = self.house.row(f"INSERT INTO price ({names}) VALUES ({places}) RETURNING id", *values.values())
        return int(row["id"])

    def band(
        self, name: str, *, weekdays: list[int], start: int = 0, end: int = 1440, is_holiday: bool = False
    ) -> None:
        """Add a time to a band."""
        self.house.run(
            "INSERT INTO time_band (pack_id, name, weekdays, start_minute, end_minute, is_holiday)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            self.id, name, weekdays, start, end, is_holiday,
        )  # fmt: skip

    def rows(self, code: str) -> list[dict[str, Any]]:
        """All prices of a code, the oldest first; moments are null where they are infinite."""
        with psycopg.connect(self.house.url, row_factory=dict_row) as connection:
            return connection.execute(
                "SELECT id, band, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s, free_s,"
                " grace_s, nullif(valid_from, '-infinity') AS valid_from, nullif(valid_to, 'infinity') AS valid_to,"
                " is_blocked"
                " FROM price WHERE pack_id = %s AND code = %s ORDER BY price.valid_from, id",
                [self.id, code],
            ).fetchall()


@pytest.fixture
def pack(house: House) -> Iterator[Pack]:
    """City's pack "test-pack", in USD, to 4 decimals, 20 % tax on top."""
    row = house.row(
        "INSERT INTO billing_pack (key, dealer_id, currency, decimals, tax_mode, tax_ppm, time_zone)"
        " VALUES ('test-pack', %s, 'USD', 4, 'added', 200000, 'Europe/Kyiv') RETURNING id",
        house.seeded.dealers["city"],
    )
    made = Pack(house, int(row["id"]))
    yield made
    with psycopg.connect(house.url) as connection:
        connection.execute("ALTER TABLE price DISABLE TRIGGER USER")
        connection.execute("DELETE FROM price WHERE pack_id = %s", [made.id])
        connection.execute("ALTER TABLE price ENABLE TRIGGER USER")
        for table in ("time_band", "holiday"):
            connection.execute(f"DELETE FROM {table} WHERE pack_id = %s", [made.id])
        connection.execute("DELETE FROM billing_pack WHERE id = %s", [made.id])
