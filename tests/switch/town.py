"""A small world for tests of call control: parties in memory, a virtual wire, timer and clock, and charging in memory.

Charging here is the engine's own pure decisions (``charging.decisions.decide``) on rows in memory; only the database is
left out. The prices of the standard town: p1 pays d2 0.06, d2 pays d1 0.03, d1 pays the owner 0.02, who pays 0.01.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from smartswitch.charging.batch_state import BalanceRow, BatchState
from smartswitch.charging.decisions import decide
from smartswitch.charging.engine import ChargingUnavailableError
from smartswitch.core.money import format_amount, parse_amount, parse_price
from smartswitch.core.pack import Terms
from smartswitch.core.pack_index import PackIndex, PriceRow
from smartswitch.core.route import Route, build_route_class
from smartswitch.protocol.call_id import call_id_of
from smartswitch.protocol.charging import Authorize, Command, Reply
from smartswitch.protocol.wire import (
    Acknowledge,
    Answered,
    AttemptFailed,
    CallEnder,
    Cancel,
    Ended,
    Extend,
    Failed,
    Hangup,
    Order,
    Refuse,
    RouteCall,
)
from smartswitch.runtime.clock import VirtualClock
from smartswitch.switch.calls.call_controller import CallController
from smartswitch.switch.calls.call_ports import CallSettings
from smartswitch.switch.calls.delivery import Delivery
from smartswitch.switch.calls.live_call import LiveCall
from smartswitch.switch.directory.directory import Directory, Tables
from smartswitch.switch.directory.records import (
    CounterKind,
    DealerRecord,
    DidRecord,
    PeerKind,
    PeerRecord,
    TerminatorRecord,
)
from smartswitch.switch.planning.call_plan import Invitation, Question
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
START_MS = int(START.timestamp()) * 1000
DESTINATION = "447911123456"
_price_ids = count(1)


def pack(pack_id: int, key: str, price: str, *, codes: Iterable[str] = ("44",), currency: str = "USD") -> PackIndex:
    """A pack that asks one price for some codes."""
    per_minute = parse_price(price)
    rows = [PriceRow(next(_price_ids), code, None, per_minute, per_minute) for code in codes]
    return PackIndex.build(Terms(pack_id, key, currency), None, rows)


@dataclass
class Town:
    """The parties, and the rows of their balances. Change ``tables`` and call :meth:`refresh`."""

    tables: Tables = field(default_factory=Tables)
    rows: dict[int, BalanceRow] = field(default_factory=dict)
    directory: Directory = field(default_factory=Directory)
    _ids: "count[int]" = field(default_factory=lambda: count(100))

    def balance(self, amount: str, credit_limit: str | None = "0", call_limit: int | None = None) -> int:
        balance_id = next(self._ids)
        limit = None if credit_limit is None else parse_amount(credit_limit)
        self.rows[balance_id] = BalanceRow(balance_id, parse_amount(amount), 0, limit, call_limit, 0, 0)
        return balance_id

    def refresh(self) -> None:
        """Let the directory see the tables as they are, as the watch would."""
        keys = [(dealer.key, dealer.currency) for dealer in self.tables.dealers.values()]
        keys += [(terminator.key, "USD") for terminator in self.tables.terminators.values()]
        counters = {
            (kind, key, currency): 1_000_000 + number * 10 + place
            for number, (key, currency) in enumerate(keys)
            for place, kind in enumerate(CounterKind)
        }
        self.tables = replace(self.tables, counters=counters, peers=dict(self.tables.peers))
        self.directory.put(self.tables)

    def add_pack(self, pack_id: int, key: str, price: str, **options: object) -> None:
        self.tables.packs[pack_id] = pack(pack_id, key, price, **options)

    def add_dealer(
        self, dealer_id: int, key: str, parent_id: int | None, balance: str = "100", **columns: object
    ) -> None:
        dealers = self.tables.dealers
        path = (*(dealers[parent_id].path if parent_id is not None else ()), dealer_id)
        record = DealerRecord(
            dealer_id=dealer_id,
            key=key,
            parent_id=parent_id,
            path=path,
            tenant_id=path[1] if len(path) > 1 else dealer_id,
            currency="USD",
            balance_id=self.balance(balance),
            **columns,
        )
        self.tables = replace(self.tables, dealers={**dealers, dealer_id: record})

    def add_peer(
        self,
        peer_id: int,
        key: str,
        dealer_id: int,
        balance: str = "10",
        *,
        credit_limit: str | None = "0",
        call_limit: int | None = None,
        numbers: Iterable[str] = (),
        kind: PeerKind = PeerKind.ORIGINATOR,
        **columns: object,
    ) -> None:
        record = PeerRecord(
            peer_id=peer_id,
            key=key,
            kind=kind,
            dealer_id=dealer_id,
            currency="USD",
            balance_id=self.balance(balance, credit_limit, call_limit),
            **columns,
        )
        dids = {number: DidRecord(number, peer_id) for number in numbers}
        self.tables = replace(
            self.tables, peers={**self.tables.peers, peer_id: record}, dids={**self.tables.dids, **dids}
        )

    def add_terminator(self, peer_id: int, key: str, pack_id: int, **columns: object) -> None:
        self.add_peer(peer_id, key, 1, kind=PeerKind.TERMINATOR)
        record = TerminatorRecord(peer_id, key, "127.0.0.1", 5080, pack_id=pack_id, **columns)
        self.tables = replace(self.tables, terminators={**self.tables.terminators, peer_id: record})

    def set_routes(self, *routes: Route) -> None:
        self.tables = replace(self.tables, route_classes={1: build_route_class(1, "all", routes)})

    def change_peer(self, peer_id: int, **columns: object) -> None:
        record = replace(self.tables.peers[peer_id], **columns)
        self.tables = replace(self.tables, peers={**self.tables.peers, peer_id: record})
        self.refresh()

    def change_dealer(self, dealer_id: int, **columns: object) -> None:
        record = replace(self.tables.dealers[dealer_id], **columns)
        self.tables = replace(self.tables, dealers={**self.tables.dealers, dealer_id: record})
        self.refresh()

    def peer(self, key: str) -> PeerRecord:
        peer = self.directory.peer_by_key(key)
        assert peer is not None
        return peer

    def money(self, key: str) -> tuple[str, str]:
        """(balance, held) of a peer or dealer."""
        for record in (*self.tables.peers.values(), *self.tables.dealers.values()):
            if record.key == key:
                row = self.rows[record.balance_id]
                return format_amount(row.amount), format_amount(row.held)
        raise KeyError(key)


def standard_town() -> Town:
    """owner > d1 > d2 > p1; two terminators, t1 before t2, for code 44; p2 of d1 has the number 12123388100."""
    town = Town()
    town.add_pack(1, "retail", "0.06")
    town.add_pack(2, "d1-to-d2", "0.03")
    town.add_pack(3, "owner-to-d1", "0.02")
    town.add_pack(4, "vendor", "0.01")
    town.add_dealer(1, "owner", None, route_class_id=1)
    town.add_dealer(2, "d1", 1, pack_id=3)
    town.add_dealer(3, "d2", 2, pack_id=2)
    town.add_peer(11, "p1", 3, pack_id=1)
    town.add_peer(12, "p2", 2, pack_id=2, numbers=("12123388100",))
    town.add_terminator(21, "t1", 4)
    town.add_terminator(22, "t2", 4)
    town.set_routes(Route(1, "44", 21, 10), Route(2, "44", 22, 20))
    town.refresh()
    return town


class MemoryCharging:
    """The decisions of the engine on rows in memory. ``is_away``: the database does not answer."""

    def __init__(self, town: Town) -> None:
        self.state = BatchState(balances=town.rows)
        self.is_away = False
        self.commands: list[Command] = []
        self.gate: asyncio.Event | None = None

    async def submit(self, command: Command) -> Reply:
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        if self.is_away:
            raise ChargingUnavailableError("away")
        self.commands.append(command)
        return decide(self.state, command)


class VirtualTimer:
    """Alarms on the virtual clock; ``next_ms`` is the moment of the first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, _Alarm]] = []
        self._order = count()

    def at(self, when_ms: int, callback: Callable[[], None]) -> "_Alarm":
        alarm = _Alarm(callback)
        heapq.heappush(self._heap, (when_ms, next(self._order), alarm))
        return alarm

    def next_ms(self) -> int | None:
        while self._heap and self._heap[0][2].is_cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def ring(self) -> None:
        heapq.heappop(self._heap)[2].callback()


@dataclass
class _Alarm:
    callback: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


class VirtualWire:
    """Remembers every order; hangs up and cancels when told to, unless ``is_deaf``."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.is_deaf = False
        self.is_connected = True

    def send(self, order: Order) -> bool:
        self.orders.append(order)
        return not self.is_deaf

    def of(self, *kinds: type[Order]) -> list[Order]:
        return [order for order in self.orders if isinstance(order, kinds)]


class Play:
    """Plays calls on a town; the moments are seconds after START."""

    def __init__(self, town: Town, *, settings: CallSettings | None = None, spool: object = None) -> None:
        self.town = town
        self.clock = VirtualClock(START)
        self.timer = VirtualTimer()
        self.charging = MemoryCharging(town)
        self.wire = VirtualWire()
        self.closed: list[LiveCall] = []
        load, rate = Load(), CallRate()
        self.load = load
        self.calls = CallController(
            CallPlanner(town.directory, load=load, rate=rate),
            Delivery(self.charging, spool),
            self.timer,
            self.clock,
            settings or CallSettings(),
            load=load,
            rate=rate,
            on_closed=self.closed.append,
        )
        self._numbers = count(1)

    @property
    def now_ms(self) -> int:
        return START_MS + self.clock.monotonic_ms()

    async def until(self, moment_s: float) -> None:
        """Let time pass: ring each alarm at its moment, come to rest after each."""
        end_ms = int(moment_s * 1000)
        await self.calls.idle()
        while (next_ms := self.timer.next_ms()) is not None and next_ms <= end_ms:
            self._set(max(next_ms, self.clock.monotonic_ms()))
            self.timer.ring()
            await self._rest()
        self._set(end_ms)

    async def _rest(self) -> None:
        await self.calls.idle()
        if not self.wire.is_deaf:
            await self._obey()

    def _set(self, monotonic_ms: int) -> None:
        self.clock.advance_to(START + timedelta(milliseconds=monotonic_ms))

    async def _obey(self) -> None:
        """A wire that obeys: a hang-up is reported as the end, a cancel as a failure."""
        for order in [order for order in self.wire.orders if isinstance(order, Hangup | Cancel)]:
            self.wire.orders.remove(order)
            self.obeyed.append(order)
            live = next((one for one in self.calls.live if one.question and one.question.sip_call_id == order.ci), None)
            if live is None:
                continue
            if isinstance(order, Hangup):
                self.ended(live.call_id, by=CallEnder.NODE)
            else:
                self.failed(live.call_id, 480)
        await self.calls.idle()

    obeyed: list[Hangup | Cancel]

    async def invite(self, caller: str | None = "p1", to: str = DESTINATION, **facts: object) -> UUID:
        """An INVITE now; comes to rest."""
        self.obeyed = getattr(self, "obeyed", [])
        number = next(self._numbers)
        sip_call_id = f"call-{number}"
        call_id = call_id_of(sip_call_id, "tag", self.now_ms)
        self.calls.invite(
            Invitation(
                call_id=call_id,
                at_ms=self.now_ms,
                question=Question(number, number, sip_call_id),
                caller=self.town.peer(caller) if caller is not None else None,
                dialled=to,
                **facts,
            ),
            self.wire,
        )
        await self._rest()
        return call_id

    def answered(self, call_id: UUID, index: int = 0, *, at_ms: int | None = None) -> None:
        self.calls.report(
            Answered(
                report=f"{call_id}/answered",
                call_id=call_id,
                ci=self._sip_call_id(call_id),
                h_entry=1,
                h_id=2,
                index=index,
                at_ms=self.now_ms if at_ms is None else at_ms,
            ),
            self.wire,
        )

    def attempt(self, call_id: UUID, index: int, status: int) -> None:
        self.calls.report(AttemptFailed(call_id=call_id, index=index, status=status, at_ms=self.now_ms), self.wire)

    def failed(self, call_id: UUID, status: int) -> None:
        self.calls.report(
            Failed(report=f"{call_id}/failed", call_id=call_id, status=status, at_ms=self.now_ms), self.wire
        )

    def ended(self, call_id: UUID, by: CallEnder = CallEnder.CALLER) -> None:
        self.calls.report(
            Ended(
                report=f"{call_id}/ended",
                call_id=call_id,
                ci=self._sip_call_id(call_id),
                h_entry=1,
                h_id=2,
                at_ms=self.now_ms,
                by=by,
            ),
            self.wire,
        )

    def _sip_call_id(self, call_id: UUID) -> str:
        live = self.calls.live.get(call_id)
        return live.question.sip_call_id if live and live.question else "gone"

    def acknowledged(self) -> set[str]:
        return {order.report for order in self.wire.of(Acknowledge)}

    def refusals(self) -> list[int]:
        return [order.status for order in self.wire.of(Refuse)]

    def routes(self) -> list[RouteCall]:
        return self.wire.of(RouteCall)

    def extends(self) -> list[int]:
        return [order.timeout_s for order in self.wire.of(Extend)]

    @property
    def cdrs(self) -> list[object]:
        return self.charging.state.cdrs

    def charges(self) -> list[tuple[str, str]]:
        """(payer, amount) of every charge written, in order."""
        return [(row.party.payer, format_amount(row.amount)) for row in self.charging.state.charges]

    def authorized(self) -> int:
        return sum(isinstance(command, Authorize) for command in self.charging.commands)
