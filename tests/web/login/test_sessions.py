"""Where somebody is logged in, and ending that."""

import re

from django.test import Client

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)
SESSION_END = r"/sessions/end/[0-9]+"


def in_two_browsers(person):
    anna = person("north", User_Agent=FIREFOX)
    phone = Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.77", headers={"User-Agent": CHROME})
    anna.log_in(client=phone)
    assert phone.get("/").status_code == anna.client.get("/").status_code == 200
    return anna, phone


def test_they_are_listed_with_browser_and_address(person) -> None:
    anna, _ = in_two_browsers(person)
    for address in ("/sessions", "/security"):
        page = anna.client.get(address).content.decode()
        rows = [
            " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        ]
        assert [row.split(" 127.")[0].split(" 192.")[0] for row in rows[1:]] == [
            "Firefox on Windows this one", "Chrome on Android"]  # fmt: skip
        assert "192.0.2.77" in rows[2]


def test_one_is_ended_and_it_is_out_at_once(person) -> None:
    anna, phone = in_two_browsers(person)
    (address,) = re.findall(SESSION_END, anna.client.get("/sessions").content.decode())
    assert anna.client.post(address).headers["Location"] == "/sessions"

    assert phone.get("/").status_code == 302
    assert anna.client.get("/").status_code == 200
    assert anna.client.post(address).status_code == 404


def test_all_others_are_ended(person) -> None:
    anna, phone = in_two_browsers(person)
    assert "1 other session is ended" in anna.client.post("/sessions/end-others", follow=True).content.decode()

    assert (anna.client.get("/").status_code, phone.get("/").status_code) == (200, 302)


def test_nobody_ends_the_session_of_another(person) -> None:
    anna, _ = in_two_browsers(person)
    boris = person("north")
    (address,) = re.findall(SESSION_END, anna.client.get("/sessions").content.decode())

    assert boris.client.post(address).status_code == 404
    assert re.findall(SESSION_END, anna.client.get("/sessions").content.decode()) == [address]


def test_a_new_password_keeps_this_session_and_its_age(person) -> None:
    from allauth.usersessions.models import UserSession

    anna, phone = in_two_browsers(person)
    before = UserSession.objects.get(session_key=anna.client.cookies["sessionid"].value)
    new = "a longer horse 7"
    anna.client.post("/password", {"old_password": "correct horse battery", "new_password1": new, "new_password2": new})
    anna.client.get("/")

    assert phone.get("/").status_code == 302
    (after,) = UserSession.objects.filter(user__username=anna.username)
    assert (after.pk, after.created_at) == (before.pk, before.created_at)
    assert after.session_key == anna.client.cookies["sessionid"].value != before.session_key


def test_a_session_that_ended_by_itself_is_forgotten(house, person) -> None:
    from allauth.usersessions.models import UserSession

    anna, phone = in_two_browsers(person)
    phone.post("/logout")
    assert re.findall(SESSION_END, anna.client.get("/sessions").content.decode()) == []
    anna.log_in(client=Client(SERVER_NAME="localhost"))
    assert not UserSession.objects.filter(session_key=phone.cookies["sessionid"].value or "gone").exists()
    assert UserSession.objects.filter(user__username=anna.username).count() == 1


def test_a_page_asks_one_question_more_and_writes_once_a_minute(person) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    anna = person("north")
    anna.client.get("/password")
    with CaptureQueriesContext(connection) as asked:
        anna.client.get("/password")

    ours = [query["sql"] for query in asked if "note_use_of_login" in query["sql"]]
    assert (len(ours), len(asked)) == (1, 7)
