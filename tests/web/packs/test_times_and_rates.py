"""Time bands, holidays and exchange rates: what is typed, what is stored, who may, and the picture of the week."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from smartswitch.core.time_band import TimeBand, Timetable

from ..house import Browse, House
from .conftest import Pack

PEAK = {"name": "peak", "weekdays": ["1", "2", "3", "4", "5"], "start_minute": "08:00", "end_minute": "20:00"}


def test_a_band_is_typed_as_days_and_times(house: House, browse: Browse, pack: Pack) -> None:
    clerk = browse("city")
    answer = clerk.post(f"/packs/{pack.id}/time-bands/new", PEAK)
    clerk.post(f"/packs/{pack.id}/time-bands/new", {"name": "feast", "is_holiday": "on"})
    peak = house.row("SELECT * FROM time_band WHERE pack_id = %s AND name = 'peak'", pack.id)
    feast = house.row("SELECT * FROM time_band WHERE pack_id = %s AND name = 'feast'", pack.id)
    page = clerk.get(f"/packs/{pack.id}/time-bands").content.decode()

    assert answer.status_code == 302
    assert (peak["weekdays"], peak["start_minute"], peak["end_minute"]) == ([1, 2, 3, 4, 5], 480, 1200)
    assert (feast["weekdays"], feast["start_minute"], feast["end_minute"], feast["is_holiday"]) == ([], 0, 1440, True)
    assert "Mon, Tue, Wed, Thu, Fri" in page
    assert "08:00" in page
    assert "24:00" in page


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"start_minute": "8"}, "start_minute", "A time is hours and minutes"),
        ({"start_minute": "24:01"}, "start_minute", "A time is hours and minutes"),
        ({"end_minute": "12:60"}, "end_minute", "A time is hours and minutes"),
        ({"end_minute": "-1:00"}, "end_minute", "A time is hours and minutes"),
        ({"end_minute": "08:00"}, "end_minute", "The end must be after the start"),
        ({"weekdays": []}, "weekdays", "Choose at least one day"),
        ({"weekdays": ["8"]}, "weekdays", "Select a valid choice"),
        ({"name": "x" * 65}, "name", "at most 64 characters"),
    ],
)
def test_a_mistake_of_a_band_is_named(
    house: House, browse: Browse, pack: Pack, typed: dict[str, Any], field: str, words: str
) -> None:
    answer = browse("city").post(f"/packs/{pack.id}/time-bands/new", PEAK | typed)
    page = answer.content.decode()
    place = page[page.index(f'id="field-{field}"') :]

    assert answer.status_code == 422
    assert words in place[: place.index("form-hint")]
    assert house.row("SELECT count(*) AS n FROM time_band WHERE pack_id = %s", pack.id)["n"] == 0


def test_a_band_that_prices_name_is_kept(house: House, browse: Browse, pack: Pack) -> None:
    pack.band("peak", weekdays=[1])
    pack.price("44", 1_000_000)
    pack.price("44", 2_000_000, band="peak")
    band = house.row("SELECT id FROM time_band WHERE pack_id = %s", pack.id)["id"]
    clerk = browse("city")
    deleted = clerk.post(f"/time-bands/{band}/delete")
    renamed = clerk.post(f"/time-bands/{band}/change", PEAK | {"name": "rush"})
    moved = clerk.post(f"/time-bands/{band}/change", PEAK)

    assert (deleted.status_code, renamed.status_code, moved.status_code) == (422, 422, 302)
    assert "which the pack lacks" in deleted.content.decode()
    assert house.row("SELECT name, weekdays FROM time_band WHERE id = %s", band) == {
        "name": "peak",
        "weekdays": [1, 2, 3, 4, 5],
    }


def test_a_holiday_to_come_is_planned_and_one_today_is_in_force(house: House, browse: Browse, pack: Pack) -> None:
    today = datetime.now(ZoneInfo("Europe/Kyiv")).date()
    city = house.seeded.dealers["city"]
    house.run("DELETE FROM right_grant WHERE \"right\" = 'packs.activate' AND dealer_id = %s", city)
    try:
        clerk = browse("city")
        later = clerk.post(f"/packs/{pack.id}/holidays/new", {"day": (today + timedelta(days=2)).isoformat()})
        at_once = clerk.post(f"/packs/{pack.id}/holidays/new", {"day": today.isoformat()})
        band = clerk.post(f"/packs/{pack.id}/time-bands/new", PEAK)
    finally:
        house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'packs.activate')", city)
    found = house.row("SELECT array_agg(day) AS days FROM holiday WHERE pack_id = %s", pack.id)["days"]

    assert (later.status_code, at_once.status_code, band.status_code) == (302, 403, 403)
    assert found == [today + timedelta(days=2)]


@pytest.mark.parametrize("day", ["", "2026-02-30", "0001-01-01", "tomorrow", "2030-01-01"])
def test_a_day_that_is_none_or_taken_is_refused(house: House, browse: Browse, pack: Pack, day: str) -> None:
    house.run("INSERT INTO holiday (pack_id, day) VALUES (%s, '2030-01-01')", pack.id)
    answer = browse("city").post(f"/packs/{pack.id}/holidays/new", {"day": day})

    assert answer.status_code == 422
    assert house.row("SELECT count(*) AS n FROM holiday WHERE pack_id = %s", pack.id)["n"] == 1


def test_the_week_is_drawn_from_the_bands_that_win(browse: Browse, pack: Pack) -> None:
    from smartswitch.web.packs.week_picture import week_picture

    every = frozenset(range(1, 8))
    bands = (
        TimeBand("peak", frozenset({1, 2}), 480, 1200),
        TimeBand("night", every, 1080, 1440),
        TimeBand("night", every, 0, 360),
        TimeBand("feast", frozenset(), is_holiday=True),
    )
    picture = week_picture(Timetable(bands, ZoneInfo("UTC")))
    drawn = [[(part.band, part.start, part.end) for part in day.stretches] for day in picture.days]

    assert drawn[0] == drawn[1] == [("night", 0, 360), ("peak", 480, 1200), ("night", 1200, 1440)]
    assert drawn[2:7] == [[("night", 0, 360), ("night", 1080, 1440)]] * 5
    assert drawn[7] == [("feast", 0, 1440)]
    assert picture.colours == (("peak", 0), ("night", 1), ("feast", 2))

    pack.band("peak", weekdays=[1], start=480, end=1200)
    page = browse("city").get(f"/packs/{pack.id}").content.decode()
    assert len(re.findall(r'<rect class="week-band-0" x="480" y="4" width="720"', page)) == 1
    assert "style=" not in page


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Mon-Fri 08:00-18:00", tuple((day * 1440 + 480, day * 1440 + 1080) for day in range(5))),
        ("sat 22:00-06:00", ((5 * 1440 + 1320, 6 * 1440 + 360),)),
        ("sun 22:00-06:00", ((0, 360), (6 * 1440 + 1320, 7 * 1440))),
        ("00:00-24:00", ((0, 7 * 1440),)),
        (
            "Fri-Mon 10:00-11:00; Wednesday 10:00-11:00",
            tuple((d * 1440 + 600, d * 1440 + 660) for d in (0, 2, 4, 5, 6)),
        ),
        ("", None),
    ],
)
def test_times_of_the_week_are_read_as_people_write_them(text: str, pieces: Any) -> None:
    from smartswitch.web.nouns.times import WeekTimesField, week_text

    read = WeekTimesField().clean(text)

    assert read == pieces
    assert read is None or WeekTimesField().clean(week_text(read)) == pieces


def test_codes_that_begin_alike_lie_between_two_bounds() -> None:
    from smartswitch.web.nouns.times import code_bounds

    assert [code_bounds(prefix) for prefix in ("44", "4", "9", "99", "199", "0")] == [
        ("44", "45"), ("4", "5"), ("9", None), ("99", None), ("199", "2"), ("0", "1"),
    ]  # fmt: skip


RATE = {"from_currency": "USD", "to_currency": "GBP", "rate": "0.789123456", "valid_from": "2026-01-01T00:00:00"}


def test_the_owner_keeps_the_rates_and_everybody_sees_them(house: House, browse: Browse) -> None:
    answer = browse("owner").post("/exchange-rates/new", RATE)
    row = house.row("SELECT * FROM exchange_rate WHERE to_currency = 'GBP'")
    again = browse("owner").post("/exchange-rates/new", RATE)
    seen = browse("city").get("/exchange-rates").content.decode()
    one = browse("city").get(f"/exchange-rates/{row['id']}").content.decode()
    tried = browse("city").post("/exchange-rates/new", RATE | {"to_currency": "CHF"})
    changed = browse("city").post(f"/exchange-rates/{row['id']}/change", RATE | {"rate": "9"})
    left = house.row("SELECT count(*) AS n, max(rate) AS rate FROM exchange_rate WHERE to_currency IN ('GBP', 'CHF')")
    house.run("DELETE FROM exchange_rate WHERE to_currency = 'GBP'")

    assert answer.status_code == 302
    assert (row["rate"], row["valid_from"]) == (789_123_456, datetime(2026, 1, 1, tzinfo=UTC))
    assert again.status_code == 422
    assert "There is a rate of these currencies from this moment." in again.content.decode()
    assert "0.789123456" in seen
    assert "0.789123456" in one
    assert "/exchange-rates/new" not in seen
    assert (tried.status_code, changed.status_code) == (404, 404)
    assert (left["n"], left["rate"]) == (1, 789_123_456)


@pytest.mark.parametrize(
    ("field", "value"),
    [("rate", "0"), ("rate", "-1"), ("rate", "0,9"), ("rate", "1e-3"), ("rate", "0.0000000001"), ("to_currency", "USD"),
     ("to_currency", "gb"), ("from_currency", ""), ("valid_from", "never")],
)  # fmt: skip
def test_a_rate_that_is_none_is_refused(house: House, browse: Browse, field: str, value: str) -> None:
    before = house.row("SELECT count(*) AS n FROM exchange_rate")
    answer = browse("owner").post("/exchange-rates/new", RATE | {field: value})

    assert answer.status_code == 422
    assert house.row("SELECT count(*) AS n FROM exchange_rate") == before


def test_a_rate_without_a_moment_begins_now(house: House, browse: Browse) -> None:
    browse("owner").post("/exchange-rates/new", RATE | {"valid_from": ""})
    row = house.row("SELECT valid_from FROM exchange_rate WHERE to_currency = 'GBP'")
    house.run("DELETE FROM exchange_rate WHERE to_currency = 'GBP'")

    assert abs((row["valid_from"] - datetime.now(UTC)).total_seconds()) < 60
