"""Adoption: a node takes over the calls that an earlier life of it, or another node, left open in the database.

What a call holds, and how far it got, is in ``open_leg``. What names it on the wire is in the dialog journal, if this node
had it before, and with it the targets that Kamailio was told, by their ids: an answer names one by its place, and the places
must be the same whatever a limit, a statistic or a block would choose now. A target that cannot be priced any more keeps its
place without a price, and the log says so; it is not guessed. Only a call that another node routed is planned again: routes
are drawn by the call id, so the same directory gives the same targets. Nothing that is done is sent again.

Until it ends an adopted call counts at the limit of the terminator that answered it, as the database knows; while it rings,
at the first of its targets.

A call of this node that is not in its journal was never passed on to Kamailio: what it holds is given back at once. Any
other that nobody answered yet goes on ringing in Kamailio and is reported by it; one that talks goes on talking, its
timers are set. If the earlier life had stored less than Kamailio reported, Kamailio reports it again until acknowledged.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import orjson

from smartswitch.charging.chain_json import decode_chain, decode_cost
from smartswitch.core.call import Call, State
from smartswitch.core.chain import Cost
from smartswitch.protocol.charging import CallFacts, Direction
from smartswitch.runtime.clock import Clock
from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.call_controller import CallController
from smartswitch.switch.calls.call_ports import Wire
from smartswitch.switch.calls.call_progress import utc_ms
from smartswitch.switch.calls.dialog_journal import WireNames
from smartswitch.switch.calls.live_call import LiveCall, LiveLeg
from smartswitch.switch.planning.call_plan import CallPlan, Leg, Target, TargetName
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.targets import gone, terminator_name

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Pool = asyncpg.Pool

READ_TIMEOUT_S = 3

log = EventLog("switch.adoption")


@cache
def query(name: str) -> str:
    """The text of ``sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.switch").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


class Adoption:
    """Finds open calls in the database and hands them to the controller."""

    def __init__(
        self,
        pool: Pool,
        controller: CallController,
        planner: CallPlanner,
        clock: Clock,
        *,
        names: dict[UUID, WireNames],
        wire_named: Callable[[str], Wire],
    ) -> None:
        self._pool = pool
        self._controller = controller
        self._planner = planner
        self._clock = clock
        self._names = names
        self._wire_named = wire_named

    async def adopt_node(self, node: str) -> int:
        """Take over the calls that a node of this name left; how many. Raises what the database raises."""
        rows = await self._pool.fetch(query("read_open_legs"), node, None, timeout=READ_TIMEOUT_S)
        return self._adopt(rows)

    async def adopt_call(self, call_id: UUID, wire: Wire | None = None) -> bool:
        """Take over one call; False if it is not open anywhere. Raises what the database raises."""
        rows = await self._pool.fetch(query("read_open_legs"), None, call_id, timeout=READ_TIMEOUT_S)
        return self._adopt(rows, wire) > 0

    def _adopt(self, rows: Iterable[asyncpg.Record], wire: Wire | None = None) -> int:
        adopted = 0
        for call_id, legs in groupby(rows, key=lambda row: row["call_id"]):
            live = self._live_call(call_id, list(legs), wire)
            self._controller.adopt(live)
            if wire is None and live.call.state is State.ROUTING and call_id not in self._names:
                self._controller.give_back(live)
            adopted += 1
            log.event("call_adopted", call_id=call_id, state=live.call.state.value, has_dialog=live.dialog is not None)
        return adopted

    def _live_call(self, call_id: UUID, rows: list[asyncpg.Record], wire: Wire | None) -> LiveCall:
        names = self._names.get(call_id)
        legs = [_live_leg(row) for row in rows]
        answered_at_ms = next((row["answered_at_ms"] for row in rows if row["answered_at_ms"] is not None), None)
        state = State.ROUTING if answered_at_ms is None else State.TALKING
        plan = self._plan_again(call_id, legs, rows[0]["authorized_at_ms"])
        cost = next((decode_cost(row["cost"]) for row in rows if row["cost"] is not None), None)
        if cost is not None:
            plan = replace(plan, targets=_with_answered(plan.targets, cost))
        live = LiveCall(
            call_id=call_id,
            wire=wire or self._wire_named(names.wire if names is not None else ""),
            question=names.question if names is not None else None,
            plan=plan,
            legs=legs,
            at_ms=rows[0]["authorized_at_ms"],
            call=Call(state, legs_wanted=len(legs), legs_held=len(legs)),
            dialog=names.dialog if names is not None else None,
            target_index=_index_of(plan.targets, cost, state),
        )
        if answered_at_ms is not None:
            live.answered_at_ms = answered_at_ms
            live.seen_alive_at_ms = max(row["confirmed_at_ms"] for row in rows)
            live.answered_monotonic_ms = self._clock.monotonic_ms() - (utc_ms(self._clock) - answered_at_ms)
            live.wire_end_ms = live.end_monotonic_ms
        return live

    def _plan_again(self, call_id: UUID, legs: list[LiveLeg], at_ms: int) -> CallPlan:
        facts, chain = legs[0].leg.facts, legs[0].leg.chain
        names = self._names.get(call_id)
        if names is not None and names.targets:
            targets = self._planner.targets_named(names.targets, chain, facts, at_ms=at_ms)
            _report_unpriced(call_id, names.targets, targets)
        else:
            targets = self._planner.targets_again(chain, facts, call_id=call_id, at_ms=at_ms)
        peer_ids = tuple(leg.leg.chain.peer_id for leg in legs if leg.leg.chain.peer_id is not None)
        return CallPlan(tuple(leg.leg for leg in legs), targets, peer_ids, facts.caller, facts.called)


def _report_unpriced(call_id: UUID, names: tuple[TargetName, ...], targets: tuple[Target, ...]) -> None:
    for name, target in zip(names, targets, strict=True):
        if name.route_id is not None and target.cost is None:
            log.warning("target_without_price", call_id=call_id, terminator=name.key, route_id=name.route_id)


def _with_answered(targets: tuple[Target, ...], cost: Cost) -> tuple[Target, ...]:
    """The targets, with the one that answered at the cost that is stored; behind the others if it is not among them."""
    name = TargetName(cost.seller, cost.terminator_id, None)
    if all(target.peer_id != cost.terminator_id for target in targets):
        targets = (*targets, replace(gone(name), load_names=(terminator_name(cost.terminator_id),)))
    return tuple(replace(each, cost=cost) if each.peer_id == cost.terminator_id else each for each in targets)


def _index_of(targets: tuple[Target, ...], cost: Cost | None, state: State) -> int | None:
    """Which target answered, or is tried; where nothing was noted of that, the first while it rings."""
    if cost is not None:
        return next(index for index, target in enumerate(targets) if target.peer_id == cost.terminator_id)
    return 0 if targets and (state is State.ROUTING or len(targets) == 1) else None


def _live_leg(row: asyncpg.Record) -> LiveLeg:
    facts = orjson.loads(row["facts"])
    direction = Direction(facts.pop("direction"))
    leg = Leg(row["leg"], decode_chain(row["chain"]), CallFacts(direction=direction, **facts))
    return LiveLeg(leg, seq=row["seq"], granted_s=row["granted_s"])
