"""Chains for tests: a peer below any number of dealers, each level at its own price, written as a person would."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from smartswitch.charging.batch_state import BalanceRow, BatchState
from smartswitch.core.chain import Chain, Level, Meter
from smartswitch.core.money import parse_amount, parse_price
from smartswitch.core.pack import Price, Terms, flat_tariff
from smartswitch.protocol.charging import CallFacts, Direction

PRICES = ("0", "0.06", "0.5", "1.23456789", "7")
"""Prices per minute for code 44 that every level can have."""

CONNECT_FEES = {4: "0.01"}
"""The connect fee of every price of a level, by balance id."""

START_MS = 1_767_614_400_000  # 2026-01-05T12:00:00Z
FACTS = CallFacts(Direction.OUTBOUND, caller="12025550100", called="447911123456", sip_call_id="test")


def call_id(number: int, *, at_ms: int = START_MS) -> UUID:
    """A UUIDv7 whose time is the moment and whose random part is the number."""
    return UUID(int=(at_ms << 80) | (7 << 76) | (2 << 62) | number)


def level(
    payer: str,
    seller: str,
    *,
    balance_id: int,
    price: str,
    connect_fee: str = "0",
    min_s: int = 1,
    increment_s: int = 1,
) -> Level:
    """One level that pays a price for code 44 out of a balance in USD; its ids follow from the balance id.

    A price of PRICES has an id of its own, that of the row that ``Tree`` makes for it.
    """
    per_minute = parse_price(price)
    price_id = 100 * balance_id + (PRICES.index(price) if price in PRICES else 99)
    return Level(
        payer=payer,
        seller=seller,
        dealer_id=balance_id,
        seller_dealer_id=balance_id + 1,
        balance_id=balance_id,
        sales_balance_id=1000 + balance_id,
        tax_balance_id=2000 + balance_id,
        currency="USD",
        tariff=flat_tariff(
            Terms(pack_id=price_id, pack=f"{seller}-to-{payer}", currency="USD"),
            Price(
                price_id=price_id,
                code="44",
                price_per_minute=per_minute,
                first_price_per_minute=per_minute,
                connect_fee=parse_price(connect_fee),
                min_s=min_s,
                increment_s=increment_s,
            ),
        ),
    )


def chain(*levels: Level) -> Chain:
    """A chain whose every payer is metered."""
    return Chain(
        tenant_id=2,
        dealer_id=2,
        dealer_ids=(1, 2),
        peer_id=1,
        levels=levels,
        meters=tuple(Meter(one.payer, one.balance_id) for one in levels),
    )


def balances(*rows: tuple[int, str], credit_limit: str | None = "0", call_limit: int | None = None) -> BatchState:
    """The locked rows of a batch: (balance id, amount) pairs."""
    limit = None if credit_limit is None else parse_amount(credit_limit)
    return BatchState(
        balances={
            balance_id: BalanceRow(balance_id, parse_amount(amount), 0, limit, call_limit, 0, 0)
            for balance_id, amount in rows
        }
    )


@dataclass(frozen=True, slots=True)
class Tree:
    """Owner > d4 > d3 > the peers p1 and p2 in a database; the balances have the ids 1 (p1), 2 (p2), 3 (d3), 4 (d4)."""

    pool: asyncpg.Pool

    @staticmethod
    async def plant(pool: asyncpg.Pool, *, credit_limit: int, call_limit: int | None = None) -> "Tree":
        """Make the parties, and a price row for each of PRICES at each level."""
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT make_partitions_between('2026-01-01', '2026-01-31')")
            await connection.execute(
                """INSERT INTO balance (id, dealer_id, kind, party, currency, credit_limit, call_limit)
                   SELECT * FROM (VALUES (5, 1, 'dealer', 'owner', 'USD', NULL::bigint, NULL::int),
                       (4, 2, 'dealer', 'd4', 'USD', $1, $2), (3, 3, 'dealer', 'd3', 'USD', $1, $2),
                       (1, 3, 'peer', 'p1', 'USD', $1, $2), (2, 3, 'peer', 'p2', 'USD', $1, $2)) AS v""",
                credit_limit,
                call_limit,
            )
            await connection.execute(
                """INSERT INTO dealer (id, key, parent_id, currency, balance_id)
                   VALUES (1, 'owner', NULL, 'USD', 5), (2, 'd4', 1, 'USD', 4), (3, 'd3', 2, 'USD', 3)"""
            )
            await connection.execute(
                """INSERT INTO peer (id, key, dealer_id, kind, balance_id)
                   VALUES (1, 'p1', 3, 'originator', 1), (2, 'p2', 3, 'originator', 2)"""
            )
            await connection.execute(
                """INSERT INTO balance (id, dealer_id, kind, party, currency)
                   SELECT base + id, 1, kind, 'counter-' || id, 'USD'
                   FROM generate_series(1, 4) AS id, (VALUES (1000, 'sales'), (2000, 'tax')) AS v (base, kind)"""
            )
            await connection.execute("SELECT setval(pg_get_serial_sequence('balance', 'id'), 10000)")
            for balance_id in (1, 2, 3, 4):
                for index, price in enumerate(PRICES):
                    await _write_price(connection, balance_id, 100 * balance_id + index, price)
        return Tree(pool)

    async def money(self) -> dict[int, tuple[int, int, int]]:
        """{balance id: (amount, held, live calls)}"""
        rows = await self.pool.fetch("SELECT id, amount, held, live_calls FROM balance WHERE id <= 4")
        return {row["id"]: (row["amount"], row["held"], row["live_calls"]) for row in rows}


async def _write_price(connection: asyncpg.Connection, balance_id: int, price_id: int, price: str) -> None:
    await connection.execute(
        "INSERT INTO billing_pack (id, key, dealer_id, currency) VALUES ($1, 'pack-' || $1::bigint, 1, 'USD')", price_id
    )
    await connection.execute(
        """INSERT INTO price (id, pack_id, code, price_per_minute, first_price_per_minute, connect_fee)
           VALUES ($1, $1, '44', $2, $2, $3)""",
        price_id,
        parse_price(price),
        parse_price(CONNECT_FEES.get(balance_id, "0")),
    )
