"""How often each page asks the database. A page that grows shows itself here: a query for every row, or one that is new.

Asked by a dealer with somebody above and somebody below him, the second time, when what is kept between requests is kept.
"""

from typing import Any

import pytest

from .house import browser_of
from .query_count import counted

OBJECTS = {
    "company": "SELECT min(c.id) AS id FROM company AS c JOIN dealer AS d ON d.id = c.dealer_id"
    " WHERE d.path @> ARRAY[%s]::bigint[]",
    "peer": "SELECT min(id) AS id FROM peer WHERE dealer_id = %s",
    "dealer": "SELECT %s::bigint AS id",
    "pack": "SELECT min(id) AS id FROM billing_pack WHERE dealer_id = %s",
    "balance": "SELECT balance_id AS id FROM dealer WHERE id = %s",
    "login": "SELECT min(id) AS id FROM login WHERE dealer_id = %s",
    "call": "SELECT call_id AS id FROM cdr WHERE dealer_ids @> ARRAY[%s]::bigint[] ORDER BY created_at LIMIT 1",
}
"""What an address with a name in braces shows: one such thing of the dealer."""

QUERIES = {
    "/": 21,
    "/today": 14,
    "/live": 9,
    "/calls": 12,
    "/calls/{call}": 11,
    "/check": 7,
    "/search?q=a": 9,
    "/balances": 8,
    "/balances/{balance}": 12,
    "/balances/{balance}/calls": 9,
    "/payments": 13,
    "/dealers": 9,
    "/dealers/tree": 9,
    "/dealers/{dealer}": 9,
    "/dealers/{dealer}/history": 13,
    "/dealers/{dealer}/tab/rights": 11,
    "/dealers/{dealer}/tab/rights-in-effect": 10,
    "/companies": 10,
    "/companies?search=a": 9,
    "/companies/new": 7,
    "/companies/{company}": 8,
    "/companies/{company}/change": 9,
    "/companies/{company}/history": 12,
    "/companies/{company}/tab/peers": 10,
    "/peers": 11,
    "/peers/{peer}": 11,
    "/peers/{peer}/change": 9,
    "/peers/{peer}/addresses": 9,
    "/peers/{peer}/patterns": 9,
    "/numbers": 9,
    "/packs": 9,
    "/packs/{pack}": 13,
    "/packs/{pack}/prices": 10,
    "/packs/{pack}/time-bands": 9,
    "/packs/{pack}/holidays": 9,
    "/packs/{pack}/cost": 8,
    "/exchange-rates": 9,
    "/route-classes": 8,
    "/hunting-classes": 8,
    "/logins": 9,
    "/logins/{login}": 8,
    "/roles": 8,
    "/rights": 8,
    "/keys": 8,
    "/webhooks": 8,
    "/audit": 10,
    "/settings": 9,
    "/security": 11,
    "/sessions": 8,
    "/password": 7,
}


@pytest.fixture(scope="module")
def client(house: Any) -> Any:
    """One person for all pages: each login more would be a row of a table that is asked for here."""
    return browser_of(house, "north")


@pytest.mark.parametrize("address", QUERIES)
def test_a_page_asks_the_database_so_many_times(house: Any, client: Any, address: str) -> None:
    dealer = house.seeded.dealers["north"]
    found = {name: house.row(query, dealer)["id"] for name, query in OBJECTS.items() if f"{{{name}}}" in address}
    path = address.format(**found)
    assert client.get(path).status_code == 200
    with counted() as queries:
        client.get(path)

    assert len(queries) == QUERIES[address], "\n".join(queries)
