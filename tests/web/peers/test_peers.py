"""Users and originators: made with a form of their own kind, changed, blocked, deleted."""

from typing import Any

import pytest

from ..house import Browse, House
from .conftest import NEW_LINE, NEW_USER, Make


def test_it_is_asked_first_what_a_new_peer_shall_be(browse: Browse) -> None:
    page = browse("city").get("/peers/new?company=corner-shop").content.decode()

    assert 'href="?kind=user&amp;company=corner-shop"' in page
    assert 'href="?kind=originator&amp;company=corner-shop"' in page
    assert "<form method" not in page.split("<main")[1]


def test_each_kind_has_only_its_own_fields(browse: Browse) -> None:
    user = browse("city").get("/peers/new?kind=user&company=corner-shop").content.decode()
    line = browse("city").get("/peers/new?kind=originator").content.decode()

    assert 'name="extension"' in user
    assert 'name="networks"' not in user
    assert 'value="corner-shop"' in user
    assert 'name="extension"' not in line
    assert 'name="networks"' in line
    assert browse("city").get("/peers/new?kind=terminator").content.decode().count("card-link") == 2


def test_a_user_is_made_with_its_balance_and_paid_by_its_company(house: House, make: Make) -> None:
    made = make("city", NEW_USER)
    balance = house.row("SELECT * FROM balance WHERE id = %s", made["balance_id"])
    rules = house.row("SELECT count(*) AS n FROM peer_address WHERE peer_id = %s", made["id"])

    assert (made["kind"], made["pays_from"], made["extension"]) == ("user", "company", "201")
    assert (made["caller_number"], made["auth_username"], made["digest_realm"]) == (
        "442079460201", "reception", "smartswitch",
    )  # fmt: skip
    assert (balance["kind"], balance["party"], balance["currency"]) == ("peer", "reception", "USD")
    assert (balance["amount"], balance["credit_limit"]) == (0, 0)
    assert rules["n"] == 0


def test_a_line_is_made_with_its_addresses_and_no_password(house: House, make: Make) -> None:
    made = make("city", NEW_LINE)
    balance = house.row("SELECT * FROM balance WHERE id = %s", made["balance_id"])
    rules = house.row(
        "SELECT array_agg(network::text ORDER BY position) AS found FROM peer_address WHERE peer_id = %s", made["id"]
    )

    assert (made["kind"], made["pays_from"], made["auth_username"], made["ha1_md5"]) == (
        "originator", "peer", None, None,
    )  # fmt: skip
    assert (made["calls_per_second_limit"], balance["credit_limit"]) == (4, 25_000_000)
    assert rules["found"] == ["192.0.2.77/32", "198.51.100.0/28"]


def test_the_balances_of_the_seller_are_there_in_the_currency_of_the_peer(house: House, make: Make) -> None:
    make("city", NEW_LINE, pack="", currency="GBP")
    kinds = house.row(
        "SELECT array_agg(kind ORDER BY kind) AS found FROM balance WHERE party = 'city' AND currency = 'GBP'"
    )

    assert kinds["found"] == ["adjustments", "payments", "sales", "tax"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"company": "", "pays_from": "company"}, "There is no company that could pay"),
        ({"extension": "1"}, "An extension has 2 to 10 digits."),
        ({"caller_number": "12"}, "This is no number in international form"),
        ({"key": "shop-phone"}, "This key is taken"),
        ({"key": "corner-shop"}, "This key is taken"),
        ({"key": "outside"}, "This word has a meaning of its own"),
        ({"auth_username": "a b"}, "Letters, digits and"),
        ({"password": "short"}, "A password has 12 to 64 characters."),
        ({"password": "aaaaaaaaaaaaaaaa"}, "too easy to guess"),
        ({"password": "pass word with spaces"}, "other characters are lost"),
        ({"dealer": "north"}, "There is no north here."),
        ({"pack": "wholesale"}, "There is no wholesale here."),
        ({"credit_limit": "-1"}, "This may not be less than zero."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    house: House, browse: Browse, wrong: dict[str, str], words: str
) -> None:
    before = house.row("SELECT (SELECT count(*) FROM peer) AS peers, (SELECT count(*) FROM balance) AS balances")
    answer = browse("city").post("/peers/new", {**NEW_USER, **wrong})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (
        house.row("SELECT (SELECT count(*) FROM peer) AS peers, (SELECT count(*) FROM balance) AS balances") == before
    )


def test_a_company_of_another_dealer_cannot_pay(house: House, browse: Browse) -> None:
    answer = browse("north").post("/peers/new", {**NEW_USER, "dealer": "north"})

    assert answer.status_code == 422
    assert "This company is a customer of another dealer; choose one of north." in answer.content.decode()


def test_a_pack_that_the_dealer_cannot_see_is_refused(browse: Browse) -> None:
    typed = {**NEW_LINE, "dealer": "city", "pack": "north-direct"}
    answer = browse("north").post("/peers/new", typed)

    assert answer.status_code == 422
    assert "city cannot see this pack." in answer.content.decode()


def test_a_key_or_name_of_a_stranger_is_taken_without_a_word_about_him(house: House, browse: Browse) -> None:
    house.run("UPDATE peer SET auth_username = 'secret-name' WHERE key = 'south-phone'")
    by_key = browse("city").post("/peers/new", {**NEW_USER, "key": "south-phone"})
    by_name = browse("city").post("/peers/new", {**NEW_USER, "auth_username": "secret-name"})

    assert (by_key.status_code, by_name.status_code) == (422, 422)
    assert "This key is taken" in by_key.content.decode()
    assert "This user name is taken" in by_name.content.decode()
    assert house.row("SELECT count(*) AS n FROM peer WHERE key = 'reception'")["n"] == 0


def test_a_peer_is_changed_and_its_limits_with_it(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    typed = {"name": "Front desk", "company": "", "pays_from": "peer", "pack": "city-retail", "credit_limit": "5",
             "call_limit": "2", "extension": "202", "caller_number": ""}  # fmt: skip
    answer = browse("city").post(f"/peers/{made['id']}/change", typed)
    peer = house.row("SELECT * FROM peer WHERE id = %s", made["id"])
    balance = house.row("SELECT * FROM balance WHERE id = %s", made["balance_id"])

    assert answer.status_code == 302
    assert (peer["name"], peer["pays_from"], peer["company_id"]) == ("Front desk", "peer", None)
    assert (peer["extension"], peer["caller_number"], peer["ha1_md5"]) == ("202", None, made["ha1_md5"])
    assert (balance["credit_limit"], balance["call_limit"]) == (5_000_000, 2)


def test_a_pack_that_one_does_not_see_stays_when_the_rest_is_changed(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_LINE)
    house.run(
        "UPDATE peer SET pack_id = (SELECT id FROM billing_pack WHERE key = 'wholesale') WHERE id = %s", made["id"]
    )
    form = browse("city").get(f"/peers/{made['id']}/change").content.decode()
    answer = browse("city").post(f"/peers/{made['id']}/change", {"name": "x", "credit_limit": "25"})
    peer = house.row(
        "SELECT p.name, k.key FROM peer AS p JOIN billing_pack AS k ON k.id = p.pack_id WHERE p.id = %s", made["id"]
    )

    assert 'name="pack"' not in form
    assert answer.status_code == 302
    assert peer == {"name": "x", "key": "wholesale"}


def test_two_phones_of_a_dealer_have_two_extensions(house: House, browse: Browse, make: Make) -> None:
    make("city", NEW_USER)
    answer = browse("city").post("/peers/new", {**NEW_USER, "key": "other"})

    assert answer.status_code == 422
    assert "Another phone of this dealer has this extension." in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM balance WHERE party = 'other'")["n"] == 0


def test_blocking_asks_first_and_tells_of_live_calls(house: House, browse: Browse) -> None:
    phone = house.row("SELECT * FROM peer WHERE key = 'shop-phone'")
    client = browse("city")
    question = client.get(f"/peers/{phone['id']}/block").content.decode()
    client.post(f"/peers/{phone['id']}/block", {"is_blocked": "yes"})
    blocked = house.row("SELECT is_blocked FROM peer WHERE key = 'shop-phone'")
    client.post(f"/peers/{phone['id']}/block", {"is_blocked": "no"})

    assert "1 call is in progress; it is cut at once." in question
    assert blocked["is_blocked"] is True
    assert house.row("SELECT is_blocked FROM peer WHERE key = 'shop-phone'")["is_blocked"] is False


def test_who_may_not_block_is_not_offered_to(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    city = house.seeded.dealers["city"]
    house.run(
        "DELETE FROM right_grant WHERE \"right\" IN ('dealers.block', 'balances.adjust') AND dealer_id = %s", city
    )
    client = browse("city")
    form = client.get(f"/peers/{made['id']}/change").content.decode()
    question = client.post(f"/peers/{made['id']}/block", {"is_blocked": "yes"})
    client.post(f"/peers/{made['id']}/change", {"name": "y", "is_blocked": "on", "credit_limit": "1000"})
    generous = client.post("/peers/new", {**NEW_USER, "key": "generous", "extension": "", "credit_limit": "1000"})
    house.run(
        "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'dealers.block'), (%s, 'balances.adjust')",
        city,
        city,
    )
    limits = house.row("SELECT array_agg(credit_limit) AS found FROM balance WHERE party IN ('reception', 'generous')")
    house.run("DELETE FROM peer WHERE key = 'generous'")
    house.run("DELETE FROM balance WHERE party = 'generous'")

    assert 'name="is_blocked"' not in form
    assert 'name="credit_limit"' not in form
    assert question.status_code == 403
    assert generous.status_code == 200
    assert limits["found"] == [0, 0]
    assert house.row("SELECT is_blocked, name FROM peer WHERE id = %s", made["id"]) == {
        "is_blocked": False,
        "name": "y",
    }


def test_a_peer_that_never_called_is_deleted_with_its_balance(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_LINE)
    answer = browse("city").post(f"/peers/{made['id']}/delete")

    assert answer.status_code == 302
    assert house.row("SELECT count(*) AS n FROM balance WHERE id = %s", made["balance_id"])["n"] == 0
    assert house.row("SELECT count(*) AS n FROM peer_address WHERE peer_id = %s", made["id"])["n"] == 0


def test_a_peer_that_called_stays(house: House, browse: Browse) -> None:
    phone = house.row("SELECT * FROM peer WHERE key = 'shop-phone'")
    answer = browse("city").post(f"/peers/{phone['id']}/delete")

    assert answer.status_code == 422
    assert "It has called, or money has moved." in answer.content.decode()
    assert house.row("SELECT * FROM peer WHERE key = 'shop-phone'") == phone


def test_a_company_shows_its_peers(house: House, browse: Browse) -> None:
    shop = house.row("SELECT id FROM company WHERE key = 'corner-shop'")
    tab = browse("city").get(f"/companies/{shop['id']}/tab/peers").content.decode()
    table = browse("city").get("/peers?company=corner-shop").content.decode()

    assert "Corner Shop, till" in tab
    assert "/peers/new?company=corner-shop" in tab
    assert "Corner Shop, till" in table
    assert "A caller with a few cents left" not in table


@pytest.mark.parametrize("query", ["kind=originator", "state=active", "dealer=city", "order=-extension", "export=xlsx"])
def test_the_table_is_narrowed_sorted_and_exported(browse: Browse, query: str) -> None:
    answer = browse("north").get(f"/peers?{query}")

    assert answer.status_code == 200
    if "export" not in query:
        assert "Corner Shop, till" in answer.content.decode()


def test_logins_of_customers_see_their_own_phones_only(house: House, browse: Browse) -> None:
    def browser(column: str, table: str, key: str) -> Any:
        client = browse("city")
        row = house.row(f"SELECT id FROM {table} WHERE key = %s", key)
        house.run(f"UPDATE login SET {column} = %s WHERE id = %s", row["id"], client.session["_auth_user_id"])
        return client

    of_company = browser("company_id", "company", "corner-shop").get("/peers").content.decode()
    of_phone = browser("peer_id", "peer", "prepaid-card").get("/peers").content.decode()

    assert "Corner Shop, till" in of_company
    assert "A caller with a few cents left" not in of_company
    assert "Corner Shop, till" not in of_phone
    assert "A caller with a few cents left" in of_phone
    assert "/peers/new" not in of_company
