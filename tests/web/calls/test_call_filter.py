"""What people write into the fields of a search for calls."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.usefixtures("migrated_template")  # Which sets Django up, for its translations.

KYIV = ZoneInfo("Europe/Kyiv")


def read(sees_terminators: bool = True, **values: str):
    from smartswitch.web.calls.selectors.call_filter import read_call_filter

    return read_call_filter(values, zone=KYIV, sees_terminators=sees_terminators)


def test_nothing_written_means_any_call() -> None:
    from smartswitch.web.calls.selectors.call_filter import ANY_CALL

    found = read(number=" ", peer="", since="\0")

    assert (found.filter, found.errors) == (ANY_CALL, {})


def test_all_fields_are_read_and_days_are_those_of_the_zone() -> None:
    found = read(
        number="+44 (20) 7946-0",
        peer="5",
        company="6",
        dealer="7",
        since="2026-11-20",
        until="2026-11-21",
        result="refused",
        direction="inbound",
        terminator="carrier",
        min_s="60",
    )

    assert found.errors == {}
    wanted = found.filter
    assert (wanted.number, wanted.peer_id, wanted.company_id, wanted.dealer_id) == ("442079460", 5, 6, 7)
    assert (wanted.result, wanted.direction, wanted.terminator, wanted.min_s) == ("refused", "inbound", "carrier", 60)
    assert wanted.since == datetime(2026, 11, 19, 22, tzinfo=UTC)
    assert wanted.until == datetime(2026, 11, 21, 22, tzinfo=UTC)


def test_a_moment_is_taken_as_it_is_written() -> None:
    found = read(since="2026-11-20T14:30", until="2026-11-20T14:30:00+00:00").filter

    assert found.since == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    assert found.until == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("number", "abc"),
        ("number", "44%"),
        ("number", "٤٤"),
        ("number", "4" * 33),
        ("peer", "-1"),
        ("peer", "1 OR 1=1"),
        ("company", "9" * 30),
        ("dealer", "9223372036854775808"),
        ("since", "yesterday"),
        ("since", "0001-01-01T00:00"),
        ("until", "9999-12-31"),
        ("until", "2026-13-01"),
        ("result", "answered; --"),
        ("direction", "up"),
        ("terminator", "x" * 65),
        ("min_s", "1.5"),
        ("min_s", "9999999"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_and_left_out(field: str, text: str) -> None:
    from smartswitch.web.calls.selectors.call_filter import ANY_CALL

    found = read(**{field: text})

    assert list(found.errors) == [field]
    assert found.filter == ANY_CALL


def test_an_end_before_the_beginning_is_said() -> None:
    assert list(read(since="2026-11-20", until="2026-11-19").errors) == ["until"]


def test_who_may_not_know_terminators_cannot_ask_for_one() -> None:
    found = read(sees_terminators=False, terminator="carrier")

    assert list(found.errors) == ["terminator"]
    assert found.filter.terminator is None
