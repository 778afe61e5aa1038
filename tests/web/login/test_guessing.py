"""Guessing from many addresses slows, and locks nobody out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.test import Client, RequestFactory

from .conftest import PASSWORD

WAIT = "Try again in"


def guess_from(address: str, username: str, password: str = "wrong"):
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR=address)
    return client.post("/login", {"username": username, "password": password})


def guess_from_everywhere(username: str) -> None:
    for network in range(4):
        for _ in range(5):
            guess_from(f"198.51.100.{network + 1}", username)


def test_a_name_guessed_from_many_places_has_to_wait_between_tries(house, person) -> None:
    anna = person("north", logged_in=False)
    guess_from_everywhere(anna.username)
    slowed = guess_from("203.0.113.9", anna.username, PASSWORD)
    assert (slowed.status_code, WAIT in slowed.content.decode()) == (429, True)

    house.run("UPDATE axes_accessattempt SET attempt_time = attempt_time - %s WHERE username = %s",
              timedelta(seconds=31), anna.username)  # fmt: skip
    assert guess_from("203.0.113.9", anna.username, PASSWORD).status_code == 302


def test_who_got_in_from_his_address_before_notices_nothing(person) -> None:
    anna = person("north")
    guess_from_everywhere(anna.username)

    assert anna.log_in(client=Client(SERVER_NAME="localhost")).status_code == 302


def test_others_are_not_slowed(person) -> None:
    anna, boris = person("north", logged_in=False), person("north", logged_in=False)
    guess_from_everywhere(anna.username)

    assert guess_from("203.0.113.9", boris.username, PASSWORD).status_code == 302


def test_what_was_typed_is_not_kept(house, person) -> None:
    anna = person("north")
    anna.add_app()
    client = Client(SERVER_NAME="localhost")
    anna.log_in(client=client)
    client.post("/login/code", {"code": "314159"})
    guess_from("127.0.0.1", anna.username, "my other password")
    with psycopg.connect(house.url) as connection:
        kept = connection.execute("SELECT post_data FROM axes_accessattempt").fetchall()

    text = " ".join(row[0] for row in kept)
    assert ("314159" in text, "my other password" in text) == (False, False)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("::1", "10.0.0.1, 2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "a name", "127.0.0.1"),
        ("203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ("::ffff:203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ("", "", "::"),
    ],
)
def test_only_a_proxy_on_this_host_is_believed(peer, forwarded, address) -> None:
    from smartswitch.web.login.guesses import client_address

    request = RequestFactory(REMOTE_ADDR=peer).get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def at_once(work: Callable[[int], int], times: int) -> list[int]:
    """The answers of as many threads, each with a connection of its own."""
    from django.db import connection

    def one(number: int) -> int:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as threads:
        return list(threads.map(one, range(times)))


def test_many_guesses_at_once_are_counted_like_many_in_a_row(house, person) -> None:
    anna = person("north")
    anna.add_app()
    clients = [Client(SERVER_NAME="localhost") for _ in range(10)]
    for client in clients:
        assert anna.log_in(client=client).status_code == 302
    answers = at_once(lambda number: clients[number].post("/login/code", {"code": "12345"}).status_code, 10)

    assert sorted(answers) == [200] * 4 + [429] * 6
    with psycopg.connect(house.url) as connection:
        asked = "SELECT sum(failures_since_start) FROM axes_accessattempt WHERE username = %s"
        assert connection.execute(asked, [anna.username]).fetchone() == (5,)


def test_one_code_at_two_doors_opens_one(person) -> None:
    anna = person("north")
    anna.add_app()
    clients = [Client(SERVER_NAME="localhost", REMOTE_ADDR=f"192.0.2.{number}") for number in range(2)]
    for client in clients:
        assert anna.log_in(client=client).status_code == 302
    code = anna.code()
    answers = at_once(lambda number: clients[number].post("/login/code", {"code": code}).status_code, 2)

    assert sorted(answers) == [200, 302]
