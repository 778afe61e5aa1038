"""Peers and terminators share a table: the log tells of each as what it is, leads to its page, and sets it back as such."""

from typing import Any

import pytest

from ..house import Browse, House

NEW = {
    "key": "transit", "name": "Transit", "pack": "carrier-buying", "is_active": "on", "host": "192.0.2.90", "port": "5060",
    "transport": "udp", "networks": "192.0.2.90", "priority": "10", "pdd_timeout_s": "15",
}  # fmt: skip


@pytest.fixture
def made(house: House, browse: Browse) -> Any:
    answer = browse("owner").post("/terminators/new", NEW)
    assert answer.status_code == 302, answer.content.decode()
    yield house.row("SELECT * FROM peer WHERE key = 'transit'")
    for table in ("peer_address", "terminator"):
        house.run(f"DELETE FROM {table} WHERE peer_id IN (SELECT id FROM peer WHERE key = 'transit')")
    house.run("DELETE FROM peer WHERE key = 'transit'")
    house.run("DELETE FROM balance WHERE party = 'transit'")


def terminator(house: House) -> Any:
    return house.row(
        "SELECT p.name, t.host, t.port, k.key AS pack, array_agg(host(a.network)) AS networks FROM peer AS p"
        " JOIN terminator AS t ON t.peer_id = p.id JOIN billing_pack AS k ON k.id = t.pack_id"
        " LEFT JOIN peer_address AS a ON a.peer_id = p.id WHERE p.key = 'transit' GROUP BY 1, 2, 3, 4"
    )


def last_change(house: House, table: str) -> int:
    """The last entry of a table: logins of the tests are in the log, too."""
    return int(house.row("SELECT max(id) AS id FROM audit_entry WHERE table_name = %s", table)["id"])


def page_of(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_terminator_is_told_as_one_and_leads_to_its_page(house: House, browse: Browse, made: Any) -> None:
    page = page_of(browse("owner"), f"/audit/{last_change(house, 'peer')}")

    assert f'</span> terminator <a class="in-text" href="/terminators/{made["id"]}">Transit</a>' in page
    assert f'href="/terminators/{made["id"]}/terminator-addresses"' in page
    assert f'href="/peers/{made["id"]}"' not in page


def test_a_peer_is_told_as_a_peer(house: House, browse: Browse) -> None:
    phone = house.row("SELECT * FROM peer WHERE key = 'shop-phone'")
    house.run("UPDATE peer SET name = 'Till' WHERE key = 'shop-phone'")
    page = page_of(browse("owner"), f"/audit/{last_change(house, 'peer')}")
    house.run("UPDATE peer SET name = %s WHERE key = 'shop-phone'", phone["name"])

    assert f'</span> peer <a class="in-text" href="/peers/{phone["id"]}">Till</a>' in page


def test_a_change_of_a_terminator_is_set_back_through_its_form(house: House, browse: Browse, made: Any) -> None:
    client = browse("owner")
    typed = {name: value for name, value in NEW.items() if name not in ("key", "networks")}
    before = terminator(house)
    client.post(
        f"/terminators/{made['id']}/change", {**typed, "name": "Elsewhere", "host": "192.0.2.91", "port": "5061"}
    )
    changed = terminator(house)
    answer = client.post(f"/audit/{last_change(house, 'peer')}/undo")

    assert (changed["name"], changed["host"], changed["port"]) == ("Elsewhere", "192.0.2.91", 5061)
    assert answer.status_code == 302
    assert terminator(house) == before


def test_a_terminator_that_was_deleted_is_added_again_with_what_was_part_of_it(
    house: House, browse: Browse, made: Any
) -> None:
    client = browse("owner")
    before = terminator(house)
    client.post(f"/terminators/{made['id']}/delete")
    gone = house.row("SELECT count(*) AS n FROM peer WHERE key = 'transit'")["n"]
    change = last_change(house, "peer")
    question = page_of(client, f"/audit/{change}/undo")
    answer = client.post(f"/audit/{change}/undo")

    assert gone == 0
    assert "terminator" in question
    assert answer.status_code == 302, answer.content.decode()
    assert terminator(house) == before


def test_a_change_of_ones_own_brand_leads_to_the_settings(house: House, browse: Browse) -> None:
    city = house.seeded.dealers["city"]
    house.run("INSERT INTO brand (dealer_id, product_name) VALUES (%s, 'City Voice')", city)
    change = last_change(house, "brand")
    at_owner = page_of(browse("owner"), f"/audit/{change}")
    client = browse("city")
    client.post("/settings", {"name": "City Net", "time_zone": "UTC", "product_name": "City Calls"})
    entry = last_change(house, "brand")
    at_city = page_of(client, f"/audit/{entry}")
    house.run("DELETE FROM brand WHERE dealer_id = %s", city)

    assert "</span> brand <strong>City Voice</strong>" in at_owner
    assert '</span> brand <a class="in-text" href="/settings">' in at_city
