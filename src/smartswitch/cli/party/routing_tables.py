"""Reads routing and currencies: route classes, routes, hunting classes, exchange rates.

A file needs none of them: a terminator's `codes` are routes in the owner's route class "common", which every dealer
inherits. `times` of a route are stretches of the UTC week, as in ["mon-fri 08:00-20:00", "sat 10:00-14:00"].
"""

import re
from collections.abc import Mapping

from smartswitch.cli.party import fields
from smartswitch.cli.party.pack_tables import WEEKDAYS
from smartswitch.cli.party.party_tables import DEFAULT_PDD_TIMEOUT_S, DEFAULT_PRIORITY, call_rate, priority
from smartswitch.cli.party.table import Complaints, Table, tables_of
from smartswitch.cli.party.values import (
    AFTER_EVERYTHING,
    BEFORE_EVERYTHING,
    COMMON_ROUTE_CLASS,
    OWNER,
    ExchangeRateRow,
    HuntingClassRow,
    RouteClassRow,
    RouteRow,
    TerminatorRow,
)
from smartswitch.core.hunting import DEFAULT_HUNTING, Metric

METRICS = tuple(metric.value for metric in Metric)
DEFAULT_METRICS = tuple(metric.value for metric in DEFAULT_HUNTING.metrics)
MINUTES_PER_DAY = 24 * 60
_STRETCH = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? +([0-9:]+)-([0-9:]+)", re.ASCII)


def read_route_classes(complaints: Complaints, document: Mapping[str, object]) -> tuple[RouteClassRow, ...]:
    """Read every [[route_class]], and add the owner's common one when the file does not describe it."""
    found = tuple(_route_class(table) for table in tables_of(complaints, document, "route_class"))
    if any(each.id == COMMON_ROUTE_CLASS for each in found):
        return found
    common = RouteClassRow(id=COMMON_ROUTE_CLASS, name="Common routes", dealer=OWNER, base=None)
    return (common, *found)


def read_routes(
    complaints: Complaints, document: Mapping[str, object], terminators: tuple[TerminatorRow, ...]
) -> tuple[RouteRow, ...]:
    """Read every [[route]], after the routes that the codes of the terminators are."""
    priority_of = {each.id: each.priority for each in terminators}
    by_codes = [
        RouteRow(route_class=COMMON_ROUTE_CLASS, code=code, terminator=each.id, priority=each.priority)
        for each in terminators
        for code in dict.fromkeys(each.codes)
    ]
    written = [_route(table, priority_of) for table in tables_of(complaints, document, "route")]
    return (*by_codes, *written)


def read_hunting_classes(complaints: Complaints, document: Mapping[str, object]) -> tuple[HuntingClassRow, ...]:
    """Read every [[hunting_class]]."""
    return tuple(_hunting_class(table) for table in tables_of(complaints, document, "hunting_class"))


def read_exchange_rates(complaints: Complaints, document: Mapping[str, object]) -> tuple[ExchangeRateRow, ...]:
    """Read every [[exchange_rate]]."""
    return tuple(_exchange_rate(table) for table in tables_of(complaints, document, "exchange_rate"))


def _route_class(table: Table) -> RouteClassRow:
    key = table.required("id", fields.key, "")
    row = RouteClassRow(
        id=key,
        name=table.optional("name", fields.text, key),
        dealer=table.optional("dealer", fields.key, OWNER),
        base=table.optional("base", fields.key, None),
    )
    table.close()
    return row


def _route(table: Table, priority_of: Mapping[str, int]) -> RouteRow:
    terminator = table.required("terminator", fields.key, "")
    row = RouteRow(
        route_class=table.optional("class", fields.key, COMMON_ROUTE_CLASS),
        code=table.required("code", fields.route_code, ""),
        terminator=terminator,
        priority=table.optional("priority", priority, priority_of.get(terminator, DEFAULT_PRIORITY)),
        weight=table.optional("weight", fields.whole(1, 100), None),
        valid_from=table.optional("valid_from", fields.moment, BEFORE_EVERYTHING),
        valid_to=table.optional("valid_to", fields.moment, AFTER_EVERYTHING),
        week_minutes=table.optional("times", _week_minutes, ()),
        call_limit=table.optional("call_limit", call_rate, None),
        calls_per_second=table.optional("calls_per_second", call_rate, None),
        is_blocked=table.flag("blocked", default=False),
    )
    if row.valid_to <= row.valid_from:
        table.complain("valid_to is not after valid_from")
    table.close()
    return row


def _hunting_class(table: Table) -> HuntingClassRow:
    key = table.required("id", fields.key, "")
    row = HuntingClassRow(
        id=key,
        name=table.optional("name", fields.text, key),
        dealer=table.optional("dealer", fields.key, OWNER),
        metrics=table.optional("metrics", fields.list_of(fields.choice(*METRICS)), DEFAULT_METRICS),
        mode=table.optional("mode", fields.choice("strict", "rounded"), "strict"),
        price_step=table.optional("price_step", fields.price, 0),
        ratio_step_percent=table.optional("ratio_step", fields.whole(0, 100), 0),
        max_attempts=table.optional("max_attempts", fields.whole(1, 50), DEFAULT_HUNTING.max_attempts),
        stop_codes=table.optional(
            "stop_codes", fields.list_of(fields.whole(300, 699)), tuple(sorted(DEFAULT_HUNTING.stop_codes))
        ),
        pdd_timeout_s=table.optional("pdd_timeout", fields.whole(1, 300), DEFAULT_PDD_TIMEOUT_S),
    )
    if len(set(row.metrics)) != len(row.metrics):
        table.complain("metrics: one of them stands twice")
    table.close()
    return row


def _exchange_rate(table: Table) -> ExchangeRateRow:
    row = ExchangeRateRow(
        from_currency=table.required("from", fields.currency, "XXX"),
        to_currency=table.required("to", fields.currency, "XXX"),
        rate=table.required("rate", fields.exchange_rate, 1),
        valid_from=table.optional("valid_from", fields.moment, BEFORE_EVERYTHING),
    )
    table.close()
    return row


def _week_minutes(value: object) -> tuple[tuple[int, int], ...]:
    stretches = [stretch for stretches in fields.list_of(_stretches)(value) for stretch in stretches]
    return tuple(sorted(stretches))


def _stretches(value: object) -> tuple[tuple[int, int], ...]:
    match = _STRETCH.fullmatch(fields.text(value).lower())
    if match is None or match.group(1) not in WEEKDAYS or (match.group(2) or "mon") not in WEEKDAYS:
        raise fields.FieldError(f'{fields.show(value)} is not a stretch of the week, as in "mon-fri 08:00-20:00"')
    first, last = WEEKDAYS[match.group(1)], WEEKDAYS[match.group(2) or match.group(1)]
    start, end = fields.minute_of_day(match.group(3)), fields.minute_of_day(match.group(4))
    if last < first or end <= start:
        raise fields.FieldError(f"{fields.show(value)} ends before it begins; write it as two stretches")
    days = range(first - 1, last)
    return tuple((day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + end) for day in days)
