"""Asking again who somebody is, before money moves."""

from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from .conftest import PASSWORD

LATER_S = 601


def forget(client) -> None:
    """As if ten minutes had gone by."""
    session = client.session
    session["identity_shown_at"] -= LATER_S
    session.save()


def test_who_has_just_logged_in_is_not_asked_and_later_he_is(person) -> None:
    anna = person("north")
    assert anna.client.get("/security/app").status_code == 200
    forget(anna.client)
    asked = anna.client.get("/security/app?x=1")
    assert asked.headers["Location"] == f"/reauthenticate?next={quote('/security/app?x=1', safe='')}"

    page = anna.client.get(asked.headers["Location"])
    assert 'name="next" value="/security/app?x=1"' in page.content.decode()
    wrong = anna.client.post("/reauthenticate", {"password": "wrong", "next": "/security/app?x=1"})
    assert (wrong.status_code, "The password is wrong" in wrong.content.decode()) == (200, True)
    assert anna.client.get("/security/app").status_code == 302
    right = anna.client.post("/reauthenticate", {"password": PASSWORD, "next": "/security/app?x=1"})
    assert right.headers["Location"] == "/security/app?x=1"
    assert anna.client.get("/security/app").status_code == 200


def test_who_has_a_second_factor_is_asked_for_that(person) -> None:
    anna = person("north")
    anna.add_app()
    forget(anna.client)
    page = anna.client.get("/reauthenticate").content.decode()
    assert ('id="id_code"' in page, 'id="id_password"' in page) == (True, False)
    assert anna.client.post("/reauthenticate", {"password": PASSWORD}).status_code == 200
    assert anna.client.get("/security/codes").status_code == 302
    assert anna.client.post("/reauthenticate", {"code": anna.code(), "next": "/security/codes"}).status_code == 302
    assert anna.client.get("/security/codes").status_code == 200


def test_wrong_guesses_are_counted_here_too(person, browse) -> None:
    anna = person("north")
    answers = [anna.client.post("/reauthenticate", {"password": "wrong"}).status_code for _ in range(6)]

    assert answers == [200, 200, 200, 200, 429, 429]
    assert anna.client.post("/reauthenticate", {"password": PASSWORD}).status_code == 429
    assert anna.log_in(client=browse()).status_code == 429
    assert anna.client.get("/").status_code == 200


def test_wrong_old_passwords_are_counted(person) -> None:
    anna = person("north")
    new = {"new_password1": "a longer horse 7", "new_password2": "a longer horse 7"}
    answers = [anna.client.post("/password", {"old_password": "wrong", **new}).status_code for _ in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    assert anna.client.post("/password", {"old_password": PASSWORD, **new}).status_code == 429


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_it_sends_nobody_to_another_site(person, target) -> None:
    anna = person("north")
    assert anna.client.post("/reauthenticate", {"password": PASSWORD, "next": target}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("method", "headers", "name", "value"),
    [
        ("get", {}, "Location", "/pay?to=1"),
        ("post", {"Referer": "http://localhost/payments?page=2"}, "Location", "/payments?page=2"),
        ("post", {"Referer": "https://example.com/x"}, "Location", "/"),
        ("post", {}, "Location", "/"),
        ("post", {"HX-Request": "true", "HX-Current-URL": "http://localhost/payments"}, "HX-Redirect", "/payments"),
        ("get", {"HX-Request": "true", "HX-Current-URL": "http://localhost/payments"}, "HX-Redirect", "/payments"),
    ],
)
def test_one_comes_back_to_the_page_one_was_on(house, method, headers, name, value) -> None:
    from smartswitch.web.login.step_up import is_recent, note_identity_shown, recently_authenticated

    done = []
    guarded = recently_authenticated(lambda _request: done.append(1) or HttpResponse("paid"))
    request = getattr(RequestFactory(SERVER_NAME="localhost", headers=headers), method)("/pay?to=1")
    request.session = {}
    answer = guarded(request)

    assert answer.headers[name] == f"/reauthenticate?next={quote(value, safe='')}"
    assert (done, is_recent(request)) == ([], False)
    note_identity_shown(request)
    assert (guarded(request).content, done, is_recent(request)) == (b"paid", [1], True)
