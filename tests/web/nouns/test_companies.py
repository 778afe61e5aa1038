"""A noun from end to end, by the example of companies: table, form, change, refusal, deletion, export."""

import re
from typing import Any

import pytest

from ..house import Browse, House

NEW = {
    "key": "bakery",
    "name": "Bakery Ltd",
    "dealer": "city",
    "currency": "USD",
    "credit_limit": "12.50",
    "pack": "city-retail",
}


@pytest.fixture
def made(house: House, browse: Browse) -> Any:
    """A company, made by its dealer's clerk through the form, and what is left of it."""
    answer = browse("city").post("/companies/new", NEW)
    assert answer.status_code == 302, answer.content.decode()
    yield house.row("SELECT * FROM company WHERE key = 'bakery'")
    house.run("DELETE FROM company WHERE key = 'bakery'")
    house.run("DELETE FROM balance WHERE party = 'bakery'")


def test_a_dealer_makes_a_company_with_its_balance(house: House, made: Any) -> None:
    balance = house.row("SELECT * FROM balance WHERE id = %s", made["balance_id"])

    assert (made["name"], made["dealer_id"]) == ("Bakery Ltd", house.seeded.dealers["city"])
    assert (balance["kind"], balance["party"], balance["currency"]) == ("company", "bakery", "USD")
    assert (balance["amount"], balance["credit_limit"]) == (0, 12_500_000)


def test_the_table_shows_the_house_and_what_is_below(browse: Browse, made: Any) -> None:
    at_north = browse("north").get("/companies").content.decode()
    at_south = browse("south").get("/companies").content.decode()

    assert "Bakery Ltd" in at_north
    assert "Corner Shop" in at_north
    assert "Bakery" not in at_south


def test_a_company_is_changed_and_its_limit_with_it(house: House, browse: Browse, made: Any) -> None:
    typed = {"name": "Bakery & Sons", "credit_limit": "", "call_limit": "3", "is_blocked": "on"}
    answer = browse("city").post(f"/companies/{made['id']}/change", typed)
    company = house.row("SELECT * FROM company WHERE id = %s", made["id"])
    balance = house.row("SELECT * FROM balance WHERE id = %s", made["balance_id"])

    assert answer.status_code == 302
    assert (company["name"], company["is_blocked"], company["pack_id"]) == ("Bakery & Sons", True, None)
    assert (balance["credit_limit"], balance["call_limit"]) == (None, 3)


def test_what_was_typed_stays_when_something_is_wrong(house: House, browse: Browse) -> None:
    typed = {**NEW, "credit_limit": "a lot", "pack": "no-such-pack", "key": "corner-shop"}
    answer = browse("city").post("/companies/new", typed)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "There is no no-such-pack here." in page
    assert 'value="a lot"' in page
    assert house.row("SELECT count(*) AS n FROM company")["n"] == 1


def test_a_key_that_is_taken_is_refused_and_nothing_is_left(house: House, browse: Browse) -> None:
    before = house.row("SELECT count(*) AS n FROM balance")
    answer = browse("city").post("/companies/new", {**NEW, "key": "corner-shop"})

    assert answer.status_code == 422
    assert "This key is taken" in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM balance") == before


def test_one_field_is_checked_in_place(browse: Browse) -> None:
    answer = browse("city").post("/companies/new?validate=credit_limit", {"credit_limit": "-1"})
    page = answer.content.decode()

    assert "This may not be less than zero." in page
    assert page.count("<input") == 1


def test_who_lacks_the_right_is_told_which_and_who_can_grant_it(house: House, browse: Browse) -> None:
    house.run(
        "DELETE FROM right_grant WHERE \"right\" = 'companies.add' AND dealer_id = %s", house.seeded.dealers["city"]
    )
    answer = browse("city").get("/companies/new")
    page = answer.content.decode()
    house.run(
        "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'companies.add')", house.seeded.dealers["city"]
    )

    assert answer.status_code == 403
    assert "companies.add" in page
    assert "North Communications, can grant it" in re.sub(r"\s+", " ", page)


def test_a_company_without_money_is_deleted_with_its_balance(house: House, browse: Browse, made: Any) -> None:
    client = browse("city")
    question = client.get(f"/companies/{made['id']}/delete")
    answer = client.post(f"/companies/{made['id']}/delete")

    assert "Delete Bakery Ltd?" in question.content.decode()
    assert answer.status_code == 302
    assert house.row("SELECT count(*) AS n FROM balance WHERE id = %s", made["balance_id"])["n"] == 0


def test_a_company_with_money_stays(house: House, browse: Browse) -> None:
    shop = house.row("SELECT * FROM company WHERE key = 'corner-shop'")
    answer = browse("city").post(f"/companies/{shop['id']}/delete")

    assert answer.status_code == 422
    assert "There is money on its balance" in answer.content.decode()
    assert house.row("SELECT * FROM company WHERE key = 'corner-shop'") == shop


@pytest.mark.parametrize("page", ["", "/change", "/delete"])
def test_a_stranger_finds_nothing(house: House, browse: Browse, page: str) -> None:
    shop = house.row("SELECT * FROM company WHERE key = 'corner-shop'")

    assert browse("south").get(f"/companies/{shop['id']}{page}").status_code == 404


def test_an_export_is_safe_against_formulas(house: House, browse: Browse, made: Any) -> None:
    house.run("UPDATE company SET name = '=HYPERLINK(\"http://192.0.2.9\")' WHERE id = %s", made["id"])
    answer = browse("city").get("/companies?export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="companies.csv"'
    assert '"\'=HYPERLINK(""http://192.0.2.9"")"' in text


@pytest.mark.parametrize(
    "query",
    ["order=key;DROP TABLE company", "order=-password", "page=99999999999", "page=-1", "search=%25%27%5C", "column=password",
     "dealer=nobody", "state=x", "order=name&order=key", "search=" + "x" * 5000],
)  # fmt: skip
def test_an_address_can_ask_for_nothing_else(browse: Browse, query: str) -> None:
    assert browse("city").get(f"/companies?{query}").status_code == 200
