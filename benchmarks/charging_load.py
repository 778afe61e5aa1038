"""Parties and whole calls for the charging benchmarks: made in the database, then called as fast as the engine goes."""

import asyncio
import os
import time
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from smartswitch.charging.engine import ChargingEngine
from smartswitch.core.chain import Chain, Cost, Level, Meter
from smartswitch.core.pack import Price, Terms, flat_tariff
from smartswitch.protocol.charging import Answer, Authorize, CallFacts, Direction, EndedBy, Granted, Settle

FACTS = CallFacts(Direction.OUTBOUND, "12025550100", "447911123456", "benchmark-call-id@127.0.0.1", "127.0.0.1:5060")
OPENING = 10**15


@dataclass(frozen=True, slots=True)
class Load:
    """The chains that calls are spread over, in turn."""

    chains: tuple[Chain, ...]
    cost: Cost


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


async def whole_call(engine: ChargingEngine, chain: Chain, cost: Cost, number: int) -> None:
    """Authorize, answer, settle one call; any other reply than success is a failure of the benchmark."""
    now_ms = time.time_ns() // 1_000_000
    call_id = UUID(int=(now_ms << 80) | (7 << 76) | (2 << 62) | (os.getpid() << 32) | number)
    granted = await engine.enqueue(Authorize(call_id, 0, now_ms, chain, FACTS, 60))
    assert isinstance(granted, Granted), granted
    await engine.enqueue(Answer(call_id, 0, 1, now_ms, cost))
    await engine.enqueue(Settle(call_id, 0, 2, now_ms + 30_000, 30_000, EndedBy.CALLER))


async def run_calls(engine: ChargingEngine, load: Load, *, calls: int, at_once: int) -> float:
    """Whole calls a second, ``at_once`` of them at any moment."""
    numbers = iter(range(calls))
    chains = load.chains

    async def caller() -> None:
        for number in numbers:
            await whole_call(engine, chains[number % len(chains)], load.cost, number)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return calls / (time.perf_counter() - started)
