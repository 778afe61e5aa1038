"""Sharing downward: seen and used by a dealer and all below it, changed by nobody but its owner."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..house import Browse, House


@pytest.fixture(autouse=True)
def classes(house: House) -> Iterator[None]:
    """A route class of the owner; nothing is shared before or after."""
    house.run("INSERT INTO route_class (key, dealer_id) VALUES ('premium', %s)", house.seeded.dealers["owner"])
    yield
    house.run("DELETE FROM shared")
    house.run("DELETE FROM route_class WHERE key = 'premium'")


def shares(house: House) -> list[list[Any]]:
    return house.row(
        "SELECT COALESCE(jsonb_agg(jsonb_build_array(s.noun, d.key) ORDER BY s.id), '[]') AS a"
        " FROM shared AS s JOIN dealer AS d ON d.id = s.with_dealer_id"
    )["a"]


@pytest.fixture
def share(house: House, viewer: Callable[[str], Any]) -> Callable[..., Any]:
    """`share("owner", "route_class", "premium", "north")`."""
    from smartswitch.web.dealers.models import Dealer
    from smartswitch.web.packs.models import BillingPack
    from smartswitch.web.rights import sharing
    from smartswitch.web.routes.models import RouteClass

    models = {"route_class": RouteClass, "billing_pack": BillingPack}

    def do(who: str, noun: str, key: str, dealer: str) -> Any:
        from django.db import connection

        person = viewer(who)
        row = models[noun].objects.get(key=key)
        shared = sharing.share(noun, row, by=person, with_dealer=Dealer.objects.get(key=dealer))
        connection.commit()
        return shared

    return do


def seen(viewer: Callable[[str], Any], who: str) -> dict[str, tuple[bool, str | None]]:
    from smartswitch.web.packs.models import BillingPack
    from smartswitch.web.rights.sharing import visible_route_classes, with_owner

    person = viewer(who)
    rows = [*visible_route_classes(person), *with_owner(BillingPack.objects.all())]
    return {row.key: (row.is_own, row.owner_name) for row in rows}


def test_a_pack_that_is_shared_is_seen_below_and_not_beside(
    viewer: Callable[[str], Any], share: Callable[..., Any], house: House
) -> None:
    share("owner", "billing_pack", "carrier-buying", "north")
    share("owner", "billing_pack", "carrier-buying", "north")

    assert shares(house) == [["billing_pack", "north"]]
    assert seen(viewer, "north")["carrier-buying"] == (False, None)
    assert seen(viewer, "city")["carrier-buying"] == (False, None)
    assert seen(viewer, "city")["city-retail"] == (True, "City Net")
    assert seen(viewer, "owner")["carrier-buying"] == (True, "Example Telecom")
    assert "carrier-buying" not in seen(viewer, "south")


def test_a_shared_route_class_is_seen_with_the_right_to_common_routes_only(
    viewer: Callable[[str], Any], share: Callable[..., Any], house: House
) -> None:
    share("owner", "route_class", "premium", "north")
    without = seen(viewer, "north")
    house.run(
        "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'routes.see_common')", house.seeded.dealers["north"]
    )
    with_right = seen(viewer, "north")
    house.run("DELETE FROM right_grant WHERE \"right\" = 'routes.see_common'")

    assert "premium" not in without
    assert with_right["premium"] == (False, None)


def test_what_is_shared_with_me_i_cannot_share_on(
    viewer: Callable[[str], Any], share: Callable[..., Any], house: House
) -> None:
    from smartswitch.web.nouns.writing import Refused

    share("owner", "billing_pack", "carrier-buying", "north")
    with pytest.raises(Refused, match="Only who it belongs to can share it"):
        share("north", "billing_pack", "carrier-buying", "city")

    assert shares(house) == [["billing_pack", "north"]]


def test_nobody_shares_with_himself_or_upward(share: Callable[..., Any], house: House) -> None:
    from smartswitch.web.nouns.writing import Refused

    for who, pack, dealer in (("north", "north-resale", "north"), ("north", "city-retail", "north")):
        with pytest.raises(Refused, match="dealers below the one to which it belongs"):
            share(who, "billing_pack", pack, dealer)

    assert shares(house) == []


def test_sharing_needs_the_right_to_change(share: Callable[..., Any], house: House) -> None:
    from smartswitch.web.login.required_rights import MissingRightError

    house.run(
        "DELETE FROM right_grant WHERE \"right\" = 'packs.change' AND dealer_id = %s", house.seeded.dealers["north"]
    )
    with pytest.raises(MissingRightError):
        share("north", "billing_pack", "north-resale", "city")
    house.run(
        "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'packs.change')", house.seeded.dealers["north"]
    )

    assert shares(house) == []


def test_what_is_taken_back_is_no_longer_seen(
    viewer: Callable[[str], Any], share: Callable[..., Any], house: House
) -> None:
    from django.db import connection

    from smartswitch.web.packs.models import BillingPack
    from smartswitch.web.rights.sharing import stop_sharing

    share("owner", "billing_pack", "carrier-buying", "north")
    person = viewer("owner")
    row = BillingPack.objects.get(key="carrier-buying")
    north = house.seeded.dealers["north"]

    assert stop_sharing("billing_pack", row, by=person, with_dealer_id=north) is True
    connection.commit()
    assert shares(house) == []
    assert "carrier-buying" not in seen(viewer, "city")


def test_the_tab_of_a_pack_shares_and_takes_back(house: House, browse: Browse) -> None:
    pack = house.row("SELECT id FROM billing_pack WHERE key = 'north-resale'")["id"]
    client, address = browse("north"), f"/packs/{pack}/tab/shared-with"
    stranger = client.post(address, {"with_dealer": "south"})
    nothing = shares(house)
    answer = client.post(address, {"with_dealer": "city"})
    page = client.get(address).content.decode()
    shared = shares(house)
    client.post(address, {"stop": "city"})

    assert (stranger.status_code, nothing) == (422, [])
    assert "There is no south here." in stranger.content.decode()
    assert answer.status_code == 302
    assert shared == [["billing_pack", "city"]]
    assert "City Net" in page
    assert shares(house) == []
    assert browse("city").get(address).status_code == 404


def test_the_tab_of_a_route_class_is_its_owners_only(house: House, browse: Browse) -> None:
    house.run(
        "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'routes.see_common')", house.seeded.dealers["north"]
    )
    row = house.row("SELECT id FROM route_class WHERE key = 'premium'")["id"]
    address = f"/route-classes/{row}/tab/shared-with"
    answer = browse("owner").post(address, {"with_dealer": "north"})
    shared = shares(house)
    at_north = browse("north")
    seen_there, tab, taken = (
        at_north.get(f"/route-classes/{row}"),
        at_north.get(address),
        at_north.post(address, {"stop": "north"}),
    )
    house.run("DELETE FROM right_grant WHERE \"right\" = 'routes.see_common'")

    assert answer.status_code == 302
    assert shared == shares(house) == [["route_class", "north"]]
    assert seen_there.status_code == 200
    assert "Shared with" not in seen_there.content.decode()
    assert (tab.status_code, taken.status_code) == (404, 404)
