"""Money that people enter: who may, for whom, once, and that a refusal moves nothing."""

import re
from typing import Any
from uuid import uuid4

import pytest

from ..house import Browse, House

CENT = 10_000


def balance_of(house: House, party: str) -> dict[str, Any]:
    """A party's balance."""
    return house.row("SELECT * FROM balance WHERE party = %s AND kind IN ('peer', 'company', 'dealer')", party)


def transfers(house: House) -> int:
    """How many transfers the ledger has."""
    return int(house.row("SELECT count(*) AS n FROM ledger_transfer")["n"])


def clerk(browse: Browse, dealer: str, *, is_recent: bool = True) -> Any:
    """A browser of a dealer's clerk who has shown lately that it is he."""
    from django.utils import timezone

    client = browse(dealer)
    if is_recent:
        session = client.session
        session["identity_shown_at"] = int(timezone.now().timestamp())
        session.save()
    return client


def typed(amount: str, **more: str) -> dict[str, str]:
    """A form that is filled in."""
    return {"kind": "payment", "amount": amount, "note": "bank 17", "payment_id": str(uuid4()), **more}


def test_a_payment_moves_the_balance_and_stands_in_the_ledger(house: House, browse: Browse) -> None:
    before = balance_of(house, "corner-shop")
    answer = clerk(browse, "city").post(f"/balances/{before['id']}/pay", typed("25.50"))
    after = balance_of(house, "corner-shop")
    row = house.row("SELECT * FROM ledger_transfer ORDER BY created_at DESC, id LIMIT 1")

    assert answer.status_code == 302
    assert after["amount"] - before["amount"] == 25_500_000
    assert (row["kind"], row["amount"], row["note"], row["credit_balance_id"]) == (
        "payment",
        25_500_000,
        "bank 17",
        before["id"],
    )
    assert row["actor"].startswith("city-")


@pytest.mark.parametrize(("field", "status"), [("amount", 200), ("note", 200), ("nothing", 404)])
def test_a_field_that_is_left_enters_nothing(house: House, browse: Browse, field: str, status: int) -> None:
    before = (balance_of(house, "corner-shop"), transfers(house))
    answer = clerk(browse, "city").post(f"/balances/{before[0]['id']}/pay?validate={field}", typed("25.50"))

    assert answer.status_code == status
    assert (balance_of(house, "corner-shop"), transfers(house)) == before


def test_a_form_that_is_sent_twice_pays_once(house: House, browse: Browse) -> None:
    before = balance_of(house, "corner-shop")
    client, form = clerk(browse, "city"), typed("1")
    answers = [client.post(f"/balances/{before['id']}/pay", form).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert balance_of(house, "corner-shop")["amount"] - before["amount"] == 1_000_000


def test_the_same_payment_with_another_amount_is_refused(house: House, browse: Browse) -> None:
    balance = balance_of(house, "corner-shop")
    client, form = clerk(browse, "city"), typed("1")
    client.post(f"/balances/{balance['id']}/pay", form)
    before = balance_of(house, "corner-shop")
    answer = client.post(f"/balances/{balance['id']}/pay", {**form, "amount": "2"})

    assert answer.status_code == 422
    assert "entered already" in answer.content.decode()
    assert balance_of(house, "corner-shop") == before


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"amount": "-100000"}, "There is not so much on the balance"),
        ({"amount": "0"}, "Enter an amount that is not 0"),
        ({"amount": "ten"}, "is not a number"),
        ({"amount": "NaN"}, "is not a number"),
        ({"amount": "1e3"}, "is not a number"),
        ({"amount": "0.0000001"}, "is not a number"),
        ({"kind": "adjustment", "note": ""}, "Say why"),
        ({"kind": "opening"}, "Select a valid choice"),
        ({"payment_id": "7"}, "Enter a valid UUID"),
    ],
)
def test_what_is_refused_moves_nothing(house: House, browse: Browse, form: dict[str, str], words: str) -> None:
    before, count = balance_of(house, "corner-shop"), transfers(house)
    answer = clerk(browse, "city").post(f"/balances/{before['id']}/pay", {**typed("1"), **form})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (balance_of(house, "corner-shop"), transfers(house)) == (before, count)


@pytest.mark.parametrize(
    ("dealer", "party"),
    [
        ("north", "corner-shop"),  # sold by City, which keeps its own books
        ("city", "city"),  # one's own balance
        ("south", "corner-shop"),  # a stranger's
        ("city", "north"),  # the dealer above
        ("owner", "owner"),
    ],
)
def test_money_is_entered_only_for_whom_one_sells_to(house: House, browse: Browse, dealer: str, party: str) -> None:
    before, count = balance_of(house, party), transfers(house)
    answer = clerk(browse, dealer).post(f"/balances/{before['id']}/pay", typed("1"))

    assert answer.status_code == 404
    assert (balance_of(house, party), transfers(house)) == (before, count)


def test_who_was_away_for_long_shows_again_that_it_is_he(house: House, browse: Browse) -> None:
    before = balance_of(house, "corner-shop")
    answer = clerk(browse, "city", is_recent=False).post(f"/balances/{before['id']}/pay", typed("1"))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/reauthenticate?next=")
    assert balance_of(house, "corner-shop") == before


def test_the_page_of_a_balance_tells_what_moved_it(house: House, browse: Browse) -> None:
    balance = balance_of(house, "corner-shop")
    client = clerk(browse, "city")
    client.post(f"/balances/{balance['id']}/pay", typed("3", note="<b>cash</b>"))
    page = client.get(f"/balances/{balance['id']}").content.decode()
    days = client.get(f"/balances/{balance['id']}/calls").content.decode()

    assert "&lt;b&gt;cash&lt;/b&gt;" in page
    assert "<b>cash" not in page
    assert "Enter money" in page
    assert re.search(r"<td[^>]*>[0-9]+</td>", days)


def test_payments_are_listed_for_the_house_only(house: House, browse: Browse) -> None:
    balance = balance_of(house, "corner-shop")
    clerk(browse, "city").post(f"/balances/{balance['id']}/pay", typed("4", note="for the list"))

    assert "for the list" in browse("north").get("/payments").content.decode()
    assert "for the list" not in browse("south").get("/payments").content.decode()
