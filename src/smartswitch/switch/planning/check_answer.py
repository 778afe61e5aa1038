"""From what is known of a call that is not made to the answer that the web account gets (protocol/question.py)."""

from dataclasses import replace

from smartswitch.core.chain import Cost
from smartswitch.core.phone_number import country_of
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import Direction
from smartswitch.protocol.question import CheckedRoute, PricedLevel, RouteChecked
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.planning.call_plan import CallPlan, RefusedCall, RouteVerdict
from smartswitch.switch.planning.route_check import (
    RouteCheck,
    Rung,
    charged_for,
    cost_of_a_minute,
    placed_by,
    refusing_dealer,
)
from smartswitch.switch.refusal_sip import sip_answer


def answer_of(directory: Directory, check: RouteCheck) -> RouteChecked:
    """Say a check as a message. A call that some level cannot pay for is refused, as charging would refuse it."""
    called, plan = check.called, check.plan
    refusal = plan.refusal if isinstance(plan, RefusedCall) else _credit_refusal(check)
    dealer_id = None if refusal is None else refusing_dealer(directory, check.peer, refusal)
    return RouteChecked(
        called=called,
        country=country_of(called) if called.isdigit() else None,
        where=check.where if refusal is None else "refused",
        reason=None if refusal is None else refusal.reason.value,
        refused_by=None if refusal is None else refusal.refused_by,
        refused_by_dealer_id=dealer_id,
        sip_status=None if refusal is None else sip_answer(refusal.reason).status,
        levels=tuple(_level(rung, check.at_ms) for rung in check.rungs) if _is_paid(check) else (),
        routes=_routes(directory, check),
        order=tuple(target.key for target in plan.targets) if isinstance(plan, CallPlan) else (),
    )


def _credit_refusal(check: RouteCheck) -> Refusal | None:
    """The first level, from the peer upwards, that cannot pay a second."""
    short = next((rung for rung in check.rungs if rung.affordable_s == 0), None)
    return None if short is None else Refusal(Reason.NO_CREDIT, short.payer)


def _is_paid(check: RouteCheck) -> bool:
    return check.direction is Direction.OUTBOUND


def _level(rung: Rung, at_ms: int) -> PricedLevel:
    level = PricedLevel(
        payer=rung.payer,
        seller=rung.seller,
        payer_dealer_id=rung.payer_dealer_id,
        seller_dealer_id=rung.seller_dealer_id,
        currency=rung.currency,
        pack=rung.pack,
        available=rung.available,
        affordable_s=rung.affordable_s,
    )
    if rung.tariff is None:
        return replace(level, missing="no_pack" if rung.pack is None else "no_price")
    price = rung.tariff.price_at(at_ms)
    return replace(
        level,
        pack_currency=rung.tariff.terms.currency,
        code=price.code,
        band=price.band,
        price_per_minute=price.price_per_minute,
        connect_fee=price.connect_fee,
        minute_amount=cost_of_a_minute(rung.tariff, at_ms=at_ms),
        amount=rung.amount,
        tax=rung.tax,
    )


def _routes(directory: Directory, check: RouteCheck) -> tuple[CheckedRoute, ...]:
    placed = check.placed
    routes = []
    for verdict in check.plan.verdicts:
        place = placed.get(verdict.route_id)
        known = None if place is None else check.statistics.by_terminator.get(place.candidate.terminator_id)
        amount, tax = _cost(directory, verdict.cost, check)
        routes.append(
            CheckedRoute(
                route_id=verdict.route_id,
                route_class_id=verdict.route_class_id,
                terminator=verdict.terminator,
                code=verdict.code,
                left=verdict.left,
                place=None if place is None else place.position + 1,
                placed_by=None if place is None else placed_by(place),
                is_tried=place is not None and place.is_tried,
                cost_currency=None if verdict.cost is None else verdict.cost.currency,
                cost_per_minute=_cost_per_minute(verdict, check.at_ms),
                cost_amount=amount,
                cost_tax=tax,
                attempts=0 if known is None else known.attempts,
                asr_ppm=None if known is None else known.asr_ppm,
                acd_ms=None if known is None else known.acd_ms,
            )
        )
    return tuple(routes)


def _cost_per_minute(verdict: RouteVerdict, at_ms: int) -> int | None:
    return None if verdict.cost is None else verdict.cost.tariff.price_at(at_ms).price_per_minute


def _cost(directory: Directory, cost: Cost | None, check: RouteCheck) -> tuple[int | None, int | None]:
    if cost is None:
        return None, None
    return charged_for(directory, cost.tariff, cost.currency, at_ms=check.at_ms, duration_s=check.duration_s)
