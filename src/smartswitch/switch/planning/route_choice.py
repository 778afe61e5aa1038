"""Which terminators are tried for a call to the world outside, in which order, and why the others are not.

Every route that matches the number gets a verdict. It is left if it is not in force or full (core/route.py), if its
terminator is away, blocked or too busy, if the owner has no price for the number there, or if it breaks the profit control
of a dealer on the way (core/profit.py). What remains is put in order by the hunting class (core/hunting.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from smartswitch.core.chain import RATE_UNIT, Chain, Cost
from smartswitch.core.credit import convert
from smartswitch.core.hunting import DEFAULT_HUNTING, Candidate, HuntingClass, order_candidates
from smartswitch.core.profit import ProfitControl, Trade, first_violation
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.core.route import ConsideredRoute, Left, Route, RouteChoice, select_routes
from smartswitch.protocol.wire import MOST_ROUTES
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import OWNER_KEY, PeerRecord, TerminatorRecord
from smartswitch.switch.planning.call_plan import Ordering, RouteVerdict, Target, TargetName
from smartswitch.switch.planning.chain_building import ChainBuilder
from smartswitch.switch.planning.limits import CallRate, Load, RateLimit
from smartswitch.switch.planning.targets import (
    TargetBuilder,
    gone,
    route_limits,
    route_name,
    terminator_limits,
    terminator_name,
)

_DRAW_MASK = 2**62 - 1

INACTIVE = "inactive"
NO_PRICE = "no_price"
NO_PROFIT = "no_profit"
"""Reasons of a verdict beyond those of ``core.route.Left``."""


@dataclass(frozen=True, slots=True)
class RoutesFound:
    """What is tried, in order; empty ``targets`` come with the refusal. ``verdicts`` explain every route."""

    targets: tuple[Target, ...]
    verdicts: tuple[RouteVerdict, ...]
    hunting: HuntingClass
    refusal: Refusal | None = None
    ordering: Ordering | None = None


class RouteChooser:
    """Chooses routes from one directory, with the loads and rates that this node has counted."""

    def __init__(
        self, directory: Directory, chains: ChainBuilder, targets: TargetBuilder, *, load: Load, rate: CallRate
    ) -> None:
        self._directory = directory
        self._chains = chains
        self._targets = targets
        self._load = load
        self._rate = rate

    def choose(
        self, peer: PeerRecord, chain: Chain, *, caller: str, called: str, call_id: UUID, at_ms: int, now_ms: int
    ) -> RoutesFound:
        """Choose for a call whose outbound chain is known. ``at_ms`` is the time of day, ``now_ms`` monotonic."""
        hunting = self._directory.hunting_class_of(peer.dealer_id) or DEFAULT_HUNTING
        class_id = self._directory.route_class_of(peer, peer.dealer_id)
        if class_id is None:
            return RoutesFound((), (), hunting, Refusal(Reason.NO_ROUTE))
        draw = call_id.int & _DRAW_MASK
        choice = self._select(class_id, called, at_ms=at_ms, now_ms=now_ms, draw=draw)
        verdicts = tuple(self._judge(each, chain, called, at_ms) for each in choice.considered)
        usable = {verdict.route_id: verdict for verdict in verdicts if verdict.left is None}
        if not usable:
            return RoutesFound((), verdicts, hunting, self._refusal(verdicts, chain, at_ms))
        candidates = tuple(
            self._candidate(each, usable, at_ms) for each in choice.taken if each.route.route_id in usable
        )
        ordered = order_candidates(candidates, hunting, draw=draw)[: min(hunting.max_attempts, MOST_ROUTES)]
        routes = {each.route.route_id: each.route for each in choice.taken}
        targets = tuple(
            self._target(routes[one.route_id], usable[one.route_id], hunting, caller=caller, called=called)
            for one in ordered
        )
        return RoutesFound(targets, verdicts, hunting, ordering=Ordering(candidates, hunting, draw))

    def again(self, name: TargetName, chain: Chain, *, caller: str, called: str, at_ms: int) -> Target:
        """A target that was chosen before, from its name: whatever was blocked, filled or put in another order since.

        It costs what its terminator asked at ``at_ms``; that its route is gone changes nothing of that. Where the terminator
        or its price is gone the target has no cost: what it would have been is not guessed.
        """
        terminator = self._directory.tables.terminators.get(name.peer_id) if name.peer_id is not None else None
        peer = self._directory.peer(name.peer_id) if name.peer_id is not None else None
        if terminator is None:
            user = None if peer is None else self._targets.peer(peer, caller=caller, called=called)
            return user if user is not None else gone(name)
        hunting = self._directory.hunting_class_of(chain.dealer_id) or DEFAULT_HUNTING
        target = self._targets.terminator(
            terminator, None, None, caller=caller, called=called,
            pdd_timeout_s=min(terminator.pdd_timeout_s, hunting.pdd_timeout_s),
        )  # fmt: skip
        if name.route_id is None:
            return target
        cost = self._chains.cost(terminator, called, at_ms)
        return replace(
            target,
            cost=None if isinstance(cost, Refusal) else cost,
            load_names=(*target.load_names, route_name(name.route_id)),
        )

    def profit_violation(self, chain: Chain, cost: Cost | None, at_ms: int) -> str | None:
        """The key of the first dealer whose profit control forbids the call; None: it may go.

        ``cost`` None: the call stays on this switch, and the owner pays nobody.
        """
        trades = self._trades(chain, cost, at_ms)
        if trades is None:
            return chain.levels[-1].seller
        violation = first_violation(trades, at_ms=at_ms)
        return violation.dealer if violation is not None else None

    def _select(self, class_id: int, called: str, *, at_ms: int, now_ms: int, draw: int) -> RouteChoice:
        classes = self._directory.tables.route_classes
        choice = select_routes(classes, class_id, called, at_ms=at_ms, draw=draw)
        full_routes = {each.route.route_id for each in choice.taken if self._is_route_full(each.route, now_ms)}
        full_terminators = {
            each.route.terminator_id for each in choice.taken if self._is_terminator_full(each.route, now_ms)
        }
        if not full_routes and not full_terminators:
            return choice
        return select_routes(
            classes,
            class_id,
            called,
            at_ms=at_ms,
            draw=draw,
            exhausted_routes=full_routes,
            exhausted_terminators=full_terminators,
        )

    def _is_route_full(self, route: Route, now_ms: int) -> bool:
        return self._load.is_full(route_name(route.route_id), route.call_limit) or self._is_too_fast(
            route_limits(route), now_ms
        )

    def _is_terminator_full(self, route: Route, now_ms: int) -> bool:
        terminator = self._directory.tables.terminators.get(route.terminator_id)
        if terminator is None:
            return False
        return self._load.is_full(terminator_name(terminator.peer_id), terminator.call_limit) or self._is_too_fast(
            terminator_limits(terminator), now_ms
        )

    def _is_too_fast(self, limits: tuple[RateLimit, ...], now_ms: int) -> bool:
        return any(self._rate.is_exhausted(limit, now_ms=now_ms) for limit in limits)

    def _judge(self, each: ConsideredRoute, chain: Chain, called: str, at_ms: int) -> RouteVerdict:
        route = each.route
        terminator = self._directory.tables.terminators.get(route.terminator_id)
        key = terminator.key if terminator is not None else str(route.terminator_id)
        left, cost = each.left.value if each.left is not None else None, None
        if left is None:
            left, cost = self._fitness(terminator, chain, called, at_ms)
        return RouteVerdict(route.route_id, each.route_class_id, key, route.code, left, cost)

    def _fitness(
        self, terminator: TerminatorRecord | None, chain: Chain, called: str, at_ms: int
    ) -> tuple[str | None, Cost | None]:
        if terminator is None or not terminator.is_active:
            return INACTIVE, None
        if terminator.is_blocked:
            return Left.BLOCKED.value, None
        cost = self._chains.cost(terminator, called, at_ms)
        if isinstance(cost, Refusal):
            return NO_PRICE, None
        if self.profit_violation(chain, cost, at_ms) is not None:
            return NO_PROFIT, cost
        return None, cost

    def _trades(self, chain: Chain, cost: Cost | None, at_ms: int) -> Sequence[Trade] | None:
        """Each dealer's two sides of the call; None if a rate is missing where it would have to be compared."""
        trades: list[Trade] = []
        levels = chain.levels
        for index, level in enumerate(levels):
            outgo = levels[index + 1].tariff if index + 1 < len(levels) else cost.tariff if cost is not None else None
            dealer = self._directory.dealer(level.seller_dealer_id)
            control = ProfitControl(dealer.profit_control)
            if outgo is None or control is ProfitControl.ALLOW_LOSSES:
                continue
            income_rate = self._directory.exchange_rate(level.tariff.terms.currency, dealer.currency, at_ms)
            outgo_rate = self._directory.exchange_rate(outgo.terms.currency, dealer.currency, at_ms)
            if income_rate is None or outgo_rate is None:
                return None
            trades.append(Trade(dealer.key, control, level.tariff, outgo, income_rate, outgo_rate))
        return trades

    def _candidate(self, each: ConsideredRoute, usable: dict[int, RouteVerdict], at_ms: int) -> Candidate:
        cost = usable[each.route.route_id].cost
        assert cost is not None, "a usable route has a cost"
        owner_currency = self._directory.dealer(cost.dealer_id).currency
        rate = self._directory.exchange_rate(cost.currency, owner_currency, at_ms) or RATE_UNIT
        price = cost.tariff.price_at(at_ms).price_per_minute
        known = self._directory.statistics_of(each.route.terminator_id, at_ms)
        return Candidate(
            route_id=each.route.route_id,
            terminator_id=each.route.terminator_id,
            price_per_minute=convert(price, rate),
            priority=each.route.priority,
            code_length=len(each.route.code),
            asr_ppm=known.asr_ppm if known is not None else None,
            acd_ms=known.acd_ms if known is not None else None,
            group=each.group,
            group_rank=each.group_rank,
        )

    def _target(
        self, route: Route, verdict: RouteVerdict, hunting: HuntingClass, *, caller: str, called: str
    ) -> Target:
        terminator = self._directory.tables.terminators[route.terminator_id]
        pdd_timeout_s = min(terminator.pdd_timeout_s, hunting.pdd_timeout_s)
        return self._targets.terminator(
            terminator, route, verdict.cost, caller=caller, called=called, pdd_timeout_s=pdd_timeout_s
        )

    def _refusal(self, verdicts: tuple[RouteVerdict, ...], chain: Chain, at_ms: int) -> Refusal:
        """The one reason for a caller out of many: the nearest to success first."""
        reasons = {verdict.left for verdict in verdicts}
        if reasons & {Left.ROUTE_LIMIT.value, Left.TERMINATOR_LIMIT.value}:
            return Refusal(Reason.CALL_LIMIT, OWNER_KEY)
        for verdict in verdicts:
            if verdict.left == NO_PROFIT:
                return Refusal(Reason.NO_PROFIT, self.profit_violation(chain, verdict.cost, at_ms))
        if NO_PRICE in reasons:
            return Refusal(Reason.NO_PRICE, OWNER_KEY)
        return Refusal(Reason.NO_ROUTE)
