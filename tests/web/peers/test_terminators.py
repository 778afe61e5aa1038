"""Terminators: the owner's, with what calls to them are written to, and a password that can be read again."""

from typing import Any

import pytest

from smartswitch.runtime.secret_box import open_secret_box

from ..house import Browse, House
from .conftest import forget

NEW = {
    "key": "transit",
    "name": "Transit & Co",
    "pack": "carrier-buying",
    "host": "sip.transit.example",
    "port": "5080",
    "transport": "tcp",
    "priority": "20",
    "pdd_timeout_s": "8",
    "is_active": "on",
    "call_limit": "30",
    "calls_per_second_limit": "5",
    "networks": "203.0.113.5",
    "auth_username": "us",
    "auth_password": "what they know us by",
}


@pytest.fixture
def made(house: House, browse: Browse, state_directory: Any) -> Any:
    answer = browse("owner").post("/terminators/new", NEW)
    assert answer.status_code == 302, answer.content.decode()
    yield house.row("SELECT p.*, t.* FROM peer AS p JOIN terminator AS t ON t.peer_id = p.id WHERE p.key = 'transit'")
    forget(house, "transit")


def test_a_terminator_comes_with_the_balances_of_its_cost(house: House, made: Any) -> None:
    balances = house.row(
        "SELECT array_agg(kind || ' ' || currency ORDER BY kind) AS found FROM balance WHERE party = 'transit'"
    )
    limit = house.row("SELECT call_limit, credit_limit FROM balance WHERE id = %s", made["balance_id"])
    cost = house.row("SELECT count(*) AS n FROM balance WHERE kind = 'cost' AND party = 'owner' AND currency = 'USD'")

    assert (made["kind"], made["host"], made["port"], made["transport"]) == (
        "terminator",
        "sip.transit.example",
        5080,
        "tcp",
    )
    assert (made["priority"], made["pdd_timeout_s"], made["is_active"]) == (20, 8, True)
    assert made["dealer_id"] == house.seeded.dealers["owner"]
    assert balances["found"] == ["payable USD", "peer USD"]
    assert (limit["call_limit"], limit["credit_limit"], cost["n"]) == (30, 0, 1)


def test_its_password_is_kept_encrypted_and_never_shown(browse: Browse, made: Any, state_directory: Any) -> None:
    client = browse("owner")
    pages = "".join(client.get(f"/terminators/{made['id']}{page}").content.decode() for page in ("", "/change"))

    assert "what they know" not in made["auth_password_encrypted"]
    assert open_secret_box(state_directory).decrypt(made["auth_password_encrypted"]) == "what they know us by"
    assert "what they know" not in pages
    assert made["auth_password_encrypted"] not in pages


def test_a_password_stays_until_a_new_one_is_typed(
    house: House, browse: Browse, made: Any, state_directory: Any
) -> None:
    client = browse("owner")
    typed = {name: value for name, value in NEW.items() if name not in ("key", "networks", "auth_password")}
    same = client.post(f"/terminators/{made['id']}/change", {**typed, "name": "Transit", "is_active": ""})
    kept = house.row("SELECT * FROM terminator WHERE peer_id = %s", made["id"])
    client.post(f"/terminators/{made['id']}/change", {**typed, "auth_password": "another one"})
    new = house.row("SELECT * FROM terminator WHERE peer_id = %s", made["id"])
    client.post(f"/terminators/{made['id']}/change", {**typed, "auth_username": ""})
    none = house.row("SELECT * FROM terminator WHERE peer_id = %s", made["id"])

    assert same.status_code == 302
    assert (kept["auth_password_encrypted"], kept["is_active"]) == (made["auth_password_encrypted"], False)
    assert open_secret_box(state_directory).decrypt(new["auth_password_encrypted"]) == "another one"
    assert (none["auth_username"], none["auth_password_encrypted"]) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"host": "sip.example.com:5060"}, "neither a host name nor an address"),
        ({"host": "192.0.2.300"}, "neither a host name nor an address"),
        ({"host": "a b"}, "neither a host name nor an address"),
        ({"host": "192.0.2.1;transport=tls"}, "neither a host name nor an address"),
        ({"port": "70000"}, "less than or equal to 65535"),
        ({"pack": "north-resale"}, "There is no north-resale here."),
        ({"pack": ""}, "This field is required."),
        ({"auth_password": ""}, "A user name needs a password."),
        ({"auth_username": ""}, "A password needs a user name."),
        ({"transport": "sctp"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    house: House, browse: Browse, state_directory: Any, wrong: dict[str, str], words: str
) -> None:
    answer = browse("owner").post("/terminators/new", {**NEW, "key": "wrong", **wrong})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM peer WHERE key = 'wrong'")["n"] == 0
    assert house.row("SELECT count(*) AS n FROM balance WHERE party = 'wrong'")["n"] == 0


def test_nobody_but_the_owner_finds_terminators(house: House, browse: Browse, made: Any) -> None:
    for dealer in ("north", "city", "south"):
        client = browse(dealer)
        pages = ["/terminators", "/terminators/new", f"/terminators/{made['id']}", f"/peers/{made['id']}",
                 f"/peers/{made['id']}/block", f"/terminators/{made['id']}/try", "/suggest/terminators"]  # fmt: skip
        assert [client.get(page).status_code for page in pages] == [404] * len(pages)
        assert client.post("/terminators/new", {**NEW, "key": "mine"}).status_code == 404
        assert "/terminators" not in client.get("/").content.decode()


def test_one_that_never_took_a_call_is_deleted_with_its_balances(house: House, browse: Browse, made: Any) -> None:
    answer = browse("owner").post(f"/terminators/{made['id']}/delete")

    assert answer.status_code == 302
    assert house.row("SELECT count(*) AS n FROM balance WHERE party = 'transit'")["n"] == 0


def test_one_that_took_calls_stays(house: House, browse: Browse) -> None:
    carrier = house.row("SELECT * FROM peer WHERE key = 'carrier'")
    answer = browse("owner").post(f"/terminators/{carrier['id']}/delete")

    assert answer.status_code == 422
    assert "It has taken calls." in answer.content.decode()


def test_it_has_addresses_and_patterns_of_its_own(house: House, browse: Browse, made: Any) -> None:
    client = browse("owner")
    addresses = client.get(f"/terminators/{made['id']}/terminator-addresses").content.decode()
    client.post(
        f"/terminators/{made['id']}/terminator-patterns/new",
        {"direction": "to_peer", "field": "called", "pattern": r"44(\d+)", "replacement": r"0044\1"},
    )
    trial = client.get(
        f"/terminators/{made['id']}/try?direction=to_peer&field=called&number=442079460000"
    ).content.decode()

    assert "203.0.113.5" in addresses
    assert "<strong><code>0044442079460000</code></strong>".replace("4444", "44") in trial


def test_blocking_it_leads_back_to_it(house: House, browse: Browse, made: Any) -> None:
    answer = browse("owner").post(f"/peers/{made['id']}/block", {"is_blocked": "yes"})

    assert answer.headers["Location"] == f"/terminators/{made['id']}"
    assert house.row("SELECT is_blocked FROM peer WHERE id = %s", made["id"])["is_blocked"] is True
