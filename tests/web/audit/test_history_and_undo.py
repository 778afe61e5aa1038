"""The history of one row, and setting a change back: what is done, what is refused, and that nothing else moves."""

import json
import re
from typing import Any

import pytest

from ..house import Browse, House

FORM = {"name": "Corner Shop Ltd", "pack": "city-retail", "credit_limit": "0"}


@pytest.fixture(autouse=True)
def shop(house: House) -> Any:
    """The only company, which begins each test as it was seeded."""
    house.run("UPDATE company SET name = 'Corner Shop Ltd', is_blocked = false WHERE key = 'corner-shop'")
    house.run("UPDATE company SET pack_id = (SELECT id FROM billing_pack WHERE key = 'city-retail')")
    house.run("UPDATE balance SET credit_limit = 0, call_limit = NULL WHERE party = 'corner-shop'")
    return house.row("SELECT * FROM company WHERE key = 'corner-shop'")


def save(client: Any, shop: Any, **typed: str) -> Any:
    answer = client.post(f"/companies/{shop['id']}/change", FORM | typed)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def now(house: House) -> tuple[Any, ...]:
    """What the tests change of the shop."""
    row = house.row(
        "SELECT c.name, c.is_blocked, p.key AS pack, b.credit_limit, b.call_limit FROM company AS c"
        " JOIN balance AS b ON b.id = c.balance_id LEFT JOIN billing_pack AS p ON p.id = c.pack_id"
        " WHERE c.key = 'corner-shop'"
    )
    return tuple(row.values())


def last_entry(house: House) -> Any:
    return house.row("SELECT * FROM audit_entry ORDER BY id DESC LIMIT 1")


def entries(house: House) -> int:
    return int(house.row("SELECT count(*) AS n FROM audit_entry")["n"])


def page_of(client: Any, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def test_the_history_of_a_company_has_its_own_changes_and_its_limits(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    save(client, shop, name="Told in its history", credit_limit="7.25")
    other = browse("north")
    other.post("/companies/new", {"key": "next-door", "name": "Next Door", "currency": "USD", "credit_limit": "0"})
    page = page_of(client, f"/companies/{shop['id']}/history")

    assert "Told in its history" in page
    assert "7.25 USD" in page
    assert "Next Door" not in page
    assert f'href="/companies/{shop["id"]}/history" aria-current="page"' in page
    assert f'href="/companies/{shop["id"]}/history"' in page_of(client, f"/companies/{shop['id']}")


def test_the_history_tells_of_what_hangs_on_a_row(house: House, viewer: Any) -> None:
    from smartswitch.web.audit.selectors import history_page

    peer = house.row("SELECT * FROM peer WHERE key = 'shop-phone'")
    house.run("INSERT INTO peer_address (peer_id, network) VALUES (%s, '192.0.2.0/24')", peer["id"])
    address = house.row("SELECT id FROM peer_address WHERE peer_id = %s", peer["id"])["id"]
    house.run("UPDATE peer_address SET action = 'deny' WHERE id = %s", address)
    house.run("DELETE FROM peer_address WHERE id = %s", address)
    page = history_page(
        viewer("owner"), table="peer", row_id=peer["id"], balance_id=peer["balance_id"], hanging=["peer_address"],
        place=None,
    )  # fmt: skip
    found = [(entry.table_name, entry.action) for change in page.changes for entry in change.entries]

    assert found[:3] == [("peer_address", "delete"), ("peer_address", "update"), ("peer_address", "insert")]
    assert set(found[3:]) == {("peer", "insert"), ("balance", "insert")}


def test_sql_and_python_agree_on_what_hangs_on_what(house: House) -> None:
    from django.db.models import ForeignKey

    from smartswitch.web.audit.hanging import hanging_tables
    from smartswitch.web.audit.words import model_of_table
    from smartswitch.web.nouns.registry import load_nouns

    for noun in load_nouns().values():
        for table in hanging_tables(noun):
            model = model_of_table(table)
            if model is None:
                continue
            references = [each for each in model._meta.concrete_fields if isinstance(each, ForeignKey)]
            fields = {each.column: number for number, each in enumerate(references, 1)}
            parent = next(each.column for each in references if each.remote_field.model is noun.model)
            found = house.row("SELECT audit_parent(%s, %s::jsonb) AS id", table, json.dumps(fields))
            assert found["id"] == str(fields[parent]), (noun.name, table)


@pytest.mark.parametrize("who", ["south", "nobody"])
def test_a_stranger_finds_no_history(browse: Browse, shop: Any, who: str) -> None:
    client = browse(None if who == "nobody" else who)
    assert client.get(f"/companies/{shop['id']}/history").status_code == (302 if who == "nobody" else 404)


def test_after_a_save_a_link_undoes_it(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    before = now(house)
    save(client, shop, name="Wrong", pack="", credit_limit="5", call_limit="2", is_blocked="on")
    page = page_of(client, f"/companies/{shop['id']}")
    link = re.search(r'class="alert-link" href="(/audit/[0-9]+/undo)"', page)
    assert link is not None
    assert now(house) == ("Wrong", True, None, 5_000_000, 2)
    answer = client.post(link[1])

    assert answer.status_code == 302
    assert now(house) == before == ("Corner Shop Ltd", False, "city-retail", 0, None)


def test_the_question_says_what_will_be_set_back(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    save(client, shop, name="Wrong", credit_limit="5")
    page = page_of(client, f"/audit/{last_entry(house)['id']}/undo")

    assert "Set balance Wrong back" in page or "Set company Wrong back" in page
    assert 'Name:</span> <del class="text-secondary">Wrong</del>' in page
    assert ">Corner Shop Ltd</ins>" in page
    assert ">0.00 USD</ins>" in page
    assert "changed since" not in page


def test_the_undoing_is_audited_under_the_persons_name_and_can_be_undone(
    house: House, browse: Browse, shop: Any
) -> None:
    save(browse("city"), shop, name="Wrong")
    wrong, client = last_entry(house)["id"], browse("north")
    client.post(f"/audit/{wrong}/undo")
    entry = last_entry(house)

    assert (entry["before"], entry["after"]) == ({"name": "Wrong"}, {"name": "Corner Shop Ltd"})
    assert entry["actor"].startswith("north-")
    client.post(f"/audit/{entry['id']}/undo")
    assert now(house)[0] == "Wrong"


def test_what_has_changed_since_is_left_unless_it_is_ticked(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    save(client, shop, name="First", call_limit="3")
    first = last_entry(house)["id"]
    save(client, shop, name="Second", call_limit="3")
    page = page_of(client, f"/audit/{first}/undo")
    box = re.search(r'name="overwrite" value="(\d+-name)"', page)
    assert box is not None
    assert "changed since" in page

    assert client.post(f"/audit/{first}/undo").status_code == 302
    assert (now(house)[0], now(house)[4]) == ("Second", None)
    assert client.post(f"/audit/{first}/undo", {"overwrite": box[1]}).status_code == 302
    assert now(house)[0] == "Corner Shop Ltd"


def test_only_conflicts_and_nothing_ticked_is_refused(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    save(client, shop, name="First")
    first = last_entry(house)["id"]
    save(client, shop, name="Second")
    before = entries(house)
    answer = client.post(f"/audit/{first}/undo")

    assert answer.status_code == 422
    assert "Nothing was chosen that could be set back." in answer.content.decode()
    assert (now(house)[0], entries(house)) == ("Second", before)


def test_what_was_added_is_deleted_and_what_was_deleted_is_added_again(house: House, browse: Browse) -> None:
    client = browse("city")
    client.post("/companies/new", FORM | {"key": "kiosk", "name": "Kiosk", "currency": "USD", "credit_limit": "4.5"})
    added = last_entry(house)["id"]
    assert "Delete company Kiosk" in page_of(client, f"/audit/{added}/undo")
    assert client.post(f"/audit/{added}/undo").status_code == 302
    assert house.row("SELECT count(*) AS n FROM company WHERE key = 'kiosk'")["n"] == 0

    deleted = last_entry(house)["id"]
    assert "Add company Kiosk again" in page_of(client, f"/audit/{deleted}/undo")
    assert client.post(f"/audit/{deleted}/undo").status_code == 302
    kiosk = house.row(
        "SELECT c.name, d.key AS dealer, p.key AS pack, b.credit_limit, b.currency FROM company AS c"
        " JOIN dealer AS d ON d.id = c.dealer_id JOIN billing_pack AS p ON p.id = c.pack_id"
        " JOIN balance AS b ON b.id = c.balance_id WHERE c.key = 'kiosk'"
    )
    assert tuple(kiosk.values()) == ("Kiosk", "city", "city-retail", 4_500_000, "USD")
    house.run("DELETE FROM company WHERE key = 'kiosk'")
    house.run("DELETE FROM balance WHERE party = 'kiosk'")


def test_a_refusal_of_the_services_is_shown_and_nothing_is_left(house: House, browse: Browse) -> None:
    client = browse("city")
    client.post("/companies/new", FORM | {"key": "stall", "name": "Stall", "currency": "USD"})
    added = last_entry(house)["id"]
    house.run("UPDATE balance SET amount = 5 WHERE party = 'stall'")
    before = entries(house)
    answer = client.post(f"/audit/{added}/undo")

    assert answer.status_code == 422
    assert "There is money on its balance" in answer.content.decode()
    assert entries(house) == before
    house.run("DELETE FROM company WHERE key = 'stall'")


def test_the_rights_are_those_of_the_form(house: House, browse: Browse, shop: Any) -> None:
    client = browse("city")
    save(client, shop, name="Wrong")
    entry, city = last_entry(house)["id"], house.seeded.dealers["city"]
    house.run("DELETE FROM right_grant WHERE \"right\" = 'companies.change' AND dealer_id = %s", city)
    answer = browse("city").post(f"/audit/{entry}/undo")
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'companies.change')", city)

    assert answer.status_code == 403
    assert "companies.change" in answer.content.decode()
    assert now(house)[0] == "Wrong"


def test_secrets_prices_and_many_at_once_say_why_not(house: House, browse: Browse) -> None:
    client = browse("owner")
    house.run("UPDATE login SET password = '!' WHERE username = (SELECT min(username) FROM login)")
    secret = page_of(client, f"/audit/{last_entry(house)['id']}/undo")
    pack = house.row("SELECT id FROM billing_pack WHERE key = 'wholesale'")["id"]
    house.run(
        "INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute)"
        " SELECT %s, (500000 + n)::text, 1, 1 FROM generate_series(1, 1001) AS n",
        pack,
    )
    many = page_of(client, f"/audit/{last_entry(house)['id']}/undo")

    assert "cannot be set back from here" in secret or "does not keep secrets" in secret
    assert "Many were changed at once" in many
    assert ">Undo</button>" not in secret.replace("</svg> Undo", ">Undo")
    assert "</svg> Undo</button>" not in many


def test_a_save_that_changed_nothing_leaves_nothing_to_undo(browse: Browse, shop: Any) -> None:
    client = browse("city")
    save(client, shop)
    page = page_of(client, f"/companies/{shop['id']}")

    assert "Corner Shop Ltd is saved." in page
    assert "alert-link" not in page


def test_entries_that_are_none_are_not_found(browse: Browse) -> None:
    client = browse("owner")
    assert [client.get(f"/audit/{number}").status_code for number in (0, 10**17, 10**30)] == [404, 404, 404]


def test_a_load_is_too_large_to_be_undone(house: House, browse: Browse) -> None:
    client, before = browse("owner"), entries(house) + 1
    first = house.row("SELECT min(id) AS id FROM audit_entry WHERE origin = 'command line'")["id"]
    page = page_of(client, f"/audit/{first}/undo")
    answer = client.post(f"/audit/{first}/undo")

    assert "So much was changed at once" in page
    assert answer.status_code == 422
    assert entries(house) <= before
