"""A noun through the API, by the example of companies: what is read, written, refused and hidden."""

from typing import Any

import pytest

from ..house import House
from .conftest import Program

PROBLEM = "application/problem+json"


def test_a_program_reads_what_its_dealer_sees(program: Program, shop: dict[str, Any]) -> None:
    answer = program("city").get("/companies")
    (found,) = [row for row in answer.json()["items"] if row["key"] == "corner-shop"]

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (answer.json()["page"], answer.json()["size"], answer.json()["has_next"]) == (1, 30, False)
    assert found["id"] == shop["id"]
    assert (found["state"], found["is_blocked"], found["balance"]["currency"]) == ("active", False, "USD")
    assert found["balance"]["amount"].count(".") == 1
    assert found["created_at"].endswith("Z")


def test_one_company_is_read_by_its_id(program: Program, shop: dict[str, Any]) -> None:
    assert program("city").get(f"/companies/{shop['id']}").json()["key"] == "corner-shop"


def test_lists_are_narrowed_sorted_and_paged(program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")
    for number in range(3):
        assert caller.post("/companies", bakery | {"key": f"bakery{number}"}).status_code == 201

    page = caller.get("/companies?search=bakery&order=-key&size=2").json()
    rest = caller.get("/companies?search=bakery&order=-key&size=2&page=2").json()

    assert [row["key"] for row in page["items"]] == ["bakery2", "bakery1"]
    assert (page["total"], page["has_next"]) == (3, True)
    assert [row["key"] for row in rest["items"]] == ["bakery0"]
    assert (rest["total"], rest["has_next"]) == (3, False)
    assert caller.get("/companies?state=blocked").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [("order=password", "order"), ("page=0", "page"), ("page=x", "page"), ("size=201", "size"), ("state=gone", "state"),
     ("dealer=nobody", "dealer"), ("is_blocked=1", "is_blocked"), ("search=" + "x" * 65, "search")],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused_by_name(program: Program, query: str, field: str) -> None:
    answer = program("city").get(f"/companies?{query}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert list(answer.json()["errors"]) == [field]


def test_a_company_is_made_changed_and_deleted(house: House, program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")
    made = caller.post("/companies", bakery)
    place = made.headers["Location"].removeprefix("/api/v1")
    changed = caller.patch(place, {"name": "Bakery & Sons", "credit_limit": None})
    row = house.row("SELECT c.*, b.credit_limit FROM company AS c JOIN balance AS b ON b.id = c.balance_id"
                    " WHERE c.key = 'bakery'")  # fmt: skip
    audit = house.row("SELECT * FROM audit_entry WHERE table_name = 'company' AND action = 'insert' ORDER BY id DESC")

    assert (made.status_code, made.json()["credit_limit"], made.json()["pack"]) == (201, "12.5", "city-retail")
    assert (changed.status_code, changed.json()["name"]) == (200, "Bakery & Sons")
    assert (row["name"], row["credit_limit"], row["pack_id"] is not None) == ("Bakery & Sons", None, True)
    assert (audit["origin"], audit["actor"]) == ("api", caller.username)
    assert caller.delete(place).status_code == 204
    assert caller.get(place).status_code == 404


@pytest.mark.parametrize("name", ["tenant_id", "balance", "balance_id", "is_staff", "id", "amount", "created_at"])
def test_only_fields_of_the_form_can_be_set(
    house: House, program: Program, bakery: dict[str, Any], shop: dict[str, Any], name: str
) -> None:
    caller = program("city")
    made = caller.post("/companies", bakery | {name: 1})
    changed = caller.patch(f"/companies/{shop['id']}", {name: 1})

    assert (made.status_code, list(made.json()["errors"])) == (422, [name])
    assert (changed.status_code, list(changed.json()["errors"])) == (422, [name])
    assert house.row("SELECT * FROM company WHERE id = %s", shop["id"]) == shop
    assert house.row("SELECT count(*) AS n FROM company WHERE key = 'bakery'")["n"] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("key", "a b"), ("key", 5), ("currency", "dollars"), ("credit_limit", 12.5), ("credit_limit", "1e3"),
     ("credit_limit", "-1"), ("pack", "no-such-pack"), ("is_blocked", "yes"), ("call_limit", -1), ("name", "a\nb"),
     ("key", "corner-shop"), ("dealer", "south"), ("name", "\ud800"), ("name", "x" * 300)],
)  # fmt: skip
def test_what_is_wrong_is_told_by_field_and_nothing_is_left(
    house: House, program: Program, bakery: dict[str, Any], name: str, value: object
) -> None:
    before = house.row("SELECT (SELECT count(*) FROM company) AS companies, (SELECT count(*) FROM balance) AS balances")
    answer = program("city").post("/companies", bakery | {name: value})

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert list(answer.json()["errors"]) == [name]
    assert before == house.row(
        "SELECT (SELECT count(*) FROM company) AS companies, (SELECT count(*) FROM balance) AS balances"
    )


def test_a_refusal_that_concerns_no_field_is_told_as_a_whole(program: Program, shop: dict[str, Any]) -> None:
    answer = program("city").delete(f"/companies/{shop['id']}")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("There is money on its balance.")


@pytest.mark.parametrize("dealer", ["south"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_stranger_finds_nothing(
    house: House, program: Program, shop: dict[str, Any], dealer: str, method: str
) -> None:
    answer = program(dealer).call(method, f"/companies/{shop['id']}", {"name": "mine"} if method == "PATCH" else None)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
    assert house.row("SELECT * FROM company WHERE id = %s", shop["id"]) == shop


@pytest.mark.parametrize("number", ["0", "9223372036854775807", "9223372036854775808", "-1", "x", "1/x", "%00"])
def test_what_does_not_exist_is_not_found(program: Program, number: str) -> None:
    answer = program("city").get(f"/companies/{number}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)


def test_a_key_without_the_right_is_told_which_one_is_missing(program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city", "companies.view")
    answer = caller.post("/companies", bakery)

    assert caller.get("/companies").status_code == 200
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, PROBLEM)
    assert answer.json()["right"] == "companies.add"


def test_a_parent_loses_a_right_and_so_does_the_key(house: House, program: Program) -> None:
    caller = program("city")
    north = house.seeded.dealers["north"]
    house.run("DELETE FROM right_grant WHERE \"right\" = 'companies.view' AND dealer_id = %s", north)
    answer = caller.get("/companies")
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'companies.view')", north)

    assert (answer.status_code, answer.json()["right"]) == (403, "companies.view")
    assert "North Communications, can grant it" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status"),
    [
        ("PUT", "/companies", {}, "application/json", 405),
        ("POST", "/me", {}, "application/json", 405),
        ("POST", "/companies", b"{", "application/json", 400),
        ("POST", "/companies", b"\xff\xfe", "application/json", 400),
        ("POST", "/companies", b"key=x", "application/x-www-form-urlencoded", 415),
        ("POST", "/companies", b"", "application/json", 422),
        ("POST", "/companies", [1], "application/json", 422),
        ("POST", "/companies", None, "application/json", 422),
        ("GET", "/nothing/here", None, "application/json", 404),
        pytest.param("POST", "/companies", b"x" * 3_000_000, "application/json", 413, id="too large"),
    ],
)
def test_every_refusal_is_a_problem(
    program: Program, method: str, path: str, body: object, content_type: str, status: int
) -> None:
    answer = program("city").call(method, path, body, content_type=content_type)
    told = answer.json()

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]


def test_our_own_mistake_is_a_problem_and_undone(
    house: House, program: Program, bakery: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartswitch.web.api import noun_operations

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(noun_operations, "told_row", fail)
    answer = program("city").post("/companies", bakery)

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM)
    assert house.row("SELECT count(*) AS n FROM company WHERE key = 'bakery'")["n"] == 0
