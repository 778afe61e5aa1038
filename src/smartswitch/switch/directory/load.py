"""From rows of the database to the tables of the directory: one query a table, however many rows it has.

A row that cannot be used (a translation outside the grammar, a pack whose bands leave a gap) is left out, with one line in
the log that names it: one bad row must not keep a node from starting, and what is missing refuses calls rather than
guessing. Packs of a million codes are read in portions and built in a thread, so that calls go on meanwhile.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from smartswitch.core.address_rule import Action, AddressIndex, AddressRule
from smartswitch.core.hunting import HuntingClass, Metric, Mode
from smartswitch.core.money import Rounding
from smartswitch.core.number_pattern import PatternError, TranslationRule, parse_rule
from smartswitch.core.pack import IncrementFrom, TaxMode, Terms
from smartswitch.core.pack_index import PackError, PackIndex, PriceRow
from smartswitch.core.route import Route, RouteClass, build_route_class
from smartswitch.core.time_band import TimeBand, Timetable
from smartswitch.runtime.log import EventLog
from smartswitch.switch.directory.directory import CounterKey
from smartswitch.switch.directory.records import (
    CompanyRecord,
    CounterKind,
    DatedRate,
    DealerRecord,
    DidRecord,
    PeerKind,
    PeerRecord,
    PeerTranslations,
    TerminatorRecord,
)

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    """A connection, or what a pool lends."""
else:
    Connection = asyncpg.Connection

PRICES_A_PORTION = 5_000
SMALL_PACK = 5_000
"""A pack of so few prices is built at once: a thread would cost more."""

log = EventLog("switch.directory")


@cache
def query(name: str) -> str:
    """The text of ``sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.switch.directory").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


async def load_dealers(connection: Connection) -> dict[int, DealerRecord]:
    """Every dealer by id."""
    rows = await connection.fetch(query("read_dealers"))
    return {row[0]: DealerRecord(row[0], row[1], row[2], tuple(row[3]), *tuple(row)[4:]) for row in rows}


async def load_companies(connection: Connection) -> dict[int, CompanyRecord]:
    """Every company by id."""
    return {row[0]: CompanyRecord(*row) for row in await connection.fetch(query("read_companies"))}


async def load_peers(connection: Connection) -> dict[int, PeerRecord]:
    """Every peer by id."""
    rows = await connection.fetch(query("read_peers"))
    kinds = {kind.value: kind for kind in PeerKind}
    return {row[0]: PeerRecord(row[0], row[1], kinds[row[2]], *tuple(row)[3:]) for row in rows}


async def load_terminators(connection: Connection) -> dict[int, TerminatorRecord]:
    """Every terminator by the id of its peer."""
    return {row[0]: TerminatorRecord(*row) for row in await connection.fetch(query("read_terminators"))}


async def load_dids(connection: Connection) -> dict[str, DidRecord]:
    """Every number of ours."""
    return {row[0]: DidRecord(*row) for row in await connection.fetch(query("read_dids"))}


async def load_addresses(connection: Connection) -> AddressIndex:
    """Every allow and deny rule."""
    rows = await connection.fetch(query("read_addresses"))
    return AddressIndex(
        AddressRule(
            position=row["position"],
            action=Action(row["action"]),
            network=ip_network(row["network"]),
            peer_id=row["peer_id"],
            port=row["port"],
            transport=row["transport"],
        )
        for row in rows
    )


async def load_translations(connection: Connection) -> dict[int, PeerTranslations]:
    """The number translations of every peer that has any."""
    rules: dict[int, dict[str, list[TranslationRule]]] = defaultdict(lambda: defaultdict(list))
    for row in await connection.fetch(query("read_translations")):
        try:
            rule = parse_rule(row["pattern"], row["replacement"])
        except PatternError as error:
            log.error("translation_left_out", peer_id=row["peer_id"], why=str(error))
            continue
        rules[row["peer_id"]][f"{row['direction']}_{row['field']}"].append(rule)
    return {
        peer_id: PeerTranslations(**{name: tuple(those) for name, those in lists.items()})
        for peer_id, lists in rules.items()
    }


async def load_rates(connection: Connection) -> dict[tuple[str, str], tuple[DatedRate, ...]]:
    """The exchange rates of every pair of currencies, the oldest first."""
    rates: dict[tuple[str, str], list[DatedRate]] = defaultdict(list)
    for row in await connection.fetch(query("read_rates")):
        rates[row["from_currency"], row["to_currency"]].append(DatedRate(row["valid_from_ms"], row["rate"]))
    return {pair: tuple(dated) for pair, dated in rates.items()}


async def load_route_classes(connection: Connection) -> dict[int, RouteClass]:
    """Every route class with its routes."""
    routes: dict[int, list[Route]] = defaultdict(list)
    for row in await connection.fetch(query("read_routes")):
        try:
            routes[row["route_class_id"]].append(_route(row))
        except ValueError as error:
            log.error("route_left_out", route_id=row["id"], why=str(error))
    return {
        row["id"]: build_route_class(
            row["id"], row["key"], routes.get(row["id"], ()), base_class_id=row["base_class_id"]
        )
        for row in await connection.fetch(query("read_route_classes"))
    }


def _route(row: asyncpg.Record) -> Route:
    minutes = row["week_minutes"]
    return Route(
        route_id=row["id"],
        code=row["code"],
        terminator_id=row["terminator_id"],
        priority=row["priority"],
        weight=row["weight"],
        valid_from_ms=row["valid_from_ms"],
        valid_to_ms=row["valid_to_ms"],
        week_minutes=None if minutes is None else tuple((part.lower, part.upper) for part in minutes),
        call_limit=row["call_limit"],
        calls_per_second_limit=row["calls_per_second_limit"],
        is_blocked=row["is_blocked"],
    )


async def load_hunting_classes(connection: Connection) -> dict[int, HuntingClass]:
    """Every hunting class by id."""
    classes: dict[int, HuntingClass] = {}
    for row in await connection.fetch(query("read_hunting_classes")):
        try:
            classes[row["id"]] = HuntingClass(
                metrics=tuple(Metric(name) for name in row["metrics"]),
                mode=Mode(row["mode"]),
                price_step=row["price_step"],
                ratio_step_percent=row["ratio_step_percent"],
                max_attempts=row["max_attempts"],
                stop_codes=frozenset(row["stop_codes"]),
                pdd_timeout_s=row["pdd_timeout_s"],
            )
        except ValueError as error:
            log.error("hunting_class_left_out", hunting_class_id=row["id"], why=str(error))
    return classes


async def load_counters(connection: Connection) -> dict[CounterKey, int]:
    """The balances on the other side of charges."""
    kinds = {kind.value: kind for kind in CounterKind}
    return {(kinds[row[0]], row[1], row[2]): row[3] for row in await connection.fetch(query("read_counters"))}


async def make_counters(reader: Connection, writer: Connection) -> None:
    """Make the balances on the other side of charges that are missing; the writer has the role of the charging plane."""
    rows = await reader.fetch(query("read_missing_counters"))
    if rows:
        await writer.execute(query("make_counters"), *(list(column) for column in zip(*rows, strict=True)))
        log.event("counters_made", count=len(rows))


# ---- packs


async def load_packs(connection: Connection, *, only: Iterable[int] | None = None) -> dict[int, PackIndex]:
    """Every pack, or some of them, with all their prices."""
    wanted = None if only is None else frozenset(only)
    rows = [row for row in await connection.fetch(query("read_packs")) if wanted is None or row["id"] in wanted]
    ids = [row["id"] for row in rows]
    bands, holidays = defaultdict(list), defaultdict(list)
    for row in await connection.fetch(query("read_time_bands"), ids):
        band = TimeBand(row["name"], frozenset(row["weekdays"]), *tuple(row)[3:])
        bands[row["pack_id"]].append(band)
    for row in await connection.fetch(query("read_holidays"), ids):
        holidays[row["pack_id"]].append(row["day"])
    packs: dict[int, PackIndex] = {}
    for row in rows:
        try:
            timetable = _timetable(row["time_zone"], bands[row["id"]], holidays[row["id"]])
            packs[row["id"]] = await _load_pack(connection, row, timetable)
        except (PackError, ValueError, ZoneInfoNotFoundError) as error:
            log.error("pack_left_out", pack=row["key"], why=str(error))
    return packs


def _timetable(time_zone: str, bands: list[TimeBand], holidays: list[Any]) -> Timetable | None:
    """Any: dates, as the driver gives them."""
    return Timetable(tuple(bands), ZoneInfo(time_zone), frozenset(holidays)) if bands else None


async def _load_pack(connection: Connection, row: asyncpg.Record, timetable: Timetable | None) -> PackIndex:
    terms = Terms(
        pack_id=row["id"],
        pack=row["key"],
        currency=row["currency"],
        decimals=row["decimals"],
        rounding=Rounding(row["rounding"]),
        increment_from=IncrementFrom(row["increment_from"]),
        tax_mode=TaxMode(row["tax_mode"]),
        tax_ppm=row["tax_ppm"],
    )
    prices: list[PriceRow] = []
    async with connection.transaction(readonly=True):
        cursor = await connection.cursor(query("read_prices"), row["id"])
        while portion := await cursor.fetch(PRICES_A_PORTION):
            prices.extend(map(PriceRow._make, portion))
    if len(prices) <= SMALL_PACK:
        return PackIndex.build(terms, timetable, prices)
    return await asyncio.to_thread(PackIndex.build, terms, timetable, prices)
