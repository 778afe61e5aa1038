"""The worked tables of docs/algorithms are tests: each row of each table is computed and compared.

A table is named by the comment above it, ``<!-- table: page.name -->``. Each table has a check here, and each check a table.
"""

import re
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from smartswitch.core.address_rule import Action, AddressIndex, AddressRule
from smartswitch.core.credit import CannotPay, charge_of, grant_chain, hold_of, next_slice_s
from smartswitch.core.hunting import (
    Candidate,
    HuntingClass,
    HuntingResult,
    Metric,
    Mode,
    TerminatorStatistics,
    hunt,
    order_candidates,
)
from smartswitch.core.money import (
    Rounding,
    divide,
    format_amount,
    format_scaled,
    parse_amount,
    parse_decimal,
    parse_price,
)
from smartswitch.core.number_pattern import PatternError, parse_rule, translate
from smartswitch.core.pack import ALWAYS_MS, IncrementFrom, Piece, Tariff, TaxMode
from smartswitch.core.pack_index import NEVER_MS, Missing, PackIndex, PriceRow
from smartswitch.core.phone_number import INTERNATIONAL_PLAN, BadNumber, DialPlan, Undecorated, canonical_number
from smartswitch.core.profit import ProfitControl, Trade, first_violation
from smartswitch.core.rating import billed_seconds, rate_call
from smartswitch.core.rights.granting import change_of
from smartswitch.core.rights.origin import Origin, Step, origins
from smartswitch.core.rights.standard_roles import COMPANY_RIGHTS
from smartswitch.core.route import Route, build_route_class, select_routes
from smartswitch.core.time_band import TimeBand, Timetable, band_changes

from .prices import NOON_MS, level, price, tariff, terms

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"
ALL_DAYS = frozenset(range(1, 8))
CHECKED = {
    "rating.charged-seconds", "rating.cost", "rating.rounding", "rating.tax", "rating.pack", "rating.choice",
    "rating.bands", "rating.clocks", "credit.level", "credit.chain", "credit.negative", "credit.slices",
    "routing.address-rules", "routing.sources", "routing.routes", "routing.percentage", "routing.profit",
    "hunting.statistics", "hunting.candidates", "hunting.order",
    "hunting.flow", "numbers.spellings", "numbers.translation", "rights.path", "rights.granting",
}  # fmt: skip

Row = dict[str, str]


@cache
def tables() -> dict[str, list[Row]]:
    """Every named table of the pages that this module checks, as rows by heading."""
    found: dict[str, list[Row]] = {}
    for page in ("rating", "credit", "routing", "hunting", "numbers", "rights"):
        text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
        for name, body in re.findall(r"<!-- table: (\S+) -->\n((?:\|.*\n)+)", text):
            head, _, *rows = [re.split(r"(?<!`)\|(?!`)", line.strip().strip("|")) for line in body.splitlines()]
            headings = [cell.strip() for cell in head]
            found[name] = [dict(zip(headings, (cell.strip().strip("`") for cell in row), strict=True)) for row in rows]
        assert text.count("\n|---") == sum(name.startswith(page + ".") for name in found), (
            f"{page}: a table has no name"
        )
    return found


def each_row_of(name: str):
    return pytest.mark.parametrize("row", tables()[name], ids=lambda row: "-".join(row.values())[:60])


def test_every_table_is_checked():
    assert set(tables()) == CHECKED


def whole(text: str) -> int | None:
    return int(text) if text else None


@each_row_of("rating.charged-seconds")
def test_charged_seconds(row):
    of = price(
        min_s=int(row["min"]), increment_s=int(row["increment"]), free_s=int(row["free"]), grace_s=whole(row["grace"])
    )
    charged = billed_seconds(of, IncrementFrom(row["increments from"]), int(row["call lasts"]))
    assert charged == (int(row["first block"]), int(row["rest"]))


@each_row_of("rating.cost")
def test_cost(row):
    of = price(
        row["price"],
        first=row["first price"],
        fee=row["connect fee"],
        min_s=int(row["min"]),
        increment_s=int(row["increment"]),
    )
    rated = rate_call(tariff(of), answered_at_ms=NOON_MS, duration_s=int(row["call lasts"]))
    assert format_amount(rated.amount) == row["cost"]


@each_row_of("rating.rounding")
@pytest.mark.parametrize("rounding", list(Rounding))
def test_rounding(row, rounding):
    digits, found = parse_decimal(row["cost"])
    decimals = int(row["decimals"])
    rounded = divide(digits * 10**decimals, 10**found, rounding)
    assert format_scaled(rounded, decimals=decimals) == row[rounding.value]


@each_row_of("rating.tax")
def test_tax(row):
    tax_ppm = parse_amount(row["tax"].removesuffix(" %")) // 100
    taxed = tariff(price(row["cost of the seconds"]), tax_mode=TaxMode(row["prices"]), tax_ppm=tax_ppm)
    rated = rate_call(taxed, answered_at_ms=NOON_MS, duration_s=60)
    figures = [rated.amount, rated.tax, rated.amount - rated.tax]
    assert [format_amount(figure) for figure in figures] == [row["amount"], row["tax in it"], row["seller keeps"]]


def moment_ms(text: str, default: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000 if text else default


def documented_pack() -> PackIndex:
    rows = [
        PriceRow(
            place, row["code"], None, parse_price(row["price"] or "0"), parse_price(row["price"] or "0"),
            valid_from_ms=moment_ms(row["from"], ALWAYS_MS), valid_to_ms=moment_ms(row["until"], NEVER_MS),
            is_blocked=row["blocked"] == "yes",
        )
        for place, row in enumerate(tables()["rating.pack"])
    ]  # fmt: skip
    return PackIndex.build(terms(), None, rows)


@each_row_of("rating.choice")
def test_choice_of_the_price(row):
    found = documented_pack().look_up(row["number"], moment_ms(row["call starts"]))
    if isinstance(found, Missing):
        assert found.value == row["code"]
    else:
        assert (found.code, found.pieces[0].price.price_per_minute) == (row["code"], parse_price(row["price"]))


@each_row_of("rating.bands")
def test_bands(row):
    peak, off = (price(text, fee="0.10", min_s=30) for text in ("0.60", "0.06"))
    bands = Tariff(terms(), (Piece(ALWAYS_MS, peak), Piece(moment_ms("2026-01-05T18:00"), off)))
    rated = rate_call(
        bands, answered_at_ms=moment_ms(f"2026-01-05T{row['answered']}"), duration_s=int(row["call lasts"])
    )
    assert format_amount(rated.amount) == row["cost"]
    charged = {part.price: part.charged_s for part in rated.parts}
    assert charged.get(peak, 0) == int(row["peak seconds"])
    assert charged.get(off, 0) == int(row["off seconds"])
    (first,) = [part.price for part in rated.parts if part.first_block_s]
    assert first == (peak if row["first block"] == "peak" else off)


@each_row_of("rating.clocks")
def test_clocks(row):
    zone = ZoneInfo("Europe/Amsterdam")
    table = Timetable((TimeBand("night", ALL_DAYS, 60, 150), TimeBand("day", ALL_DAYS)), zone)
    noon_ms = moment_ms(row["night of"].partition(",")[0] + "T12:00")
    found = band_changes(table, noon_ms - 86_400_000, noon_ms)
    words = [f"{datetime.fromtimestamp(at_ms // 1000, UTC):%H:%M} {band}" for at_ms, band in found]
    assert ", ".join(words) == row["changes (UTC)"]


@each_row_of("credit.level")
def test_one_level(row):
    of = price(row["price"], fee=row["connect fee"], min_s=int(row["min"]), increment_s=int(row["increment"]))
    decided = grant_chain(
        (level(tariff(of)),), available=(parse_amount(row["available"]),), answered_at_ms=NOON_MS,
        already_granted_s=0, wanted_s=int(row["wanted"]),
    )  # fmt: skip
    if isinstance(decided, CannotPay):
        assert (row["granted"], row["held"]) == ("0", "")
    else:
        assert (str(decided.granted_s), format_amount(decided.held[0])) == (row["granted"], row["held"])


@each_row_of("credit.chain")
def test_chain(row):
    names = ("p1", "d1")
    decided = grant_chain(
        tuple(level(tariff(price(row[f"{name} pays"]))) for name in names),
        available=tuple(parse_amount(row[f"{name} has"]) for name in names), answered_at_ms=NOON_MS,
        already_granted_s=0, wanted_s=int(row["wanted"]),
    )  # fmt: skip
    if isinstance(decided, CannotPay):
        assert (row["granted"], row["limited by"]) == ("0", names[decided.level])
        return
    assert str(decided.granted_s) == row["granted"]
    assert [format_amount(held) for held in decided.held] == [row["p1 holds"], row["d1 holds"]]
    assert row["limited by"] == ("" if decided.limited_by is None else names[decided.limited_by])


@each_row_of("credit.negative")
def test_negative_prices(row):
    of = level(tariff(price("-0.60", fee="0.05", min_s=0)))
    seconds = int(row["call lasts"])
    assert format_amount(charge_of(of, answered_at_ms=NOON_MS, duration_s=seconds)[1]) == row["cost"]
    held = hold_of(of, answered_at_ms=NOON_MS, granted_s=seconds)
    assert format_amount(held) == row["held for a grant of so many seconds"]


@each_row_of("credit.slices")
def test_slices(row):
    available = (60 + int(row["money for further seconds"])) * 10_000
    following = next_slice_s(
        (level(tariff(price("0.60"))),), available=(available,), answered_at_ms=NOON_MS, granted_s=60,
        slice_s=int(row["slice was"]),
    )  # fmt: skip
    assert str(following) == row["next slice"]


@each_row_of("routing.sources")
def test_sources(row):
    index = AddressIndex(
        AddressRule(int(rule["position"]), Action(rule["action"]), ip_network(rule["network"]),
                    None if rule["peer"] == "everybody" else int(rule["peer"]))
        for rule in tables()["routing.address-rules"]
    )  # fmt: skip
    assert str(index.peer_at(ip_address(row["source"]), port=5060, transport="udp") or "none") == row["peer"]


def test_routes():
    by_class: dict[str, list[Route]] = {"retail": [], "common": []}
    rows = tables()["routing.routes"]
    for row in rows:
        start, _, end = row["hours"].partition("-")
        by_class[row["class"]].append(
            Route(
                int(row["route"]), row["code"], ord(row["terminator"]),
                valid_to_ms=moment_ms(row["valid until"], NEVER_MS),
                week_minutes=((int(start), int(end)),) if row["hours"] else None, is_blocked=row["blocked"] == "yes",
            )
        )  # fmt: skip
    classes = {
        1: build_route_class(1, "retail", by_class["retail"], base_class_id=2),
        2: build_route_class(2, "common", by_class["common"]),
    }
    exhausted = {int(row["route"]) for row in rows if row["at its limit"] == "yes"}
    choice = select_routes(classes, 1, "447911123456", at_ms=NOON_MS, draw=0, exhausted_routes=exhausted)
    found = [(str(each.route.route_id), each.left.value if each.left else "taken") for each in choice.considered]
    assert found == [(row["route"], row["verdict"]) for row in rows]


@each_row_of("routing.percentage")
def test_percentage(row):
    routes = [Route(1, "44", 1, weight=70), Route(2, "44", 2, weight=30)]
    classes = {1: build_route_class(1, "retail", routes)}
    choice = select_routes(classes, 1, "447911", at_ms=NOON_MS, draw=int(row["draw"]))
    assert [str(each.route.route_id) for each in choice.taken if each.group_rank == 0] == [row["first"]]


@each_row_of("routing.profit")
def test_profit(row):
    income = tariff(price(row["sells at"], first=row["first price"], min_s=int(row["min"])))
    outgo = tariff(price(row["buys at"], fee=row["connect fee"]))
    found = first_violation([Trade("d1", ProfitControl(row["control"]), income, outgo)], at_ms=NOON_MS)
    assert (found.measure.value if found else "accepted") == row["verdict"]


def documented_candidates() -> list[Candidate]:
    return [
        Candidate(
            int(row["route"]), int(row["route"]), parse_price(row["price"]), int(row["priority"]), int(row["code length"]),
            whole(row["ASR %"] and row["ASR %"] + "0000"), whole(row["ACD s"] and row["ACD s"] + "000"),
        )
        for row in tables()["hunting.candidates"]
    ]  # fmt: skip


@each_row_of("hunting.order")
def test_hunting_order(row):
    hunting = HuntingClass(
        metrics=tuple(map(Metric, row["metrics"].split())),
        mode=Mode(row["mode"]),
        price_step=parse_price(row["price step"] or "0"),
        ratio_step_percent=int(row["ratio step %"] or 0),
    )
    found = order_candidates(documented_candidates(), hunting)
    assert " ".join(str(each.route_id) for each in found) == row["order"]


@each_row_of("hunting.statistics")
def test_hunting_statistics(row):
    known = TerminatorStatistics(int(row["attempts"]), int(row["answered"]), int(row["talked s"]) * 1000)
    shown = ("" if each is None else str(each) for each in (known.asr_ppm, known.acd_ms))
    assert list(shown) == [row["ASR ppm"], row["ACD ms"]]


def play(statuses: list[int], hunting: HuntingClass) -> HuntingResult:
    """Hunt, each attempt ending with the next status."""
    flow = hunt(documented_candidates(), hunting)
    next(flow)
    for status in statuses:
        try:
            flow.send(status)
        except StopIteration as stopped:
            return stopped.value
    raise AssertionError("hunting did not end")


@each_row_of("hunting.flow")
def test_hunting_flow(row):
    statuses = [int(status) for status in row["final statuses"].split()]
    result = play(statuses, HuntingClass(max_attempts=3))
    assert (str(len(result.attempts)), result.end.value) == (row["tried"], row["end"])


PLANS = {
    "international": INTERNATIONAL_PLAN,
    "british": DialPlan("44", ("00",), "0", Undecorated.REFUSED),
    "american": DialPlan("1", ("011",), "1", Undecorated.NATIONAL),
}


@each_row_of("numbers.spellings")
def test_spellings(row):
    number = canonical_number(row["dialled"], PLANS[row["plan"]])
    assert (number.reason if isinstance(number, BadNumber) else number) == row["reading"]


@each_row_of("numbers.translation")
def test_translation(row):
    if row["result"] == "refused":
        with pytest.raises(PatternError):
            parse_rule(row["pattern"], row["replacement"])
    else:
        assert translate([parse_rule(row["pattern"], row["replacement"])], row["number"]) == row["result"]


PLACES = ("top", "middle", "bottom")


def place_of(origin: Origin) -> str:
    if origin.lost is Step.DEALER:
        assert origin.lost_at is not None
        return PLACES[origin.lost_at]
    assert origin.lost is not None
    return origin.lost.value


@each_row_of("rights.path")
def test_rights_path(row):
    path = [set(row[f"granted to {place}"].split()) for place in PLACES]
    role = set(row["role"].split()) if row["role"] else None
    found = origins(path, role=role, most_of_customer={"company": COMPANY_RIGHTS, "": None}[row["customer"]])
    lost = {name: place_of(origin) for name, origin in found.items() if not origin.is_in_effect}
    granted = set().union(*path)

    assert {name for name, origin in found.items() if origin.is_in_effect} == set(row["in effect"].split())
    assert [f"{name}: {lost[name]}" for name in sorted(granted) if name in lost] == [
        each for each in row["lost"].split(", ") if each
    ]


@each_row_of("rights.granting")
def test_rights_granting(row):
    change = change_of(
        set(row["present"].split()), set(row["asked for"].split()), grantor=set(row["grantor has"].split())
    )
    shown = [" ".join(sorted(names)) for names in (change.added, change.taken, change.refused)]
    assert shown == [row["added"], row["taken"], row["refused"]]
