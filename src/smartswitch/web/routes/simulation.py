"""What a call would do and what it would cost, as one viewer may know it: for pages and the API.

The running switch works it out (ask_node.py). Rule: of its answer nothing passes here that the same call, made, would not
tell the viewer. He sees his own buying price and everything below; never a price above, nor who refused there; routes and
terminators only with the right to see common routes, what a terminator costs only as the owner, and what balances can still
pay only if he may see balances.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from smartswitch.core.refusal import Reason
from smartswitch.protocol.question import CheckedRoute, CheckRoute, PricedLevel, RouteChecked
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.peers.models import Peer
from smartswitch.web.routes.ask_node import ask

RIGHT = "routes.check"
LEFT_ABOVE = "above"
"""Why a route is left, to who may not know more: somebody above him lacks a price for it, or does not want it."""
_LEFT_BY_THOSE_ABOVE = (Reason.NO_PRICE.value, Reason.NO_PROFIT.value)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What a dealer would keep of the call, without tax; `amount` (10^-6) None where he buys and sells in two currencies.

    `sold` and `bought` are without tax, each in its own currency; `currency` is that of what he sells in.
    """

    dealer_id: int
    dealer: str
    sold: int
    currency: str
    bought: int
    bought_currency: str

    @property
    def amount(self) -> int | None:
        """What is left; below zero it is a loss."""
        return self.sold - self.bought if self.currency == self.bought_currency else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRoute:
    """One route that matches the number; `left` None: it may carry the call. What it costs is there for the owner only."""

    route_id: int
    route_class_id: int
    terminator: str
    code: str
    left: str | None
    place: int | None
    placed_by: str | None
    is_tried: bool
    attempts: int
    asr_ppm: int | None
    acd_ms: int | None
    cost_currency: str | None
    cost_per_minute: int | None
    cost_amount: int | None
    cost_tax: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What the viewer may know of a call that nobody makes.

    `where`: internal, number_of_ours, outside, refused. Of a refusal above him he learns no more than `is_refused_above`:
    then `reason` is None. `levels` are those of the caller's leg, the peer first, at most up to the viewer's own; whoever is
    above pays on, unseen. `margins` are there if a length was asked for. `order` are the keys of those who are tried, one
    after the other: terminators, or the user who is called.
    """

    peer_id: int
    peer: str
    peer_name: str
    at: datetime
    duration_s: int | None
    called: str
    country: str | None
    where: str
    reason: str | None
    refused_by: str | None
    sip_status: int | None
    is_refused_above: bool
    levels: tuple[PricedLevel, ...]
    margins: tuple[Margin, ...]
    sees_routes: bool
    routes: tuple[SimulatedRoute, ...]
    order: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the caller would hear a refusal."""
        return self.where == "refused"


def simulate_call(
    viewer: Viewer, *, peer_id: int, called: str, caller: str, at: datetime, duration_s: int | None
) -> Simulation | None:
    """Ask a running node what a call by a peer would do; None if the viewer has no such peer.

    Raises MissingRightError for who may not try out calls, QuestionError for what cannot be asked for (a number, a moment, a
    length), and what `ask` raises.
    """
    require(viewer, RIGHT)
    question = CheckRoute(
        peer_id=peer_id,
        called=called,
        caller=caller,
        at_ms=(at - _EPOCH) // timedelta(milliseconds=1),
        duration_s=duration_s,
    )
    peer = (
        Peer.objects.filter(pk=peer_id, dealer__path__contains=[viewer.dealer_id])
        .values_list("key", "name", "dealer__path")
        .first()
    )
    if peer is None:
        return None
    key, name, path = peer
    house = path[path.index(viewer.dealer_id) :]
    answer = ask(viewer, question)
    levels = tuple(_level(viewer, level) for level in answer.levels if level.payer_dealer_id in house)
    is_known = _is_refusal_known(viewer, answer, house)
    return Simulation(
        peer_id=peer_id,
        peer=key,
        peer_name=name,
        at=at,
        duration_s=duration_s,
        called=answer.called,
        country=answer.country,
        where=answer.where,
        reason=answer.reason if is_known else None,
        refused_by=answer.refused_by if is_known else None,
        sip_status=answer.sip_status if is_known else None,
        is_refused_above=not is_known,
        levels=levels,
        margins=_margins(viewer, answer, levels),
        sees_routes=viewer.sees_common_routes,
        routes=tuple(_route(viewer, route) for route in answer.routes) if viewer.sees_common_routes else (),
        order=answer.order if _is_order_known(viewer, answer) else (),
    )


def _level(viewer: Viewer, level: PricedLevel) -> PricedLevel:
    return level if viewer.may_see("balances.view") else replace(level, available=None, affordable_s=None)


def _is_refusal_known(viewer: Viewer, answer: RouteChecked, house: Collection[int]) -> bool:
    """Whether the viewer may know the reason: nobody in particular refuses, or somebody in his house does."""
    return answer.refused_by is None or viewer.is_owner or answer.refused_by_dealer_id in house


def _is_order_known(viewer: Viewer, answer: RouteChecked) -> bool:
    """Who is called on this switch is in the same house if the call is internal, else perhaps in a stranger's."""
    return viewer.is_owner or answer.where == "internal" or (bool(answer.routes) and viewer.sees_common_routes)


def _margins(viewer: Viewer, answer: RouteChecked, levels: tuple[PricedLevel, ...]) -> tuple[Margin, ...]:
    """What each dealer of the viewer's house who stands on the way would keep, the peer's dealer first."""
    margins = []
    for sale, purchase in zip(levels, (*levels[1:], None), strict=True):
        if sale.amount is None or sale.tax is None:
            continue
        paid = _cost(viewer, answer) if purchase is None else _without_tax(purchase)
        if paid is None:
            continue
        bought, currency = paid
        margins.append(
            Margin(
                dealer_id=sale.seller_dealer_id,
                dealer=sale.seller,
                sold=sale.amount - sale.tax,
                currency=sale.currency,
                bought=bought,
                bought_currency=currency,
            )
        )
    return tuple(margins)


def _without_tax(level: PricedLevel) -> tuple[int, str] | None:
    return None if level.amount is None or level.tax is None else (level.amount - level.tax, level.currency)


def _cost(viewer: Viewer, answer: RouteChecked) -> tuple[int, str] | None:
    """What the owner pays the first terminator that is tried; nothing for a call that stays on the switch."""
    if not viewer.is_owner:
        return None
    if answer.where == "number_of_ours":
        return 0, answer.levels[-1].currency
    first = next((route for route in answer.routes if route.place == 1), None)
    if first is None or first.cost_amount is None or first.cost_tax is None or first.cost_currency is None:
        return None
    return first.cost_amount - first.cost_tax, first.cost_currency


def _route(viewer: Viewer, route: CheckedRoute) -> SimulatedRoute:
    left = route.left
    if left in _LEFT_BY_THOSE_ABOVE and not viewer.is_owner:
        left = LEFT_ABOVE
    return SimulatedRoute(
        route_id=route.route_id,
        route_class_id=route.route_class_id,
        terminator=route.terminator,
        code=route.code,
        left=left,
        place=route.place,
        placed_by=route.placed_by,
        is_tried=route.is_tried,
        attempts=route.attempts,
        asr_ppm=route.asr_ppm,
        acd_ms=route.acd_ms,
        cost_currency=route.cost_currency if viewer.is_owner else None,
        cost_per_minute=route.cost_per_minute if viewer.is_owner else None,
        cost_amount=route.cost_amount if viewer.is_owner else None,
        cost_tax=route.cost_tax if viewer.is_owner else None,
    )
