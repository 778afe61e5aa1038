"""References in forms: which things they may name, where they look for suggestions, and what a form does not show."""

from collections.abc import Callable
from typing import Any

import pytest

from ..house import Browse, House

COMPANY = {"key": "bakery", "currency": "USD", "dealer": "city"}


def without_right(house: House, right: str, dealer: str) -> None:
    house.run('DELETE FROM right_grant WHERE "right" = %s AND dealer_id = %s', right, house.seeded.dealers[dealer])


def with_right(house: House, right: str, dealer: str) -> None:
    house.run(
        'INSERT INTO right_grant (dealer_id, "right") VALUES (%s, %s) ON CONFLICT DO NOTHING',
        house.seeded.dealers[dealer], right,
    )  # fmt: skip


def companies(house: House) -> int:
    return int(house.row("SELECT count(*) AS n FROM company")["n"])


def test_every_reference_names_a_noun_that_suggests(house: House) -> None:
    from django.urls import reverse

    from smartswitch.web.nouns.fields import ReferenceField
    from smartswitch.web.nouns.registry import load_nouns

    nouns = load_nouns()
    named = {
        field.noun
        for noun in nouns.values()
        for form in (noun.add_form, noun.change_form)
        if form is not None
        for field in form.base_fields.values()
        if isinstance(field, ReferenceField)
    }

    assert named <= set(nouns)
    assert {"packs", "route-classes", "hunting-classes"} <= named
    for name in named:
        assert reverse(f"{name}-suggest") == f"/suggest/{name}"


@pytest.mark.parametrize("address", ["/companies/new", "/peers/new?kind=originator"])
@pytest.mark.parametrize(("sees", "words"), [
    (True, "city buys at this pack and would earn nothing."), (False, "There is no north-resale here."),
])  # fmt: skip
def test_nobody_sells_at_the_pack_at_which_he_buys(
    house: House, browse: Browse, address: str, sees: bool, words: str
) -> None:
    (with_right if sees else without_right)(house, "packs.see_parent", "city")
    before = companies(house)
    answer = browse("city").post(
        address, {**COMPANY, "pack": "north-resale", "kind": "originator", "networks": "192.0.2.77"}
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert companies(house) == before


def test_a_pack_that_the_dealer_below_cannot_see_is_refused(house: House, browse: Browse) -> None:
    answer = browse("north").post("/companies/new", {**COMPANY, "pack": "north-direct"})

    assert answer.status_code == 422
    assert "city cannot see this pack." in answer.content.decode()


def test_a_reference_that_one_does_not_see_stays_when_the_rest_is_changed(house: House, browse: Browse) -> None:
    shop = house.row("SELECT * FROM company WHERE key = 'corner-shop'")
    house.run(
        "UPDATE company SET pack_id = (SELECT id FROM billing_pack WHERE key = 'wholesale') WHERE id = %s", shop["id"]
    )
    client, address = browse("city"), f"/companies/{shop['id']}/change"
    form = client.get(address).content.decode()
    answer = client.post(address, {"name": "Renamed", "credit_limit": "0"})
    now = house.row(
        "SELECT c.name, k.key FROM company AS c JOIN billing_pack AS k ON k.id = c.pack_id WHERE c.id = %s", shop["id"]
    )
    house.run("UPDATE company SET name = %s, pack_id = %s WHERE id = %s", shop["name"], shop["pack_id"], shop["id"])

    assert 'name="pack"' not in form
    assert answer.status_code == 302
    assert now == {"name": "Renamed", "key": "wholesale"}


def test_credit_for_a_new_company_needs_the_right_to_correct_balances(
    house: House, browse: Browse, viewer: Callable[..., Any]
) -> None:
    from smartswitch.web.companies.services import COMPANIES
    from smartswitch.web.login.required_rights import MissingRightError

    without_right(house, "balances.adjust", "city")
    before = companies(house)
    form = browse("city").get("/companies/new").content.decode()
    answer = browse("city").post("/companies/new", {**COMPANY, "credit_limit": "1000"})
    limit = house.row("SELECT credit_limit FROM balance WHERE party = 'bakery'")["credit_limit"]
    with pytest.raises(MissingRightError):
        COMPANIES.add(by=viewer("city"), values={"key": "brewery", "currency": "USD", "credit_limit": None})
    with_right(house, "balances.adjust", "city")
    made = companies(house)
    house.run("DELETE FROM company WHERE key = 'bakery'")
    house.run("DELETE FROM balance WHERE party = 'bakery'")

    assert 'name="credit_limit"' not in form
    assert answer.status_code == 302
    assert (limit, made) == (0, before + 1)


def test_a_key_taken_in_a_house_that_one_does_not_see_is_refused_beside_the_key(house: House, browse: Browse) -> None:
    before = house.row("SELECT count(*) AS n FROM balance")
    answer = browse("south").post("/companies/new", {"key": "corner-shop", "currency": "USD", "credit_limit": "0"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "This key is taken" in page[page.index('id="field-key"') : page.index('id="field-name"')]
    assert house.row("SELECT count(*) AS n FROM balance") == before


@pytest.mark.parametrize(("key", "words"), [
    ("city", "This key is taken"), ("shop-phone", "This key is taken"), ("owner", "has a meaning of its own"),
])  # fmt: skip
def test_no_two_parties_share_a_key_whatever_they_are(house: House, browse: Browse, key: str, words: str) -> None:
    before = companies(house)
    answer = browse("city").post("/companies/new", {"key": key, "currency": "USD", "credit_limit": "0"})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert companies(house) == before
