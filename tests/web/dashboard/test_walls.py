"""Each house behind its own walls: whose calls, prices and balances a viewer sees, and what he never learns."""

import pytest

from ..house import House, web_account_at

HOUSES = {
    "owner": {"sold at every level", "direct", "hostile", "busy", "no credit", "refused above", "no route", "stranger"},
    "north": {"sold at every level", "direct", "hostile", "busy", "no credit", "refused above", "no route"},
    "city": {"sold at every level", "hostile", "busy", "no credit", "refused above"},
    "south": {"stranger"},
}
ENDED = sorted(HOUSES["owner"])
LIVE = {"owner": 3, "north": 2, "city": 1, "south": 1}
LEVELS = {
    "owner": [("corner-shop", "city"), ("city", "north"), ("north", "owner"), ("owner", "carrier")],
    "north": [("corner-shop", "city"), ("city", "north"), ("north", "owner")],
    "city": [("corner-shop", "city"), ("city", "north")],
}


@pytest.mark.parametrize("dealer", HOUSES)
def test_a_call_of_another_house_is_not_found(house, browse, dealer) -> None:
    client = browse(dealer)
    found = {name for name in ENDED if client.get(f"/calls/{house.seeded.calls[name]}").status_code == 200}
    answers = {client.get(f"/calls/{house.seeded.calls[name]}").status_code for name in ENDED if name not in found}

    assert found == HOUSES[dealer]
    assert answers <= {404}


@pytest.mark.parametrize("role", ["smartswitch_web", None])
@pytest.mark.parametrize("dealer", HOUSES)
def test_the_selectors_keep_to_the_house_with_and_without_row_security(house: House, viewer, dealer, role) -> None:
    from smartswitch.web.dashboard.selectors.calls import last_calls, legs_of_call
    from smartswitch.web.dashboard.selectors.live import live_calls

    from ..house import NOW

    person = viewer(dealer)
    if role is None:
        with web_account_at(house.url, role=None):
            listed, live = last_calls(person, now=NOW, most=50), live_calls(person)
            opened = {name for name in ENDED if legs_of_call(person, house.seeded.calls[name])}
    else:
        listed, live = last_calls(person, now=NOW, most=50), live_calls(person)
        opened = {name for name in ENDED if legs_of_call(person, house.seeded.calls[name])}
    ids = {house.seeded.calls[name] for name in HOUSES[dealer]}

    assert {leg.call_id for leg in listed.legs} == ids
    assert opened == HOUSES[dealer]
    assert live.total == LIVE[dealer]


@pytest.mark.parametrize("dealer", LEVELS)
def test_a_dealer_sees_his_buying_price_and_all_below_never_what_is_above(house, viewer, dealer) -> None:
    from smartswitch.web.dashboard.selectors.calls import legs_of_call

    (leg,) = legs_of_call(viewer(dealer), house.seeded.calls["sold at every level"])

    assert [(charge.payer, charge.seller) for charge in leg.charges] == LEVELS[dealer]


def test_nothing_of_the_levels_above_stands_on_a_page(house, browse) -> None:
    client = browse("city")
    pages = [client.get(address).content.decode() for address in ("/", "/live", "/calls", "/balances")]
    pages += [client.get(f"/calls/{house.seeded.calls[name]}").content.decode() for name in HOUSES["city"]]

    for page in pages:
        for secret in ("North Communications", "Wholesale", "Example Telecom", "arrier", "South", "owner"):
            assert secret not in page


def test_a_refusal_by_a_dealer_is_told_to_him_and_above_not_below(house, browse) -> None:
    address = f"/calls/{house.seeded.calls['refused above']}"
    at_north, at_city = (browse(dealer).get(address).content.decode() for dealer in ("north", "city"))

    assert "north: The balance has not enough money for the first seconds of the call." in at_north
    assert "The switch could not take the call." in at_city
    assert "enough money" not in at_city
    assert (
        "no credit"
        not in browse("city").get("/calls?rows=50").content.decode().split("447911123460")[1].split("</tr>")[0]
    )


def test_a_refusal_by_ones_own_party_is_told_with_its_name(house, browse) -> None:
    page = browse("city").get(f"/calls/{house.seeded.calls['no credit']}").content.decode()

    assert "prepaid-card: The balance has not enough money for the first seconds of the call." in page


def test_terminators_are_shown_to_the_owner_and_to_who_has_the_right_to_see_them(house: House, browse) -> None:
    address = f"/calls/{house.seeded.calls['direct']}"
    before = browse("north").get(address).content.decode()
    house.run(
        'INSERT INTO right_grant (dealer_id, "right") VALUES (%s, %s)',
        house.seeded.dealers["north"],
        "routes.see_common",
    )
    after, at_owner = (browse(dealer).get(address).content.decode() for dealer in ("north", "owner"))
    house.run("DELETE FROM right_grant WHERE \"right\" = 'routes.see_common'")

    assert "Routes tried" not in before
    assert "carrier-old" not in before
    assert "carrier-old" in after
    assert "carrier-old" in at_owner


def test_a_right_is_lost_with_that_of_the_dealer_above(house: House, viewer) -> None:
    north, city = house.seeded.dealers["north"], house.seeded.dealers["city"]
    grant = 'INSERT INTO right_grant (dealer_id, "right") VALUES (%s, %s)'
    house.run(grant, city, "routes.see_common")
    below_alone = viewer("city").sees_common_routes
    house.run(grant, north, "routes.see_common")
    both = viewer("city").sees_common_routes
    house.run("DELETE FROM right_grant WHERE \"right\" = 'routes.see_common'")

    assert (below_alone, both) == (False, True)


def test_a_role_narrows_what_a_person_sees_of_his_own_house(house: House, browse) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES ('clerk', %s)", house.seeded.dealers["north"])
    house.run("INSERT INTO role_right (role_id, \"right\") SELECT id, 'balances.view' FROM role WHERE key = 'clerk'")
    client = browse("north", role="clerk")
    page = client.get("/").content.decode()

    assert client.get("/balances").status_code == 200
    assert {client.get(address).status_code for address in ("/calls", "/live", "/today")} == {403}
    assert client.get(f"/calls/{house.seeded.calls['direct']}").status_code == 403
    assert "Last calls" not in page
    assert 'href="/calls"' not in page


def test_balances_are_those_of_direct_parties(house, viewer) -> None:
    from smartswitch.web.dashboard.selectors.balances import party_balances

    parties = {dealer: [party.key for party in party_balances(viewer(dealer)).parties] for dealer in HOUSES}

    assert parties == {
        "owner": ["north", "south"],
        "north": ["city", "direct"],
        "city": ["prepaid-card", "corner-shop"],
        "south": ["south-phone"],
    }
