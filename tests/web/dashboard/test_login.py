"""Logging in and out: who gets in, how guessing is stopped, and what a session is worth."""

import re
from typing import Any

import psycopg
import pytest

from ..house import PASSWORD, House, browser_of

WRONG = "The user name or the password is wrong."
GUESSES = 40
MOST_EVALUATED = 10


def log_in(client: Any, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login", {"username": username, "password": password, **more})


def test_every_page_but_those_for_logging_in_asks_for_a_login(house, browse) -> None:
    from django.urls import URLPattern, get_resolver

    client = browse()
    open_pages = {
        "login",
        "language",
        "health",
        "logout",
        "second_step",
        "forgot",
        "reset",
        "brand_stylesheet",
        "brand_logo",
    }
    open_pages |= {"api-document", "api-nothing"}
    for pattern in get_resolver().url_patterns:
        for page in pattern.url_patterns:
            if not isinstance(page, URLPattern):
                continue  # Operations of the API ask for a key.
            address = "/" + str(page.pattern).replace("<uuid:call_id>", str(house.seeded.calls["direct"]))
            address = re.sub("<int:[a-z_]+>", "1", address).replace("<slug:tab>", "prices")
            answer = client.get(address)
            if page.name not in open_pages:
                assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/login"), address


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(house, browse) -> None:
    username = house.login("north")
    wrong_password, wrong_name = log_in(browse(), username, "wrong"), log_in(browse(), "nobody-at-all", "wrong")

    assert WRONG in wrong_password.content.decode()
    assert WRONG in wrong_name.content.decode()
    assert wrong_password.status_code == wrong_name.status_code == 200


def test_guessing_is_stopped_after_a_few_passwords(house, browse, monkeypatch) -> None:
    from smartswitch.web.rights.models import Login

    username, evaluated, check = house.login("north"), [], Login.check_password
    monkeypatch.setattr(Login, "check_password", lambda login, guess: evaluated.append(guess) or check(login, guess))
    client = browse()
    answers = [log_in(client, username, f"guess {number}").status_code for number in range(GUESSES)]

    assert answers[-1] == 429
    assert len(evaluated) <= MOST_EVALUATED
    locked = log_in(browse(), username)
    assert (locked.status_code, "Too many wrong passwords" in locked.content.decode()) == (429, True)


def test_the_session_is_another_one_after_the_login(house, browse) -> None:
    client = browse()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    log_in(client, house.login("north"))

    assert client.cookies["sessionid"].value != planted
    stale = browse()
    stale.cookies["sessionid"] = planted
    assert stale.get("/").status_code == 302


def test_cookies_are_closed_to_scripts_and_over_https_to_anything_else(house, browse) -> None:
    plain, secure = browse(), browse(X_Forwarded_Proto="https", Referer="https://localhost/login")
    cookie = log_in(plain, house.login("north")).cookies["sessionid"]
    answer = log_in(secure, house.login("north"))

    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert answer.cookies["sessionid"]["secure"] is True
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_logging_out_ends_the_session_and_only_by_a_form(house, browse) -> None:
    client = browse("north")
    thief = browse()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get("/").status_code == 200

    assert client.get("/logout").status_code == 405
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get("/").status_code == thief.get("/").status_code == 302


def test_a_new_password_ends_the_other_sessions(house: House) -> None:
    from django.test import Client

    username = house.login("north")
    here, elsewhere = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    for client in (here, elsewhere):
        log_in(client, username)
    weak = here.post("/password", {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"})
    changed = {"old_password": PASSWORD, "new_password1": "a longer horse 7", "new_password2": "a longer horse 7"}
    done = here.post("/password", changed)

    assert "too short" in weak.content.decode()
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert "Your password is changed" in here.get("/").content.decode()
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com"])
def test_the_login_page_sends_nobody_to_another_site(house, browse, target) -> None:
    assert log_in(browse(), house.login("north"), next=target).headers["Location"] == "/"


def test_a_form_from_elsewhere_is_refused(house) -> None:
    from django.test import Client

    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = log_in(client, house.login("north"))

    assert (answer.status_code, "The form has expired" in answer.content.decode()) == (403, True)


def test_a_login_that_is_switched_off_is_out_at_once(house: House) -> None:
    from django.test import Client

    username = house.login("north")
    client = Client(SERVER_NAME="localhost")
    log_in(client, username)
    house.run("UPDATE login SET is_active = false WHERE username = %s", username)

    assert client.get("/").status_code == 302
    assert WRONG in log_in(Client(SERVER_NAME="localhost"), username).content.decode()


def test_passwords_are_kept_as_argon2id(house: House) -> None:
    username = house.login("north")
    with psycopg.connect(house.url) as connection:
        row = connection.execute("SELECT password FROM login WHERE username = %s", [username]).fetchone()

    assert row is not None
    assert re.match(r"argon2\$argon2id\$", row[0])


def test_a_login_needs_a_dealer_a_good_name_and_a_good_password(house: House) -> None:
    from smartswitch.web.login.creation import LoginError, create_login

    taken = house.login("north")
    for username, password, dealer, words in (
        (taken, PASSWORD, "north", "already"),
        ("a b", PASSWORD, "north", "is no user name"),
        ("new", "password12", "north", "too common"),
        ("new", PASSWORD, "nobody", "there is not a dealer"),
    ):
        with pytest.raises(LoginError, match=words):
            create_login(house.url, username=username, password=password, dealer_key=dealer)


def test_a_piece_of_a_page_leads_to_the_login_page_when_the_session_is_over(house) -> None:
    client = browser_of(house, None, HX_Request="true", HX_Current_URL="http://localhost/calls?rows=50")
    answer = client.get("/live")

    assert answer.headers["HX-Redirect"] == "/login?next=%2Fcalls%3Frows%3D50"
    assert answer.content == b""
