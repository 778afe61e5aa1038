"""What pages do with one row besides changing it: the same by programs, with the same rights and refusals."""

from typing import Any

import pytest

from ..house import House
from .conftest import Program

NO_SUCH = 10**9


def id_of(house: House, table: str, key: str) -> int:
    """The id of a row by its key."""
    found: int = house.row(f"SELECT id FROM {table} WHERE key = %s", key)["id"]
    return found


def a_phone(house: House) -> dict[str, Any]:
    """A phone of City."""
    return house.row("SELECT * FROM peer WHERE key = 'shop-phone'")


def test_whoever_may_block_needs_no_other_right(house: House, program: Program) -> None:
    phone, guard = a_phone(house), program("city", "dealers.block")
    blocked = guard.post(f"/peers/{phone['id']}/block", {"is_blocked": True})
    state = house.row("SELECT is_blocked FROM peer WHERE id = %s", phone["id"])
    free = guard.post(f"/peers/{phone['id']}/block", {"is_blocked": False})
    refused = program("city", "peers.change").post(f"/peers/{phone['id']}/block", {"is_blocked": True})

    assert (blocked.status_code, blocked.json()) == (200, {"id": phone["id"], "is_blocked": True})
    assert state["is_blocked"] is True
    assert free.json()["is_blocked"] is False
    assert (refused.status_code, refused.json()["right"]) == (403, "dealers.block")


def test_the_owner_blocks_a_terminator_and_nobody_else_finds_it(house: House, program: Program) -> None:
    terminator = house.row("SELECT id FROM peer WHERE kind = 'terminator' ORDER BY id")["id"]
    address = f"/terminators/{terminator}/block"
    blocked = program("owner").post(address, {"is_blocked": True})
    program("owner").post(address, {"is_blocked": False})

    assert (blocked.status_code, blocked.json()["is_blocked"]) == (200, True)
    assert program("city").post(address, {"is_blocked": True}).status_code == 404
    assert program("city").post(f"/peers/{terminator}/block", {"is_blocked": True}).status_code == 404


def test_new_credentials_are_told_once(house: House, program: Program) -> None:
    phone, caller, once = a_phone(house), program("city"), {"Idempotency-Key": "credentials-1"}
    address = f"/peers/{phone['id']}/credentials"
    first, again = (caller.post(address, {}, **once) for _ in range(2))
    kept = house.row("SELECT ha1_sha256 FROM peer WHERE id = %s", phone["id"])
    chosen = caller.post(address, {"auth_username": "till-1", "password": "A-good-enough-one-77"})
    house.run("UPDATE peer SET auth_username = NULL, ha1_md5 = NULL, ha1_sha256 = NULL WHERE id = %s", phone["id"])

    assert first.status_code == 200
    assert first.json()["once"]["username"] == "shop-phone"
    assert len(first.json()["once"]["password"]) > 12
    assert "once" not in again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert kept["ha1_sha256"] != phone["ha1_sha256"]
    assert chosen.json()["once"] == {"username": "till-1", "password": "A-good-enough-one-77"}


def test_a_number_is_tried_on_patterns(house: House, program: Program) -> None:
    phone, caller = a_phone(house), program("city")
    pattern = {
        "peer_id": phone["id"],
        "direction": "from_peer",
        "field": "called",
        "pattern": r"00(\d+)",
        "replacement": r"\1",
    }
    made = caller.post("/patterns", pattern).json()["id"]
    asked = f"/peers/{phone['id']}/trial?direction=from_peer&field=called&number="
    fits, other = caller.get(f"{asked}00442079460000").json(), caller.get(f"{asked}abc")
    caller.delete(f"/patterns/{made}")

    assert (fits["result"], fits["canonical"], fits["problem"]) == ("442079460000", "442079460000", "")
    assert [step["result"] for step in fits["steps"]] == ["442079460000"]
    assert other.json()["canonical"] is None
    assert other.json()["problem"] != ""
    assert caller.get(f"{asked}1&colour=red").status_code == 422


def test_a_dealer_is_moved_and_moved_back(house: House, program: Program) -> None:
    owner, city = program("owner"), house.seeded.dealers["city"]
    pack = house.row("SELECT pack_id FROM dealer WHERE id = %s", city)["pack_id"]
    moved = owner.post(f"/dealers/{city}/move", {"parent": "south", "pack": None, "inbound_pack": None})
    path = house.row("SELECT path FROM dealer WHERE id = %s", city)["path"]
    back = owner.post(f"/dealers/{city}/move", {"parent": "north"})
    house.run("UPDATE dealer SET pack_id = %s WHERE id = %s", pack, city)

    assert moved.status_code == 200, moved.content
    assert path == [house.seeded.dealers[key] for key in ("owner", "south", "city")]
    assert back.status_code == 200, back.content


@pytest.mark.parametrize(
    ("who", "what", "parent", "status"),
    [
        ("north", "north", "north", 422),
        ("north", "city", "south", 422),
        ("north", "city", "city", 422),
        ("north", "city", "north", 422),
        ("south", "city", "south", 404),
        ("city", "north", "city", 404),
    ],
)
def test_what_may_not_be_moved_stays(
    house: House, program: Program, who: str, what: str, parent: str, status: int
) -> None:
    before = house.row("SELECT array_agg(path::text ORDER BY id) AS paths FROM dealer")
    answer = program(who).post(f"/dealers/{house.seeded.dealers[what]}/move", {"parent": parent})

    assert answer.status_code == status
    assert house.row("SELECT array_agg(path::text ORDER BY id) AS paths FROM dealer") == before


def test_what_a_call_costs_by_a_pack(house: House, program: Program) -> None:
    pack = id_of(house, "billing_pack", "city-retail")
    caller = program("city")
    code = house.row("SELECT code FROM price WHERE pack_id = %s AND NOT is_blocked ORDER BY id", pack)["code"]
    answer = caller.get(f"/packs/{pack}/cost?number={code.ljust(12, '2')}&seconds=90")
    none = caller.get(f"/packs/{pack}/cost?number=12")

    assert answer.status_code == 200
    assert answer.json()["code"].startswith(code[0])
    assert answer.json()["amount"] is not None
    assert answer.json()["steps"][0]["name"] == "Code"
    assert none.json()["amount"] is None
    assert none.json()["refusal"] != ""
    assert caller.get(f"/packs/{pack}/cost?number=1&at=never").status_code == 422


def test_a_pack_is_copied_with_a_margin(house: House, program: Program) -> None:
    pack, caller = id_of(house, "billing_pack", "city-retail"), program("city")
    sent = {"key": "city-copy", "margin_ppm": "10", "round_to": "4", "rounds_up": True}
    made = caller.post(f"/packs/{pack}/copy", sent)
    counts = house.row(
        "SELECT count(*) FILTER (WHERE pack_id = %s) AS copied, count(*) FILTER (WHERE pack_id = %s) AS present FROM price",
        made.json()["id"], pack,
    )  # fmt: skip
    again = caller.post(f"/packs/{pack}/copy", sent)
    planner = program("city", "packs.view", "packs.add").post(f"/packs/{pack}/copy", sent | {"key": "city-copy-2"})

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/packs/{made.json()['id']}")
    assert counts["copied"] > 0
    assert (again.status_code, list(again.json()["errors"])) == (422, ["key"])
    assert (planner.status_code, planner.json()["right"]) == (403, "packs.activate")


def test_a_new_password_is_told_once_and_not_for_oneself(house: House, program: Program) -> None:
    caller = program("city")
    somebody = house.row("SELECT id, password FROM login WHERE username = %s", house.login("city"))
    myself = house.row("SELECT id FROM login WHERE username = %s", caller.username)["id"]
    given = caller.post(f"/logins/{somebody['id']}/password", {}, **{"Idempotency-Key": "password-1"})
    again = caller.post(f"/logins/{somebody['id']}/password", {}, **{"Idempotency-Key": "password-1"})
    own = caller.post(f"/logins/{myself}/password", {})

    assert given.status_code == 200
    assert len(given.json()["once"]["password"]) > 12
    assert "once" not in again.json()
    assert house.row("SELECT password FROM login WHERE id = %s", somebody["id"])["password"] != somebody["password"]
    assert own.status_code == 422


def test_a_second_factor_is_taken_from_others_only(house: House, program: Program) -> None:
    caller = program("city")
    somebody = house.row("SELECT id FROM login WHERE username = %s", house.login("city"))["id"]
    myself = house.row("SELECT id FROM login WHERE username = %s", caller.username)["id"]
    for login in (somebody, myself):
        house.run(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'totp', '{}', now())", login
        )
    answers = [caller.delete(f"/logins/{login}/second-factor").status_code for login in (somebody, myself)]
    left = house.row("SELECT array_agg(user_id) AS found FROM mfa_authenticator")["found"]

    assert answers == [204, 422]
    assert left == [myself]


@pytest.mark.parametrize("path", ["password", "second-factor"])
def test_a_key_gets_at_no_login_that_may_do_more_than_it(house: House, program: Program, path: str) -> None:
    somebody = house.row("SELECT id, password FROM login WHERE username = %s", house.login("city"))
    caller = program("city", "logins.view", "logins.change")
    method, address = ("POST" if path == "password" else "DELETE"), f"/logins/{somebody['id']}/{path}"
    answer = caller.call(method, address)

    assert answer.status_code == 422
    assert "may do more than you" in answer.json()["detail"]
    assert house.row("SELECT password FROM login WHERE id = %s", somebody["id"])["password"] == somebody["password"]


def test_what_a_login_may_do_is_what_its_role_and_its_dealer_allow(house: House, program: Program) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES ('clerk', %s)", house.seeded.dealers["city"])
    house.run(
        'INSERT INTO role_right (role_id, "right") SELECT id, v FROM role,'
        " unnest(ARRAY['calls.view', 'companies.view', 'companies.add']) AS v WHERE key = 'clerk'"
    )
    house.run(
        "DELETE FROM right_grant WHERE \"right\" = 'companies.add' AND dealer_id = %s", house.seeded.dealers["north"]
    )
    login = house.row("SELECT id FROM login WHERE username = %s", house.login("city", role="clerk"))["id"]
    told = program("city").get(f"/logins/{login}/rights")
    house.run(
        "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'companies.add')", house.seeded.dealers["north"]
    )

    assert (told.status_code, told.json()) == (200, {"in_effect": ["calls.view", "companies.view"]})
    assert program("south").get(f"/logins/{login}/rights").status_code == 404
