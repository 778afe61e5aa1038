"""`smartswitch topup`: money into, or out of, the balance of a party; an entry of the ledger, once for each id."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from getpass import getuser
from uuid import UUID, uuid4

import click

from smartswitch.charging.payments import DifferentPayment, NotPaid, Paid, pay
from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.output import BAD_NEWS, BadInput, json_option, print_json
from smartswitch.cli.queries import query
from smartswitch.core.money import MoneyError, format_amount, parse_amount
from smartswitch.protocol.charging import Payment
from smartswitch.runtime.clock import SystemClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a payment, and in which currency."""

    outcome: Paid | NotPaid
    currency: str


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog='Example: smartswitch topup acme-pbx 25 --note "bank transfer 17"',
)
@click.argument("party")
@click.argument("amount")
@click.option("--kind", type=click.Choice(["payment", "adjustment"]), default="payment", show_default=True)
@click.option("--note", default="", help="What it is for; it stands in the ledger.")
@click.option("--id", "payment_id", type=click.UUID, help="Of the payment: a repeat with the same id moves nothing.")
@json_option
def topup(
    *,
    party: str,
    amount: str,
    kind: str,
    note: str,
    payment_id: UUID | None,
    as_json: bool,
) -> None:
    """Put AMOUNT on the balance of PARTY (a peer, a company or a dealer), or take it off if AMOUNT is negative.

    The amount is in the currency of the balance. Taking off is refused, with exit status 1, if it would go beyond the
    credit limit or touch what live calls hold.
    """
    units = _units(amount)
    number = payment_id or uuid4()
    answer = with_database(
        lambda connection: _pay(connection, party, payment_id=number, amount=units, kind=kind, note=note)
    )
    outcome = answer.outcome
    after = format_amount(outcome.amount) if isinstance(outcome, Paid) else None
    if as_json:
        result = "done" if isinstance(outcome, Paid) else "refused"
        reason = outcome.refusal.reason.value if isinstance(outcome, NotPaid) else None
        print_json({"id": str(number), "to": party, "result": result, "reason": reason, "balance": after})
    elif isinstance(outcome, Paid):
        print(f"{party} has {after} {answer.currency} now (payment {number}).")
    else:
        print(f"Refused: {party} does not have so much to take off; nothing moved.", file=sys.stderr)
    if isinstance(outcome, NotPaid):
        sys.exit(BAD_NEWS)


def _units(amount: str) -> int:
    try:
        units = parse_amount(amount)
    except MoneyError as error:
        raise BadInput(str(error)) from error
    if units == 0:
        raise BadInput("an amount of 0 moves nothing")
    return units


async def _pay(connection: Connection, party: str, *, payment_id: UUID, amount: int, kind: str, note: str) -> _Answer:
    balances = await connection.fetch(query("find_payable"), party)
    if not balances:
        raise BadInput(f"there is no dealer, company or peer {party!r}; smartswitch balance lists them")
    payment = Payment(
        payment_id=payment_id,
        balance_id=balances[0]["id"],
        amount=amount,
        at_ms=(SystemClock().now() - EPOCH) // timedelta(milliseconds=1),
        kind=kind,
        actor=f"command line: {getuser()}",
        note=note,
    )
    outcome = await pay(connection, payment)
    if isinstance(outcome, DifferentPayment):
        raise BadInput(f"a payment with the id {payment_id} says something else; nothing moved")
    return _Answer(outcome, balances[0]["currency"])
