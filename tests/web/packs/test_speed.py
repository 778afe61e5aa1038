"""A pack of 200,000 codes answers its pages with few queries, and none that reads them all."""

from typing import Any

import psycopg
import pytest

from ..house import Browse, House
from .conftest import Pack

CODES = 200_000
MOST_QUERIES = 16


@pytest.fixture(scope="module")
def large(house: House) -> Pack:
    """Codes 4000000 and up, each with a price that ended and one in force."""
    row = house.row(
        "INSERT INTO billing_pack (key, dealer_id, currency) VALUES ('large', %s, 'USD') RETURNING id",
        house.seeded.dealers["city"],
    )
    pack = Pack(house, int(row["id"]))
    with psycopg.connect(house.url) as connection:
        connection.execute("ALTER TABLE price DISABLE TRIGGER USER")
        connection.execute(
            "INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute, valid_from, valid_to)"
            " SELECT %s, (4000000 + n)::text, 1000000 + n, 1000000 + n,"
            "        CASE WHEN old THEN '-infinity' ELSE timestamptz '2026-01-01' END,"
            "        CASE WHEN old THEN timestamptz '2026-01-01' ELSE 'infinity' END"
            " FROM generate_series(0, %s - 1) AS n, unnest(ARRAY[true, false]) AS old",
            [pack.id, CODES],
        )
        connection.execute("ALTER TABLE price ENABLE TRIGGER USER")
    with psycopg.connect(house.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE price")
    return pack


@pytest.mark.timeout(300)
def test_a_large_pack_answers_at_once(browse: Browse, large: Pack) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browse("city")
    pages = {}
    for name, query in {
        "in force": "", "history": "?show=all", "planned": "?show=future", "at a moment": "?at=2025-01-01T00:00:00",
        "prefix": "?search=41999", "number": "?search=%2B4198765012345", "far page": "?page=150", "falling": "?order=-code",
    }.items():  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            pages[name] = client.get(f"/packs/{large.id}/prices{query}").content.decode()
        assert len(asked) <= MOST_QUERIES, (name, [each["sql"][:90] for each in asked])
    with CaptureQueriesContext(connection) as asked:
        cost = client.get(f"/packs/{large.id}/cost?number=4198765012345&seconds=60").content.decode()

    assert len(asked) <= MOST_QUERIES
    assert "of more than 1,000" in pages["in force"]
    assert ">4000000<" in pages["in force"]
    assert ">4199999<" in pages["falling"]
    assert ">4199900<" in pages["prefix"]
    assert pages["number"].count('<tr id="prices-') == 1
    assert ">4198765<" in pages["number"]
    assert "Nothing here is like that" in pages["planned"]
    assert "4198765: the longest code" in cost


@pytest.mark.timeout(300)
@pytest.mark.parametrize("search", ["", "41999", "4198765012345"])
def test_a_page_goes_by_the_index_of_codes(viewer: Any, large: Pack, search: str) -> None:
    from django.db import connection

    from smartswitch.web.nouns.registry import noun_named

    city = viewer("city")
    noun = noun_named("prices")
    assert noun.narrow is not None
    assert noun.find is not None
    rows = noun.narrow(noun.rows(city).filter(pack=large.id), {})
    rows = (noun.find(rows, search) if search else rows).order_by(*noun.order)
    sql, parameters = rows[:51].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql, parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "price_of_code" in plan
    assert "Seq Scan on price" not in plan, plan
