"""The second factor: adding it, being asked for it, losing it."""

import json

import pytest

from .conftest import PASSWORD, House


def stored(house: House, username: str) -> list[tuple]:
    import psycopg

    with psycopg.connect(house.url) as connection:
        return connection.execute(
            "SELECT a.type, a.data::text FROM mfa_authenticator AS a JOIN login AS l ON l.id = a.user_id"
            " WHERE l.username = %s ORDER BY a.type",
            [username],
        ).fetchall()


def kinds(house: House, username: str) -> list[str]:
    return [kind for kind, _ in stored(house, username)]


def test_an_app_is_added_and_asked_for_from_then_on(house, person) -> None:
    anna = person("north")
    added = anna.add_app()

    assert (added.status_code, added.headers["Location"]) == (302, "/security/codes")
    assert kinds(house, anna.username) == ["recovery_codes", "totp"]
    assert len(anna.codes) == 10

    anna.client.post("/logout")
    asked = anna.log_in()
    assert (asked.status_code, asked.headers["Location"]) == (302, "/login/code")
    assert anna.client.get("/").status_code == 302
    assert "The password of" in anna.client.get("/login/code").content.decode()
    done = anna.client.post("/login/code", {"code": anna.code()})
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert anna.client.get("/").status_code == 200


def test_seeds_are_kept_encrypted(house, person) -> None:
    anna = person("north")
    page = anna.client.get("/security/app")
    assert page.status_code == 200
    waiting = json.dumps(dict(anna.client.session))
    anna.add_app()

    text = " ".join(each for _, each in stored(house, anna.username))
    assert anna.seed not in text
    assert anna.seed not in waiting
    assert not any(code in text for code in anna.codes)


def test_where_to_go_survives_the_second_step_and_the_session_gets_a_new_key(person) -> None:
    anna = person("north")
    anna.add_app()
    anna.client.post("/logout")
    anna.client.post("/login", {"username": anna.username, "password": PASSWORD, "next": "/balances"})
    between = anna.client.cookies["sessionid"].value
    done = anna.client.post("/login/code", {"code": anna.code()})

    assert done.headers["Location"] == "/balances"
    assert anna.client.cookies["sessionid"].value != between


def test_a_code_counts_once(person) -> None:
    from django.test import Client

    anna = person("north")
    anna.add_app()
    elsewhere = Client(SERVER_NAME="localhost")
    anna.log_in(client=elsewhere)
    code = anna.code()
    assert elsewhere.post("/login/code", {"code": code}).status_code == 302
    elsewhere.post("/logout")
    anna.log_in(client=elsewhere)
    again = elsewhere.post("/login/code", {"code": code})

    assert (again.status_code, "was used already" in again.content.decode()) == (200, True)
    assert elsewhere.get("/").status_code == 302


def test_a_recovery_code_opens_once(person) -> None:
    from django.test import Client

    anna = person("north")
    anna.add_app()
    written = f"{anna.codes[3][:4]} {anna.codes[3][4:]}"
    for status in (302, 200):
        client = Client(SERVER_NAME="localhost")
        anna.log_in(client=client)
        assert client.post("/login/code", {"code": written}).status_code == status
    assert "9 are left" in anna.client.get("/security").content.decode()


def test_wrong_codes_lock_like_wrong_passwords(person) -> None:
    from django.test import Client

    anna = person("north")
    anna.add_app()
    client = Client(SERVER_NAME="localhost")
    anna.log_in(client=client)
    answers = [client.post("/login/code", {"code": "12345"}).status_code for _ in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    right = client.post("/login/code", {"code": anna.code()})
    assert (right.status_code, "Too many wrong" in right.content.decode()) == (429, True)
    assert anna.log_in(client=Client(SERVER_NAME="localhost")).status_code == 429
    assert client.get("/").status_code == 302


def test_the_second_step_is_nothing_without_the_first(house, person, browse) -> None:
    anna = person("north")
    anna.add_app()
    stranger = browse()
    assert stranger.get("/login/code").headers["Location"] == "/login"
    assert stranger.post("/login/code", {"code": anna.code()}).headers["Location"] == "/login"

    anna.log_in(client=stranger)
    house.run("UPDATE login SET password = %s WHERE username = %s", "changed since", anna.username)
    assert stranger.get("/login/code").headers["Location"] == "/login"


def test_the_second_step_must_follow_soon(person, browse) -> None:
    anna = person("north")
    anna.add_app()
    client = browse()
    anna.log_in(client=client)
    session = client.session
    session["second_step"] = {**session["second_step"], "at": session["second_step"]["at"] - 601}
    session.save()

    assert client.post("/login/code", {"code": anna.code()}).headers["Location"] == "/login"


@pytest.mark.parametrize(
    "credential",
    ["null", "{}", "[]", "1", "{", '"x"', '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
     '{"id": 1, "rawId": {}, "response": []}', '{"response": {"clientDataJSON": "e30", "attestationObject": "oA"}}'],
)  # fmt: skip
def test_what_no_browser_sends_is_refused(house, person, browse, credential) -> None:
    anna = person("north")
    anna.client.get("/security/key")
    refused = anna.client.post("/security/key", {"credential": credential, "name": "x"})
    assert (refused.status_code, "The key was not added" in refused.content.decode()) == (200, True)
    assert kinds(house, anna.username) == []

    anna.add_app()
    client = browse()
    anna.log_in(client=client)
    wrong = client.post("/login/code", {"credential": credential})
    assert (wrong.status_code, "This key was not accepted" in wrong.content.decode()) == (200, True)


def test_a_changed_second_factor_ends_other_sessions(person) -> None:
    from django.test import Client

    anna, elsewhere = person("north"), Client(SERVER_NAME="localhost")
    anna.log_in(client=elsewhere)
    assert elsewhere.get("/").status_code == 200
    anna.add_app()

    assert elsewhere.get("/").status_code == 302
    assert anna.client.get("/").status_code == 200


def test_the_last_factor_takes_the_recovery_codes_with_it(house, person) -> None:
    anna = person("north")
    anna.add_app()
    page = anna.client.get("/security").content.decode()
    address = page[page.index("/security/remove/") :].split('"')[0]
    assert "It is your only second factor" in anna.client.get(address).content.decode()
    assert anna.client.post(address).headers["Location"] == "/security"

    assert kinds(house, anna.username) == []
    anna.client.post("/logout")
    assert anna.log_in().headers["Location"] == "/"


def test_nobody_removes_what_is_not_his(house, person) -> None:
    anna, boris = person("north"), person("north")
    anna.add_app()
    page = anna.client.get("/security").content.decode()
    address = page[page.index("/security/remove/") :].split('"')[0]

    assert boris.client.get(address).status_code == boris.client.post(address).status_code == 404
    assert kinds(house, anna.username) == ["recovery_codes", "totp"]


def test_new_recovery_codes_void_the_old_ones(house, person, browse) -> None:
    anna = person("north")
    anna.add_app()
    old = anna.codes
    anna.client.post("/security/codes")
    page = anna.client.get("/security/codes").content.decode().replace(" ", "")
    assert not any(code in page for code in old)

    client = browse()
    anna.log_in(client=client)
    assert client.post("/login/code", {"code": old[0]}).status_code == 200


@pytest.mark.parametrize(("column", "role"), [("company_id", "company"), ("peer_id", "user")])
def test_a_customer_adds_one_too(house, person, column, role) -> None:
    boris = person("north", logged_in=False)
    house.run(
        f"UPDATE login SET standard_role = %s, {column} ="
        f" (SELECT min(c.id) FROM {column[:-3]} AS c WHERE c.dealer_id = login.dealer_id) WHERE username = %s",
        role, boris.username,
    )  # fmt: skip
    boris.log_in()
    assert boris.add_app().headers["Location"] == "/security/codes"
    assert "this one" in boris.client.get("/security").content.decode()
    boris.client.post("/logout")
    boris.log_in()
    assert boris.client.post("/login/code", {"code": boris.code()}).headers["Location"] == "/"
