"""The ledger check finds what it says it finds: each kind of wrong is planted in the database, by hand, and named."""

import pytest

from smartswitch.charging.ledger_check import CHECKS, check_ledger
from smartswitch.protocol.charging import Answer, EndedBy, Settle

from .parties import FACTS, START_MS, Tree, call_id, chain, level
from .test_engine import authorize, settle

HALF_WAY = "ALTER TABLE {table} DISABLE TRIGGER USER"

PLANTED = [
    ("balances", "UPDATE balance SET amount = amount + 1 WHERE id = 1"),
    ("holds", "UPDATE balance SET held = held + 1 WHERE id = 3"),
    ("live_calls", "UPDATE balance SET live_calls = live_calls + 1 WHERE id = 4"),
    ("holds", "DELETE FROM open_leg"),
    ("limits", "UPDATE balance SET credit_limit = -10000000 WHERE id = 2"),
    ("currencies", "UPDATE charge SET credit_balance_id = 424242 WHERE level = 1"),
    ("currencies", "UPDATE balance SET currency = 'EUR' WHERE id = 1003"),
    ("resolutions", "UPDATE cdr SET call_id = (SELECT call_id FROM open_leg LIMIT 1)"),
    ("levels", "DELETE FROM charge WHERE level = 2"),
    ("levels", "DELETE FROM charge"),
    ("levels", "DELETE FROM cdr"),
    ("levels", "UPDATE charge SET level = 7 WHERE level = 1"),
    ("levels", "UPDATE cdr SET result = 'unanswered'"),
    ("ratings", "UPDATE charge SET amount = amount + 1, pack_amount = pack_amount + 1 WHERE level = 0"),
    ("ratings", "UPDATE charge SET amount = amount - 1 WHERE level = 2"),
    ("ratings", "UPDATE charge SET billed_s = billed_s + 1 WHERE level = 0"),
    ("ratings", "UPDATE cdr SET billed_s = billed_s + 1"),
    ("ratings", "UPDATE charge SET price_id = price_id + 1 WHERE level = 1"),
    ("ratings", "UPDATE cdr SET called = '33123456789'"),
]


@pytest.fixture
async def busy(pool, tree: Tree, engine_on) -> Tree:
    """One call that is over and one that goes on."""
    async with engine_on("n1") as engine:
        for number in (1, 2):
            await engine.submit(authorize(number))
            await engine.submit(Answer(call_id(number), 0, 1, START_MS))
        await engine.submit(settle(1, seconds=37))
    return tree


async def names(pool) -> list[str]:
    async with pool.acquire() as connection:
        return [violation.check for violation in await check_ledger(connection)]


async def test_a_true_ledger_has_no_violation(pool, busy: Tree) -> None:
    assert await names(pool) == []


@pytest.mark.parametrize(("check", "statement"), PLANTED)
async def test_a_planted_wrong_is_found(pool, busy: Tree, check: str, statement: str) -> None:
    assert check in CHECKS
    for table in ("balance", "open_leg", "cdr", "charge"):
        await pool.execute(HALF_WAY.format(table=table))
    await pool.execute("ALTER TABLE balance DROP CONSTRAINT balance_within_limit")
    await pool.execute(statement)
    assert check in await names(pool)


@pytest.mark.parametrize("rounding", ["up", "down", "half-up", "half-even"])
@pytest.mark.parametrize("decimals", [2, 4, 6])
async def test_the_independent_rating_agrees_for_every_rounding(pool, tree, engine_on, rounding, decimals) -> None:
    """Fees, blocks, free seconds, grace, tax and negative prices, from 0 to 130 s."""
    from dataclasses import replace

    from smartswitch.core.money import Rounding
    from smartswitch.core.pack import IncrementFrom, Tariff, TaxMode, Terms, flat_tariff

    def tariff(of: Tariff, number: int) -> Tariff:
        price = replace(
            of.pieces[0].price,
            price_id=900 + number,
            price_per_minute=(123_456_789, -77_777_777, 5)[number],
            first_price_per_minute=(99_999_999, 12, 50_000_000)[number],
            connect_fee=(1_500_000, 0, 250_000)[number],
            min_s=(30, 0, 7)[number],
            increment_s=(6, 1, 10)[number],
            free_s=(0, 20, 5)[number],
            grace_s=(None, 3, 0)[number],
        )
        terms = Terms(
            pack_id=900,
            pack="odd",
            currency="USD",
            decimals=decimals,
            rounding=Rounding(rounding),
            increment_from=(IncrementFrom.FIRST_BLOCK, IncrementFrom.ZERO, IncrementFrom.ZERO)[number],
            tax_mode=(TaxMode.ADDED, TaxMode.INCLUDED, TaxMode.NONE)[number],
            tax_ppm=(212_500, 70_000, 0)[number],
        )
        return flat_tariff(terms, price)

    levels = []
    for number, (payer, balance_id) in enumerate((("p1", 1), ("d3", 3), ("d4", 4))):
        plain = level(payer, "x", balance_id=balance_id, price="0.06")
        levels.append(replace(plain, tariff=tariff(plain.tariff, number)))
        price = levels[-1].tariff.pieces[0].price
        await pool.execute(
            """INSERT INTO billing_pack (id, key, dealer_id, currency) VALUES ($1, 'odd' || $1::bigint, 1, 'USD')""",
            900 + number,
        )
        await pool.execute(
            """INSERT INTO price (id, pack_id, code, price_per_minute, first_price_per_minute, connect_fee, min_s,
                                  increment_s, free_s, grace_s) VALUES ($1, $1, '44', $2, $3, $4, $5, $6, $7, $8)""",
            price.price_id,
            price.price_per_minute,
            price.first_price_per_minute,
            price.connect_fee,
            price.min_s,
            price.increment_s,
            price.free_s,
            price.grace_s,
        )
    await pool.execute("UPDATE balance SET credit_limit = NULL")
    odd = chain(*levels)
    async with engine_on("n1") as engine:
        for seconds in (0, 1, 2, 3, 4, 7, 10, 19, 20, 21, 29, 30, 31, 36, 37, 59, 60):
            await engine.submit(authorize(seconds + 1, of=odd))
            await engine.submit(
                Settle(call_id(seconds + 1), 0, 1, START_MS + seconds * 1000, seconds * 1000, EndedBy.CALLER)
            )
    assert await pool.fetchval("SELECT count(*) FROM charge") == 51
    assert await names(pool) == []
    assert FACTS.called.startswith("44")
