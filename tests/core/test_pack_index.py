"""A whole pack: the longest code, the newest price, every band; checked against reading all rows."""

import random
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartswitch.core.money import MoneyError
from smartswitch.core.pack import ALWAYS_MS, Piece, Price, flat_tariff
from smartswitch.core.pack_index import NEVER_MS, TARIFFS_REMEMBERED, Missing, PackError, PackIndex, PriceRow
from smartswitch.core.time_band import TimeBand, Timetable, band_at

from .prices import NOON_MS, terms

WORKDAYS, ALL_DAYS = frozenset(range(1, 6)), frozenset(range(1, 8))
PEAK_AND_OFF = Timetable((TimeBand("peak", WORKDAYS, 8 * 60, 18 * 60), TimeBand("off", ALL_DAYS)), UTC)
PEAK_ONLY = Timetable((TimeBand("peak", WORKDAYS, 8 * 60, 18 * 60),), UTC)
HOUR_MS = 3_600_000


def row(code, price=1, *, band=None, price_id=0, **rest):
    return PriceRow(price_id, code, band, price, rest.pop("first", price), **rest)


def build(*rows, timetable=None):
    return PackIndex.build(terms(), timetable, rows)


def code_of(found):
    return found if isinstance(found, Missing) else found.code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("447911123456", "4479"),
        ("447811123456", "44"),
        ("44", "44"),
        ("4479", "4479"),
        ("447", "44"),
        ("12123388100", "1"),
        ("4", Missing.UNKNOWN),
        ("33123456", Missing.UNKNOWN),
        ("999", Missing.UNKNOWN),
        ("441481", "441481"),
        ("441480", "44"),
        ("441482", "44"),
    ],
)
def test_the_longest_code_wins(number, code):
    pack = build(row("44"), row("4479"), row("1"), row("441481"), row("4480"))
    assert code_of(pack.look_up(number, NOON_MS)) == code


def test_a_price_comes_back_as_it_was_given():
    full = PriceRow(7, "44", None, 5, 9, 3, 30, 6, 10, 2)
    pack = build(full, row("45", 5, price_id=8))
    assert pack.find("4479", NOON_MS) == flat_tariff(terms(), Price(7, "44", 5, 9, 3, 30, 6, 10, 2))
    assert pack.find("4579", NOON_MS) == flat_tariff(terms(), Price(8, "45", 5, 5))
    assert pack.codes_of("44791") == ("44",)
    assert len(pack) == 2


def test_a_blocked_code_has_no_price_and_no_shorter_code_stands_in():
    pack = build(row("44"), row("4479", is_blocked=True), row("44791"))
    assert pack.look_up("447811", NOON_MS) == flat_tariff(terms(), Price(0, "44", 1, 1))
    assert pack.look_up("447811", NOON_MS) is not Missing.BLOCKED
    assert pack.look_up("447922", NOON_MS) is Missing.BLOCKED
    assert pack.find("447922", NOON_MS) is None
    assert code_of(pack.look_up("447911", NOON_MS)) == "44791"


def test_the_newest_price_in_force_at_the_start_wins_and_an_expired_code_is_not_there():
    pack = build(
        row("44", 1),
        row("4479", 2, valid_from_ms=1000, valid_to_ms=5000),
        row("4479", 3, valid_from_ms=2000, valid_to_ms=3000),
    )
    prices = [
        pack.find("447911", at_ms).pieces[0].price.price_per_minute for at_ms in (999, 1000, 2000, 2999, 3000, 5000)
    ]
    assert prices == [1, 2, 3, 3, 2, 1]


def test_a_call_across_bands_has_a_piece_for_each():
    pack = build(row("44", 60, band="peak"), row("44", 6, band="off"), timetable=PEAK_AND_OFF)
    tariff = pack.find("4479", NOON_MS)
    midnight_ms = NOON_MS - 12 * HOUR_MS
    assert [(piece.from_ms, piece.price.price_per_minute, piece.price.band) for piece in tariff.pieces] == [
        (ALWAYS_MS, 6, "off"),
        (midnight_ms + 8 * HOUR_MS, 60, "peak"),
        (midnight_ms + 18 * HOUR_MS, 6, "off"),
        (midnight_ms + 32 * HOUR_MS, 60, "peak"),
        (midnight_ms + 42 * HOUR_MS, 6, "off"),
    ]
    assert pack.find("4479", NOON_MS + HOUR_MS) is tariff


def test_a_price_without_a_band_stands_in_for_the_bands_that_have_none():
    pack = build(row("44", 60, band="peak"), row("44", 6), row("33", 1), timetable=PEAK_AND_OFF)
    assert [piece.price.price_per_minute for piece in pack.find("4479", NOON_MS).pieces] == [6, 60, 6, 60, 6]
    assert pack.find("3312", NOON_MS).pieces == (Piece(ALWAYS_MS, Price(0, "33", 1, 1)),)


@pytest.mark.parametrize(
    ("rows", "timetable", "problem"),
    [
        ([row("44", band="peak")], PEAK_AND_OFF, "code 44 has no price for off"),
        ([row("44", band="peak")], PEAK_ONLY, "no price for the time outside all bands"),
        ([row("44", band="night"), row("44")], PEAK_AND_OFF, "band 'night', which the pack lacks"),
        ([row("44", band="peak"), row("44")], None, "band 'peak', which the pack lacks"),
        ([row("44"), row("44")], None, "code 44 has two prices for one band from the same moment"),
        (
            [row("44", band="peak"), row("44", band="off", valid_from_ms=5)],
            PEAK_AND_OFF,
            "code 44 has no price for off",
        ),
        ([row("44", valid_from_ms=5, valid_to_ms=5)], None, "ends before it begins"),
        ([row("4A")], None, "'4A' is not a code"),
        ([row("")], None, "'' is not a code"),
        ([row("1" * 16)], None, "is not a code"),
        ([row("٤٤")], None, "is not a code"),
    ],
)
def test_a_pack_that_would_leave_a_call_without_a_price_is_refused_by_name(rows, timetable, problem):
    with pytest.raises(PackError, match=problem) as refused:
        build(*rows, timetable=timetable)
    assert str(refused.value).startswith("pack pack: ")


def test_a_price_that_makes_no_sense_is_refused():
    with pytest.raises(MoneyError, match="increment"):
        build(row("44", increment_s=0))


def test_a_block_in_one_band_bars_calls_that_start_in_it():
    pack = build(row("44", 60, band="peak", is_blocked=True), row("44", 6), timetable=PEAK_AND_OFF)
    assert pack.look_up("4479", NOON_MS) is Missing.BLOCKED
    assert pack.find("4479", NOON_MS - 6 * HOUR_MS).pieces[0].price.price_per_minute == 6


def test_an_empty_pack_prices_nothing():
    assert build().look_up("4479", NOON_MS) is Missing.UNKNOWN


def test_tariffs_are_shared_and_their_memory_is_bounded():
    pack = build(*(row(str(code), price_id=code) for code in range(10_000, 10_000 + 2 * TARIFFS_REMEMBERED)))
    for code in range(10_000, 10_000 + 2 * TARIFFS_REMEMBERED):
        assert pack.find(f"{code}5", NOON_MS).pieces[0].price.price_id == code
    assert len(pack._tariffs) == TARIFFS_REMEMBERED


def test_a_code_takes_less_than_sixty_bytes():
    draw = random.Random(1)
    codes = {str(draw.randint(10, 10**9)) for _ in range(5_000)}
    pack = build(*(row(code, draw.randint(1, 10**8), price_id=place) for place, code in enumerate(codes)))
    assert pack.size_bytes <= 60 * len(pack)


CODES = st.text(alphabet="123", min_size=1, max_size=5)
ROWS = st.builds(
    row,
    CODES,
    st.integers(-3, 3),
    first=st.integers(-3, 3),
    price_id=st.integers(1, 99),
    valid_from_ms=st.sampled_from([ALWAYS_MS, 0, 10, 20]),
    valid_to_ms=st.sampled_from([NEVER_MS, 30, 40]),
    is_blocked=st.booleans(),
)


@given(
    st.lists(ROWS, max_size=30, unique_by=lambda each: (each.code, each.valid_from_ms)),
    st.text(alphabet="123", min_size=1, max_size=7),
    st.integers(-5, 45),
)
@settings(max_examples=300)
def test_a_pack_agrees_with_reading_every_row(rows, number, at_ms):
    in_force = [
        each for each in rows if number.startswith(each.code) and each.valid_from_ms <= at_ms < each.valid_to_ms
    ]
    best = max(in_force, key=lambda each: (len(each.code), each.valid_from_ms), default=None)
    found = build(*rows).look_up(number, at_ms)
    if best is None or best.is_blocked:
        assert found is (Missing.UNKNOWN if best is None else Missing.BLOCKED)
    else:
        assert found.pieces == (
            Piece(ALWAYS_MS, Price(best.price_id, best.code, best.price_per_minute, best.first_price_per_minute)),
        )


NIGHTS = Timetable(
    (
        TimeBand("night", ALL_DAYS, 0, 150),
        TimeBand("sunday", frozenset({7})),
        TimeBand("feast", ALL_DAYS, is_holiday=True),
    ),
    ZoneInfo("Europe/Amsterdam"),
    frozenset({date(2026, 3, 30)}),
)


@given(st.sets(st.sampled_from(["night", "sunday", "feast"])), st.integers(0, 5 * 24 * 60), st.integers(0, 24 * 60))
def test_the_piece_in_force_is_the_price_of_the_band_at_every_minute_of_a_call(bands, start_min, later_min):
    start_ms = 1_774_612_800_000 + start_min * 60_000
    pack = build(row("44", 9), *(row("44", 1, band=band) for band in bands), timetable=NIGHTS)
    tariff = pack.find("4479", start_ms)
    moment_ms = start_ms + later_min * 60_000
    price = [piece.price for piece in tariff.pieces if piece.from_ms <= moment_ms][-1]
    band = band_at(NIGHTS, moment_ms)
    assert price.band == (band if band in bands else None)


def test_many_numbers_against_a_set_of_prefixes():
    draw = random.Random(20260105)
    codes = {str(draw.randint(1, 99_999)) for _ in range(20_000)}
    pack = build(*(row(code) for code in codes))
    for _ in range(20_000):
        number = str(draw.randint(1, 10**12))
        expected = next((number[:length] for length in range(5, 0, -1) if number[:length] in codes), Missing.UNKNOWN)
        assert code_of(pack.look_up(number, NOON_MS)) == expected
