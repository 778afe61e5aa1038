"""Rows that have an order: programs move them to a place, by the service of the page's buttons."""

from typing import Any

import pytest

from ..house import House
from .conftest import Caller, Program

Rows = dict[str, int]


@pytest.fixture
def peer(house: House) -> int:
    """A phone of City, whose lists are empty again."""
    found: int = house.row(
        "SELECT p.id FROM peer AS p JOIN dealer AS d ON d.id = p.dealer_id WHERE d.key = 'city' ORDER BY p.id"
    )["id"]
    house.run("DELETE FROM number_translation WHERE peer_id = %s", found)
    return found


@pytest.fixture
def caller(program: Program) -> Caller:
    """A program of City."""
    caller: Caller = program("city")
    return caller


@pytest.fixture
def rows(caller: Caller, peer: int) -> Rows:
    """Four patterns of one list, and one of another, by their names."""
    sent = {"peer_id": peer, "direction": "from_peer", "field": "called", "replacement": ""}
    made = {name: caller.post("/patterns", sent | {"pattern": name}).json()["id"] for name in ("1", "2", "3", "4")}
    other = caller.post("/patterns", sent | {"direction": "to_peer", "pattern": "5"}).json()["id"]
    return made | {"5": other}


def order(caller: Caller, peer: int) -> str:
    """The patterns of the list, one after the other."""
    rows = caller.get(f"/patterns?peer_id={peer}").json()["items"]
    listed = [row for row in rows if row["direction"] == "from_peer"]
    return "".join(row["pattern"] for row in sorted(listed, key=lambda row: (row["position"], row["id"])))


@pytest.mark.parametrize(
    ("moved", "sent", "becomes"),
    [
        ("3", {"to": "up"}, "1324"),
        ("3", {"to": "down"}, "1243"),
        ("3", {"to": "first"}, "3124"),
        ("1", {"to": "last"}, "2341"),
        ("1", {"to": "up"}, "1234"),
        ("4", {"to": "down"}, "1234"),
        ("4", {"before": "2"}, "1423"),
        ("1", {"after": "3"}, "2314"),
        ("1", {"before": "2"}, "1234"),
        ("2", {"after": "2"}, "1234"),
    ],
)
def test_a_row_goes_where_it_is_sent(
    caller: Caller, peer: int, rows: Rows, moved: str, sent: dict[str, str], becomes: str
) -> None:
    named = {name: rows.get(value, value) for name, value in sent.items()}
    answer = caller.post(f"/patterns/{rows[moved]}/move", named)

    assert (answer.status_code, answer.json()["pattern"]) == (200, moved)
    assert order(caller, peer) == becomes


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, None),
        ({"to": "up", "before": "1"}, None),
        ({"to": "sideways"}, "to"),
        ({"before": "5"}, "before"),
        ({"after": 10**9}, "after"),
        ({"position": 1}, "position"),
    ],
)
def test_what_is_no_place_moves_nothing(
    caller: Caller, peer: int, rows: Rows, sent: dict[str, Any], field: str | None
) -> None:
    named = {name: rows.get(str(value), value) for name, value in sent.items()}
    answer = caller.post(f"/patterns/{rows['3']}/move", named)

    assert answer.status_code == 422
    assert list(answer.json().get("errors", {})) == ([field] if field else [])
    assert order(caller, peer) == "1234"


def test_a_repeat_does_not_move_twice(caller: Caller, peer: int, rows: Rows) -> None:
    for _ in range(2):
        answer = caller.post(f"/patterns/{rows['4']}/move", {"to": "up"}, **{"Idempotency-Key": "up-1"})

    assert answer.headers["Idempotency-Replayed"] == "true"
    assert order(caller, peer) == "1243"


def test_moving_needs_the_right_to_change(program: Program, caller: Caller, peer: int, rows: Rows) -> None:
    refused = program("city", "peers.view").post(f"/patterns/{rows['4']}/move", {"to": "up"})
    unseen = program("south").post(f"/patterns/{rows['4']}/move", {"to": "up"})

    assert (refused.status_code, refused.json()["right"], unseen.status_code) == (403, "peers.change", 404)
    assert order(caller, peer) == "1234"


def test_rules_for_everybody_are_moved_by_the_owner_only(house: House, program: Program) -> None:
    owner = program("owner")
    sent = {"action": "deny", "network": "203.0.113.0/28"}
    first, second = (
        owner.post("/address-rules", sent | {"network": each}).json()["id"] for each in ("203.0.113.1", "203.0.113.2")
    )
    moved = owner.post(f"/address-rules/{second}/move", {"before": first})
    positions = [owner.get(f"/address-rules/{each}").json()["position"] for each in (second, first)]
    others = program("city").post(f"/address-rules/{second}/move", {"to": "down"})
    house.run("DELETE FROM peer_address WHERE id IN (%s, %s)", first, second)

    assert (moved.status_code, others.status_code) == (200, 404)
    assert positions == sorted(positions)
