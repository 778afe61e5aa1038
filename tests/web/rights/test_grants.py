"""The lattice: rights come down from above, narrow at once for all below, and nobody gives what he has not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smartswitch.core.rights import ALL_RIGHTS, REGISTRY
from smartswitch.core.rights.standard_roles import STANDARD_DEALER_RIGHTS

from ..house import Browse, House

USUAL = sorted(STANDARD_DEALER_RIGHTS)


def grants(house: House, key: str) -> set[str]:
    row = house.row('SELECT array_agg("right") AS a FROM right_grant WHERE dealer_id = %s', house.seeded.dealers[key])
    return set(row["a"] or ())


@pytest.fixture(autouse=True)
def usual_grants(house: House) -> Iterator[None]:
    """North, City and South have the usual rights before and after each test."""
    yield
    for key in ("north", "city", "south"):
        house.run("DELETE FROM right_grant WHERE dealer_id = %s", house.seeded.dealers[key])
        house.run(
            'INSERT INTO right_grant (dealer_id, "right") SELECT %s, unnest(%s::text[])',
            house.seeded.dealers[key],
            USUAL,
        )


@pytest.fixture
def grant(house: House, viewer: Callable[[str], Any]) -> Callable[..., Any]:
    """`grant("north", "city", rights)`: the first grants the second exactly these."""
    from smartswitch.web.dealers.models import Dealer
    from smartswitch.web.rights.grants import grant_rights

    def do(who: str, to: str, rights: Any) -> Any:
        person = viewer(who)
        dealer = Dealer.objects.get(pk=house.seeded.dealers[to])
        return grant_rights(dealer, by=person, rights=rights)

    return do


def test_only_differences_are_written(house: House, browse: Browse) -> None:
    city = house.seeded.dealers["city"]
    before = house.row('SELECT jsonb_object_agg("right", id) AS ids FROM right_grant WHERE dealer_id = %s', city)["ids"]
    wanted = [right for right in USUAL if right not in ("calls.listen", "keys.add")]
    answer = browse("north").post(f"/dealers/{city}/tab/rights", {"rights": wanted})
    after = house.row('SELECT jsonb_object_agg("right", id) AS ids FROM right_grant WHERE dealer_id = %s', city)["ids"]

    assert answer.status_code == 302, answer.content.decode()
    assert after == {right: pk for right, pk in before.items() if right in wanted}


def test_taking_a_right_takes_it_from_everybody_below_at_once_and_giving_it_back_restores(
    house: House, browse: Browse
) -> None:
    ids, clerk = house.seeded.dealers, browse("city")
    without = [right for right in USUAL if right != "companies.view"]
    owner = browse("owner")
    assert clerk.get("/companies").status_code == 200

    owner.post(f"/dealers/{ids['north']}/tab/rights", {"rights": without, "confirmed": "yes"})
    assert clerk.get("/companies").status_code == 403
    assert "companies.view" in grants(house, "city")
    assert "companies.view" not in grants(house, "north")

    owner.post(f"/dealers/{ids['north']}/tab/rights", {"rights": USUAL})
    assert clerk.get("/companies").status_code == 200


def test_who_loses_by_it_is_told_before_anything_is_saved(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    without = [right for right in USUAL if right != "companies.view"]
    answer = browse("owner").post(f"/dealers/{ids['north']}/tab/rights", {"rights": without})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "1 dealer below loses a right with this one." in page
    assert "City Net" in page
    assert 'value="companies.view" disabled' not in page
    assert grants(house, "north") == set(USUAL)


def test_who_does_not_have_it_in_effect_loses_nothing(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    house.run("DELETE FROM right_grant WHERE dealer_id = %s AND \"right\" = 'companies.view'", ids["city"])
    without = [right for right in USUAL if right != "companies.view"]
    answer = browse("owner").post(f"/dealers/{ids['north']}/tab/rights", {"rights": without})

    assert answer.status_code == 302
    assert grants(house, "north") == set(without)


def test_a_right_that_the_grantor_lacks_is_refused_and_nothing_moves(house: House, browse: Browse) -> None:
    wanted = [*(right for right in USUAL if right != "calls.view"), "routes.see_common"]
    answer = browse("north").post(f"/dealers/{house.seeded.dealers['city']}/tab/rights", {"rights": wanted})

    assert answer.status_code == 422
    assert "You do not have yourself: see the routes that the parent shares." in answer.content.decode()
    assert grants(house, "city") == set(USUAL)


def test_what_the_grantor_lacks_stays_as_it_was(house: House, browse: Browse) -> None:
    """The owner granted it to City over North's head; it has no effect, and North can neither give nor take it."""
    city = house.seeded.dealers["city"]
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'routes.see_common')", city)
    client = browse("north")
    page = client.get(f"/dealers/{city}/tab/rights").content.decode()
    client.post(f"/dealers/{city}/tab/rights", {"rights": ["calls.view"]})

    assert 'value="routes.see_common" checked disabled' in page
    assert "granted, but not in effect" in page
    assert grants(house, "city") == {"calls.view", "routes.see_common"}


def test_nobody_grants_rights_to_himself(house: House, browse: Browse, grant: Callable[..., Any]) -> None:
    from smartswitch.web.nouns.writing import Refused

    ids = house.seeded.dealers
    house.run("DELETE FROM right_grant WHERE dealer_id = %s AND \"right\" = 'keys.add'", ids["north"])
    answer = browse("north").post(f"/dealers/{ids['north']}/tab/rights", {"rights": USUAL})
    with pytest.raises(Refused, match="nobody grants rights to himself"):
        grant("north", "north", frozenset(USUAL))

    assert answer.status_code == 422
    assert "keys.add" not in grants(house, "north")


def test_nobody_grants_without_the_right_to_change_dealers(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    house.run("DELETE FROM right_grant WHERE dealer_id = %s AND \"right\" = 'dealers.change'", ids["north"])
    answer = browse("north").post(f"/dealers/{ids['city']}/tab/rights", {"rights": []})

    assert answer.status_code == 403
    assert grants(house, "city") == set(USUAL)


@pytest.mark.parametrize("key", ["south", "owner"])
def test_nobody_grants_sideways_or_upward(house: House, browse: Browse, key: str) -> None:
    before = grants(house, "south")
    answer = browse("north").post(f"/dealers/{house.seeded.dealers[key]}/tab/rights", {"rights": ["calls.view"]})

    assert answer.status_code == 404
    assert grants(house, "south") == before


@pytest.mark.parametrize("name", ["calls.fly", "", "<script>", "calls.view\0"])
def test_a_word_that_is_no_right_is_refused(house: House, browse: Browse, name: str) -> None:
    answer = browse("north").post(f"/dealers/{house.seeded.dealers['city']}/tab/rights", {"rights": [name]})

    assert answer.status_code == 422
    assert "There is no right" in answer.content.decode()
    assert grants(house, "city") == set(USUAL)


def test_the_owner_may_grant_everything(house: House, grant: Callable[..., Any]) -> None:
    change = grant("owner", "north", ALL_RIGHTS)

    assert change.added == {"routes.see_common"}
    assert change.taken == frozenset()


def test_every_right_stands_in_the_matrix_once(house: House, browse: Browse) -> None:
    page = browse("north").get(f"/dealers/{house.seeded.dealers['city']}/tab/rights").content.decode()

    assert {name: page.count(f'value="{name}"') for name in REGISTRY} == dict.fromkeys(REGISTRY, 1)


def rows_of(page: str) -> dict[str, tuple[bool, str]]:
    """The page of rights in effect: for each right whether it is, and why."""
    import html
    import re

    found = re.findall(
        r"<code[^>]*>([a-z_.]+)</code>.*?badge bg-(\w+)-lt.*?<td[^>]*>([^<]*)</td></tr>", page, re.DOTALL
    )
    return {name: (colour == "green", html.unescape(text)) for name, colour, text in found}


def test_rights_in_effect_say_where_each_comes_from_and_where_it_is_lost(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    house.run("DELETE FROM right_grant WHERE dealer_id = %s AND \"right\" = 'keys.add'", ids["city"])
    house.run("DELETE FROM right_grant WHERE dealer_id = %s AND \"right\" = 'keys.view'", ids["north"])
    address = f"/dealers/{ids['city']}/tab/rights-in-effect"
    at_owner = rows_of(browse("owner").get(address).content.decode())
    at_north = rows_of(browse("north").get(address).content.decode())
    at_city = rows_of(browse("city").get(address).content.decode())

    assert set(at_city) == set(REGISTRY)
    assert at_north["calls.view"] == (True, "Granted by North Communications to City Net.")
    assert at_north["keys.add"] == (False, "North Communications did not grant it to City Net.")
    assert at_north["keys.view"] == (
        False, "A dealer above you did not grant it to North Communications; nobody below can have it.",
    )  # fmt: skip
    assert at_city["keys.add"] == (False, "A dealer above you did not grant it to City Net.")
    assert at_city["keys.view"] == (False, "A dealer above you was not granted it; nobody below can have it.")
    assert at_owner["keys.view"][1].startswith("Example Telecom did not grant it to North Communications")
    assert "North" not in browse("city").get(address).content.decode()


def test_ones_own_rights_tell_of_the_role_too(house: House, browse: Browse) -> None:
    client = browse("north")
    house.run("UPDATE login SET standard_role = 'accountant' WHERE id = (SELECT max(id) FROM login)")
    found = rows_of(client.get("/rights").content.decode())

    assert found["balances.pay"] == (
        True, "Granted by a dealer above you to North Communications. The role Accountant allows it.",
    )  # fmt: skip
    assert found["peers.add"] == (False, "The role Accountant does not allow it.")
