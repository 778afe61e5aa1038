"""Logins and roles: nobody gives more than he has, and nobody gets at more through somebody else's login."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from smartswitch.core.rights import ALL_RIGHTS
from smartswitch.core.rights.standard_roles import STANDARD_ROLES

from ..house import Browse, House

CLERK = ALL_RIGHTS - {"balances.pay", "dealers.add"}


@pytest.fixture(autouse=True)
def clean(house: House) -> Iterator[None]:
    """A role for a clerk of North who manages logins but may not do everything; what tests make is gone afterwards."""
    house.run("INSERT INTO role (key, name, dealer_id) VALUES ('clerk', 'Clerk', %s)", house.seeded.dealers["north"])
    house.run(
        'INSERT INTO role_right (role_id, "right") SELECT r.id, v FROM role AS r, unnest(%s::text[]) AS v'
        " WHERE r.key = 'clerk'",
        sorted(CLERK),
    )
    yield
    for table in ("usersessions_usersession", "mfa_authenticator"):
        house.run(f"DELETE FROM {table}")
    house.run("DELETE FROM login")
    house.run("DELETE FROM role_right")
    house.run("DELETE FROM role")


def login(house: House, username: str) -> dict[str, Any] | None:
    row = house.row("SELECT (SELECT to_jsonb(l) FROM login AS l WHERE username = %s) AS login", username)
    found: dict[str, Any] | None = row["login"]
    return found


def rights_of(house: House, key: str) -> set[str]:
    row = house.row(
        'SELECT array_agg("right") AS a FROM role_right AS e JOIN role AS r ON r.id = e.role_id WHERE r.key = %s', key
    )
    return set(row["a"] or ())


def shown(client: Any) -> Any:
    """A browser in which the person has just shown again that it is he."""
    from time import time

    session = client.session
    session["identity_shown_at"] = int(time())
    session.save()
    return client


def make(house: House, username: str, dealer: str, **fields: str) -> int:
    house.run(
        "INSERT INTO login (username, password, dealer_id, standard_role) VALUES (%s, 'x', %s, %s)",
        username, house.seeded.dealers[dealer], fields.get("standard_role"),
    )  # fmt: skip
    found = login(house, username)
    assert found is not None
    pk: int = found["id"]
    return pk


def test_a_new_login_gets_a_password_that_is_shown_once_and_works(house: House, browse: Browse) -> None:
    from django.test import Client

    client = browse("north")
    answer = client.post("/logins/new", {"username": "vera", "name": "Vera", "standard_role": "support"})
    shown = re.search(r'id="password-once">([^<]+)<', answer.content.decode())
    assert shown is not None, answer.content.decode()
    password = shown[1]
    made = login(house, "vera")
    assert made is not None
    page = client.get(f"/logins/{made['id']}").content.decode()
    kept = house.row("SELECT COALESCE(string_agg(session_data, ''), '') AS sessions FROM django_session")["sessions"]
    somebody = Client(SERVER_NAME="localhost")
    entered = somebody.post("/login", {"username": "vera", "password": password})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (made["dealer_id"], made["standard_role"], made["is_active"]) == (
        house.seeded.dealers["north"], "support", True,
    )  # fmt: skip
    assert made["password"].startswith("argon2")
    assert password not in page
    assert password not in kept
    assert password not in str(client.cookies)
    assert (entered.status_code, somebody.get("/companies").status_code) == (302, 200)
    assert somebody.get("/companies/new").status_code == 403


def test_a_new_password_ends_what_the_old_one_opened(house: House, browse: Browse) -> None:
    victim = browse("north")
    username = house.row("SELECT username FROM login ORDER BY id DESC LIMIT 1")["username"]
    found = login(house, username)
    assert found is not None
    manager = shown(browse("north"))
    question = manager.get(f"/logins/{found['id']}/new-password")
    answer = manager.post(f"/logins/{found['id']}/new-password")
    after = login(house, username)
    assert after is not None

    assert question.status_code == 200
    assert 'id="password-once"' in answer.content.decode()
    assert after["password"] != found["password"]
    assert victim.get("/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "That is more than you may do yourself: enter payments, add dealers."),
        ({"standard_role": "dealer"}, "That is more than you may do yourself: enter payments, add dealers."),
        ({"standard_role": "accountant"}, "That is more than you may do yourself: enter payments."),
        ({"dealer": "city"}, "That is more than you may do yourself: enter payments, add dealers."),
        ({"standard_role": "owner"}, "Select a valid choice."),
        ({"dealer": "south"}, "There is no south here."),
        ({"dealer": "owner"}, "There is no owner here."),
        ({"role": "clerk", "standard_role": "support"}, "not both"),
        ({"role": "clerk", "dealer": "city"}, "This role is another dealer"),
        ({"username": "no spaces", "standard_role": "support"}, "Letters, digits and"),
    ],
)
def test_nobody_makes_a_login_that_may_more_than_himself(
    house: House, browse: Browse, typed: dict[str, str], words: str
) -> None:
    client = browse("north", role="clerk")
    before = house.row("SELECT count(*) AS n FROM login")
    answer = client.post("/logins/new", {"username": "eve", **typed})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM login") == before


def test_a_name_that_is_taken_in_another_house_is_refused(house: House, browse: Browse) -> None:
    make(house, "sam", "south")
    answer = browse("north").post("/logins/new", {"username": "sam", "standard_role": "support"})

    assert answer.status_code == 422
    assert "This user name is taken" in answer.content.decode()


@pytest.mark.parametrize("page", ["new-password", "reset-second-factor", "change", "delete"])
def test_the_login_of_a_superior_is_not_ones_to_touch(house: House, browse: Browse, page: str) -> None:
    """With a new password one would get in as that person."""
    client = shown(browse("north", role="clerk"))
    boss = make(house, "boss", "north")
    before = login(house, "boss")
    answer = client.post(f"/logins/{boss}/{page}", {"name": "x", "standard_role": "pbx_agent"})

    assert answer.status_code == 422
    assert "This person may do more than you" in answer.content.decode()
    assert login(house, "boss") == before


def test_nobody_switches_off_demotes_or_deletes_himself(house: House, browse: Browse) -> None:
    client = shown(browse("north"))
    me = house.row("SELECT * FROM login ORDER BY id DESC LIMIT 1")
    answers = [
        client.post(f"/logins/{me['id']}/change", {"name": "me"}),
        client.post(f"/logins/{me['id']}/change", {"name": "me", "is_active": "on", "standard_role": "support"}),
        client.post(f"/logins/{me['id']}/delete"),
        client.post(f"/logins/{me['id']}/new-password"),
        client.post(f"/logins/{me['id']}/reset-second-factor"),
    ]
    same = house.row("SELECT * FROM login WHERE id = %s", me["id"])
    renamed = client.post(f"/logins/{me['id']}/change", {"name": "me", "is_active": "on"})

    assert [answer.status_code for answer in answers] == [422] * 5
    assert {**same, "last_login": None} == {**me, "last_login": None}
    assert renamed.status_code == 302
    assert house.row("SELECT name FROM login WHERE id = %s", me["id"])["name"] == "me"


def test_a_lost_second_factor_is_taken_away_by_who_shows_that_it_is_he(house: House, browse: Browse) -> None:
    pk = make(house, "lost", "city", standard_role="support")
    house.run("INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'totp', '{}', now())", pk)
    asked_first = browse("north").post(f"/logins/{pk}/reset-second-factor")
    between = house.row("SELECT count(*) AS n FROM mfa_authenticator WHERE user_id = %s", pk)["n"]
    client = shown(browse("north"))
    question = client.get(f"/logins/{pk}/reset-second-factor").content.decode()
    answer = client.post(f"/logins/{pk}/reset-second-factor")

    assert asked_first.headers["Location"].startswith("/reauthenticate")
    assert between == 1
    assert "Take the second factor of lost?" in question
    assert answer.status_code == 302
    assert house.row("SELECT count(*) AS n FROM mfa_authenticator WHERE user_id = %s", pk)["n"] == 0


def test_a_login_that_is_switched_off_is_out_at_once(house: House, browse: Browse) -> None:
    victim = browse("city")
    pk = house.row("SELECT max(id) AS id FROM login")["id"]
    answer = browse("north").post(f"/logins/{pk}/change", {"name": "", "standard_role": "support"})

    assert answer.status_code == 302
    assert victim.get("/").status_code == 302


def test_more_than_the_form_has_cannot_be_posted(house: House, browse: Browse) -> None:
    pk = make(house, "tom", "city", standard_role="support")
    before = login(house, "tom")
    typed = {
        "name": "Tom", "is_active": "on", "standard_role": "support", "password": "known-to-eve", "username": "root",
        "dealer": "north", "dealer_id": "1", "company": "corner-shop", "is_superuser": "on",
    }  # fmt: skip
    browse("north").post(f"/logins/{pk}/change", typed)

    assert before is not None
    assert login(house, "tom") == {**before, "name": "Tom"}


def test_the_login_of_a_customer_sees_its_own_only(house: House, browse: Browse) -> None:
    answer = browse("north").post("/logins/new", {"username": "shop", "company": "corner-shop"})
    made = login(house, "shop")

    assert answer.status_code == 200
    assert made is not None
    assert made["dealer_id"] == house.seeded.dealers["city"]
    assert made["company_id"] is not None
    page = browse("north").get(f"/logins/{made['id']}/tab/rights").content.decode()
    assert "Logins of customers never have it." in page
    assert "Corner Shop" in browse("city").get("/logins?kind=company").content.decode()


@pytest.mark.parametrize("key", ["south", "owner"])
@pytest.mark.parametrize("page", ["", "/change", "/delete", "/new-password", "/reset-second-factor", "/tab/rights"])
def test_logins_beside_and_above_are_not_found(house: House, browse: Browse, key: str, page: str) -> None:
    pk = make(house, f"somebody-of-{key}", key)

    client = shown(browse("north"))
    assert client.get(f"/logins/{pk}{page}").status_code == 404
    assert client.post(f"/logins/{pk}{page}", {"name": "x"}).status_code in (404, 405)


def test_a_standard_role_is_copied_and_changed(house: House, browse: Browse) -> None:
    client = browse("north")
    form = client.get("/roles/new?standard=support").content.decode()
    ticked = set(re.findall(r'value="([a-z_.]+)" checked', form))
    answer = client.post("/roles/new", {"key": "night", "name": "Night", "rights": sorted(ticked - {"calls.hangup"})})
    page = client.get("/roles").content.decode()

    assert ticked == STANDARD_ROLES["support"].rights
    assert answer.status_code == 302
    assert rights_of(house, "night") == STANDARD_ROLES["support"].rights - {"calls.hangup"}
    assert "Night" in page
    assert "Virtual PBX supervisor" in page


def test_a_role_cannot_hold_what_its_author_lacks(house: House, browse: Browse) -> None:
    client = browse("north", role="clerk")
    answer = client.post("/roles/new", {"key": "rich", "rights": ["balances.view", "balances.pay"]})

    assert answer.status_code == 422
    assert "You do not have yourself: enter payments." in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM role")["n"] == 1


def test_a_role_with_more_than_ones_own_is_left_alone(house: House, browse: Browse) -> None:
    browse("north").post("/roles/new", {"key": "cashier", "rights": ["balances.view", "balances.pay"]})
    pk = house.row("SELECT id FROM role WHERE key = 'cashier'")["id"]
    answer = browse("north", role="clerk").post(f"/roles/{pk}/change", {"name": "x", "rights": []})

    assert answer.status_code == 422
    assert "This role allows more than you may do yourself: enter payments." in answer.content.decode()
    assert rights_of(house, "cashier") == {"balances.view", "balances.pay"}


def test_nobody_changes_what_his_own_role_allows(house: House, browse: Browse) -> None:
    pk = house.row("SELECT id FROM role WHERE key = 'clerk'")["id"]
    answer = browse("north", role="clerk").post(f"/roles/{pk}/change", {"name": "x", "rights": ["calls.view"]})

    assert answer.status_code == 422
    assert "This is your own role" in answer.content.decode()
    assert rights_of(house, "clerk") == CLERK


def test_a_role_that_somebody_has_stays(house: House, browse: Browse) -> None:
    browse("north", role="clerk")
    pk = house.row("SELECT id FROM role WHERE key = 'clerk'")["id"]
    answer = browse("north").post(f"/roles/{pk}/delete")

    assert answer.status_code == 422
    assert "1 logins have this role." in answer.content.decode()


def test_roles_beside_are_not_found(house: House, browse: Browse) -> None:
    pk = house.row("SELECT id FROM role WHERE key = 'clerk'")["id"]
    client = browse("south")

    assert client.get(f"/roles/{pk}").status_code == 404
    assert client.post(f"/roles/{pk}/change", {"rights": []}).status_code == 404
    assert "checked" not in client.get(f"/roles/new?like={pk}").content.decode()
    assert rights_of(house, "clerk") == CLERK
