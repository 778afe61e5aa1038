"""Dealers make dealers below them, with a balance, rights and terms; their own terms come from above."""

from collections.abc import Iterator
from typing import Any

import pytest

from smartswitch.core.rights import ALL_RIGHTS
from smartswitch.core.rights.standard_roles import STANDARD_DEALER_RIGHTS, VIRTUAL_PBX_RIGHTS

from ..house import Browse, House

NEW = {
    "key": "village",
    "name": "Village Net",
    "parent": "city",
    "currency": "USD",
    "time_zone": "Europe/Kyiv",
    "profit_control": "no_losses",
    "credit_limit": "25",
    "call_limit": "10",
    "pack": "city-retail",
}


def forget(house: House, key: str) -> None:
    for statement in (
        "DELETE FROM right_grant WHERE dealer_id = (SELECT id FROM dealer WHERE key = %s)",
        "DELETE FROM login WHERE dealer_id = (SELECT id FROM dealer WHERE key = %s)",
        "WITH d AS (DELETE FROM dealer WHERE key = %s RETURNING balance_id)"
        " DELETE FROM balance WHERE id IN (SELECT balance_id FROM d)",
    ):
        house.run(statement, key)


def dealer(house: House, key: str) -> dict[str, Any]:
    return house.row("SELECT d.*, b.credit_limit, b.call_limit FROM dealer AS d"
                     " JOIN balance AS b ON b.id = d.balance_id WHERE d.key = %s", key)  # fmt: skip


def grants(house: House, key: str) -> set[str]:
    return set(
        house.row(
            'SELECT array_agg("right") AS a FROM right_grant AS g JOIN dealer AS d ON d.id = g.dealer_id WHERE d.key = %s',
            key,
        )["a"]
        or ()
    )


@pytest.fixture
def village(house: House, browse: Browse) -> Iterator[dict[str, Any]]:
    """A dealer below City, made by North's clerk, and what is left of it."""
    answer = browse("north").post("/dealers/new", NEW)
    assert answer.status_code == 302, answer.content.decode()
    yield dealer(house, "village")
    forget(house, "village")


def test_a_dealer_makes_a_dealer_further_down_with_its_balance_and_its_rights(house: House, village: Any) -> None:
    ids = house.seeded.dealers
    sales = house.row(
        "SELECT count(*) AS n FROM balance WHERE party = 'city' AND currency = 'USD'"
        " AND kind IN ('sales', 'tax', 'payments', 'adjustments')"
    )

    assert village["path"] == [ids["owner"], ids["north"], ids["city"], village["id"]]
    assert (village["name"], village["currency"], village["profit_control"]) == ("Village Net", "USD", "no_losses")
    assert (village["credit_limit"], village["call_limit"], village["is_blocked"]) == (25_000_000, 10, False)
    assert sales["n"] == 4
    assert grants(house, "village") == STANDARD_DEALER_RIGHTS


def test_a_virtual_pbx_is_granted_what_an_office_needs_as_far_as_its_maker_has_it(house: House, browse: Browse) -> None:
    house.run("DELETE FROM right_grant WHERE \"right\" = 'pbx.ivr' AND dealer_id = %s", house.seeded.dealers["north"])
    browse("north").post("/dealers/new", {**NEW, "parent": "", "is_virtual_pbx": "on"})
    made, granted = dealer(house, "village"), grants(house, "village")
    forget(house, "village")
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'pbx.ivr')", house.seeded.dealers["north"])

    assert made["parent_id"] == house.seeded.dealers["north"]
    assert made["is_virtual_pbx"] is True
    assert granted == VIRTUAL_PBX_RIGHTS - {"pbx.ivr"}


def test_ticked_rights_are_granted_instead_of_the_usual_ones(house: House, browse: Browse) -> None:
    browse("north").post("/dealers/new", {**NEW, "rights": ["calls.view", "peers.view"]})
    granted = grants(house, "village")
    forget(house, "village")

    assert granted == {"calls.view", "peers.view"}


def test_a_right_that_the_maker_lacks_is_refused_and_nothing_is_made(house: House, browse: Browse) -> None:
    before = house.row("SELECT (SELECT count(*) FROM dealer) AS d, (SELECT count(*) FROM balance) AS b")
    answer = browse("north").post("/dealers/new", {**NEW, "rights": ["calls.view", "routes.see_common"]})

    assert answer.status_code == 422
    assert "You do not have yourself: see the routes that the parent shares." in answer.content.decode()
    assert house.row("SELECT (SELECT count(*) FROM dealer) AS d, (SELECT count(*) FROM balance) AS b") == before


def test_a_key_that_is_taken_leaves_nothing_behind(house: House, browse: Browse) -> None:
    before = house.row("SELECT count(*) AS n FROM balance")
    answer = browse("north").post("/dealers/new", {**NEW, "key": "south"})

    assert answer.status_code == 422
    assert "This key is taken" in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM balance") == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("parent", "south"), ("parent", "owner"), ("pack", "south-retail"), ("pack", "wholesale"), ("parent", "nobody")],
)
def test_what_is_not_in_the_house_cannot_be_named(house: House, browse: Browse, field: str, value: str) -> None:
    """Nor can the pack at which one buys oneself: `wholesale` is the owner's, sold to North."""
    answer = browse("north").post("/dealers/new", {**NEW, field: value})

    assert answer.status_code == 422
    assert f"There is no {value} here." in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM dealer WHERE key = 'village'")["n"] == 0


def test_terms_are_changed_from_above(house: House, browse: Browse, village: Any) -> None:
    typed = {
        "name": "Village", "time_zone": "UTC", "profit_control": "profit_only", "is_blocked": "on", "credit_limit": "",
        "call_limit": "3", "calls_per_second_limit": "7", "pack": "north-resale",
    }  # fmt: skip
    answer = browse("north").post(f"/dealers/{village['id']}/change", typed)
    now = dealer(house, "village")

    assert answer.status_code == 302, answer.content.decode()
    assert (now["is_blocked"], now["credit_limit"], now["call_limit"], now["calls_per_second_limit"]) == (
        True, None, 3, 7,
    )  # fmt: skip
    assert now["pack_id"] == house.row("SELECT id FROM billing_pack WHERE key = 'north-resale'")["id"]


def test_ones_own_terms_are_not_in_the_form_and_posting_them_changes_nothing(house: House, browse: Browse) -> None:
    before = dealer(house, "city")
    client = browse("city")
    form = client.get(f"/dealers/{before['id']}/change").content.decode()
    typed = {
        "name": "City Networks", "time_zone": "UTC", "profit_control": "allow_losses", "credit_limit": "99999",
        "call_limit": "", "pack": "city-retail", "is_blocked": "on", "is_virtual_pbx": "on", "parent": "owner",
        "parent_id": "1", "calls_per_second_limit": "1000", "currency": "EUR", "key": "metropolis",
        "rights": ["routes.see_common"], "tenant_id": "1", "path": "{1}",
    }  # fmt: skip
    answer = client.post(f"/dealers/{before['id']}/change", typed)
    after = dealer(house, "city")
    house.run("UPDATE dealer SET name = %s, time_zone = %s WHERE key = 'city'", before["name"], before["time_zone"])

    assert 'name="credit_limit"' not in form
    assert 'name="pack"' not in form
    assert answer.status_code == 302
    assert after["name"] == "City Networks"
    assert {**after, "name": before["name"], "time_zone": before["time_zone"]} == before
    assert "routes.see_common" not in grants(house, "city")


def test_the_service_refuses_ones_own_terms_by_name(house: House, viewer: Any) -> None:
    from smartswitch.web.dealers.models import Dealer
    from smartswitch.web.dealers.services import DEALERS
    from smartswitch.web.nouns.writing import Refused

    city = viewer("city")
    before = dealer(house, "city")
    row = Dealer.objects.get(pk=city.dealer_id)
    with pytest.raises(Refused) as refused:
        DEALERS.change(row, by=city, values={"is_blocked": True, "credit_limit": None})

    assert set(refused.value.problems) == {"is_blocked", "credit_limit"}
    assert dealer(house, "city") == before


@pytest.mark.parametrize(
    ("right", "typed"), [("dealers.block", {"is_blocked": "on"}), ("balances.adjust", {"credit_limit": "1000"})]
)
def test_blocking_and_limits_have_rights_of_their_own(
    house: House, browse: Browse, village: Any, right: str, typed: dict[str, str]
) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES ('clerk', %s)", house.seeded.dealers["north"])
    house.run(
        'INSERT INTO role_right (role_id, "right") SELECT r.id, v FROM role AS r, unnest(%s::text[]) AS v'
        " WHERE r.key = 'clerk'",
        sorted(ALL_RIGHTS - {right}),
    )
    same = {"name": "V", "time_zone": "UTC", "profit_control": "no_losses", "pack": "city-retail"}
    answer = browse("north", role="clerk").post(f"/dealers/{village['id']}/change", {**same, **typed})
    now = dealer(house, "village")
    house.run("DELETE FROM usersessions_usersession")
    house.run("DELETE FROM login WHERE role_id = (SELECT id FROM role WHERE key = 'clerk')")
    house.run("DELETE FROM role_right WHERE role_id = (SELECT id FROM role WHERE key = 'clerk')")
    house.run("DELETE FROM role WHERE key = 'clerk'")

    assert answer.status_code == 302
    assert now["name"] == "V"
    field = next(iter(typed))
    assert now[field] == village[field]


def test_an_empty_dealer_is_deleted_with_its_balance_and_its_grants(house: House, browse: Browse, village: Any) -> None:
    answer = browse("north").post(f"/dealers/{village['id']}/delete")
    left = house.row(
        "SELECT (SELECT count(*) FROM dealer WHERE id = %(id)s) AS dealers,"
        " (SELECT count(*) FROM balance WHERE dealer_id = %(id)s) AS balances,"
        " (SELECT count(*) FROM right_grant WHERE dealer_id = %(id)s) AS grants".replace("%(id)s", str(village["id"]))
    )

    assert answer.status_code == 302, answer.content.decode()
    assert left == {"dealers": 0, "balances": 0, "grants": 0}


def test_a_dealer_that_holds_something_stays(house: House, browse: Browse) -> None:
    city = dealer(house, "city")
    answer = browse("north").post(f"/dealers/{city['id']}/delete")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "companies (1)" in page
    assert "calls that were charged (1)" in page
    assert dealer(house, "city") == city


def test_nobody_deletes_his_own_dealer(house: House, browse: Browse) -> None:
    answer = browse("south").post(f"/dealers/{house.seeded.dealers['south']}/delete")

    assert answer.status_code == 422
    assert "Nobody deletes his own dealer." in answer.content.decode()


def test_the_table_shows_ones_own_dealer_and_those_below(browse: Browse) -> None:
    at_north = browse("north").get("/dealers?below=north").content.decode()
    at_south = browse("south").get("/dealers").content.decode()
    all_of_north = browse("north").get("/dealers?order=-balance&kind=dealer&state=active&money=left").content.decode()

    assert "City Net" in at_north
    assert 'class="row-link" href="/dealers/2"' not in at_north
    assert "North Communications" in all_of_north
    assert "South Telephone" not in all_of_north
    assert "City Net" not in at_south


@pytest.mark.parametrize("page", ["", "/change", "/delete", "/move", "/branch", "/tab/rights", "/tab/rights-in-effect"])
def test_a_sibling_and_whoever_is_above_are_not_found(house: House, browse: Browse, page: str) -> None:
    client = browse("north")

    assert client.get(f"/dealers/{house.seeded.dealers['south']}{page}").status_code == 404
    assert client.get(f"/dealers/{house.seeded.dealers['owner']}{page}").status_code == 404


def test_the_page_leads_on_to_money_and_logins_of_those_who_buy_here(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    page = browse("owner").get(f"/dealers/{ids['north']}").content.decode()
    balance = house.row("SELECT balance_id FROM dealer WHERE key = 'north'")["balance_id"]

    assert f'href="/balances/{balance}/pay"' in page
    assert 'href="/logins/new?dealer=north"' in page
    assert 'value="north"' in browse("owner").get("/logins/new?dealer=north").content.decode()
    assert '/pay"' not in browse("owner").get(f"/dealers/{ids['city']}").content.decode(), "it buys from another one"
