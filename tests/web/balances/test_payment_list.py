"""The list of payments: who paid whom, by name, for all who have a part in it and may see no more than their part."""

import pytest

from ..house import Browse, House


@pytest.mark.parametrize(("dealer", "company", "told"), [
    ("owner", None, "North Communications,north,Opening balance,5000.000000,USD,Example Telecom"),
    ("north", None, "City Net,city,Opening balance,1500.000000,USD,North Communications"),
    ("north", None, "North Communications,north,Opening balance,5000.000000,USD,,"),
    ("city", None, "City Net,city,Opening balance,1500.000000,USD,,"),
    ("city", "corner-shop", "Corner Shop Ltd,corner-shop,Opening balance,200.000000,USD,,"),
])  # fmt: skip
def test_both_sides_are_named_as_far_as_one_may_know(
    house: House, browse: Browse, dealer: str, company: str | None, told: str
) -> None:
    answer = browse(dealer, company=company).get("/payments", {"export": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert lines[0].startswith("When,Party,Key,What,Amount")
    assert any(told in line for line in lines), lines


def test_the_page_of_a_balance_is_headed_by_the_partys_name_which_leads_to_it(house: House, browse: Browse) -> None:
    shop = house.row("SELECT id, balance_id FROM company WHERE key = 'corner-shop'")

    page = browse("city").get(f"/balances/{shop['balance_id']}").content.decode()
    form = browse("city").get(f"/balances/{shop['balance_id']}/pay")

    assert f'href="/companies/{shop["id"]}">Corner Shop Ltd</a>' in page
    assert '<div class="text-secondary small">City Net</div>' in page
    assert form.status_code == 302 or "Enter money of Corner Shop Ltd" in form.content.decode()
