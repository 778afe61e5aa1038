"""A new password by mail: asked for on a page, sent by the real worker over real SMTP, used once."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.test import Client

from .conftest import House

NEW = "a longer horse 7"
BOTH = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def work_off(house: House):
    """Do what waits in the queue, as the worker does; then say how many jobs are left."""
    import asyncio

    from smartswitch.web.worker.serve import work_off

    def work() -> int:
        asyncio.run(work_off(house.url))
        with psycopg.connect(house.url) as connection:
            (count,) = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'").fetchone()
        return count

    with psycopg.connect(house.url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute("DELETE FROM password_reset")
    return work


def with_mail(house: House, person, address: str, **options):
    made = person("north", logged_in=False, **options)
    house.run("UPDATE login SET email = %s WHERE username = %s", address, made.username)
    return made


def link_in(mail) -> str:
    return re.search(r"http://[^/]+(/reset/\S+)", mail.get_content())[1]


def test_a_link_gives_a_new_password_once(house, person, browse, postbox, work_off) -> None:
    anna = with_mail(house, person, "anna@example.com")
    asked = browse().post("/forgot", {"written": anna.username})
    assert "a link is on its way" in asked.content.decode()
    work_off()
    (mail,) = postbox.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "anna@example.com", "Switch <switch@example.com>", "A new password for your login")  # fmt: skip

    client, link = browse(), link_in(mail)
    assert anna.username in client.get(link).content.decode()
    assert "too short" in client.post(link, {"new_password1": "short", "new_password2": "short"}).content.decode()
    assert client.post(link, BOTH).headers["Location"] == "/login"
    assert "Log in with the new one" in client.get("/login").content.decode()
    assert client.get(link).status_code == client.post(link, BOTH).status_code == 410
    assert anna.log_in().status_code == 200
    assert anna.log_in(NEW).status_code == 302


def test_the_answer_says_nothing_about_who_exists(house, person, browse, postbox, work_off) -> None:
    anna = with_mail(house, person, "known@example.com")
    client = browse()
    written = (anna.username, "known@example.com", "nobody", "nobody@example.com", "x" * 250)
    pages = [client.post("/forgot", {"written": each}).content.decode() for each in written]
    pages = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]
    assert len(set(pages)) == 1
    with psycopg.connect(house.url) as connection:
        jobs = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_reset_mail'"
        ).fetchone()
    assert jobs == (5,)
    work_off()
    assert [mail["To"] for mail in postbox.mails] == ["known@example.com"] * 2


def test_a_link_is_good_for_an_hour_and_only_its_hash_is_kept(house, person, browse, postbox, work_off) -> None:
    anna = with_mail(house, person, "late@example.com")
    browse().post("/forgot", {"written": anna.username})
    work_off()
    link = link_in(postbox.mails[0])
    with psycopg.connect(house.url) as connection:
        (kept,) = connection.execute("SELECT secret_sha256 FROM password_reset").fetchone()
    assert kept not in link

    house.run("UPDATE password_reset SET created_at = created_at - interval '61 minutes'")
    assert browse().get(link).status_code == browse().post(link, BOTH).status_code == 410
    assert anna.log_in(NEW).status_code == 200


def test_a_new_password_ends_sessions_and_leaves_the_second_factor(house, person, browse, postbox, work_off) -> None:
    anna = person("north")
    house.run("UPDATE login SET email = 'factor@example.com' WHERE username = %s", anna.username)
    anna.add_app()
    browse().post("/forgot", {"written": "Factor@Example.com"})
    work_off()
    client = browse()
    client.post(link_in(postbox.mails[0]), BOTH)

    assert anna.client.get("/").status_code == 302
    assert anna.log_in(NEW, client=client).headers["Location"] == "/login/code"


def test_who_is_still_logged_in_may_use_the_link_too(house, person, browse, postbox, work_off) -> None:
    anna = person("north")
    house.run("UPDATE login SET email = 'still@example.com' WHERE username = %s", anna.username)
    anna.client.post("/forgot", {"written": anna.username})
    work_off()
    link = link_in(postbox.mails[0])
    assert anna.username in anna.client.get(link).content.decode()

    assert anna.client.post(link, BOTH).headers["Location"] == "/login"
    assert anna.client.get("/").status_code == 302
    assert anna.log_in(NEW).status_code == 302


def test_a_new_password_lifts_the_lock_here(house, person, browse, postbox, work_off) -> None:
    anna = with_mail(house, person, "locked@example.com")
    assert [anna.log_in("wrong").status_code for _ in range(5)][-1] == 429
    browse().post("/forgot", {"written": anna.username})
    work_off()
    anna.client.post(link_in(postbox.mails[0]), BOTH)

    assert anna.log_in(NEW).status_code == 302


def test_nobody_fills_a_mailbox(house, person, postbox, work_off) -> None:
    anna = with_mail(house, person, "busy@example.com")
    answers = []
    for each in range(21):
        client = Client(SERVER_NAME="localhost", REMOTE_ADDR="203.0.113.200")
        answers.append(client.post("/forgot", {"written": anna.username if each < 6 else "nobody"}).status_code)
    work_off()

    assert len(postbox.mails) == 3
    assert (answers[:19], answers[-1]) == ([200] * 19, 429)


def test_a_login_that_is_switched_off_gets_no_link(house, person, browse, postbox, work_off) -> None:
    anna = with_mail(house, person, "off@example.com")
    house.run("UPDATE login SET is_active = false WHERE username = %s", anna.username)
    browse().post("/forgot", {"written": anna.username})
    work_off()

    assert postbox.mails == []


def test_the_link_leads_to_the_host_asked_by_and_a_foreign_host_is_refused(house, person, postbox, work_off) -> None:
    anna = with_mail(house, person, "host@example.com")
    assert Client(headers={"Host": "evil.example.com"}).post("/forgot", {"written": anna.username}).status_code == 400
    secure = Client(headers={"Host": "127.0.0.1", "X-Forwarded-Proto": "https"})
    assert secure.post("/forgot", {"written": anna.username}).status_code == 200
    work_off()
    (mail,) = postbox.mails

    assert "    https://127.0.0.1/reset/" in mail.get_content()


@pytest.mark.parametrize(("whose", "asked", "told"), [
    ("south", "evil.example.com", "127.0.0.1:8443"),
    ("north", "portal.example.com", "portal.example.com:8443"),
])  # fmt: skip
def test_a_link_leads_to_no_name_of_another_house(
    house, person, postbox, work_off, give_host, whose, asked, told
) -> None:
    anna = with_mail(house, person, f"{whose}@example.com")
    give_host(whose, asked)
    client = Client(headers={"Host": f"{asked}:8443", "X-Forwarded-Proto": "https"})

    assert client.post("/forgot", {"written": anna.username}).status_code == 200
    work_off()
    (mail,) = postbox.mails
    assert f"    https://{told}/reset/" in mail.get_content()


@pytest.fixture
def give_host(house) -> Iterator[Callable[[str, str], None]]:
    """`give_host("south", "evil.example.com")`: the brand of a dealer has this host name, until the test ends."""
    from smartswitch.web.brand.known_brands import forget

    def give(dealer: str, host: str) -> None:
        house.run(
            "INSERT INTO brand (dealer_id, product_name, host_name) SELECT id, 'Talk', %s FROM dealer WHERE key = %s",
            host, dealer,
        )  # fmt: skip
        forget()

    yield give
    house.run("DELETE FROM brand")
    forget()


def test_without_a_mail_server_one_is_told_whom_to_ask(browse) -> None:
    page = browse().get("/forgot").content.decode()
    assert ("Ask the dealer who serves you" in page, 'name="written"' in page) == (True, False)


def test_mail_is_written_in_the_language_of_who_asked(house, person, browse, postbox, work_off) -> None:
    anna = with_mail(house, person, "ru@example.com")
    browse(Accept_Language="ru").post("/forgot", {"written": anna.username})
    with psycopg.connect(house.url) as connection:
        (words,) = connection.execute("SELECT args FROM procrastinate_jobs").fetchone()

    assert words == {"written": anna.username, "site": "http://localhost", "language": "ru"}


def test_the_web_account_puts_jobs_into_the_queue_and_reads_none(house) -> None:
    with psycopg.connect(house.url) as connection:
        connection.execute("SET ROLE smartswitch_web")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT args FROM procrastinate_jobs")


def test_a_server_that_is_busy_is_tried_again_and_one_that_refuses_is_not(
    house, person, browse, postbox, work_off
) -> None:
    from smartswitch.web.worker.mail import send_mail

    postbox.refusal = "451 later"
    send_mail.defer(to="x@example.com", subject="Good day", text="Text", html="<p>Text</p>")
    assert work_off() == 1
    postbox.refusal = "550 never"
    send_mail.defer(to="y@example.com", subject="Good day", text="Text")
    assert work_off() == 1
    with psycopg.connect(house.url) as connection:
        jobs = connection.execute(
            "SELECT args ->> 'to', status::text, attempts, scheduled_at > now() FROM procrastinate_jobs"
            " WHERE task_name = 'send_mail' ORDER BY id").fetchall()  # fmt: skip
    assert jobs == [("x@example.com", "todo", 1, True), ("y@example.com", "failed", 1, None)]

    postbox.refusal = ""
    house.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    assert work_off() == 0
    (mail,) = postbox.mails
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
