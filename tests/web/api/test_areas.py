"""Operations that are not those of a noun: who I am, balances, calls."""

from typing import Any
from uuid import uuid4

import pytest

from smartswitch.core.money import format_amount

from ..house import House
from .conftest import Program


def test_a_program_asks_who_it_is(house: House, program: Program) -> None:
    caller = program("city", "calls.view")
    me = caller.get("/me").json()

    assert (me["login"], me["dealer"], me["rights"], me["is_owner"]) == (caller.username, "city", ["calls.view"], False)
    assert me["path"][-1] == house.seeded.dealers["city"]


def test_balances_of_ones_parties_and_ones_own(house: House, program: Program) -> None:
    caller = program("city")
    own = house.row("SELECT b.* FROM dealer AS d JOIN balance AS b ON b.id = d.balance_id WHERE d.key = 'city'")
    parties = caller.get("/balances?search=corner-shop").json()

    assert caller.get("/balances/own").json()[0]["amount"] == format_amount(own["amount"])
    assert [party["key"] for party in parties["items"]] == ["corner-shop"]
    assert parties["total"] == 1


def test_a_balance_and_what_moved_it(house: House, program: Program) -> None:
    caller = program("city")
    listed = caller.get("/balances?search=corner-shop").json()["items"][0]
    paid = {"party_kind": "company", "party": "corner-shop", "amount": "3.00", "note": "For the statement"}
    caller.post("/payments", paid, **{"Idempotency-Key": "statement"})
    told = caller.get(f"/balances/{listed['id']}").json()
    charged = house.row(
        "SELECT sum(amount)::bigint AS amount, count(*) AS calls FROM charge WHERE debit_balance_id = %s", listed["id"]
    )

    assert (told["kind"], told["party"], told["currency"]) == ("company", "corner-shop", "USD")
    assert ("payment", "3.000000", "For the statement") in [
        (each["kind"], each["amount"], each["note"]) for each in told["transfers"]
    ]
    assert sum(day["calls"] for day in told["calls_by_day"]) == charged["calls"]
    assert [day["amount"] for day in told["calls_by_day"]] == [format_amount(charged["amount"])]
    assert program("south").get(f"/balances/{listed['id']}").status_code == 404


def test_the_figures_of_the_day_are_those_of_the_first_page(house: House, program: Program) -> None:
    told = program("city").get("/today").json()
    owner = program("owner").get("/today").json()
    refused = program("city", "calls.view").get("/today")

    assert sum(hour["calls"] for hour in told["hours"]) == told["calls"] > 0
    assert told["earned"][0]["currency"] == "USD"
    assert told["outlook"] is not None
    assert owner["outlook"] is None
    assert {each["alarm"] for each in told["alarms"]} <= {"low_balance", "empty_parties", "ledger", "silent_nodes"}
    assert (refused.status_code, refused.json()["right"]) == (403, "balances.view")


def test_a_call_with_its_charges_and_why(house: House, program: Program) -> None:
    call_id = house.seeded.calls["sold at every level"]
    told = program("city").get(f"/calls/{call_id}").json()
    charge = house.row("SELECT * FROM charge WHERE call_id = %s AND level = 0", call_id)
    sold = [each for each in told["legs"][0]["charges"] if each["relation"] == "sold"]

    assert told["call_id"] == str(call_id)
    assert [each["amount"] for each in sold] == [format_amount(charge["amount"])]
    assert {"Price list", "Rounding"} <= {step["name"] for step in sold[0]["steps"]}


def test_calls_without_money_for_who_may_not_see_it(house: House, program: Program) -> None:
    call_id = house.seeded.calls["sold at every level"]
    told = program("city", "calls.view").get(f"/calls/{call_id}").json()

    assert told["legs"][0]["charges"] == []
    assert told["legs"][0]["margin"] is None


def test_calls_are_read_on_to_the_end(program: Program) -> None:
    caller = program("north")
    everything = [row["call_id"] for row in caller.get("/calls?size=200").json()["items"]]
    read: list[str] = []
    place: str | None = ""
    while place is not None:
        page = caller.get(f"/calls?size=2&after={place}" if place else "/calls?size=2").json()
        read += [row["call_id"] for row in page["items"]]
        place = page["next"]

    assert len(everything) > 2
    assert read == everything


@pytest.mark.parametrize("after", ["x", "1.1", "00000000-0000-0000-0000-000000000000.99999", "ffffffff" + "-ffff" * 3
                                   + "-ffffffffffff.1", "-" * 36 + ".1"])  # fmt: skip
def test_a_place_that_is_none_is_refused(program: Program, after: str) -> None:
    answer = program("city").get(f"/calls?after={after}")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["after"])


def test_live_calls_are_told(program: Program) -> None:
    told = program("city").get("/calls/live").json()

    assert set(told) == {"items", "total", "answered"}
    assert told["total"] == len(told["items"])


@pytest.mark.parametrize("dealer", ["south"])
def test_a_stranger_finds_no_call(house: House, program: Program, dealer: str) -> None:
    call_id = house.seeded.calls["sold at every level"]

    assert program(dealer).get(f"/calls/{call_id}").status_code == 404
    assert program(dealer).get(f"/calls/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("path", "right"),
    [("/calls", "calls.view"), ("/calls/live", "calls.view"), ("/calls/00000000-0000-7000-8000-000000000000", "calls.view"),
     ("/balances", "balances.view"), ("/balances/own", "balances.view")],
)  # fmt: skip
def test_each_area_asks_for_its_right(program: Program, path: str, right: str) -> None:
    answer: Any = program("city", "keys.view").get(path)

    assert (answer.status_code, answer.json()["right"]) == (403, right)


def test_calls_are_found_by_number_party_moment_and_result(house: House, program: Program) -> None:
    call_id = str(house.seeded.calls["sold at every level"])
    cdr = house.row("SELECT * FROM cdr WHERE call_id = %s AND leg = 0", call_id)
    caller = program("city")

    def found(query: str) -> set[str]:
        return {row["call_id"] for row in caller.get(f"/calls?{query}").json()["items"]}

    assert call_id in found(f"number={cdr['called']}&peer={cdr['peer_id']}&result=answered&direction=outbound")
    assert call_id in found(f"dealer={house.seeded.dealers['city']}&min_s=1")
    assert found("number=999999") == set()
    assert found("until=2001-01-01") == set()
    assert found(f"dealer={house.seeded.dealers['south']}") == set()


@pytest.mark.parametrize(
    ("query", "field"),
    [("number=abc", "number"), ("since=yesterday", "since"), ("since=2026-02-02&until=2026-01-01", "until"),
     ("result=lost", "result"), ("terminator=x", "terminator"), ("peer=0", "peer"), ("min_s=-1", "min_s")],
)  # fmt: skip
def test_a_question_about_calls_that_makes_no_sense_is_refused(program: Program, query: str, field: str) -> None:
    answer = program("city", "calls.view").get(f"/calls?{query}")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_call_in_progress_is_ended_by_who_may(house: House, program: Program) -> None:
    live = program("city").get("/calls/live").json()["items"]
    call_id = live[0]["call_id"]

    assert program("city").post(f"/calls/{call_id}/hangup").status_code == 202
    assert program("city").post(f"/calls/{call_id}/hangup").json() == {"call_id": call_id}
    assert program("south").post(f"/calls/{call_id}/hangup").status_code == 404
    assert program("city", "calls.view").post(f"/calls/{call_id}/hangup").json()["right"] == "calls.hangup"
