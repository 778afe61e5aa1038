"""Plays the events of a business case on the real directory, call control and charging engine.

Only the SIP wire and the clock are virtual (SCENARIO.md). There a question takes no time, so more time is asked for at the
very end of a grant (``extend_lead_ms`` 0), and a top-up that comes up to that moment lengthens the call.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.ledger_check import check_ledger
from smartswitch.charging.payments import Paid, pay
from smartswitch.charging.pool import Pool
from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.party.values import OUTSIDE, BlockEvent, CallEvent, PartyFile, SetPriceEvent, TopupEvent
from smartswitch.cli.playing.money_watch import WatchedCharging
from smartswitch.cli.playing.outcome import TopupOutcome, call_outcome, case_outcome
from smartswitch.cli.playing.stage import Stage, Turn
from smartswitch.cli.playing.virtual_wire import VirtualWire
from smartswitch.cli.queries import playing_query
from smartswitch.protocol.call_id import call_id_of
from smartswitch.protocol.charging import EndedBy, Payment
from smartswitch.runtime.clock import VirtualClock
from smartswitch.switch.calls.call_controller import CallController
from smartswitch.switch.calls.call_ports import CallSettings
from smartswitch.switch.calls.delivery import Delivery
from smartswitch.switch.calls.live_call import LiveCall
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.planning.call_plan import Invitation, Question
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load

NODE = "scenario"
ACTOR = "scenario"
PAYMENTS = UUID("6f1d2c0a-4f3e-5b1a-9d57-0a3c5e7f9b21")
"""The name space of the payment ids of a case (RFC 9562, 5.5)."""

DEFAULT_START = datetime(2026, 1, 5, 12, tzinfo=UTC)

LONGEST_CALL_MS = 7 * 24 * 3600 * 1000
"""A call that nobody ends and nobody must pay for is ended so long after the last event of the case."""

SETTINGS = CallSettings(extend_lead_ms=0, last_question_lead_ms=0)


async def play_case(case: PartyFile, pool: Pool) -> dict[str, object]:
    """Load the parties into the empty database of the pool, play the events, and give the outcome."""
    clock = VirtualClock(case.start or DEFAULT_START)
    async with pool.acquire() as connection:
        await connection.execute(playing_query("make_case_partitions"), *_months(case, clock))
        await load_parties(connection, case, actor=ACTOR, clock=clock)
    engine = ChargingEngine(pool, node=NODE)
    await engine.start()
    try:
        player = _Player(case, pool, clock, WatchedCharging(engine, pool))
        return await player.play()
    finally:
        await engine.stop()


def _months(case: PartyFile, clock: VirtualClock) -> tuple[object, object]:
    """The first and the last day on which a call of the case can begin or money can move."""
    moments = [0, *(call.at_ms for call in case.calls), *(topup.at_ms for topup in case.topups)]
    start = clock.now()
    return start.date(), (start + timedelta(milliseconds=max(moments))).date()


class _Player:
    """One case on its way."""

    def __init__(self, case: PartyFile, pool: Pool, clock: VirtualClock, charging: WatchedCharging) -> None:
        self._case = case
        self._pool = pool
        self._clock = clock
        self._charging = charging
        self._stage = Stage(clock)
        self._directory = Directory()
        deaf = frozenset(one.id for one in case.terminators if not one.is_answering)
        self._wire = VirtualWire(self._stage, clock, deaf=deaf)
        load, rate = Load(), CallRate()
        self._controller = CallController(
            CallPlanner(self._directory, load=load, rate=rate),
            Delivery(charging),
            self._stage,
            clock,
            SETTINGS,
            load=load,
            rate=rate,
            on_closed=self._note,
        )
        self._wire.report = lambda event: self._controller.report(event, self._wire)
        self._wire.target_keys = self._target_keys
        self._numbers: dict[UUID, int] = {}
        self._outcomes: dict[int, dict[str, object]] = {}
        self._topups: list[TopupOutcome] = []

    async def play(self) -> dict[str, object]:
        """Everything from the first event to the last."""
        case = self._case
        await self._read_directory()
        await self._charging.money()
        self._wire.expect(dict(enumerate(case.calls)))
        for number, call in enumerate(case.calls):
            self._stage.cue(call.at_ms, Turn.CALL, lambda number=number, call=call: self._begin(number, call))
        for place, topup in enumerate(case.topups):
            self._stage.cue(topup.at_ms, Turn.TOP_UP, lambda place=place, topup=topup: self._top_up(place, topup))
        for price in case.set_prices:
            self._stage.cue(price.at_ms, Turn.SET_PRICE, lambda price=price: self._set_price(price))
        for block in case.blocks:
            self._stage.cue(block.at_ms, Turn.BLOCK, lambda block=block: self._block(block))
        last_ms = max((call.at_ms for call in case.calls), default=0)
        self._stage.cue(last_ms + LONGEST_CALL_MS, Turn.BLOCK, self._end_all)
        await self._stage.play(self._controller.idle)
        async with self._pool.acquire() as connection:
            violations = await check_ledger(connection)
        calls = {call.id: self._outcomes[number] for number, call in enumerate(case.calls)}
        return case_outcome(calls, await self._charging.money(), self._topups, violations)

    # ---- events

    def _begin(self, number: int, event: CallEvent) -> None:
        at_ms = self._utc_ms()
        call_id = call_id_of(f"case-{number}", event.id, at_ms)
        self._numbers[call_id] = number
        caller = None if event.caller == OUTSIDE else self._directory.peer_by_key(event.caller)
        invitation = Invitation(
            call_id=call_id,
            at_ms=at_ms,
            question=Question(tindex=number, tlabel=number, sip_call_id=f"case-{number}"),
            caller=caller,
            dialled=event.to,
            caller_number=event.from_number or "",
        )
        self._controller.invite(invitation, self._wire)

    async def _top_up(self, place: int, event: TopupEvent) -> None:
        async with self._pool.acquire() as connection:
            balance_id = await connection.fetchval(playing_query("find_balance"), event.to)
            payment = Payment(
                payment_id=uuid5(PAYMENTS, str(place)),
                balance_id=balance_id,
                amount=event.amount,
                at_ms=self._utc_ms(),
                kind="payment",
                actor=ACTOR,
            )
            is_done = isinstance(await pay(connection, payment), Paid)
        self._topups.append(TopupOutcome(event.at_ms, event.to, is_done))
        if is_done:
            self._controller.topped_up([balance_id])

    async def _set_price(self, event: SetPriceEvent) -> None:
        await self._pool.execute(
            playing_query("set_price"),
            event.pack,
            event.code,
            self._clock.now(),
            event.price_per_minute,
            event.first_price_per_minute,
            event.connect_fee,
            event.min_s,
            event.increment_s,
            event.free_s,
            event.grace_s,
        )
        await self._read_directory()

    async def _block(self, event: BlockEvent) -> None:
        for name in ("block_dealer", "block_company", "block_peer"):
            await self._pool.execute(playing_query(name), event.party)
        await self._read_directory()
        self._controller.stop_blocked()

    def _end_all(self) -> None:
        for live in list(self._controller.live):
            self._controller.stop(live.call_id, EndedBy.LIMIT)

    # ---- parts

    async def _read_directory(self) -> None:
        async with self._pool.acquire() as connection:
            tables = await read_tables(connection)
        self._directory.put(tables)

    def _note(self, live: LiveCall) -> None:
        number = self._numbers[live.call_id]
        self._outcomes[number] = call_outcome(
            live,
            short_party=self._charging.short_party(live.call_id),
            blocked_party=lambda: self._blocked_party(live),
        )

    def _blocked_party(self, live: LiveCall) -> str | None:
        peers = [self._directory.peer(peer_id) for peer_id in live.plan.peer_ids]
        blocked = (self._directory.blocked_party_of(peer) for peer in peers if peer is not None)
        return next((party for party in blocked if party is not None), None)

    def _target_keys(self, call_id: UUID) -> tuple[str, ...]:
        live = self._controller.live.get(call_id)
        return () if live is None else tuple(target.key for target in live.plan.targets)

    def _utc_ms(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1000 + now.microsecond // 1000
