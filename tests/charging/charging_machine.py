"""A hypothesis state machine of the charging plane against a model small enough to be believed.

The model knows, for each call, what it holds and whether it is open, and for each balance what was paid in and charged;
costs come from exact fractions, second by second. Commands are also repeated, sent out of order, and lost (never sent);
payments and price changes come in between. The machine runs against any *ledger* that has ``apply``, ``pay`` and
``balances``: the pure decisions, and the engine on PostgreSQL.
"""

from fractions import Fraction
from typing import Protocol

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from smartswitch.core.chain import Chain
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    Command,
    Conflict,
    EndedBy,
    Expire,
    Extend,
    Granted,
    Refused,
    Release,
    Released,
    Reply,
    Settle,
    Settled,
)

from .parties import CONNECT_FEES, FACTS, PRICES, START_MS, call_id, chain, level

LIMIT = 2_000_000
CALL_LIMIT = 5


class Ledger(Protocol):
    """What the machine drives."""

    def apply(self, command: Command) -> Reply: ...

    def pay(self, balance_id: int, amount: int) -> bool: ...

    def balances(self) -> dict[int, tuple[int, int, int]]:
        """{balance id: (amount, held, live calls)}"""
        ...


def naive_cost(of: Chain, index: int, seconds: int) -> int:
    """The charge of one level, second by second, in fractions; 1/1 prices, rounded half-up to 10^-6."""
    price = of.levels[index].tariff.pieces[0].price
    exact = sum((Fraction(price.price_per_minute, 60 * 10**8) for _ in range(seconds)), Fraction(0))
    if seconds:
        exact += Fraction(price.connect_fee, 10**8)
    scaled = exact * 10**6
    return int(scaled + Fraction(1, 2)) if scaled >= 0 else -int(-scaled + Fraction(1, 2))


class ModelCall:
    """What the model knows of a call that was granted."""

    def __init__(self, of: Chain, granted_s: int, at_ms: int) -> None:
        self.chain = of
        self.granted_s = granted_s
        self.slice_s = 60
        self.answered_at_ms: int | None = None
        self.confirmed_at_ms = at_ms
        self.is_open = True

    def held(self, index: int) -> int:
        return naive_cost(self.chain, index, self.granted_s)


class ChargingMachine(RuleBasedStateMachine):
    """Peers 1 and 2 buy from dealer 3, who buys from dealer 4, who buys from the owner."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.ledger = self.make_ledger()
        self.paid = dict.fromkeys((1, 2, 3, 4), 0)
        self.charged = dict.fromkeys((1, 2, 3, 4), 0)
        self.model: dict[int, ModelCall] = {}
        self.log: list[tuple[Command, Reply]] = []
        self.seq: dict[int, int] = {}
        self.prices = {1: "0.06", 2: "0.5", 3: "0.06", 4: "0.06"}
        self.now_ms = START_MS

    def make_ledger(self) -> Ledger:
        raise AssertionError("a subclass says which ledger")

    def chain_of(self, peer: int) -> Chain:
        return chain(
            level(f"p{peer}", "d3", balance_id=peer, price=self.prices[peer]),
            level("d3", "d4", balance_id=3, price=self.prices[3]),
            level("d4", "owner", balance_id=4, price=self.prices[4], connect_fee=CONNECT_FEES[4]),
        )

    def send(self, command: Command) -> Reply:
        reply = self.ledger.apply(command)
        self.log.append((command, reply))
        return reply

    def next_seq(self, number: int) -> int:
        self.seq[number] = self.seq.get(number, 0) + 1
        return self.seq[number]

    @rule(target=calls, peer=st.sampled_from((1, 2)))
    def authorize(self, peer: int) -> int:
        number = len(self.seq) + 1
        self.seq[number] = 0
        of = self.chain_of(peer)
        free = {one.balance_id: self.free(one.balance_id) for one in of.levels}
        live = {one.balance_id: self.live(one.balance_id) for one in of.levels}
        reply = self.send(Authorize(call_id(number), 0, self.now_ms, of, FACTS, slice_s=60))
        affordable = [
            max((s for s in range(1, 61) if naive_cost(of, index, s) <= free[one.balance_id]), default=0)
            for index, one in enumerate(of.levels)
        ]
        if max(live.values()) >= CALL_LIMIT:
            assert isinstance(reply, Refused)
            assert reply.refusal.reason.value == "call_limit"
        elif min(affordable) == 0:
            assert isinstance(reply, Refused)
            assert reply.refusal.refused_by == of.levels[affordable.index(0)].payer
        else:
            assert isinstance(reply, Granted)
            assert reply.granted_s == min(affordable)
            self.model[number] = ModelCall(of, reply.granted_s, self.now_ms)
        return number

    @rule(number=calls)
    def answer(self, number: int) -> None:
        call = self.model.get(number)
        reply = self.send(Answer(call_id(number), 0, self.next_seq(number), self.now_ms))
        if call is None or not call.is_open or call.answered_at_ms is not None:
            assert isinstance(reply, Conflict)
            return
        assert reply == Granted(call.granted_s, call.slice_s)
        call.answered_at_ms = call.confirmed_at_ms = self.now_ms

    @rule(number=calls)
    def extend(self, number: int) -> None:
        call = self.model.get(number)
        reply = self.send(Extend(call_id(number), 0, self.next_seq(number), self.now_ms))
        if call is None or not call.is_open or call.answered_at_ms is None:
            assert isinstance(reply, Conflict)
            return
        seen_ms = min(self.now_ms, call.answered_at_ms + call.granted_s * 1000)
        call.confirmed_at_ms = max(call.confirmed_at_ms, seen_ms)
        if isinstance(reply, Granted):
            assert reply.granted_s > call.granted_s
            call.granted_s, call.slice_s = reply.granted_s, reply.slice_s
        else:
            assert isinstance(reply, Refused)
            assert any(
                naive_cost(call.chain, index, call.granted_s + 1) > self.free(one.balance_id) + call.held(index)
                for index, one in enumerate(call.chain.levels)
            )

    @rule(number=calls, seconds=st.integers(0, 400))
    def settle(self, number: int, seconds: int) -> None:
        call = self.model.get(number)
        command = Settle(
            call_id(number), 0, self.next_seq(number), self.now_ms, duration_ms=seconds * 1000, ended_by=EndedBy.CALLER
        )
        reply = self.send(command)
        if call is None or not call.is_open:
            assert isinstance(reply, Conflict)
            return
        assert isinstance(reply, Settled)
        self.close(call, min(seconds, call.granted_s), reply)

    @rule(number=calls)
    def release(self, number: int) -> None:
        call = self.model.get(number)
        reply = self.send(Release(call_id(number), 0, self.next_seq(number), self.now_ms, sip_status=487))
        if call is None or not call.is_open or call.answered_at_ms is not None:
            assert isinstance(reply, Conflict)
            return
        assert reply == Released()
        call.is_open = False

    @rule(number=calls)
    def expire(self, number: int) -> None:
        call = self.model.get(number)
        reply = self.ledger.apply(Expire(call_id(number), 0, self.now_ms))
        if isinstance(reply, Conflict):
            return
        assert call is not None
        assert call.is_open
        if call.answered_at_ms is None:
            call.is_open = False
        else:
            assert self.now_ms - call.confirmed_at_ms > 2000 * call.slice_s
            assert isinstance(reply, Settled)
            seconds = -(-(call.confirmed_at_ms - call.answered_at_ms) // 1000)
            self.close(call, min(seconds, call.granted_s), reply)

    def close(self, call: ModelCall, seconds: int, reply: Settled) -> None:
        call.is_open = False
        expected = [naive_cost(call.chain, index, seconds) for index in range(len(call.chain.levels))]
        assert [charge.amount for charge in reply.charges] == expected
        for one, amount in zip(call.chain.levels, expected, strict=True):
            self.charged[one.balance_id] += amount

    @precondition(lambda self: self.log)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        command, first = data.draw(st.sampled_from(self.log))
        again = self.ledger.apply(command)
        if isinstance(first, Conflict):
            assert isinstance(again, Conflict)
        elif isinstance(command, Extend):
            assert again == first or again in (Conflict("stale"), Conflict("already_closed"))
        else:
            assert again == first or (isinstance(command, Answer) and again == Conflict("stale"))

    @rule(balance_id=st.sampled_from((1, 2, 3, 4)), amount=st.integers(-3_000_000, 8_000_000).filter(bool))
    def pay(self, balance_id: int, amount: int) -> None:
        is_possible = self.free(balance_id) + amount >= 0 or amount > 0
        assert self.ledger.pay(balance_id, amount) == is_possible
        if is_possible:
            self.paid[balance_id] += amount

    @rule(who=st.sampled_from((1, 2, 3, 4)), price=st.sampled_from(PRICES))
    def change_price(self, who: int, price: str) -> None:
        self.prices[who] = price

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    def open_calls(self, balance_id: int) -> list[tuple[ModelCall, int]]:
        return [
            (call, index)
            for call in self.model.values()
            if call.is_open
            for index, one in enumerate(call.chain.levels)
            if one.balance_id == balance_id
        ]

    def free(self, balance_id: int) -> int:
        held = sum(call.held(index) for call, index in self.open_calls(balance_id))
        return self.paid[balance_id] - self.charged[balance_id] + LIMIT - held

    def live(self, balance_id: int) -> int:
        return len(self.open_calls(balance_id))

    @invariant()
    def balances_agree(self) -> None:
        for balance_id, (amount, held, live) in self.ledger.balances().items():
            assert amount == self.paid[balance_id] - self.charged[balance_id]
            assert held == sum(call.held(index) for call, index in self.open_calls(balance_id))
            assert live == self.live(balance_id)
            assert amount + LIMIT - held >= 0
