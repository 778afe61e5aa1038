"""Parties and whole calls for the charging benchmarks: made in the database, then called as fast as the engine goes."""

import asyncio
import copyreg
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from uuid import UUID

import asyncpg

from smartswitch.charging.engine import ChargingEngine
from smartswitch.core.chain import Chain, Cost, Level, Meter
from smartswitch.core.pack import Piece, Price, Tariff, Terms, flat_tariff
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    CallFacts,
    Direction,
    EndedBy,
    Granted,
    Reply,
    Settle,
    Settled,
)

FACTS = CallFacts(Direction.OUTBOUND, "12025550100", "447911123456", "benchmark-call-id@127.0.0.1", "127.0.0.1:5060")
OPENING = 10**15


@dataclass(frozen=True, slots=True)
class Load:
    """The chains that calls are spread over, in turn."""

    chains: tuple[Chain, ...]
    cost: Cost


def make_facts_portable() -> None:
    """Let a load be sent to another process: a frozen dataclass, when compiled, can only be made by its constructor."""

    def by_fields(
        fact: Chain | Level | Cost | Meter | Tariff | Terms | Piece | Price,
    ) -> tuple[object, tuple[object, ...]]:
        return type(fact), tuple(getattr(fact, each.name) for each in fields(fact) if each.init)

    for kind in (Chain, Level, Cost, Meter, Tariff, Terms, Piece, Price):
        copyreg.pickle(kind, by_fields)


def price_of(per_minute: int) -> Price:
    """A price for code 44 per minute, in 10^-8."""
    return Price(1, "44", per_minute, per_minute)


async def make_load(connection: asyncpg.Connection, *, depth: int, top_dealers: int, peers: int) -> Load:
    """Balances for ``peers`` peers, each below ``depth - 1`` dealers of its own branch of ``top_dealers`` trees."""
    branches = max(1, min(top_dealers, peers))
    dealers_a_branch = depth - 1
    count = branches * dealers_a_branch + peers
    ids = [
        row["id"]
        for row in await connection.fetch(
            """INSERT INTO balance (tenant_id, dealer_id, kind, party, currency, amount, credit_limit)
               SELECT (SELECT id FROM dealer LIMIT 1), (SELECT id FROM dealer LIMIT 1), 'peer',
                      'load-' || $2 || '-' || n, 'USD', $3, 0
               FROM generate_series(1, $1::int) AS n RETURNING id""",
            count,
            os.urandom(4).hex(),
            OPENING,
        )
    ]
    chains = []
    shared: dict[int, Level] = {}
    for peer in range(peers):
        branch = peer % branches
        own = ids[branch * dealers_a_branch : (branch + 1) * dealers_a_branch]
        payers = [ids[branches * dealers_a_branch + peer], *own]
        chains.append(_chain(payers, shared=shared, branch=branch))
    cost = Cost("owner", "t1", 1, 1, 9_000_001, 9_000_002, "USD", flat_tariff(Terms(99, "vendor", "USD"), price_of(5)))
    return Load(tuple(chains), cost)


def _chain(payers: list[int], *, shared: dict[int, Level], branch: int) -> Chain:
    """One chain; the levels of dealers are shared by all chains below them, as the directory shares them."""
    levels = [_level(payers[0], index=0, branch=branch)]
    for index, balance_id in enumerate(payers[1:], start=1):
        if balance_id not in shared:
            shared[balance_id] = _level(balance_id, index=index, branch=branch)
        levels.append(shared[balance_id])
    meters = tuple(Meter(level.payer, level.balance_id) for level in levels)
    dealer_ids = (1, *reversed(payers[1:]))
    return Chain(branch + 2, dealer_ids[-1], dealer_ids, payers[0], tuple(levels), meters)


def _level(balance_id: int, *, index: int, branch: int) -> Level:
    terms = Terms(index, f"pack-{index}", "USD")
    return Level(
        payer=f"party-{balance_id}",
        seller=f"seller-of-{balance_id}",
        dealer_id=balance_id,
        seller_dealer_id=balance_id,
        balance_id=balance_id,
        sales_balance_id=5_000_000 + branch,
        tax_balance_id=6_000_000 + branch,
        currency="USD",
        tariff=flat_tariff(terms, price_of(max(500_000, 9_000_000 - index * 1_000_000))),
    )


LONGEST_TALK_S = 60


class Caller:
    """Places whole calls one after the other, as the node does: it is told each answer and gives the next command.

    Any other reply than success is a failure of the benchmark.
    """

    def __init__(
        self,
        engine: ChargingEngine,
        load: Load,
        numbers: Iterator[int],
        on_end: Callable[[], None],
        on_failure: Callable[[object], None],
    ) -> None:
        self._on_failure = on_failure
        self._engine = engine
        self._load = load
        self._numbers = numbers
        self._on_end = on_end

    def call(self) -> None:
        """Authorize the next call; without one, this caller is done."""
        number = next(self._numbers, None)
        if number is None:
            self._on_end()
            return
        self._at_ms = time.time_ns() // 1_000_000
        self._call_id = UUID(int=(self._at_ms << 80) | (7 << 76) | (2 << 62) | (os.getpid() << 32) | number)
        self._talk_ms = 1000 * (1 + number % LONGEST_TALK_S)
        chain = self._load.chains[number % len(self._load.chains)]
        self._engine.enqueue(Authorize(self._call_id, 0, self._at_ms, chain, FACTS, 60), self._answer)

    def _answer(self, reply: Reply | Exception) -> None:
        if not isinstance(reply, Granted):
            self._on_failure(reply)
            return
        self._engine.enqueue(Answer(self._call_id, 0, 1, self._at_ms, self._load.cost), self._settle)

    def _settle(self, reply: Reply | Exception) -> None:
        if not isinstance(reply, Granted):
            self._on_failure(reply)
            return
        end_ms = self._at_ms + self._talk_ms
        self._engine.enqueue(Settle(self._call_id, 0, 2, end_ms, self._talk_ms, EndedBy.CALLER), self._end)

    def _end(self, reply: Reply | Exception) -> None:
        if isinstance(reply, Settled):
            self.call()
        else:
            self._on_failure(reply)


async def run_calls(engine: ChargingEngine, load: Load, *, calls: int, at_once: int) -> float:
    """Whole calls a second, ``at_once`` of them at any moment."""
    numbers = iter(range(calls))
    left = at_once
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end_one() -> None:
        nonlocal left
        left -= 1
        if not left and not over.done():
            over.set_result(None)

    def fail(reply: object) -> None:
        if not over.done():
            over.set_exception(RuntimeError(f"a call was not carried out: {reply!r}"))

    started = time.perf_counter()
    for _ in range(at_once):
        Caller(engine, load, numbers, end_one, fail).call()
    await over
    return calls / (time.perf_counter() - started)
