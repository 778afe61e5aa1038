"""The whole system by one command: it starts, calls are carried and charged at every level, it stops and leaves nothing."""

import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from .whole_system import command, environment_in, running

SECOND_START_LIMIT_MS = 10_000
FIRST_CALL_LIMIT_S = 60
PAYERS = ["corner-shop", "city", "north", "owner"]


@pytest.fixture
def environment(postgres_directory: Path) -> dict[str, str]:
    """An empty state directory and free ports."""
    return environment_in(postgres_directory)


def first_answered_call(environment: dict[str, str]) -> dict[str, Any]:
    deadline = time.monotonic() + FIRST_CALL_LIMIT_S
    while time.monotonic() < deadline:
        for call in command(environment, "calls", "--of", "corner-shop-pbx"):
            if call["result"] == "answered":
                return dict(call)
        time.sleep(1)
    pytest.fail("no call of the demonstration was carried and charged")


def descendants(process_id: int) -> set[int]:
    """The processes below one, by /proc."""
    found: set[int] = set()
    for path in Path(f"/proc/{process_id}/task").glob("*/children"):
        for child in path.read_text().split():
            found |= {int(child)} | descendants(int(child))
    return found


@pytest.mark.timeout(240)
def test_the_whole_system_starts_carries_calls_and_stops(environment: dict[str, str]) -> None:
    with running(environment, "--demo") as (process, said):
        with urllib.request.urlopen(said["web"], timeout=5) as page:
            assert page.status == 200
        assert set(said["logins"]) == {"owner", "north", "city", "office"}
        assert set(said["phones"]) == {"office-101", "office-102"}

        call = first_answered_call(environment)

        assert [charge["payer"] for charge in call["charges"]] == PAYERS
        (leg,) = command(environment, "explain", call["call_id"])
        assert all(level["agrees"] for level in leg["levels"])
        children = descendants(process.pid)
        assert len(children) > 5

    assert process.returncode == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)

    with running(environment, "--demo") as (process, said):
        assert said["started_in_ms"] <= SECOND_START_LIMIT_MS
        assert said["logins"] == {}
    assert process.returncode == 0
