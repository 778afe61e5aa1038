"""The log: one line an event, no secrets, and no way for a stranger to fill the disk."""

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from smartswitch.runtime.clock import VirtualClock
from smartswitch.runtime.log import BURST_EVENTS, WINDOW_MS, EventLog, format_event, start_logging


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    start_logging("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 31, tzinfo=UTC))


def test_an_event_is_one_line_of_fields(written: io.StringIO) -> None:
    EventLog("switch.call").event("call_refused", call_id="a1b2", dealer_id=7, reason="no_credit")

    line = written.getvalue()
    assert line.endswith("Z INFO switch.call call_refused call_id=a1b2 dealer_id=7 reason=no_credit\n")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"route": "a b"}, 'e route="a b"'),
        ({"agent": 'x" y=1'}, 'e agent="x\\" y=1"'),
        ({"agent": "a\nb\x1b[31m"}, 'e agent="a\\nb\\x1b[31m"'),
        ({"name": "Пётр"}, "e name=Пётр"),
        ({"name": ""}, 'e name=""'),
        ({"until": None, "is_answered": True}, "e until=- is_answered=yes"),
    ],
)
def test_a_value_cannot_break_its_line(fields: dict[str, object], text: str) -> None:
    assert format_event("e", fields) == text


@pytest.mark.parametrize("key", ["password", "sip_password", "api_token", "client_secret", "ha1", "pin", "secret_key"])
def test_a_secret_is_not_written(key: str) -> None:
    assert format_event("e", {key: "hunter2"}) == f"e {key}=[redacted]"


def test_a_password_inside_a_url_is_not_written() -> None:
    text = format_event("e", {"url": "postgresql://user:hunter2@db/x"})

    assert text == "e url=postgresql://user:[redacted]@db/x"


def test_what_a_stranger_repeats_is_left_out_and_counted(written: io.StringIO, clock: VirtualClock) -> None:
    log = EventLog("switch", clock)

    for _ in range(BURST_EVENTS + 30):
        log.event("unknown_source")
    log.event("something_else")
    clock.advance_by_ms(WINDOW_MS)
    log.event("unknown_source")

    lines = written.getvalue().splitlines()
    assert sum(line.endswith(" unknown_source") for line in lines) == BURST_EVENTS + 1
    assert sum(line.endswith(" something_else") for line in lines) == 1
    assert sum(line.endswith("events_left_out event=unknown_source count=30") for line in lines) == 1


def test_an_error_brings_its_traceback(written: io.StringIO) -> None:
    try:
        raise RuntimeError("disk full")
    except RuntimeError as error:
        EventLog("charging").error("batch_failed", error=error, calls=3)

    assert "ERROR charging batch_failed calls=3\nTraceback" in written.getvalue()
    assert "RuntimeError: disk full" in written.getvalue()
