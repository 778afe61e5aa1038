"""Money that programs enter: once, by whom it concerns, and never without a word against repeats."""

from typing import Any

import pytest

from ..house import House
from .conftest import Program

SENT = {"party_kind": "company", "party": "corner-shop", "amount": "2.50", "note": "Cash"}
BALANCE = "SELECT * FROM balance WHERE kind = 'company' AND party = 'corner-shop'"


def test_a_payment_is_entered_once_however_often_it_is_sent(house: House, program: Program) -> None:
    before = house.row(BALANCE)["amount"]
    caller = program("city")
    first = caller.post("/payments", SENT, **{"Idempotency-Key": "cash 1".replace(" ", "-")})
    house.run("DELETE FROM idempotency_key")
    forgotten = caller.post("/payments", SENT, **{"Idempotency-Key": "cash-1"})
    again = caller.post("/payments", SENT, **{"Idempotency-Key": "cash-1"})
    listed = caller.get("/payments?party=corner-shop").json()["items"]

    assert (first.status_code, forgotten.status_code, again.status_code) == (201, 201, 201)
    assert first.json()["id"] == forgotten.json()["id"] == again.json()["id"]
    assert house.row(BALANCE)["amount"] == before + 2_500_000
    assert [row["amount"] for row in listed if row["id"] == first.json()["id"]] == [
        {"amount": "2.500000", "currency": "USD"}
    ]


def test_without_a_word_against_repeats_nothing_is_paid(house: House, program: Program) -> None:
    before = house.row(BALANCE)
    answer = program("city").post("/payments", SENT)

    assert answer.status_code == 400
    assert house.row(BALANCE) == before


@pytest.mark.parametrize(
    ("dealer", "changed", "status", "field"),
    [
        ("city", {"amount": "0"}, 422, "amount"),
        ("city", {"amount": 2.5}, 422, "amount"),
        ("city", {"amount": "-1000000"}, 422, "amount"),
        ("city", {"party": "nobody"}, 422, "party"),
        ("city", {"tenant_id": 1}, 422, "tenant_id"),
        ("south", {}, 422, "party"),
        ("north", {}, 422, None),
    ],
)
def test_what_may_not_be_paid_moves_nothing(
    house: House, program: Program, dealer: str, changed: dict[str, Any], status: int, field: str | None
) -> None:
    before = house.row(BALANCE)
    answer = program(dealer).post("/payments", SENT | changed, **{"Idempotency-Key": "x"})

    assert answer.status_code == status
    assert list(answer.json().get("errors", {})) == ([field] if field else [])
    assert house.row(BALANCE) == before


@pytest.mark.parametrize(("kind", "right"), [("payment", "balances.pay"), ("adjustment", "balances.adjust")])
def test_each_kind_needs_its_right(program: Program, kind: str, right: str) -> None:
    answer = program("city", "balances.view").post("/payments", SENT | {"kind": kind}, **{"Idempotency-Key": "x"})

    assert (answer.status_code, answer.json()["right"]) == (403, right)
