"""What hangs together is told together in lists; the page of a change, its undoing and the API tell every entry."""

import re
from html import unescape
from typing import Any

import pytest

from ..house import Browse, House

WEST = {
    "key": "west",
    "name": "West Talk",
    "parent": "north",
    "currency": "USD",
    "time_zone": "Europe/Kyiv",
    "profit_control": "no_losses",
    "credit_limit": "12.50",
    "rights": ["calls.view", "balances.pay", "peers.view"],
}
FLORIST = {"key": "florist", "name": "Florist", "dealer": "city", "currency": "USD", "credit_limit": "0", "pack": ""}


@pytest.fixture
def made(house: House, browse: Browse) -> Any:
    """A dealer that North has made: its entries as they were written."""
    answer = browse("north").post("/dealers/new", WEST)
    if answer.status_code == 422:  # by the test before this one
        assert "taken" in answer.content.decode()
    return house.row(
        "SELECT min(e.id) AS first, count(*) AS entries, count(*) FILTER (WHERE table_name = 'balance') AS balances"
        " FROM audit_entry AS e WHERE (e.created_at, e.actor) IN (SELECT created_at, actor FROM audit_entry"
        " WHERE table_name = 'dealer' AND action = 'insert' AND after ->> 'key' = 'west')"
    )


def article_of(client: Any, entry_id: int, **query: str) -> str:
    """What the timeline tells of a change, as words."""
    page = client.get("/audit", query).content.decode()
    found = re.search(rf'id="change-{entry_id}">(.*?)</article>', page, re.DOTALL)
    assert found is not None
    return words_of(found[1])


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_new_dealer_is_told_with_its_balance_and_its_rights_in_a_line(browse: Browse, made: Any) -> None:
    told = article_of(browse("north"), made["first"])

    assert made["entries"] > 4
    assert made["balances"] > 0
    assert "added balance" not in told
    assert "added dealer West Talk Key: west" in told
    assert "Credit limit: 12.50 USD" in told
    assert told.count("rights of the dealer") == 1
    assert "added rights of the dealer West Talk Rights: " in told
    assert "enter payments" in told
    assert "balances.pay" not in told


def test_nothing_is_lost_where_a_change_is_looked_at_or_undone(browse: Browse, made: Any) -> None:
    page = words_of(browse("north").get(f"/audit/{made['first']}").content.decode())

    assert len(re.findall("added balance", page)) == made["balances"]
    assert len(re.findall("added granted right", page)) == made["entries"] - made["balances"] - 1
    assert "granted right enter payments Right: enter payments" in page
    assert "balances.pay" not in page


def test_for_whom_somebody_acts_is_told_by_name_and_key(house: House, browse: Browse) -> None:
    north = browse("north")
    north.post(f"/dealers/{house.seeded.dealers['city']}/act-for")
    begun = house.row("SELECT max(id) AS id FROM audit_entry")
    north.post("/companies/new", FLORIST)
    entry = house.row("SELECT min(id) AS id FROM audit_entry WHERE 'florist' IN (after ->> 'party', after ->> 'key')")
    north.post("/act-for/stop")

    told = article_of(browse("north"), entry["id"])
    answer = browse("north").get("/audit", {"export": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert "acting for City Net (city)" in told
    assert "Undo" in told
    assert "Undo" not in article_of(browse("north"), begun["id"])
    assert ",Acting for," in lines[0]
    assert lines[0].endswith(',"Acting for, key"')
    assert any(",City Net," in line and line.endswith(",city") for line in lines)
