"""Address lists: rules with an order, of a peer and of everybody."""

from typing import Any

import pytest

from ..house import Browse, House
from .conftest import NEW_LINE, Make


@pytest.fixture
def line(make: Make) -> Any:
    return make("city", NEW_LINE)


def networks(house: House, peer_id: int | None) -> list[str]:
    """The rules of a list in their order."""
    found = house.row(
        "SELECT coalesce(array_agg(action || ' ' || network ORDER BY position, id), '{}') AS found FROM peer_address"
        " WHERE peer_id IS NOT DISTINCT FROM %s",
        peer_id,
    )
    return found["found"]


def rule(house: House, peer_id: int, network: str) -> int:
    return house.row("SELECT id FROM peer_address WHERE peer_id = %s AND network = %s", peer_id, network)["id"]


def test_a_new_rule_comes_last(house: House, browse: Browse, line: Any) -> None:
    answer = browse("city").post(
        f"/peers/{line['id']}/addresses/new",
        {"action": "deny", "network": "198.51.100.3", "port": "5060", "transport": "tcp"},
    )
    row = house.row("SELECT * FROM peer_address WHERE peer_id = %s AND action = 'deny'", line["id"])

    assert answer.status_code == 302
    assert networks(house, line["id"]) == ["allow 192.0.2.77/32", "allow 198.51.100.0/28", "deny 198.51.100.3/32"]
    assert (row["port"], row["transport"], row["position"]) == (5060, "tcp", 30)


def test_rules_change_places(house: House, browse: Browse, line: Any) -> None:
    client = browse("city")
    second = rule(house, line["id"], "198.51.100.0/28")
    client.post(f"/addresses/{second}/move", {"to": "up"})
    up = networks(house, line["id"])
    client.post(f"/addresses/{second}/move", {"to": "up"})
    still = networks(house, line["id"])
    client.post(f"/addresses/{second}/move", {"to": "down"})

    assert up == still == ["allow 198.51.100.0/28", "allow 192.0.2.77/32"]
    assert networks(house, line["id"]) == ["allow 192.0.2.77/32", "allow 198.51.100.0/28"]


def test_rules_of_one_position_get_an_order(house: House, browse: Browse, line: Any) -> None:
    house.run("UPDATE peer_address SET position = 7 WHERE peer_id = %s", line["id"])
    browse("city").post(f"/addresses/{rule(house, line['id'], '198.51.100.0/28')}/move", {"to": "up"})
    positions = house.row(
        "SELECT array_agg(position ORDER BY position) AS found FROM peer_address WHERE peer_id = %s", line["id"]
    )

    assert networks(house, line["id"]) == ["allow 198.51.100.0/28", "allow 192.0.2.77/32"]
    assert positions["found"] == [7, 8]


def test_a_rule_is_changed_and_deleted(house: House, browse: Browse, line: Any) -> None:
    client = browse("city")
    first = rule(house, line["id"], "192.0.2.77/32")
    changed = client.post(f"/addresses/{first}/change", {"action": "allow", "network": "2001:db8::/32"})
    after = networks(house, line["id"])
    deleted = client.post(f"/addresses/{first}/delete")

    assert (changed.status_code, deleted.status_code) == (302, 302)
    assert after == ["allow 2001:db8::/32", "allow 198.51.100.0/28"]
    assert networks(house, line["id"]) == ["allow 198.51.100.0/28"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("192.0.2.1/24", "did you mean 192.0.2.0/24?"),
        ("300.1.1.1", "is neither an address nor a network"),
        ("fe80::1%eth0", "is neither an address nor a network"),
        ("0.0.0.0/0; DROP TABLE peer", "is neither an address nor a network"),
        ("\u0661.\u0662.\u0663.\u0664", "is neither an address nor a network"),
        ("", "This field is required."),
    ],
)
def test_what_is_no_network_is_refused(house: House, browse: Browse, line: Any, typed: str, words: str) -> None:
    before = networks(house, line["id"])
    answer = browse("city").post(f"/peers/{line['id']}/addresses/new", {"action": "allow", "network": typed})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert networks(house, line["id"]) == before


def test_rules_for_everybody_are_the_owners(house: House, browse: Browse) -> None:
    made = browse("owner").post("/address-rules/new", {"action": "deny", "network": "203.0.113.0/24"})
    written = networks(house, None)
    page = browse("owner").get("/address-rules").content.decode()
    others = [browse(dealer).get("/address-rules").status_code for dealer in ("north", "city", "south")]
    forged = browse("north").post("/address-rules/new", {"action": "allow", "network": "0.0.0.0/0"})
    house.run("DELETE FROM peer_address WHERE peer_id IS NULL")

    assert made.status_code == 302
    assert written == ["deny 203.0.113.0/24"]
    assert "203.0.113.0/24" in page
    assert others == [404, 404, 404]
    assert forged.status_code == 404


def test_who_may_not_change_peers_moves_nothing(house: House, browse: Browse, line: Any) -> None:
    before = networks(house, line["id"])
    client = browse("city")
    house.run("UPDATE login SET standard_role = 'pbx_agent' WHERE id = %s", client.session["_auth_user_id"])
    answer = client.post(f"/addresses/{rule(house, line['id'], '192.0.2.77/32')}/move", {"to": "down"})

    assert answer.status_code == 403
    assert networks(house, line["id"]) == before
