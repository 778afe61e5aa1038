"""Webhooks from the event to the receiver: found by the worker, signed, retried, given up, sent again."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from smartswitch.runtime.clock import SystemClock
from smartswitch.runtime.connection import Connection, open_connection
from smartswitch.runtime.postgres_url import with_role
from smartswitch.runtime.secret_box import open_secret_box
from smartswitch.web.api.webhooks import events
from smartswitch.web.api.webhooks.deliveries import DELAYS_S, MOST_ATTEMPTS, deliver

from ..house import House
from .conftest import Program
from .receiver import Receiver, is_signed, receiving

SECRET = "whsec_of_a_test"
MakeWebhook = Callable[..., int]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def webhook(house: House, state_directory: Any) -> Iterator[MakeWebhook]:
    """`webhook("city", "call.ended", url=...)` makes one that is a month old; its id."""

    def make(dealer: str, *wanted: str, url: str = "https://example.com/", threshold: int = 0) -> int:
        house.run(
            "INSERT INTO webhook (dealer_id, name, url, events, secret_encrypted, low_balance_threshold, created_at)"
            " VALUES (%s, 'a webhook', %s, %s, %s, %s, now() - interval '30 d')",
            house.seeded.dealers[dealer], url, list(wanted), open_secret_box(state_directory).encrypt(SECRET), threshold,
        )  # fmt: skip
        return house.row("SELECT max(id) AS id FROM webhook")["id"]

    yield make
    for table in ("webhook_delivery", "webhook_low_balance", "webhook_position", "webhook"):
        house.run(f"DELETE FROM {table}")


@pytest.fixture
async def worker(house: House) -> AsyncIterator[Connection]:
    """A connection with the worker's role."""
    async with open_connection(with_role(house.url, "smartswitch_worker")) as connection:
        yield connection


@pytest.fixture
def send_due(worker: Connection, state_directory: Any) -> Callable[[], Any]:
    """Send what is due."""
    return lambda: deliver(worker, box=open_secret_box(state_directory), clock=SystemClock(), allows_private=True)


def waiting(house: House, webhook_id: int, *, subject: str = "x") -> int:
    """A delivery that is due."""
    house.run(
        "INSERT INTO webhook_delivery (webhook_id, event, subject, payload) VALUES (%s, 'call.ended', %s, '{\"a\": 1}')",
        webhook_id, subject,
    )  # fmt: skip
    return house.row("SELECT max(id) AS id FROM webhook_delivery")["id"]


async def test_ended_calls_are_told_once_to_whose_house_they_belong(
    house: House, worker: Connection, webhook: MakeWebhook
) -> None:
    city, south = webhook("city", "call.ended"), webhook("south", "call.ended")
    webhook("north", "balance.low")
    now = timezone.now()
    told = await events.tell_ended_calls(worker, now=now, look_back=timedelta(days=3))
    again = await events.tell_ended_calls(worker, now=now, look_back=timedelta(days=3))

    for hook, dealer in ((city, "city"), (south, "south")):
        own = house.row(
            "SELECT count(*) AS n FROM cdr WHERE dealer_ids @> ARRAY[%s]::bigint[]", house.seeded.dealers[dealer]
        )["n"]
        assert own > 0
        assert house.row("SELECT count(*) AS n FROM webhook_delivery WHERE webhook_id = %s", hook)["n"] == own
    assert told == house.row("SELECT count(*) AS n FROM webhook_delivery")["n"]
    assert again == 0


async def test_an_event_of_a_call_tells_its_facts_and_nothing_from_above(
    house: House, worker: Connection, webhook: MakeWebhook
) -> None:
    webhook("city", "call.ended")
    await events.tell_ended_calls(worker, now=timezone.now(), look_back=timedelta(days=3))
    call_id = house.seeded.calls["sold at every level"]
    row = house.row("SELECT payload FROM webhook_delivery WHERE subject = %s", f"{call_id}.0")
    cdr = house.row("SELECT * FROM cdr WHERE call_id = %s AND leg = 0", call_id)
    told = json.loads(row["payload"])

    assert set(told) == {"call_id", "leg", "direction", "caller", "called", "result", "answered_at", "ended_at",
                         "duration_ms", "billed_s", "dealer", "peer"}  # fmt: skip
    assert (told["call_id"], told["called"], told["billed_s"]) == (str(call_id), cdr["called"], cdr["billed_s"])
    assert told["ended_at"].endswith("Z")


async def test_what_ended_before_the_webhook_was_made_is_not_told(
    house: House, worker: Connection, webhook: MakeWebhook
) -> None:
    hook = webhook("city", "call.ended")
    house.run("UPDATE webhook SET created_at = now() + interval '1 d' WHERE id = %s", hook)

    assert await events.tell_ended_calls(worker, now=timezone.now(), look_back=timedelta(days=3)) == 0


async def test_a_low_balance_is_told_once_until_it_has_risen(
    house: House, worker: Connection, webhook: MakeWebhook
) -> None:
    hook = webhook("city", "balance.low", threshold=10**15)
    first = await events.tell_low_balances(worker)
    second = await events.tell_low_balances(worker)
    house.run("UPDATE webhook SET low_balance_threshold = %s WHERE id = %s", -(10**15), hook)
    risen = await events.tell_low_balances(worker)
    house.run("UPDATE webhook SET low_balance_threshold = %s WHERE id = %s", 10**15, hook)
    third = await events.tell_low_balances(worker)
    city = house.seeded.dealers["city"]
    own = house.row(
        "SELECT count(*) AS n FROM balance WHERE dealer_id = %s AND kind IN ('peer', 'company', 'dealer')"
        " AND credit_limit IS NOT NULL", city,
    )["n"]  # fmt: skip
    told = json.loads(
        house.row("SELECT payload FROM webhook_delivery WHERE payload LIKE '%%corner-shop%%' LIMIT 1")["payload"]
    )

    assert (first, second, risen, third) == (own, 0, 0, own)
    assert own > 0
    assert (told["kind"], told["party"], told["currency"], told["threshold"]) == (
        "company", "corner-shop", "USD", "1000000000.000000",
    )  # fmt: skip


async def test_an_alarm_is_told_to_the_house_and_those_above(
    house: House, worker: Connection, webhook: MakeWebhook
) -> None:
    city, north, south = (webhook(dealer, "fraud.alarm") for dealer in ("city", "north", "south"))
    webhook("city", "call.ended")
    facts = {"alarm": "spend", "text": "50 USD within an hour"}
    dealer_id = house.seeded.dealers["city"]
    told = await events.emit(worker, event="fraud.alarm", dealer_id=dealer_id, subject="alarm 1", facts=facts)
    again = await events.emit(worker, event="fraud.alarm", dealer_id=dealer_id, subject="alarm 1", facts=facts)
    hooks = house.row("SELECT array_agg(webhook_id ORDER BY webhook_id) AS ids FROM webhook_delivery")["ids"]

    assert (told, again) == (2, 0)
    assert hooks == [city, north]
    assert south not in hooks


async def test_a_message_arrives_signed(
    house: House, webhook: MakeWebhook, receiver: Receiver, send_due: Callable[[], Any]
) -> None:
    delivery = waiting(house, webhook("city", "call.ended", url=receiver.url()))
    attempts = await send_due()
    (received,) = receiver.received
    body = json.loads(received.body)
    row = house.row("SELECT * FROM webhook_delivery WHERE id = %s", delivery)

    assert attempts == 1
    assert (body["id"], body["event"], body["data"]) == (delivery, "call.ended", {"a": 1})
    assert is_signed(received, SECRET)
    assert not is_signed(received, SECRET + "x")
    assert received.headers["Smartswitch-Delivery"] == str(delivery)
    assert received.headers["Content-Type"] == "application/json"
    assert (row["status"], row["attempts"], row["response_status"]) == ("delivered", 1, 204)
    assert row["delivered_at"] is not None


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"broken"),
        (404, {}, b""),
        (302, {"Location": "http://127.0.0.1:1/"}, b""),
        (301, {"Location": "/"}, b""),
    ],
)
async def test_whatever_is_not_success_is_tried_again_later(
    house: House, webhook: MakeWebhook, receiver: Receiver, send_due: Callable[[], Any], answer: Any
) -> None:
    delivery = waiting(house, webhook("city", "call.ended", url=receiver.url()))
    receiver.answers.append(answer)
    await send_due()
    row = house.row("SELECT *, next_attempt_at - now() AS rest FROM webhook_delivery WHERE id = %s", delivery)
    not_due = await send_due()
    house.run("UPDATE webhook_delivery SET next_attempt_at = now() WHERE id = %s", delivery)
    await send_due()
    end = house.row("SELECT * FROM webhook_delivery WHERE id = %s", delivery)

    assert (row["status"], row["attempts"], row["response_status"]) == ("waiting", 1, answer[0])
    assert timedelta(0) < row["rest"] <= timedelta(seconds=DELAYS_S[0])
    assert not_due == 0
    assert (end["status"], end["attempts"]) == ("delivered", 2)
    assert len(receiver.received) == 2


async def test_the_last_attempt_is_the_last(
    house: House, webhook: MakeWebhook, receiver: Receiver, send_due: Callable[[], Any]
) -> None:
    delivery = waiting(house, webhook("city", "call.ended", url=receiver.url()))
    house.run("UPDATE webhook_delivery SET attempts = %s WHERE id = %s", MOST_ATTEMPTS - 1, delivery)
    receiver.answers.append((503, {}, b"away"))
    await send_due()
    row = house.row("SELECT * FROM webhook_delivery WHERE id = %s", delivery)

    assert (row["status"], row["attempts"], row["response_text"]) == ("failed", MOST_ATTEMPTS, "away")
    assert await send_due() == 0


async def test_a_long_answer_is_not_read_to_its_end(
    house: House, webhook: MakeWebhook, receiver: Receiver, send_due: Callable[[], Any]
) -> None:
    delivery = waiting(house, webhook("city", "call.ended", url=receiver.url()))
    receiver.answers.append((200, {}, b"\0x" * 5_000_000))
    await send_due()
    row = house.row("SELECT * FROM webhook_delivery WHERE id = %s", delivery)

    assert (row["status"], len(row["response_text"])) == ("delivered", 2_000)


async def test_an_address_where_nobody_listens_is_told_in_words(
    house: House, webhook: MakeWebhook, send_due: Callable[[], Any]
) -> None:
    delivery = waiting(house, webhook("city", "call.ended", url="http://127.0.0.1:1/"))
    await send_due()
    row = house.row("SELECT * FROM webhook_delivery WHERE id = %s", delivery)

    assert (row["status"], row["response_status"]) == ("waiting", None)
    assert row["response_text"].startswith("ConnectError")


async def test_a_slow_address_does_not_hold_up_the_others(
    house: House, worker: Connection, webhook: MakeWebhook
) -> None:
    from smartswitch.web.api.webhooks.deliveries import AT_ONCE, AT_ONCE_OF_ONE, LEASE_S
    from smartswitch.web.api.webhooks.queries import query

    crowded, other = webhook("city", "call.ended"), webhook("north", "call.ended")
    for number in range(30):
        waiting(house, crowded, subject=str(number))
    last = waiting(house, other)
    claimed = await worker.fetch(query("claim_deliveries"), AT_ONCE, AT_ONCE_OF_ONE, LEASE_S)

    assert len(claimed) == AT_ONCE_OF_ONE + 1
    assert last in {row["id"] for row in claimed}


async def test_a_webhook_that_is_off_gets_nothing(
    house: House, webhook: MakeWebhook, receiver: Receiver, send_due: Callable[[], Any]
) -> None:
    hook = webhook("city", "call.ended", url=receiver.url())
    waiting(house, hook)
    house.run("UPDATE webhook SET is_active = false WHERE id = %s", hook)

    assert await send_due() == 0
    assert receiver.received == []


def test_a_webhook_is_made_by_the_api_and_its_secret_shown_once(house: House, program: Program) -> None:
    caller = program("city")
    sent = {
        "name": "Books",
        "url": "https://example.com/hook",
        "events": ["call.ended"],
        "low_balance_threshold": "5.5",
    }
    made = caller.post("/webhooks", sent, **{"Idempotency-Key": "w1"})
    again = caller.post("/webhooks", sent, **{"Idempotency-Key": "w1"})
    place = made.headers["Location"].removeprefix("/api/v1")
    read = caller.get(place).json()
    row = house.row("SELECT * FROM webhook WHERE id = %s", made.json()["id"])
    audit = house.row("SELECT after::text FROM audit_entry WHERE table_name = 'webhook' ORDER BY id DESC LIMIT 1")

    assert made.status_code == 201
    assert made.json()["once"]["secret"].startswith("whsec_")
    assert (read["events"], read["low_balance_threshold"], read["is_active"]) == (["call.ended"], "5.5", True)
    assert "secret" not in str(read)
    assert "once" not in again.json()
    assert made.json()["once"]["secret"] not in str(row)
    assert row["low_balance_threshold"] == 5_500_000
    assert row["secret_encrypted"] not in audit["after"]
    assert caller.delete(place).status_code == 204


@pytest.mark.parametrize("url", ["http://example.com/", "https://127.0.0.1/", "https://[::1]/", "not a url"])
def test_an_unsafe_address_is_refused_when_it_is_typed(program: Program, url: str) -> None:
    sent = {"name": "x", "url": url, "events": ["call.ended"]}
    answer = program("city").post("/webhooks", sent)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["url"])


def test_deliveries_are_read_and_sent_again(
    house: House, program: Program, browser: Callable[..., Any], webhook: MakeWebhook
) -> None:
    hook = webhook("city", "call.ended")
    delivery = waiting(house, hook)
    house.run("UPDATE webhook_delivery SET status = 'failed', attempts = 9 WHERE id = %s", delivery)
    caller = program("city")
    listed = caller.get(f"/deliveries?webhook_id={hook}&status=failed").json()["items"]
    page = browser("city").get(f"/webhooks/deliveries/{delivery}").content.decode()
    table = browser("city").get(f"/webhooks/{hook}/deliveries").content.decode()
    again = caller.post(f"/deliveries/{delivery}/again")
    house.run("UPDATE webhook_delivery SET status = 'failed' WHERE id = %s", delivery)
    browser("city").post(f"/webhooks/deliveries/{delivery}/again")

    assert [row["id"] for row in listed] == [delivery]
    assert "Send again" in page
    assert f"/webhooks/deliveries/{delivery}" in table
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (200, "waiting", 0)
    assert house.row("SELECT status FROM webhook_delivery WHERE id = %s", delivery)["status"] == "waiting"
    assert caller.delete(f"/deliveries/{delivery}").status_code == 405


def test_a_stranger_finds_neither_webhooks_nor_deliveries(
    house: House, program: Program, browser: Callable[..., Any], webhook: MakeWebhook
) -> None:
    hook = webhook("city", "call.ended")
    delivery = waiting(house, hook)
    south, person = program("south"), browser("south")

    for path in (f"/webhooks/{hook}", f"/deliveries/{delivery}", f"/deliveries?webhook_id={hook}"):
        assert south.get(path).status_code == 404
    assert south.patch(f"/webhooks/{hook}", {"name": "mine"}).status_code == 404
    assert south.post(f"/deliveries/{delivery}/again").status_code == 404
    assert person.get(f"/webhooks/deliveries/{delivery}").status_code == 404
    assert person.post(f"/webhooks/deliveries/{delivery}/again").status_code == 404
    assert house.row("SELECT name FROM webhook WHERE id = %s", hook)["name"] == "a webhook"
