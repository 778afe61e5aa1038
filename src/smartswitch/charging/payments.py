"""Money that moves without a call: payments, openings, adjustments, transfers; the other writer of balances.

One transaction a payment: the id is claimed (so that a repeat gets the first answer), the balance is locked, the limit
checked, the transfer written to the ledger and the balance moved. Money in is taken from the seller's ``payments``
balance (or ``adjustments``, for openings and corrections), which has no limit and is only ever summed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import orjson

from smartswitch.charging.queries import Connection, query
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import Payment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COUNTER_KIND = {
    "payment": "payments",
    "opening": "adjustments",
    "adjustment": "adjustments",
    "correction": "adjustments",
    "write_off": "adjustments",
}
"""Which balance of the seller stands on the other side of each kind of payment."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The payment is in the ledger; ``amount`` is the balance after it (10^-6)."""

    amount: int


@dataclass(frozen=True, slots=True)
class NotPaid:
    """Nothing moved."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class DifferentPayment:
    """A payment with this id exists and says something else; nothing moved."""


class UnknownBalanceError(LookupError):
    """There is no balance with this id, or it is not one that money can be paid into."""


async def pay(connection: Connection, payment: Payment) -> Paid | NotPaid | DifferentPayment:
    """Move money into (or, negative, out of) a party's balance, once for each payment id.

    A withdrawal is refused with no_credit if it would go beyond the limit or touch held money. Raises UnknownBalanceError.
    """
    if payment.kind not in COUNTER_KIND or payment.amount == 0:
        raise ValueError(f"a payment has a kind of {sorted(COUNTER_KIND)} and an amount that is not 0")
    async with connection.transaction():
        content = [payment.balance_id, payment.amount, payment.kind]
        is_first = await connection.fetchval(query("claim_payment"), payment.payment_id, orjson.dumps(content).decode())
        if not is_first:
            return await _first_answer(connection, payment, content)
        row = await connection.fetchrow(query("lock_payable_balance"), payment.balance_id)
        if row is None:
            raise UnknownBalanceError(f"balance {payment.balance_id} does not exist or is not a party's")
        limit = row["credit_limit"]
        if payment.amount < 0 and limit is not None and row["amount"] + limit - row["held"] + payment.amount < 0:
            refusal = Refusal(Reason.NO_CREDIT, row["party"])
            await _remember(connection, payment, [*content, None, row["party"]])
            return NotPaid(refusal)
        after = await _move(connection, payment, row)
        await _remember(connection, payment, [*content, after, row["party"]])
    return Paid(after)


async def _first_answer(
    connection: Connection, payment: Payment, content: list[object]
) -> Paid | NotPaid | DifferentPayment:
    *said, after, party = orjson.loads(await connection.fetchval(query("read_payment"), payment.payment_id))
    if said != content:
        return DifferentPayment()
    return NotPaid(Refusal(Reason.NO_CREDIT, party)) if after is None else Paid(after)


async def _remember(connection: Connection, payment: Payment, answer: list[object]) -> None:
    await connection.execute(query("answer_payment"), payment.payment_id, orjson.dumps(answer).decode())


async def _move(connection: Connection, payment: Payment, balance: asyncpg.Record) -> int:
    counter_id = await connection.fetchval(
        query("counter_balance"),
        COUNTER_KIND[payment.kind],
        balance["seller"],
        balance["currency"],
        balance["seller_dealer_id"],
        balance["seller_tenant_id"],
    )
    incoming = payment.amount > 0
    await connection.execute(
        query("write_transfer"),
        payment.payment_id,
        balance["tenant_id"],
        EPOCH + timedelta(milliseconds=payment.at_ms),
        payment.kind,
        counter_id if incoming else payment.balance_id,
        payment.balance_id if incoming else counter_id,
        abs(payment.amount),
        balance["currency"],
        payment.actor,
        payment.note,
    )
    after: int = await connection.fetchval(query("move_balance"), payment.balance_id, payment.amount)
    return after
