"""Writes that a program repeats: the same key gives the first answer, also to two at once, and nothing is written twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from ..house import House
from .conftest import Caller, Program


def count_of(house: House, key: str = "bakery") -> int:
    return house.row("SELECT count(*) AS n FROM company WHERE key = %s", key)["n"]


def test_the_first_answer_is_given_again(house: House, program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")
    first = caller.post("/companies", bakery, **{"Idempotency-Key": "a1"})
    again = caller.post("/companies", bakery, **{"Idempotency-Key": "a1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert count_of(house) == 1


def test_without_a_key_a_repeat_is_another_write(program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")

    assert caller.post("/companies", bakery).status_code == 201
    assert caller.post("/companies", bakery).json()["errors"] == {"key": "This key is taken; choose another one."}


def test_another_request_with_the_same_key_is_refused(house: House, program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")
    caller.post("/companies", bakery, **{"Idempotency-Key": "a2"})
    other = caller.post("/companies", bakery | {"key": "bakery2"}, **{"Idempotency-Key": "a2"})

    assert other.status_code == 422
    assert other.json()["detail"].startswith("This Idempotency-Key was used for another request.")
    assert count_of(house, "bakery2") == 0


def test_keys_of_different_programs_do_not_meet(program: Program, bakery: dict[str, Any]) -> None:
    one, other = program("city"), program("city")

    assert one.post("/companies", bakery, **{"Idempotency-Key": "a3"}).status_code == 201
    assert other.post("/companies", bakery | {"key": "bakery3"}, **{"Idempotency-Key": "a3"}).status_code == 201


def test_a_refused_write_is_tried_again(house: House, program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")
    refused = caller.post("/companies", bakery | {"pack": "none"}, **{"Idempotency-Key": "a4"})
    made = caller.post("/companies", bakery, **{"Idempotency-Key": "a4"})

    assert (refused.status_code, made.status_code) == (422, 201)
    assert count_of(house) == 1


def test_a_deletion_is_repeated_too(program: Program, bakery: dict[str, Any]) -> None:
    caller = program("city")
    place = caller.post("/companies", bakery).headers["Location"].removeprefix("/api/v1")
    first = caller.delete(place, **{"Idempotency-Key": "a5"})
    again = caller.delete(place, **{"Idempotency-Key": "a5"})

    assert (first.status_code, again.status_code, caller.delete(place).status_code) == (204, 204, 404)


@pytest.mark.parametrize("key", ["a b", "x" * 201, "ä"])
def test_a_key_that_is_none_is_refused(program: Program, bakery: dict[str, Any], key: str) -> None:
    assert program("city").post("/companies", bakery, **{"Idempotency-Key": key}).status_code == 400


def test_many_at_once_write_once(house: House, program: Program, bakery: dict[str, Any]) -> None:
    first = program("city")
    begin = Barrier(4)

    def write(_number: int) -> tuple[int, str]:
        from django.db import connection

        caller = Caller(first.secret)
        begin.wait(timeout=20)
        try:
            answer = caller.post("/companies", bakery, **{"Idempotency-Key": "at-once"})
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(write, range(4)))

    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert count_of(house) == 1


async def test_answers_are_forgotten_after_two_days(house: House, program: Program, bakery: dict[str, Any]) -> None:
    from asgiref.sync import sync_to_async

    from smartswitch.runtime.connection import open_connection
    from smartswitch.runtime.postgres_url import with_role
    from smartswitch.web.api.tasks import KEEP_ANSWERS, KEEP_DELIVERIES
    from smartswitch.web.api.webhooks.queries import query

    def write() -> None:
        caller = program("city")
        for number in (1, 2):
            caller.post("/companies", bakery | {"key": f"bakery{number}"}, **{"Idempotency-Key": f"old{number}"})
        house.run("UPDATE idempotency_key SET created_at = now() - interval '49 h' WHERE key = 'old1'")
        from django.db import connection

        connection.close()

    await sync_to_async(write)()
    async with open_connection(with_role(house.url, "smartswitch_worker")) as connection:
        gone = await connection.fetchrow(query("purge"), KEEP_ANSWERS, KEEP_DELIVERIES)

    assert gone["answers"] == 1
    assert house.row("SELECT count(*) AS n FROM idempotency_key WHERE key = 'old2'")["n"] == 1
