"""The history of a row, one change, and undoing it by programs: what the pages of the audit do."""

from collections.abc import Iterator
from typing import Any

import pytest

from ..house import House
from .conftest import Caller, Program

NAME = "Corner Shop Ltd"


@pytest.fixture
def shop(house: House) -> Iterator[int]:
    """The company of City, which is called as before afterwards."""
    yield house.row("SELECT id FROM company WHERE key = 'corner-shop'")["id"]
    house.run("UPDATE company SET name = %s WHERE key = 'corner-shop'", NAME)


def name_now(house: House) -> str:
    found: str = house.row("SELECT name FROM company WHERE key = 'corner-shop'")["name"]
    return found


def rename(caller: Caller, shop: int, name: str) -> int:
    """Give the company another name; the number of the change."""
    assert caller.patch(f"/companies/{shop}", {"name": name}).status_code == 200
    found: int = caller.get(f"/companies/{shop}/history").json()["items"][0]["id"]
    return found


def test_the_history_of_a_row_has_its_changes_and_no_others(house: House, program: Program, shop: int) -> None:
    caller = program("city")
    change = rename(caller, shop, "Told in its history")
    caller.patch("/settings", {"name": "Something else"})
    caller.patch("/settings", {"name": "City Net"})
    newest: Any = caller.get(f"/companies/{shop}/history").json()["items"][0]
    whole = caller.get(f"/audit/{change}").json()

    assert newest["id"] == change
    assert newest["actor"] == caller.username
    assert [(each["field"], each["before"], each["after"]) for each in newest["entries"][0]["fields"]] == [
        ("Name", NAME, "Told in its history")
    ]
    assert whole == newest
    assert caller.get(f"/companies/{shop}/history?after=nowhere").status_code == 422
    assert caller.get(f"/companies/{shop}/history?before=1-1").status_code == 422


def test_a_change_is_undone_once(house: House, program: Program, shop: int) -> None:
    caller = program("city")
    change = rename(caller, shop, "A slip")
    plan = caller.get(f"/audit/{change}/undo").json()
    undone, again = (caller.post(f"/audit/{change}/undo", {}, **{"Idempotency-Key": "undo-1"}) for _ in range(2))

    assert plan["is_doable"] is True
    assert [(each["now"], each["becomes"], each["has_moved"]) for each in plan["steps"][0]["fields"]] == [
        ("A slip", NAME, False)
    ]
    assert (undone.status_code, undone.json()) == (200, {"rows": 1})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert name_now(house) == NAME
    assert caller.post(f"/audit/{change}/undo", {}).status_code == 422


def test_what_was_changed_since_stays_unless_it_is_named(house: House, program: Program, shop: int) -> None:
    caller = program("city")
    change = rename(caller, shop, "A slip")
    rename(caller, shop, "Mended by hand")
    (field,) = caller.get(f"/audit/{change}/undo").json()["steps"][0]["fields"]
    refused = caller.post(f"/audit/{change}/undo", {})
    after_refusal = name_now(house)
    undone = caller.post(f"/audit/{change}/undo", {"overwrite": [field["key"]]})

    assert field["has_moved"] is True
    assert (refused.status_code, after_refusal) == (422, "Mended by hand")
    assert (undone.status_code, name_now(house)) == (200, NAME)


def test_nobody_undoes_what_he_could_not_change(house: House, program: Program, shop: int) -> None:
    change = rename(program("city"), shop, "Another name")
    reader = program("city", "audit.view", "companies.view")
    refused = reader.post(f"/audit/{change}/undo", {})

    assert reader.get(f"/audit/{change}").status_code == 200
    assert (refused.status_code, refused.json()["right"]) == (403, "companies.change")
    assert program("south").post(f"/audit/{change}/undo", {}).status_code == 404
    assert program("city", "companies.change").get(f"/audit/{change}/undo").json()["right"] == "audit.view"
    assert name_now(house) == "Another name"
