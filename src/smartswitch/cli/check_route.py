"""`smartswitch check-route`: what a call from a peer to a number would do now, and why; no call is made.

The decision is the switch's own (switch/planning), made from a directory that is read for the occasion. What only a node
knows, the calls that it carries at this moment, does not count here.
"""

import sys
from datetime import datetime, timedelta

import click

from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.history.call_records import EPOCH, moment_of
from smartswitch.cli.moment import moment_option
from smartswitch.cli.output import BAD_NEWS, BadInput, json_option, print_json, print_table
from smartswitch.core.hunting import RATIO_UNIT, Placed, TerminatorStatistics
from smartswitch.core.money import format_amount, format_price
from smartswitch.core.pack import Tariff
from smartswitch.core.phone_number import country_of
from smartswitch.runtime.clock import SystemClock
from smartswitch.switch.directory.available import read_available
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.directory.records import Statistics
from smartswitch.switch.directory.statistics import read_statistics
from smartswitch.switch.planning.call_plan import CallPlan, RefusedCall, RouteVerdict
from smartswitch.switch.planning.route_check import (
    LONGEST_CALL_S,
    RouteCheck,
    Rung,
    check_call,
    cost_of_a_minute,
    paying_balances,
    placed_by,
    plan_call,
)
from smartswitch.switch.refusal_sip import sip_answer


@click.command(epilog="Example:\n\n\b\n  smartswitch check-route acme-pbx 447911123456 --at 2026-01-05T12:00:00Z")
@click.argument("peer")
@click.argument("number")
@moment_option("--at", help="When, in ISO 8601; now unless given.")
@click.option("--caller", default="", help="The number that the caller shows.")
@json_option
def check_route(*, peer: str, number: str, at: datetime | None, caller: str, as_json: bool) -> None:
    """Tell what a call from PEER to NUMBER would do: how the number is read, whether it stays on this switch, what each
    level would pay, which routes are taken or left and why, in which order they are tried and what decided that, and what
    the terminators did in the hour before.

    Exit status 1 if the call would be refused.
    """
    at_ms = _ms(SystemClock().now() if at is None else at)
    finding = with_database(lambda connection: _find(connection, peer, number, caller=caller, at_ms=at_ms))
    if as_json:
        print_json(_plain(finding))
    else:
        _print(finding)
    if isinstance(finding.plan, RefusedCall):
        sys.exit(BAD_NEWS)


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


async def _find(connection: Connection, key: str, number: str, *, caller: str, at_ms: int) -> RouteCheck:
    directory = Directory(await read_tables(connection))
    directory.statistics = await read_statistics(connection, at_ms=at_ms)
    peer = directory.peer_by_key(key)
    if peer is None:
        raise BadInput(f"there is no peer {key!r}; smartswitch balance lists them")
    plan = plan_call(directory, peer, called=number, caller=caller, at_ms=at_ms)
    available = await read_available(connection, paying_balances(plan))
    return check_call(directory, peer, plan, at_ms=at_ms, available=available)


def _plain(finding: RouteCheck) -> dict[str, object]:
    plan = finding.plan
    is_refused = isinstance(plan, RefusedCall)
    placed = finding.placed
    called = finding.called
    return {
        "peer": finding.peer.key,
        "at": moment_of(finding.at_ms),
        "number": called,
        "country": country_of(called) if called.isdigit() else None,
        "result": "refused" if is_refused else "routed",
        "where": finding.where,
        "reason": plan.refusal.reason.value if isinstance(plan, RefusedCall) else None,
        "refused_by": plan.refusal.refused_by if isinstance(plan, RefusedCall) else None,
        "sip_status": sip_answer(plan.refusal.reason).status if isinstance(plan, RefusedCall) else None,
        "levels": [_plain_rung(rung, finding.at_ms) for rung in finding.rungs],
        "routes": [
            _plain_verdict(verdict) | _plain_place(placed.get(verdict.route_id), finding.statistics)
            for verdict in plan.verdicts
        ],
        "order": [target.key for target in plan.targets] if isinstance(plan, CallPlan) else [],
    }


def _plain_rung(rung: Rung, at_ms: int) -> dict[str, object]:
    price = rung.tariff.price_at(at_ms) if rung.tariff is not None else None
    return {
        "payer": rung.payer,
        "seller": rung.seller,
        "pack": rung.pack,
        "code": price.code if price else None,
        "band": price.band if price else None,
        "price": format_price(price.price_per_minute) if price else None,
        "connect_fee": format_price(price.connect_fee) if price else None,
        "currency": rung.tariff.terms.currency if rung.tariff else None,
        "minute_costs": _minute(rung.tariff, at_ms),
        "available": None if rung.available is None else format_amount(rung.available),
        "affordable_s": rung.affordable_s,
        "missing": _missing(rung),
    }


def _plain_verdict(verdict: RouteVerdict) -> dict[str, object]:
    cost = verdict.cost.tariff.pieces[0].price.price_per_minute if verdict.cost is not None else None
    return {
        "route": verdict.route_id,
        "code": verdict.code,
        "terminator": verdict.terminator,
        "taken": verdict.left is None,
        "left_because": verdict.left,
        "cost": None if cost is None else format_price(cost),
    }


def _plain_place(place: Placed | None, statistics: Statistics) -> dict[str, object]:
    """Where a route stands, what put it below the one above it, and what its terminator did in the hour before."""
    known = None if place is None else statistics.by_terminator.get(place.candidate.terminator_id)
    return {
        "place": None if place is None else place.position + 1,
        "placed_by": None if place is None else placed_by(place),
        "attempts": 0 if known is None else known.attempts,
        "asr_ppm": None if known is None else known.asr_ppm,
        "acd_ms": None if known is None else known.acd_ms,
    }


def _minute(tariff: Tariff | None, at_ms: int) -> str | None:
    """What a call of a minute costs, with everything in it."""
    return None if tariff is None else format_amount(cost_of_a_minute(tariff, at_ms=at_ms))


def _missing(rung: Rung) -> str | None:
    if rung.tariff is not None:
        return None
    return "no pack" if rung.pack is None else "no price for this number"


def _print(finding: RouteCheck) -> None:
    plan, peer = finding.plan, finding.peer
    called = finding.called
    country = country_of(called) if called.isdigit() else None
    print(f"{peer.key} calls {called}{f' ({country})' if country else ''} at {moment_of(finding.at_ms)}")
    if isinstance(plan, RefusedCall):
        by = f" of {plan.refusal.refused_by}" if plan.refusal.refused_by else ""
        print(f"Refused: {plan.refusal.reason.value}{by}; the caller hears {sip_answer(plan.refusal.reason).status}.")
    else:
        where = {
            "internal": "Stays inside the dealer, free of charge.",
            "number_of_ours": "Goes to a number of ours.",
            "outside": "Goes outside.",
        }
        print(where[finding.where])
    if finding.where != "internal":
        _print_rungs(finding)
    _print_routes(finding)


def _print_rungs(finding: RouteCheck) -> None:
    rows = []
    for rung in finding.rungs:
        shown = _plain_rung(rung, finding.at_ms)
        affordable_s = "" if rung.affordable_s is None else _length(rung.affordable_s)
        rows.append(
            (
                f"{rung.payer} -> {rung.seller}",
                rung.pack or "",
                str(shown["code"] or shown["missing"]),
                str(shown["band"] or ""),
                str(shown["price"] or ""),
                f"{shown['minute_costs'] or ''} {shown['currency'] or ''}".strip(),
                affordable_s,
            )
        )
    print()
    print_table(
        ("pays", "pack", "code", "band", "price", "a minute", "affords"), rows, right=("price", "a minute", "affords")
    )


def _length(seconds: int) -> str:
    return "a day or more" if seconds >= LONGEST_CALL_S else f"{seconds} s"


def _print_routes(finding: RouteCheck) -> None:
    placed, rows = finding.placed, []
    if not finding.plan.verdicts:
        return
    for verdict in finding.plan.verdicts:
        place = placed.get(verdict.route_id)
        known = None if place is None else finding.statistics.by_terminator.get(place.candidate.terminator_id)
        rows.append(
            (
                f"{place.position + 1}." if place is not None and place.is_tried else "",
                verdict.terminator,
                verdict.code or "(all)",
                str(_plain_verdict(verdict)["cost"] or ""),
                *_measured(known),
                _fate(verdict, place),
            )
        )
    print()
    print_table(("", "terminator", "code", "cost", "ASR", "ACD", ""), rows, right=("cost", "ASR", "ACD"))


def _measured(known: TerminatorStatistics | None) -> tuple[str, str]:
    """ASR and ACD of the hour before, for people; how few attempts there were, where that says nothing."""
    if known is None:
        return "", ""
    if known.asr_ppm is None or known.acd_ms is None:
        return f"(of {known.attempts})", ""
    tenths = known.asr_ppm * 1000 // RATIO_UNIT
    return f"{tenths // 10}.{tenths % 10} % of {known.attempts}", f"{known.acd_ms // 1000} s"


def _fate(verdict: RouteVerdict, place: Placed | None) -> str:
    if verdict.left is not None or place is None:
        return f"left: {(verdict.left or 'not hunted').replace('_', ' ')}"
    if not place.is_tried:
        return "not tried: the hunting class allows no more attempts"
    by = placed_by(place)
    return "taken" if by is None else f"taken; in this place by {by.replace('_', ' ')}"
