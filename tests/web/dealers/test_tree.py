"""The tree below a viewer, branch by branch; and a dealer with all below it moves to another place."""

from collections.abc import Iterator
from typing import Any

import pytest

from ..house import Browse, House

BRANCH_ROWS = 100
QUERIES = 9
"""Seven for a request, one for the dealer, one for those below it."""
MANY = BRANCH_ROWS + 30


@pytest.fixture
def crowd(house: House) -> Iterator[None]:
    """Many dealers directly below South."""
    house.run(
        "WITH wanted AS (SELECT n, 'shop-' || lpad(n::text, 4, '0') AS key, nextval('dealer_id_seq') AS id"
        "                FROM generate_series(1, %s) AS n),"
        " b AS (INSERT INTO balance (dealer_id, kind, party, currency, credit_limit)"
        "       SELECT id, 'dealer', key, 'USD', 0 FROM wanted RETURNING id, dealer_id)"
        " INSERT INTO dealer (id, key, parent_id, currency, balance_id)"
        " SELECT w.id, w.key, %s, 'USD', b.id FROM wanted AS w JOIN b ON b.dealer_id = w.id",
        MANY, house.seeded.dealers["south"],
    )  # fmt: skip
    yield
    house.run(
        "WITH d AS (DELETE FROM dealer WHERE key LIKE 'shop-0%%' RETURNING id)"
        " DELETE FROM balance WHERE dealer_id IN (SELECT id FROM d)"
    )


def test_the_tree_opens_branch_by_branch(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    client = browse("owner")
    tree = client.get("/dealers/tree").content.decode()
    branch = client.get(f"/dealers/{ids['north']}/branch").content.decode()

    assert "North Communications" in tree
    assert "South Telephone" in tree
    assert "City Net" not in tree
    assert f'hx-get="/dealers/{ids["north"]}/branch"' in tree
    assert f'hx-get="/dealers/{ids["south"]}/branch"' not in tree
    assert "City Net" in branch
    assert "<html" not in branch


def test_a_long_branch_comes_in_pages_and_costs_the_same_number_of_queries(
    house: House, browse: Browse, crowd: None
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = f"/dealers/{house.seeded.dealers['south']}/branch"
    client = browse("south")
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        first = client.get(address).content.decode()
    count = len(asked)
    second = client.get(f"{address}?after=shop-{BRANCH_ROWS:04}").content.decode()

    assert first.count("<li>") == BRANCH_ROWS + 1
    assert f"after=shop-{BRANCH_ROWS:04}" in first
    assert second.count("<li>") == MANY - BRANCH_ROWS
    assert "Show more" not in second
    assert count == QUERIES


@pytest.fixture
def village(house: House, browse: Browse) -> Iterator[dict[str, Any]]:
    """A dealer below City."""
    typed = {"key": "hamlet", "parent": "city", "currency": "USD", "time_zone": "UTC", "profit_control": "no_losses"}
    answer = browse("north").post("/dealers/new", typed)
    assert answer.status_code == 302, answer.content.decode()
    row = house.row("SELECT * FROM dealer WHERE key = 'hamlet'")
    yield row
    house.run("DELETE FROM right_grant WHERE dealer_id = %s", row["id"])
    house.run("WITH d AS (DELETE FROM dealer WHERE id = %s RETURNING balance_id)"
              " DELETE FROM balance WHERE id IN (SELECT balance_id FROM d)", row["id"])  # fmt: skip


def test_a_move_tells_what_moves_and_then_moves_it(house: House, browse: Browse, village: Any) -> None:
    client = browse("north")
    address = f"/dealers/{village['id']}/move"
    typed = {"parent": "north", "pack": "north-direct"}
    question = client.post(address, typed)
    between = house.row("SELECT parent_id FROM dealer WHERE id = %s", village["id"])
    answer = client.post(address, {**typed, "confirmed": "yes"})
    now = house.row("SELECT * FROM dealer WHERE id = %s", village["id"])

    assert "To North Communications move: 1 dealers" in question.content.decode()
    assert between["parent_id"] == house.seeded.dealers["city"]
    assert answer.status_code == 302
    assert now["path"] == [house.seeded.dealers["owner"], house.seeded.dealers["north"], village["id"]]
    assert now["pack_id"] == house.row("SELECT id FROM billing_pack WHERE key = 'north-direct'")["id"]


@pytest.mark.parametrize(
    ("who", "what", "parent", "words"),
    [
        ("north", "city", "hamlet", "A dealer cannot be moved below itself."),
        ("north", "city", "north", "It is there already."),
        ("north", "north", "city", "Only a dealer above can move your own dealer."),
        ("north", "city", "south", "There is no south here."),
        ("north", "city", "owner", "There is no owner here."),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_nothing_moves(
    house: House, browse: Browse, village: Any, who: str, what: str, parent: str, words: str
) -> None:
    before = house.row("SELECT jsonb_agg(path ORDER BY id) AS paths FROM dealer")
    answer = browse(who).post(f"/dealers/{house.seeded.dealers[what]}/move", {"parent": parent, "confirmed": "yes"})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert house.row("SELECT jsonb_agg(path ORDER BY id) AS paths FROM dealer") == before
