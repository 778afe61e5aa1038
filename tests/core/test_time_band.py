"""Bands of the week, and the two nights of the year on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartswitch.core.time_band import MS_PER_DAY, TimeBand, Timetable, band_at, band_changes

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WORKDAYS, WEEKEND, ALL_DAYS = frozenset(range(1, 6)), frozenset({6, 7}), frozenset(range(1, 8))


def at(text: str) -> int:
    """UTC text to ms."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def changes(timetable, start, end):
    return [
        (datetime.fromtimestamp(moment / 1000, UTC).strftime("%m-%d %H:%M:%S"), band)
        for moment, band in band_changes(timetable, at(start), at(end))
    ]


BUSINESS = Timetable(
    (
        TimeBand("holiday", ALL_DAYS, is_holiday=True),
        TimeBand("peak", WORKDAYS, 8 * 60, 18 * 60),
        TimeBand("off", ALL_DAYS),
    ),
    AMSTERDAM,
    frozenset({date(2026, 4, 27)}),
)
NIGHT = Timetable((TimeBand("night", ALL_DAYS, 60, 150), TimeBand("day", ALL_DAYS)), AMSTERDAM)
"""Night is from 01:00 to 02:30 local time: across both switches."""


@pytest.mark.parametrize(
    ("utc", "band"),
    [
        ("2026-01-05T06:59:59", "off"),
        ("2026-01-05T07:00:00", "peak"),
        ("2026-01-05T16:59:59.999", "peak"),
        ("2026-01-05T17:00:00", "off"),
        ("2026-01-10T12:00:00", "off"),
        ("2026-07-06T06:00:00", "peak"),
        ("2026-04-26T22:00:00", "holiday"),
        ("2026-04-27T21:59:59", "holiday"),
        ("2026-04-27T22:00:00", "off"),
    ],
)
def test_the_band_of_a_moment(utc, band):
    assert band_at(BUSINESS, at(utc)) == band


def test_changes_of_a_week_with_a_holiday():
    assert changes(BUSINESS, "2026-04-24T10:00", "2026-04-28T20:00") == [
        ("04-24 16:00:00", "off"),
        ("04-26 22:00:00", "holiday"),
        ("04-27 22:00:00", "off"),
        ("04-28 06:00:00", "peak"),
        ("04-28 16:00:00", "off"),
    ]


def test_a_holiday_band_of_some_hours_leaves_the_rest_of_the_day_as_it_is():
    table = Timetable(
        (TimeBand("feast", frozenset(), 12 * 60, 13 * 60, is_holiday=True), TimeBand("day", WORKDAYS)),
        UTC,
        frozenset({date(2026, 1, 5)}),
    )
    assert [band_at(table, at(f"2026-01-05T{hour}:00")) for hour in ("11", "12", "13")] == ["day", "feast", "day"]
    assert band_at(table, at("2026-01-06T12:00")) == "day"
    assert band_at(table, at("2026-01-10T12:00")) is None


def test_when_clocks_go_forward_the_lost_half_hour_ends_the_night_early():
    """29 March 2026: 02:00 becomes 03:00 at 01:00 UTC, so 02:00 to 02:30 never happens."""
    assert changes(NIGHT, "2026-03-28T12:00", "2026-03-29T12:00") == [
        ("03-29 00:00:00", "night"),
        ("03-29 01:00:00", "day"),
    ]


def test_when_clocks_go_back_the_repeated_half_hour_is_night_again():
    """25 October 2026: 03:00 becomes 02:00 at 01:00 UTC, so 02:00 to 02:30 happens twice."""
    assert changes(NIGHT, "2026-10-24T12:00", "2026-10-25T12:00") == [
        ("10-24 23:00:00", "night"),
        ("10-25 00:30:00", "day"),
        ("10-25 01:00:00", "night"),
        ("10-25 01:30:00", "day"),
    ]


def test_no_bands_and_no_change():
    assert band_at(Timetable((), UTC), 0) is None
    assert band_changes(Timetable((), UTC), 0, 10 * MS_PER_DAY) == ()
    assert band_changes(Timetable((TimeBand("all", ALL_DAYS),), AMSTERDAM), 0, 400 * MS_PER_DAY) == ()


def test_the_end_of_the_range_is_looked_at_and_its_start_is_not():
    assert changes(BUSINESS, "2026-01-05T07:00", "2026-01-05T17:00") == [("01-05 17:00:00", "off")]


def test_gaps_are_known():
    assert not BUSINESS.has_gaps
    assert not Timetable((TimeBand("b", ALL_DAYS, 700, 1440), TimeBand("a", ALL_DAYS, 0, 700)), UTC).has_gaps
    assert Timetable((TimeBand("a", ALL_DAYS, 0, 700), TimeBand("b", ALL_DAYS, 701, 1440)), UTC).has_gaps
    assert Timetable((TimeBand("a", WORKDAYS),), UTC).has_gaps
    assert Timetable((), UTC).has_gaps
    assert BUSINESS.names == ("holiday", "peak", "off")


def test_a_band_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="the end after the start"):
        TimeBand("x", ALL_DAYS, 600, 600)
    with pytest.raises(ValueError, match="weekdays"):
        TimeBand("x", frozenset({0}))


BANDS = st.builds(
    lambda name, days, pair, is_holiday: TimeBand(name, days, min(pair), max(pair), is_holiday),
    st.sampled_from("abc"),
    st.frozensets(st.integers(1, 7)),
    st.lists(st.integers(0, 24), min_size=2, max_size=2, unique=True).map(lambda pair: [60 * hour for hour in pair]),
    st.booleans(),
)
ZONES = st.sampled_from(["Europe/Amsterdam", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu", "UTC"])
SWITCHES = st.sampled_from(["2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04", "2026-03-08", "2026-11-01"])


@given(st.lists(BANDS, max_size=4), ZONES, SWITCHES, st.integers(-30, 30))
@settings(max_examples=60)
def test_changes_agree_with_asking_every_five_minutes(bands, zone, day, hours):
    start_ms = at(day) + hours * 3_600_000
    table = Timetable(tuple(bands), ZoneInfo(zone), frozenset({date.fromisoformat(day)}))
    expected, current = [], band_at(table, start_ms)
    for moment_ms in range(start_ms + 300_000, start_ms + MS_PER_DAY + 1, 300_000):
        band = band_at(table, moment_ms)
        if band != current:
            expected.append((moment_ms, band))
            current = band
    assert list(band_changes(table, start_ms, start_ms + MS_PER_DAY)) == expected


def test_zone_changes_are_found_to_the_millisecond():
    start = at("2026-03-29T00:59:59.999")
    local = datetime.fromtimestamp(start / 1000, AMSTERDAM)
    assert local.utcoffset() == timedelta(hours=1)
    assert band_at(NIGHT, start) == "night"
    assert band_at(NIGHT, start + 1) == "day"
