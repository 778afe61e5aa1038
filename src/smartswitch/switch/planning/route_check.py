"""What a call would do, and why, without a call: the plan of the switch's own planner, and what each level would pay.

Three steps, so that who asks may read balances between them, over whatever connection he has::

    plan = plan_call(directory, peer, called=..., caller=..., at_ms=...)
    available = await read_available(source, paying_balances(plan))
    check = check_call(directory, peer, plan, at_ms=..., available=available)

Pure: nothing is counted, held or changed. What only a node knows, the calls that it carries at this moment, does not count,
so every node gives the same answer. Levels are those of the leg of who calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from smartswitch.core.chain import Level
from smartswitch.core.credit import UNLIMITED, affordable_seconds, convert
from smartswitch.core.hunting import Placed
from smartswitch.core.pack import Tariff
from smartswitch.core.rating import rate_call
from smartswitch.core.refusal import Refusal
from smartswitch.protocol.call_id import call_id_of
from smartswitch.protocol.charging import Direction
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import PeerRecord, Statistics
from smartswitch.switch.planning.call_plan import OUTBOUND_LEG, CallPlan, Invitation, Question, RefusedCall
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.chain_building import ChainBuilder, Payer
from smartswitch.switch.planning.limits import CallRate, Load
from smartswitch.switch.planning.targets import SipIdentity

LONGEST_CALL_S = 24 * 3600
"""So far it is looked how long a balance would last."""
REFERENCE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One paying level: who would pay whom by which pack, and the tariff that it has for the number, if any.

    ``payer_dealer_id`` is the dealer whose level it is, for the first level that of the peer. ``currency`` is that of the
    payer's balance. ``available`` (None without a limit) and ``affordable_s`` are known only of a call that would be
    carried; ``amount``, tax included, and ``tax`` (10^-6 of the currency) only if a length was asked for, there is a price,
    and where needed an exchange rate.
    """

    payer: str
    seller: str
    payer_dealer_id: int
    seller_dealer_id: int
    currency: str
    pack: str | None
    tariff: Tariff | None
    available: int | None = None
    affordable_s: int | None = None
    amount: int | None = None
    tax: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCheck:
    """Everything that is known of a call that is not made. ``duration_s`` is the length that was asked for, if any."""

    peer: PeerRecord
    at_ms: int
    plan: CallPlan | RefusedCall
    rungs: tuple[Rung, ...]
    statistics: Statistics
    duration_s: int | None = None

    @property
    def called(self) -> str:
        """The number as it was read: canonical digits or an extension; as dialled where it cannot be read."""
        plan = self.plan
        return plan.facts.called if isinstance(plan, RefusedCall) else plan.called

    @property
    def direction(self) -> Direction:
        """What kind of leg that of the caller is."""
        plan = self.plan
        return plan.facts.direction if isinstance(plan, RefusedCall) else plan.legs[0].facts.direction

    @property
    def where(self) -> str:
        """Where the call would go, in a word: internal, number_of_ours, outside; refused if it would not go."""
        plan = self.plan
        if isinstance(plan, RefusedCall):
            return "refused"
        if self.direction is Direction.INTERNAL:
            return "internal"
        return "outside" if plan.targets and plan.targets[0].cost is not None else "number_of_ours"

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


def plan_call(
    directory: Directory, peer: PeerRecord, *, called: str, caller: str, at_ms: int
) -> CallPlan | RefusedCall:
    """The plan of a call by a peer that nobody makes. ``called`` and ``caller`` are as a phone would send them."""
    # Passwords of terminators are not needed to say where a call would go.
    identity = SipIdentity(decrypt=lambda _: "")
    planner = CallPlanner(directory, load=Load(), rate=CallRate(), identity=identity)
    invitation = Invitation(
        call_id=call_id_of(f"check-route {peer.key} {called}", "", at_ms),
        at_ms=at_ms,
        question=Question(0, 0, "check-route"),
        caller=peer,
        dialled=called,
        caller_number=caller,
    )
    return planner.plan(invitation, now_ms=0)


def paying_balances(plan: CallPlan | RefusedCall) -> list[int]:
    """The balances that would pay, in the order of the levels."""
    return [level.balance_id for level in _levels(plan)]


def check_call(
    directory: Directory,
    peer: PeerRecord,
    plan: CallPlan | RefusedCall,
    *,
    at_ms: int,
    available: Mapping[int, int | None],
    duration_s: int | None = None,
) -> RouteCheck:
    """Put a plan and what the balances can still pay together."""
    called = plan.facts.called if isinstance(plan, RefusedCall) else plan.called
    levels = _levels(plan)
    rungs = []
    for place, payer in enumerate(ChainBuilder(directory).ladder(peer)):
        level = levels[place] if levels else None
        rung = _rung(directory, payer, called, at_ms=at_ms, duration_s=duration_s)
        if level is not None:
            money = available.get(level.balance_id)
            rung = replace(rung, available=money, affordable_s=_affordable_s(level, money, at_ms))
        rungs.append(rung)
    return RouteCheck(
        peer=peer,
        at_ms=at_ms,
        plan=plan,
        rungs=tuple(rungs),
        statistics=directory.statistics,
        duration_s=duration_s,
    )


def charged_for(
    directory: Directory, tariff: Tariff, currency: str, *, at_ms: int, duration_s: int | None
) -> tuple[int | None, int | None]:
    """Amount and tax of a call of a length, in a currency; None where no length is asked for or a rate is missing."""
    rate = directory.exchange_rate(tariff.terms.currency, currency, at_ms)
    if duration_s is None or rate is None:
        return None, None
    rated = rate_call(tariff, answered_at_ms=at_ms, duration_s=duration_s)
    return convert(rated.amount, rate), convert(rated.tax, rate)


def cost_of_a_minute(tariff: Tariff, *, at_ms: int) -> int:
    """What a call of a minute costs, with everything in it, in the currency of the pack."""
    return rate_call(tariff, answered_at_ms=at_ms, duration_s=REFERENCE_S).amount


def placed_by(place: Placed) -> str | None:
    """What put a route into its place, in a word; None for the first one."""
    if place.is_drawn:
        return "percentage"
    if place.decided_by is not None:
        return place.decided_by.value
    return None if place.position == 0 else "routing"


def refusing_dealer(directory: Directory, peer: PeerRecord, refusal: Refusal) -> int | None:
    """Whose house it is that refuses a call of a peer, if it is on the way from the peer up to the owner.

    None where nobody refuses, or somebody on the side of the called.
    """
    company = directory.company_of(peer)
    if refusal.refused_by in (peer.key, company.key if company is not None else peer.key):
        return peer.dealer_id
    dealers = directory.upwards(peer.dealer_id)
    return next((dealer.dealer_id for dealer in dealers if dealer.key == refusal.refused_by), None)


def _levels(plan: CallPlan | RefusedCall) -> tuple[Level, ...]:
    """The levels of the leg of who calls: none if the call is refused or internal, or comes from outside."""
    if isinstance(plan, RefusedCall) or plan.legs[0].number != OUTBOUND_LEG:
        return ()
    return plan.legs[0].chain.levels


def _rung(directory: Directory, payer: Payer, called: str, *, at_ms: int, duration_s: int | None) -> Rung:
    pack = directory.pack(payer.pack_id)
    tariff = pack.find(called, at_ms) if pack is not None and called.isdigit() else None
    amount, tax = None, None
    if tariff is not None:
        amount, tax = charged_for(directory, tariff, payer.currency, at_ms=at_ms, duration_s=duration_s)
    return Rung(
        payer=payer.key,
        seller=payer.seller.key,
        payer_dealer_id=payer.dealer_id,
        seller_dealer_id=payer.seller.dealer_id,
        currency=payer.currency,
        pack=pack.terms.pack if pack is not None else None,
        tariff=tariff,
        amount=amount,
        tax=tax,
    )


def _affordable_s(level: Level, available: int | None, at_ms: int) -> int:
    money = UNLIMITED if available is None else available
    return affordable_seconds(level, available=money, answered_at_ms=at_ms, wanted_s=LONGEST_CALL_S)
