"""`smartswitch check-route`: what a call from a peer to a number would do now, and why; no call is made.

The decision is the switch's own (switch/planning), made from a directory that is read for the occasion. What only a node
knows, the calls that it carries at this moment, does not count here.
"""

import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import click

from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.history.call_records import EPOCH, moment_of
from smartswitch.cli.moment import moment_option
from smartswitch.cli.output import BAD_NEWS, BadInput, json_option, print_json, print_table
from smartswitch.cli.queries import query
from smartswitch.core.chain import Level
from smartswitch.core.credit import UNLIMITED, affordable_seconds
from smartswitch.core.hunting import RATIO_UNIT, Placed, TerminatorStatistics
from smartswitch.core.money import format_amount, format_price
from smartswitch.core.pack import Price, Tariff
from smartswitch.core.phone_number import country_of
from smartswitch.core.rating import rate_call
from smartswitch.protocol.call_id import call_id_of
from smartswitch.runtime.clock import SystemClock
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.directory.records import PeerRecord, Statistics
from smartswitch.switch.directory.statistics import read_statistics
from smartswitch.switch.planning.call_plan import CallPlan, Invitation, Question, RefusedCall, RouteVerdict
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load
from smartswitch.switch.planning.targets import SipIdentity
from smartswitch.switch.refusal_sip import sip_answer

LONGEST_CALL_S = 24 * 3600
REFERENCE_S = 60


@dataclass(frozen=True, slots=True)
class _Rung:
    """One paying level: who would pay whom by which pack, and the tariff that it has for the number, if any."""

    payer: str
    seller: str
    pack: str | None
    tariff: Tariff | None
    available: int | None
    affordable_s: int | None


@dataclass(frozen=True, slots=True)
class _Finding:
    """Everything that the command shows."""

    peer: PeerRecord
    at_ms: int
    plan: CallPlan | RefusedCall
    rungs: tuple[_Rung, ...]
    statistics: Statistics

    @property
    def placed(self) -> dict[int, Placed]:
        """Each route that may carry the call, by its id, in its place."""
        plan = self.plan
        if isinstance(plan, RefusedCall) or plan.ordering is None:
            return {}
        tried = len(plan.targets)
        return {
            each.candidate.route_id: replace(each, is_tried=each.position < tried) for each in plan.ordering.explain()
        }


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


async def _find(connection: Connection, key: str, number: str, *, caller: str, at_ms: int) -> _Finding:
    directory = Directory(await read_tables(connection))
    directory.statistics = await read_statistics(connection, at_ms=at_ms)
    peer = directory.peer_by_key(key)
    if peer is None:
        raise BadInput(f"there is no peer {key!r}; smartswitch balance lists them")
    # Passwords of terminators are not needed to say where a call would go.
    identity = SipIdentity(decrypt=lambda _: "")
    planner = CallPlanner(directory, load=Load(), rate=CallRate(), identity=identity)
    invitation = Invitation(
        call_id=call_id_of(f"check-route {key} {number}", "", at_ms),
        at_ms=at_ms,
        question=Question(0, 0, "check-route"),
        caller=peer,
        dialled=number,
        caller_number=caller,
    )
    plan = planner.plan(invitation, now_ms=0)
    rungs = await _rungs(connection, directory, peer, plan, at_ms)
    return _Finding(peer, at_ms, plan, rungs, directory.statistics)


async def _rungs(
    connection: Connection, directory: Directory, peer: PeerRecord, plan: CallPlan | RefusedCall, at_ms: int
) -> tuple[_Rung, ...]:
    called = plan.called if isinstance(plan, CallPlan) else plan.facts.called
    levels = (
        {level.payer: level for leg in plan.legs for level in leg.chain.levels} if isinstance(plan, CallPlan) else {}
    )
    ids = [level.balance_id for level in levels.values()]
    available = {row["id"]: row["available"] for row in await connection.fetch(query("read_available"), ids)}
    rungs = []
    for payer, seller, pack_id in _ladder(directory, peer):
        pack = directory.pack(pack_id)
        tariff = pack.find(called, at_ms) if pack is not None and called.isdigit() else None
        level = levels.get(payer)
        money = available.get(level.balance_id) if level is not None else None
        name = pack.terms.pack if pack is not None else None
        seconds = _affordable_s(level, money, at_ms) if level is not None else None
        rungs.append(_Rung(payer, seller, name, tariff, money, seconds))
    return tuple(rungs)


def _affordable_s(level: Level, available: int | None, at_ms: int) -> int:
    money = UNLIMITED if available is None else available
    return affordable_seconds(level, available=money, answered_at_ms=at_ms, wanted_s=LONGEST_CALL_S)


def _ladder(directory: Directory, peer: PeerRecord) -> list[tuple[str, str, int | None]]:
    """Who would pay whom, and by which pack, from the peer (or its company) up to the owner."""
    company = directory.company_of(peer)
    key, pack_id = peer.key, peer.pack_id
    if company is not None:
        pack_id = pack_id if pack_id is not None else company.pack_id
        key = company.key if peer.is_paid_by_company else key
    dealers = list(directory.upwards(peer.dealer_id))
    steps = [(key, dealers[0].key, pack_id)]
    steps += [(dealer.key, above.key, dealer.pack_id) for dealer, above in pairwise(dealers)]
    return steps


def _kind(plan: CallPlan | RefusedCall) -> str:
    """Where the call would go, in a word: internal, number_of_ours, outside; refused if it would not go."""
    if isinstance(plan, RefusedCall):
        return "refused"
    if plan.legs[0].facts.direction.value == "internal":
        return "internal"
    return "outside" if plan.targets and plan.targets[0].cost is not None else "number_of_ours"


def _plain(finding: _Finding) -> dict[str, object]:
    plan = finding.plan
    is_refused = isinstance(plan, RefusedCall)
    placed = finding.placed
    called = plan.facts.called if isinstance(plan, RefusedCall) else plan.called
    return {
        "peer": finding.peer.key,
        "at": moment_of(finding.at_ms),
        "number": called,
        "country": country_of(called) if called.isdigit() else None,
        "result": "refused" if is_refused else "routed",
        "where": _kind(plan),
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


def _plain_rung(rung: _Rung, at_ms: int) -> dict[str, object]:
    price = _price_at(rung.tariff, at_ms)
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
        "placed_by": None if place is None else _placed_by(place),
        "attempts": 0 if known is None else known.attempts,
        "asr_ppm": None if known is None else known.asr_ppm,
        "acd_ms": None if known is None else known.acd_ms,
    }


def _placed_by(place: Placed) -> str | None:
    if place.is_drawn:
        return "percentage"
    if place.decided_by is not None:
        return place.decided_by.value
    return None if place.position == 0 else "routing"


def _price_at(tariff: Tariff | None, at_ms: int) -> Price | None:
    if tariff is None:
        return None
    return next(piece.price for piece in reversed(tariff.pieces) if piece.from_ms <= at_ms)


def _minute(tariff: Tariff | None, at_ms: int) -> str | None:
    """What a call of a minute costs, with everything in it."""
    return (
        None
        if tariff is None
        else format_amount(rate_call(tariff, answered_at_ms=at_ms, duration_s=REFERENCE_S).amount)
    )


def _missing(rung: _Rung) -> str | None:
    if rung.tariff is not None:
        return None
    return "no pack" if rung.pack is None else "no price for this number"


def _print(finding: _Finding) -> None:
    plan, peer = finding.plan, finding.peer
    called = plan.facts.called if isinstance(plan, RefusedCall) else plan.called
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
        print(where[_kind(plan)])
    if _kind(plan) != "internal":
        _print_rungs(finding)
    _print_routes(finding)


def _print_rungs(finding: _Finding) -> None:
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


def _print_routes(finding: _Finding) -> None:
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
    by = _placed_by(place)
    return "taken" if by is None else f"taken; in this place by {by.replace('_', ' ')}"
