"""Clocks: UTC always, and never back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from smartswitch.runtime.clock import SystemClock, VirtualClock

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def test_the_system_clock_tells_utc_and_does_not_go_back() -> None:
    clock = SystemClock()

    first_ms, second_ms = clock.monotonic_ms(), clock.monotonic_ms()

    assert clock.now().utcoffset() == timedelta(0)
    assert first_ms <= second_ms


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(NOON)

    assert (clock.now(), clock.monotonic_ms()) == (NOON, 0)
    clock.advance_to(NOON + timedelta(seconds=2))
    clock.advance_by_ms(500)
    assert (clock.now(), clock.monotonic_ms()) == (NOON + timedelta(seconds=2.5), 2500)


def test_a_virtual_clock_turns_other_zones_into_utc() -> None:
    clock = VirtualClock(datetime(2026, 1, 31, 15, 0, tzinfo=timezone(timedelta(hours=3))))

    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_virtual_clock_refuses_the_past_and_naive_time() -> None:
    clock = VirtualClock(NOON)

    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance_to(NOON - timedelta(seconds=1))
    with pytest.raises(ValueError, match="no time zone"):
        clock.advance_to(datetime(2026, 2, 1))  # noqa: DTZ001 - the naive time is the point
    assert clock.now() == NOON
