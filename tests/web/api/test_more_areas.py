"""Rights, sharing, settings, the log and the search by programs: as the pages do them."""

from typing import Any

import pytest

from ..house import House
from .conftest import caller_of


def dealer_id(house: House, key: str) -> int:
    """The id of a dealer."""
    return int(house.seeded.dealers[key])


def test_a_dealer_below_is_granted_exactly_what_is_sent(house: House) -> None:
    caller = caller_of(house, "north")
    city = dealer_id(house, "city")
    before = caller.get(f"/dealers/{city}/rights").json()
    answer = caller.call("PUT", f"/dealers/{city}/rights", {"rights": ["calls.view", "peers.view"]})
    caller.call("PUT", f"/dealers/{city}/rights", {"rights": before["granted"]})

    assert answer.json() == {"granted": ["calls.view", "peers.view"], "in_effect": ["calls.view", "peers.view"]}
    assert caller.get(f"/dealers/{city}/rights").json() == before


@pytest.mark.parametrize(
    ("who", "whom", "status"), [("north", "north", 422), ("city", "north", 404), ("south", "city", 404)]
)
def test_nobody_grants_upward_sideways_or_to_himself(house: House, who: str, whom: str, status: int) -> None:
    before = house.row("SELECT count(*) AS n FROM right_grant")
    answer = caller_of(house, who).call("PUT", f"/dealers/{dealer_id(house, whom)}/rights", {"rights": []})

    assert answer.status_code == status
    assert house.row("SELECT count(*) AS n FROM right_grant") == before


def test_what_one_has_not_cannot_be_granted(house: House) -> None:
    city = dealer_id(house, "city")
    answer = caller_of(house, "north").call("PUT", f"/dealers/{city}/rights", {"rights": ["routes.see_common"]})

    assert answer.status_code == 422
    assert "rights" in answer.json()["errors"]


def test_a_pack_is_shared_and_taken_back(house: House) -> None:
    caller = caller_of(house, "north")
    pack = house.row("SELECT id FROM billing_pack WHERE key = 'north-direct'")["id"]
    shared = caller.call("POST", f"/packs/{pack}/shares", {"with_dealer": "city"}).json()
    seen = caller_of(house, "city").get(f"/packs/{pack}").status_code
    taken = caller.call("POST", f"/packs/{pack}/shares/stop", {"with_dealer": "city"}).json()

    assert (shared, seen, taken) == ({"with_dealers": ["city"]}, 200, {"with_dealers": []})
    assert caller_of(house, "city").get(f"/packs/{pack}").status_code == 404


def test_a_pack_is_shared_with_nobody_above_or_beside(house: House) -> None:
    pack = house.row("SELECT id FROM billing_pack WHERE key = 'north-direct'")["id"]
    caller = caller_of(house, "north")
    answers = [
        caller.call("POST", f"/packs/{pack}/shares", {"with_dealer": key}).status_code
        for key in ("owner", "south", "north")
    ]

    assert answers == [422, 422, 422]
    assert house.row("SELECT count(*) AS n FROM shared WHERE noun = 'billing_pack'")["n"] == 0


def test_the_settings_of_the_house_are_read_and_changed(house: House) -> None:
    caller = caller_of(house, "south")
    answer = caller.call(
        "PATCH", "/settings", {"time_zone": "Europe/Kyiv", "product_name": "South Talk", "colour": "#0b6e4f"}
    )
    refused = caller.call("PATCH", "/settings", {"time_zone": "Nowhere/Land", "colour": "#ffffff"})
    said: Any = caller.get("/settings").json()
    caller.call("PATCH", "/settings", {"time_zone": "UTC", "product_name": "", "colour": None})

    assert answer.status_code == 200
    assert refused.status_code == 422
    assert (said["time_zone"], said["product_name"], said["colour"]) == ("Europe/Kyiv", "South Talk", "#0b6e4f")


def test_the_log_tells_what_the_house_changed_and_nothing_of_others(house: House) -> None:
    company = house.row("SELECT id FROM company WHERE key = 'corner-shop'")["id"]
    city = caller_of(house, "city")
    city.call("PATCH", f"/companies/{company}", {"name": "Corner Shop of the log"})
    at_city, at_north, at_south = (caller_of(house, key).get("/audit").text for key in ("city", "north", "south"))
    city.call("PATCH", f"/companies/{company}", {"name": "Corner Shop Ltd"})

    assert "Corner Shop of the log" in at_city
    assert "Corner Shop of the log" in at_north
    assert "Corner Shop of the log" not in at_south


def test_the_search_finds_inside_the_house(house: House) -> None:
    found = {key: caller_of(house, key).get("/search?q=corner").json()["items"] for key in ("north", "south")}

    assert [hit["title"] for hit in found["north"] if hit["noun"] == "company"] == ["Corner Shop Ltd (corner-shop)"]
    assert found["south"] == []
