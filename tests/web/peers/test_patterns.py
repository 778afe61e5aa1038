"""Number translations: the grammar is that of the nodes, and a number can be tried before a call is."""

import re
from html import unescape
from typing import Any

import pytest

from ..house import Browse, House
from .conftest import NEW_LINE, Make

NATIONAL = {"direction": "from_peer", "field": "called", "pattern": r"0(\d{9,10})", "replacement": r"44\1"}
ANY = {"direction": "from_peer", "field": "called", "pattern": r"00(\d+)", "replacement": r"\1"}


@pytest.fixture
def line(browse: Browse, make: Make) -> Any:
    made = make("city", NEW_LINE)
    for typed in (NATIONAL, ANY):
        answer = browse("city").post(f"/peers/{made['id']}/patterns/new", typed)
        assert answer.status_code == 302, answer.content.decode()
    return made


def tried(browse: Browse, peer_id: int, **typed: str) -> str:
    page = browse("city").get(f"/peers/{peer_id}/try", typed).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(page.split("trial-heading")[-1])))


def test_patterns_apply_in_their_order(house: House, browse: Browse, line: Any) -> None:
    rows = house.row(
        "SELECT array_agg(pattern ORDER BY position) AS found FROM number_translation WHERE peer_id = %s", line["id"]
    )

    assert rows["found"] == [r"0(\d{9,10})", r"00(\d+)"]


def test_a_number_is_tried_step_by_step(browse: Browse, line: Any) -> None:
    national = tried(browse, line["id"], direction="from_peer", field="called", number="02079460000")
    abroad = tried(browse, line["id"], direction="from_peer", field="called", number="0049301234567")
    nothing = tried(browse, line["id"], direction="from_peer", field="called", number="911#")
    outward = tried(browse, line["id"], direction="to_peer", field="called", number="02079460000")

    assert r"fits 0(\d{9,10}) → 44\1 makes it 442079460000" in national
    assert "We take it for +442079460000" in national
    assert r"does not fit 0(\d{9,10})" in abroad
    assert r"fits 00(\d+) → \1 makes it 49301234567" in abroad
    assert "No pattern fits" in nothing
    assert "no number 911# has a #" in nothing
    assert "No pattern fits" in outward
    assert "It is sent as 02079460000" in outward


def test_patterns_change_places_within_their_direction(house: House, browse: Browse, line: Any) -> None:
    browse("city").post(f"/peers/{line['id']}/patterns/new", {**ANY, "direction": "to_peer"})
    first = house.row(r"SELECT id FROM number_translation WHERE peer_id = %s AND direction = 'to_peer'", line["id"])[
        "id"
    ]
    browse("city").post(f"/patterns/{first}/move", {"to": "up"})
    second = house.row(
        "SELECT id FROM number_translation WHERE peer_id = %s AND direction = 'from_peer' ORDER BY position DESC LIMIT 1",
        line["id"],
    )["id"]
    browse("city").post(f"/patterns/{second}/move", {"to": "up"})
    rows = house.row(
        "SELECT array_agg(direction || ' ' || pattern ORDER BY direction, position) AS found FROM number_translation"
        " WHERE peer_id = %s",
        line["id"],
    )

    assert rows["found"] == [r"from_peer 00(\d+)", r"from_peer 0(\d{9,10})", r"to_peer 00(\d+)"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"pattern": "(a+)+"}, "a group may be optional (?) but not repeated"),
        ({"pattern": ".*.*.*"}, "more than 20000"),
        ({"pattern": "("}, "a closing bracket is missing"),
        ({"replacement": r"\3"}, "names group 3"),
        ({"replacement": "44;ls"}, "the replacement"),
        ({"pattern": "9" * 201}, "at most 200 characters"),
        ({"direction": "sideways"}, "Select a valid choice"),
    ],
)
def test_a_pattern_that_a_node_would_leave_out_is_refused(
    house: House, browse: Browse, line: Any, wrong: dict[str, str], words: str
) -> None:
    answer = browse("city").post(f"/peers/{line['id']}/patterns/new", {**NATIONAL, **wrong})

    assert answer.status_code == 422
    assert words in unescape(answer.content.decode())
    assert house.row("SELECT count(*) AS n FROM number_translation WHERE peer_id = %s", line["id"])["n"] == 2


def test_a_stored_pattern_that_a_node_leaves_out_is_told(house: House, browse: Browse, line: Any) -> None:
    house.run("UPDATE number_translation SET pattern = '(' WHERE peer_id = %s AND position = 10", line["id"])

    assert "left out ( the pattern" in tried(browse, line["id"], direction="from_peer", field="called", number="1234")
