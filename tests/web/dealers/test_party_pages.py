"""The pages of dealers, companies, peers, packs and logins lead on to what belongs to them, for those who may go there."""

import re
from typing import Any

import pytest

from ..house import Browse, House


def buttons(client: Any, address: str) -> set[str]:
    """Where the buttons above a page lead."""
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode().replace("&amp;", "&")
    return set(re.findall(r'<a class="btn[^"]*" href="([^"]+)"', page))


def test_a_dealer_leads_to_its_balance_calls_and_logins(house: House, browse: Browse) -> None:
    city = house.row("SELECT id, balance_id FROM dealer WHERE key = 'city'")
    at_north = buttons(browse("north"), f"/dealers/{city['id']}")
    at_city = buttons(browse("city"), f"/dealers/{city['id']}")
    balance, pay = f"/balances/{city['balance_id']}", f"/balances/{city['balance_id']}/pay"
    filtered = {f"/calls?dealer={city['id']}", "/logins?dealer=city"}

    assert {balance, pay, *filtered} <= at_north
    assert {balance, *filtered} <= at_city
    assert pay not in at_city


def test_a_company_leads_to_its_calls_and_to_a_new_phone_with_what_is_known(house: House, browse: Browse) -> None:
    shop = house.row("SELECT id, balance_id FROM company WHERE key = 'corner-shop'")
    client = browse("city")
    found = buttons(client, f"/companies/{shop['id']}")
    phone = "/peers/new?kind=user&company=corner-shop&dealer=city"
    form = client.get(phone).content.decode()

    assert {f"/calls?company={shop['id']}", f"/balances/{shop['balance_id']}", phone} <= found
    assert {f"/balances/{shop['balance_id']}/pay", "/logins/new?company=corner-shop&dealer=city"} <= found
    assert re.search(r'name="company" value="corner-shop"', form)
    assert f"/balances/{shop['balance_id']}/pay" not in buttons(browse("north"), f"/companies/{shop['id']}")


@pytest.mark.parametrize(("key", "has_money"), [("shop-phone", False), ("prepaid-card", True)])
def test_a_peer_leads_to_its_balance_if_it_pays_itself(house: House, browse: Browse, key: str, has_money: bool) -> None:
    row = house.row("SELECT id, balance_id FROM peer WHERE key = %s", key)
    found = buttons(browse("city"), f"/peers/{row['id']}")
    money = {f"/balances/{row['balance_id']}", f"/balances/{row['balance_id']}/pay"}

    assert {f"/calls?peer={row['id']}", f"/numbers/new?peer={key}"} <= found
    assert (money <= found, bool(money & found)) == (has_money, has_money)


def test_a_pack_leads_to_who_pays_by_it(house: House, browse: Browse) -> None:
    pack = house.row("SELECT id FROM billing_pack WHERE key = 'city-retail'")["id"]
    client = browse("city")
    page = client.get(f"/packs/{pack}").content.decode()
    users = client.get("/companies?pack=city-retail").content.decode()
    nobody = client.get("/dealers?pack=city-retail").content.decode()

    assert '<a href="/companies?pack=city-retail">1</a>' in page
    assert "Corner Shop" in users
    assert "Nothing here is like that" in nobody


def test_who_may_not_go_there_sees_no_button(house: House, browse: Browse) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES ('clerk', %s)", house.seeded.dealers["city"])
    house.run(
        "INSERT INTO role_right (role_id, \"right\") SELECT id, unnest(ARRAY['companies.view', 'peers.view']) FROM role"
        " WHERE key = 'clerk'"
    )
    client = browse("city", role="clerk")
    shop, phone = (house.row(f"SELECT id FROM {table} WHERE key = %s", key)["id"] for table, key in (
        ("company", "corner-shop"), ("peer", "shop-phone")))  # fmt: skip
    listed = client.get("/companies").content.decode()

    assert buttons(client, f"/companies/{shop}") == set()
    assert {each for each in buttons(client, f"/peers/{phone}") if "/try" not in each} == set()
    assert "City Net" in listed
    assert 'href="/dealers/' not in listed


def test_parties_in_the_list_of_balances_lead_to_their_pages(house: House, browse: Browse) -> None:
    page = browse("city").get("/balances").content.decode()
    shop = house.row("SELECT id FROM company WHERE key = 'corner-shop'")["id"]
    card = house.row("SELECT id FROM peer WHERE key = 'prepaid-card'")["id"]
    city = house.row("SELECT id FROM dealer WHERE key = 'city'")["id"]

    assert f'href="/companies/{shop}"' in page
    assert f'href="/peers/{card}"' in page
    assert f'href="/dealers/{city}"' in browse("north").get("/balances").content.decode()


def test_the_balance_of_a_terminator_leads_to_the_terminator(house: House, browse: Browse) -> None:
    row = house.row("SELECT id, balance_id FROM peer WHERE kind = 'terminator' LIMIT 1")
    page = browse("owner").get(f"/balances/{row['balance_id']}").content.decode()

    assert f'href="/terminators/{row["id"]}"' in page
