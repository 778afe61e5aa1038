"""What is told only once, and what an absent field means: the same for companies, peers and dealers."""

from typing import Any

import pytest

from ..house import House
from .conftest import Program

PARTIES: list[tuple[str, dict[str, Any]]] = [
    ("companies", {"currency": "USD"}),
    ("peers", {"kind": "originator", "currency": "USD", "networks": "192.0.2.66"}),
    ("dealers", {"currency": "USD", "time_zone": "Europe/Kyiv", "profit_control": "allow_losses"}),
]


@pytest.mark.parametrize(("noun", "sent"), [
    ("logins", {"username": "ann-of-city", "standard_role": "support"}),
    ("peers", {"kind": "user", "key": "ann-phone", "currency": "USD"}),
])  # fmt: skip
def test_a_password_is_told_in_the_answer_that_made_it_and_never_again(
    program: Program, noun: str, sent: dict[str, Any]
) -> None:
    caller = program("city")
    made = caller.post(f"/{noun}", sent, **{"Idempotency-Key": f"once-{noun}"})
    again = caller.post(f"/{noun}", sent, **{"Idempotency-Key": f"once-{noun}"})
    read = caller.get(made.headers["Location"].removeprefix("/api/v1"))

    assert made.status_code == 201
    assert made.json()["once"]["username"] == sent.get("username", sent.get("key"))
    assert len(made.json()["once"]["password"]) >= 12
    assert again.status_code == 201
    assert "once" not in again.json()
    assert made.json()["once"]["password"] not in read.content.decode()


@pytest.mark.parametrize(("noun", "rest"), PARTIES)
@pytest.mark.parametrize(("limits", "limit"), [
    ({}, 0), ({"credit_limit": None}, None), ({"credit_limit": "12.5"}, 12_500_000),
])  # fmt: skip
def test_a_party_without_a_word_about_its_credit_is_prepaid(
    house: House, program: Program, noun: str, rest: dict[str, Any], limits: dict[str, Any], limit: int | None
) -> None:
    key = f"{noun}-{limit}"
    answer = program("north").post(f"/{noun}", {"key": key, **rest, **limits})

    assert answer.status_code == 201, answer.content.decode()
    assert house.row("SELECT credit_limit FROM balance WHERE party = %s", key)["credit_limit"] == limit


def test_what_is_the_owners_only_is_not_found_by_others(program: Program) -> None:
    caller = program("north")

    assert caller.get("/terminators").status_code == 404
    assert caller.post("/terminators", {}).status_code in (404, 422)
    assert program("owner").get("/terminators").status_code == 200
