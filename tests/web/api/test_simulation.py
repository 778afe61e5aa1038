"""What a call would do, asked of a real node by a program."""

from collections.abc import Iterator

import pytest

from ..answering_node import answering_node
from ..house import House
from .conftest import Program

CALL = "called=447911123456&at=2026-01-05T12:00:00Z&duration_s=90"


@pytest.fixture
def node(house: House) -> Iterator[None]:
    with answering_node(house.url):
        yield


@pytest.fixture
def phone(house: House) -> int:
    return house.row("SELECT id FROM peer WHERE key = 'shop-phone'")["id"]


def test_a_program_sees_what_its_dealer_sees(program: Program, node: None, phone: int) -> None:
    answer = program("city").get(f"/simulation?peer={phone}&{CALL}")
    told = answer.json()
    shop, city = told["levels"]

    assert (answer.status_code, told["where"], told["called"], told["reason"]) == (200, "outside", "447911123456", None)
    assert (shop["seller"], shop["code"], shop["amount"], shop["tax"]) == ("city", "44", "0.090000", "0.015000")
    assert (city["seller"], city["price_per_minute"], city["amount"]) == ("north", "0.0125", "0.018750")
    assert [(margin["dealer"], margin["amount"]) for margin in told["margins"]] == [("city", "0.056250")]
    assert told["routes"] == []


def test_a_stranger_has_no_such_peer(program: Program, node: None, phone: int) -> None:
    assert program("south").get(f"/simulation?peer={phone}&{CALL}").status_code == 404


def test_without_the_right_nobody_is_asked(program: Program, phone: int) -> None:
    answer = program("city", "calls.view").get(f"/simulation?peer={phone}&{CALL}")

    assert (answer.status_code, answer.json()["right"]) == (403, "routes.check")


def test_when_no_node_answers_a_program_comes_again(program: Program, phone: int) -> None:
    answer = program("city").get(f"/simulation?peer={phone}&{CALL}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("at", ["yesterday", "2026-13-45T00:00:00Z"])
def test_a_moment_that_is_none_is_refused(program: Program, phone: int, at: str) -> None:
    answer = program("city").get(f"/simulation?peer={phone}&called=44&at={at}")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["at"])
