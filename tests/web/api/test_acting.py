"""Programs that act for a dealer below: by a header of one request, with the rights of all concerned, audited."""

from datetime import timedelta
from typing import Any

import pytest

from ..house import House
from .conftest import Caller, Program

CITY = {"Act-For": "city"}
RIGHT = "dealers.act_for"


def notes(house: House, caller: Caller) -> list[dict[str, Any]]:
    """What the log says of the caller's acting."""
    row = house.row(
        "SELECT COALESCE(jsonb_agg(to_jsonb(a) ORDER BY id), '[]') AS entries FROM audit_entry AS a"
        " WHERE action LIKE 'act_for%%' AND actor = %s",
        caller.username,
    )
    return row["entries"]


def test_a_request_acts_for_a_dealer_below_and_the_next_does_not(house: House, program: Program) -> None:
    caller = program("north")
    before, acting, after = caller.get("/me"), caller.get("/me", **CITY), caller.get("/me")
    seen = {row["key"] for row in caller.get("/dealers", **CITY).json()["items"]}

    assert [(each.json()["dealer"], each.json()["is_acting"]) for each in (before, acting, after)] == [
        ("north", False), ("city", True), ("north", False),
    ]  # fmt: skip
    assert acting.json()["login"] == caller.username
    assert acting.json()["path"] == [house.seeded.dealers[key] for key in ("owner", "north", "city")]
    assert "city" in seen
    assert "north" not in seen


def test_what_is_written_stands_under_both_dealers(house: House, program: Program, bakery: dict[str, Any]) -> None:
    ids, caller = house.seeded.dealers, program("north")
    made = caller.post("/companies", bakery, **CITY)
    entry = house.row("SELECT * FROM audit_entry WHERE table_name = 'company' AND row_id = %s", str(made.json()["id"]))

    assert (made.status_code, made.json()["dealer"]) == (201, "city")
    assert (entry["actor"], entry["origin"], entry["acting_for"]) == (caller.username, "api", "city")
    assert (entry["dealer_id"], entry["by_dealer_id"]) == (ids["city"], ids["north"])


def test_that_one_looks_is_noted_once_for_as_long_as_a_person_may_act(
    house: House, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, caller = house.seeded.dealers, program("north")
    for _ in range(3):
        assert caller.get("/companies", **CITY).status_code == 200
    (note,) = notes(house, caller)
    monkeypatch.setattr("smartswitch.web.dealers.acting.LONGEST", timedelta(0))
    caller.get("/companies", **CITY)

    assert (note["action"], note["origin"], note["row_id"]) == ("act_for", "api", str(ids["city"]))
    assert (note["by_dealer_id"], note["acting_for"], note["after"].keys()) == (ids["north"], None, {"until"})
    assert len(notes(house, caller)) == 2


@pytest.mark.parametrize("key", ["south", "owner", "north", "nobody", "", "x" * 200, "city'"])
def test_nobody_acts_for_whom_is_not_below(house: House, program: Program, key: str) -> None:
    caller = program("north")
    answer = caller.get("/me", **{"Act-For": key})

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert notes(house, caller) == []


@pytest.mark.parametrize("lacks", ["scope", "role", "dealer"])
def test_acting_needs_the_right_of_the_key_of_its_login_and_of_the_dealer(
    house: House, program: Program, lacks: str
) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES (%s, %s)", f"lacks-{lacks}", house.seeded.dealers["north"])
    scopes = ("companies.view",) if lacks == "scope" else ("companies.view", RIGHT)
    caller = program("north", *scopes, role=f"lacks-{lacks}" if lacks == "role" else None)
    if lacks == "dealer":
        house.run('DELETE FROM right_grant WHERE "right" = %s AND dealer_id = %s', RIGHT, house.seeded.dealers["north"])
    answer = caller.get("/companies", **CITY)
    if lacks == "dealer":
        house.run('INSERT INTO right_grant ("right", dealer_id) VALUES (%s, %s)', RIGHT, house.seeded.dealers["north"])

    assert (answer.status_code, answer.json()["right"]) == (403, RIGHT)
    assert notes(house, caller) == []


def test_the_scopes_of_the_key_bind_there_too(program: Program, bakery: dict[str, Any]) -> None:
    caller = program("north", "companies.view", RIGHT)
    refused = caller.post("/companies", bakery, **CITY)

    assert caller.get("/me", **CITY).json()["rights"] == ["companies.view", RIGHT]
    assert (refused.status_code, refused.json()["right"]) == (403, "companies.add")


def test_nobody_may_more_there_than_the_dealer_itself(house: House, program: Program, bakery: dict[str, Any]) -> None:
    ids, caller = house.seeded.dealers, program("north")
    house.run("DELETE FROM right_grant WHERE \"right\" = 'companies.add' AND dealer_id = %s", ids["city"])
    answer = caller.post("/companies", bakery, **CITY)
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'companies.add')", ids["city"])

    assert (answer.status_code, answer.json()["right"]) == (403, "companies.add")


def test_an_idempotency_key_counts_in_the_house_in_which_it_was_used(
    house: House, program: Program, bakery: dict[str, Any]
) -> None:
    caller, once = program("north"), {"Idempotency-Key": "acting-1"}
    at_home = caller.post("/companies", bakery | {"key": "bakery-north", "pack": None}, **once)
    there = caller.post("/companies", bakery, **once, **CITY)
    again = caller.post("/companies", bakery, **once, **CITY)

    assert (at_home.status_code, there.status_code, again.status_code) == (201, 201, 201)
    assert at_home.json()["dealer"] == "north"
    assert again.json() == there.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert house.row("SELECT count(*) AS n FROM company WHERE key = 'bakery'")["n"] == 1


def test_money_is_entered_where_one_acts_and_once(house: House, program: Program) -> None:
    caller, once = program("north"), {"Idempotency-Key": "acting-2"}
    sent = {"party_kind": "company", "party": "corner-shop", "amount": "1.50"}
    balance = "SELECT amount FROM balance WHERE kind = 'company' AND party = 'corner-shop'"
    before = house.row(balance)["amount"]
    at_home = caller.post("/payments", sent, **once)
    there = [caller.post("/payments", sent, **once, **CITY) for _ in range(2)]

    assert at_home.status_code == 422
    assert [each.status_code for each in there] == [201, 201]
    assert house.row(balance)["amount"] == before + 1_500_000


def test_moments_are_understood_in_the_zone_of_the_dealer(house: House, program: Program) -> None:
    house.run("UPDATE dealer SET time_zone = 'Asia/Kolkata' WHERE key = 'city'")
    caller = program("north")
    pack = next(row["id"] for row in caller.get("/packs", **CITY).json()["items"] if row["key"] == "city-retail")
    price = {"pack_id": pack, "code": "999", "price_per_minute": "1", "valid_from": "2090-01-01T00:00:00"}
    made = caller.post("/prices", price, **CITY)
    house.run("UPDATE dealer SET time_zone = 'UTC' WHERE key = 'city'")

    assert made.status_code == 201
    assert made.json()["valid_from"] == "2089-12-31T18:30:00Z"


def test_keys_are_not_made_there(program: Program) -> None:
    assert program("north").post("/keys", {"name": "x"}, **CITY).status_code == 405
