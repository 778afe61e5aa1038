"""The timeline: who sees which change, how it is told, filters, files, and names that mean harm."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from ..house import Browse, House
from ..seeding import HOSTILE_NAME


@pytest.fixture
def shop(house: House) -> dict[str, Any]:
    """The only company, as it is now."""
    return house.row("SELECT * FROM company WHERE key = 'corner-shop'")


def change_name(house: House, client: Any, name: str, **more: str) -> Any:
    """Give the shop another name, by its form."""
    shop = house.row("SELECT c.*, b.credit_limit FROM company AS c JOIN balance AS b ON b.id = c.balance_id")
    typed = {"name": name, "pack": "city-retail", "credit_limit": "0", **more}
    answer = client.post(f"/companies/{shop['id']}/change", typed)
    assert answer.status_code == 302, answer.content.decode()
    return house.row("SELECT * FROM audit_entry ORDER BY id DESC LIMIT 1")


def page_of(client: Any, address: str = "/audit") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_change_is_told_in_one_piece_with_words_and_money(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    entry = change_name(house, client, "Corner & Sons", credit_limit="12.5")
    page = " ".join(page_of(client).split())
    article = page.split('<article class="list-group-item"')[1]

    assert f"<strong>{entry['actor']}</strong>" in article
    assert "(City Net)</span>, through the web" in article
    assert f'<a class="in-text" href="/companies/{shop["id"]}">Corner &amp; Sons</a>' in article
    assert "Name:</span> <del" in article
    assert "Corner Shop Ltd</del>" in article
    assert ">Corner &amp; Sons</ins>" in article
    assert "Credit limit:</span> <del" in article
    assert "0.00 USD</del>" in article
    assert ">12.50 USD</ins>" in article


def test_references_are_told_by_name(house: House, browse: Browse) -> None:
    client = browse("city")
    change_name(house, client, "Corner Shop Ltd", pack="")
    page = page_of(client)

    assert "Billing pack:" in page
    assert "Retail by the minute</del>" in page


@pytest.mark.parametrize(("who", "sees"), [("owner", True), ("north", True), ("city", True), ("south", False)])
def test_a_change_is_seen_by_its_dealer_and_all_above_and_by_nobody_else(
    house: House, browse: Browse, who: str, sees: bool
) -> None:
    entry = change_name(house, browse("city"), f"Seen by {who}")
    client = browse(who)

    assert (f"Seen by {who}" in page_of(client)) is sees
    assert client.get(f"/audit/{entry['id']}").status_code == (200 if sees else 404)
    assert client.get(f"/audit/{entry['id']}/undo").status_code == (200 if sees else 404)
    assert client.post(f"/audit/{entry['id']}/undo").status_code == (302 if sees else 404)


def test_a_dealer_whose_row_was_changed_from_above_does_not_see_it(house: House, browse: Browse, shop: Any) -> None:
    entry = change_name(house, browse("north"), "Named by North")

    assert entry["dealer_id"] == house.seeded.dealers["city"]
    assert "Named by North" in page_of(browse("north"))
    assert "Named by North" not in page_of(browse("city")).replace("Named by North</a>", "").replace(
        "Named by North</strong>", ""
    )
    assert browse("city").get(f"/audit/{entry['id']}").status_code == 404
    assert f"/audit/{entry['id']}" not in page_of(browse("city"), f"/companies/{shop['id']}/history")


def test_what_the_command_line_has_loaded_is_the_owners_to_see(browse: Browse) -> None:
    assert "on the command line" in page_of(browse("owner"))
    assert "on the command line" not in page_of(browse("north"), "/audit?origin=command+line").split("</form>")[-1]


def test_filters_narrow(house: House, browse: Browse) -> None:
    client = browse("city")
    entry = change_name(house, client, "100% Filtered_Name")
    before = (entry["created_at"] - timedelta(seconds=1)).astimezone(UTC)
    after = (entry["created_at"] + timedelta(seconds=1)).astimezone(UTC)
    article = f'id="change-{entry["id"]}"'
    north = browse("north")
    moment = "%Y-%m-%dT%H:%M:%S%%2B00:00"
    suits = [
        f"actor={entry['actor']}", "dealer=city", "kind=company", "action=update", "origin=web", "text=100%25+Filtered_",
        f"since={before.strftime(moment)}", f"until={after.strftime(moment)}", "dealer=no-such-dealer", "kind=nonsense",
    ]  # fmt: skip
    suits_not = [
        "actor=nobody", "kind=peer", "action=delete", "origin=api", "text=100%25+FilteredX",
        f"since={after.strftime(moment)}", f"until={before.strftime(moment)}",
    ]  # fmt: skip

    assert [query for query in suits if article not in page_of(north, f"/audit?{query}")] == []
    assert [query for query in suits_not if article in page_of(north, f"/audit?{query}")] == []


def test_moments_are_typed_in_the_viewers_zone(house: House, browse: Browse) -> None:
    entry = change_name(house, browse("north"), "At a moment in Kyiv")
    from zoneinfo import ZoneInfo

    local = entry["created_at"].astimezone(ZoneInfo("Europe/Kyiv"))
    article = f'id="change-{entry["id"]}"'
    text = (local - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")

    assert article in page_of(browse("north"), f"/audit?since={text}")
    assert article not in page_of(browse("north"), f"/audit?until={text}")
    assert local.strftime("%Y-%m-%d %H:%M:%S") in page_of(browse("north"))


def test_pages_go_on_from_a_place_and_show_each_change_once(house: House, viewer: Any) -> None:
    from smartswitch.web.audit.filters import Asked
    from smartswitch.web.audit.selectors import changes_page

    house.run("INSERT INTO role (key, dealer_id) SELECT 'r' || n, 1 FROM generate_series(1, 3) AS n")
    for number in range(5):
        house.run("UPDATE role SET name = %s WHERE key = 'r1'", str(number))
    person, place, found = viewer("owner"), None, []
    while True:
        page = changes_page(person, Asked(), place, most=2)
        found += [change.first_id for change in page.changes]
        place = page.next
        if place is None:
            break
    whole = house.row("SELECT count(DISTINCT (created_at, request_id, actor)) AS n FROM audit_entry")

    assert len(found) == len(set(found)) == whole["n"]
    assert found == sorted(found, reverse=True)


def test_a_page_that_finds_little_says_how_far_back_it_looked(house: House, viewer: Any) -> None:
    from smartswitch.web.audit.filters import Asked
    from smartswitch.web.audit.selectors import changes_page

    house.run("INSERT INTO role (key, dealer_id, name) VALUES ('needle', 1, 'Needle in the hay')")
    for number in range(60):
        house.run("UPDATE role SET name = %s WHERE key = 'needle'", f"Hay {number}")
    person, place, found, looks = viewer("owner"), None, [], 0
    while True:
        page = changes_page(person, Asked(text="Needle in the hay", action="insert"), place, window=40)
        found += page.changes
        looks += page.looked_back_to is not None
        place = page.next
        if place is None:
            break

    assert [change.total for change in found] == [1]
    assert looks >= 2


def test_a_large_change_is_cut_short_and_counted(house: House, browse: Browse) -> None:
    house.run("INSERT INTO role (key, dealer_id) SELECT 'many-' || n, 1 FROM generate_series(1, 20) AS n")
    client = browse("owner")
    page = page_of(client, "/audit?kind=role")
    first = house.row("SELECT min(id) AS id FROM audit_entry WHERE after ->> 'key' LIKE 'many-%%'")["id"]

    assert "and 12 more" in page
    assert len(set(re.findall(r"many-[0-9]+", page_of(client, f"/audit/{first}")))) == 20


def test_hostile_names_are_text(house: House, browse: Browse) -> None:
    house.run("UPDATE company SET name = %s", HOSTILE_NAME)
    with_actor = "WITH who AS (SELECT set_config('smartswitch.actor', %s, true)) UPDATE company SET name = 'x' FROM who"
    house.run(with_actor, '"><img src=x onerror=alert(1)>')
    page = page_of(browse("owner"))

    assert "<script>document" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;document" in page
    assert "&lt;img src=x onerror" in page


def test_the_log_is_exported_safely(house: House, browse: Browse) -> None:
    client = browse("city")
    change_name(house, client, "=2+5", credit_limit="3")
    answer = client.get("/audit?export=csv&kind=company")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    book = load_workbook(io.BytesIO(client.get("/audit?export=xlsx").content))
    rows = list(book.active.values)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert text.splitlines()[0] == (
        "When,Person,Dealer,Acting for,From where,What was done,Kind of thing,Name,Number,Fields,Request,"
        '"Acting for, key"'
    )
    assert ",'=2+5," in text
    assert rows[1][6:8] == ("balance", "=2+5")
    assert rows[1][9] == "Credit limit: 0.00 USD \N{RIGHTWARDS ARROW} 3.00 USD"


@pytest.mark.parametrize(
    "query", ["before=x", "before=1", "before=-1", "before=99999999999999999999-1", "before=1-99999999999999999999"]
)
def test_a_place_that_is_none_is_not_found(browse: Browse, query: str) -> None:
    assert browse("owner").get(f"/audit?{query}").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["actor=%00", "text=%27%5C%25", "since=yesterday", "kind='; DROP TABLE", "action=%F0%9F%92%A9", "dealer=" + "x" * 500,
     "before=0-0", "before=253000000000000000-9223372036854775807"],
)  # fmt: skip
def test_an_address_can_ask_for_nothing_else(browse: Browse, query: str) -> None:
    assert browse("owner").get(f"/audit?{query}").status_code == 200


def test_who_lacks_the_right_is_told(house: House, browse: Browse) -> None:
    city = house.seeded.dealers["city"]
    house.run("DELETE FROM right_grant WHERE \"right\" = 'audit.view' AND dealer_id = %s", city)
    answers = [browse("city").get(address).status_code for address in ("/audit", "/companies/1/history", "/audit/1")]
    company = page_of(browse("city"), "/companies/1")
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'audit.view')", city)

    assert answers == [403, 403, 403]
    assert "/history" not in company


def test_nothing_of_it_is_for_who_is_not_logged_in(browse: Browse) -> None:
    assert browse().get("/audit").status_code == 302


def test_the_owner_is_told_whether_the_log_is_whole(house: House, browse: Browse) -> None:
    assert "The log was not checked yet" in page_of(browse("owner"))
    house.run(
        "INSERT INTO audit_verdict (checked_at, duration_ms, entries, place, hash, ok, breaks)"
        " VALUES (%s, 5, 12345, 12345, '\\x00', true, '[]')",
        datetime(2026, 11, 1, 12, 30, tzinfo=UTC),
    )
    assert "The log is whole: 12,345 entries, checked at 2026-11-01 12:30." in page_of(browse("owner"))
    assert "The log is whole" not in page_of(browse("north"))

    house.run(
        "INSERT INTO audit_verdict (duration_ms, entries, place, hash, ok, breaks) VALUES (5, 9, 9, '\\x00', false,"
        ' \'[{"place": 7, "entry_id": 8, "problem": "the entry was altered"}]\')'
    )
    page = page_of(browse("owner"))
    assert "The log is not what was written, in 1 place." in page
    assert "place 7, entry 8: the entry was altered" in " ".join(page.split())
