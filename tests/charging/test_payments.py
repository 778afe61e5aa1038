"""Money that moves without a call: once for each id, never beyond the limit, never what is held."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest

from smartswitch.charging.ledger_check import check_ledger
from smartswitch.charging.payments import DifferentPayment, NotPaid, Paid, UnknownBalanceError, pay
from smartswitch.charging.pool import open_pool
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import Payment

from .parties import START_MS, Tree

Pay = Callable[[Payment], Awaitable[object]]


def payment(number: int, amount: int, *, balance_id: int = 1, kind: str = "payment") -> Payment:
    return Payment(UUID(int=number), balance_id, amount, START_MS, kind, "test", "a note")


@pytest.fixture
async def paying(database) -> AsyncIterator[Pay]:
    """Pays under the role of the charging plane."""
    async with open_pool(database.url_for("smartswitch_charging")) as own:

        async def paying(one: Payment) -> object:
            async with own.acquire() as connection:
                return await pay(connection, one)

        yield paying


async def test_a_payment_moves_the_balance_and_stands_in_the_ledger(pool, tree: Tree, paying: Pay) -> None:
    assert await paying(payment(1, 5_000_000)) == Paid(5_000_000)
    row = await pool.fetchrow(
        """SELECT t.kind, t.amount, d.kind AS debited, d.party, c.party AS credited, t.actor, t.note
           FROM ledger_transfer AS t JOIN balance AS d ON d.id = t.debit_balance_id
           JOIN balance AS c ON c.id = t.credit_balance_id"""
    )
    assert tuple(row) == ("payment", 5_000_000, "payments", "d3", "p1", "test", "a note")


async def test_a_repeat_moves_nothing_and_a_different_one_is_refused(pool, tree: Tree, paying: Pay) -> None:
    await paying(payment(1, 5_000_000))
    await paying(payment(2, 1_000_000))
    assert await paying(payment(1, 5_000_000)) == Paid(5_000_000)
    assert await paying(payment(1, 6_000_000)) == DifferentPayment()
    assert (await tree.money())[1] == (6_000_000, 0, 0)
    assert await pool.fetchval("SELECT count(*) FROM ledger_transfer") == 2


@pytest.mark.usefixtures("tree")
async def test_payments_of_one_second_stand_in_their_order(pool, paying: Pay) -> None:
    for number, after_ms in ((2, 1), (1, 250), (3, 999)):
        await paying(replace(payment(number, 1_000_000), at_ms=START_MS + after_ms))

    rows = await pool.fetch("SELECT id, created_at FROM ledger_transfer ORDER BY created_at")
    assert [row["id"].int for row in rows] == [2, 1, 3]
    assert [round(row["created_at"].timestamp() * 1000) - START_MS for row in rows] == [1, 250, 999]


async def test_ten_at_once_with_one_id_pay_once(pool, tree: Tree, paying: Pay) -> None:
    answers = await asyncio.gather(*(paying(payment(1, 5_000_000)) for _ in range(10)))
    assert set(answers) == {Paid(5_000_000)}
    assert (await tree.money())[1] == (5_000_000, 0, 0)


async def test_a_withdrawal_beyond_the_limit_or_of_held_money_moves_nothing(pool, tree: Tree, paying: Pay) -> None:
    await paying(payment(1, 5_000_000))
    await pool.execute("UPDATE balance SET held = 3000000 WHERE id = 1")
    no_credit = NotPaid(Refusal(Reason.NO_CREDIT, "p1"))
    assert await paying(payment(2, -4_000_001)) == no_credit  # 5 + limit 2 - held 3
    assert await paying(payment(2, -4_000_001)) == no_credit
    assert (await tree.money())[1] == (5_000_000, 3_000_000, 0)
    assert await paying(payment(3, -4_000_000)) == Paid(1_000_000)


async def test_a_dealer_pays_the_one_above(pool, tree: Tree, paying: Pay) -> None:
    await paying(payment(1, 7_000_000, balance_id=3))
    assert await pool.fetchval("SELECT party FROM balance WHERE kind = 'payments'") == "d4"
    async with pool.acquire() as connection:
        assert await check_ledger(connection) == []


async def test_a_balance_that_is_no_partys_cannot_be_paid(pool, tree: Tree, paying: Pay) -> None:
    for balance_id in (1001, 999_999):
        with pytest.raises(UnknownBalanceError):
            await paying(payment(balance_id, 1, balance_id=balance_id))
    assert await pool.fetchval("SELECT count(*) FROM payment_key") == 0
