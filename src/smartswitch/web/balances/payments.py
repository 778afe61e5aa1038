"""Money that people enter: payments, corrections, write-offs. The charging plane moves it; this asks who may and for whom.

A seller keeps his own books: money can be entered only for a party that buys from the viewer's dealer directly. Who wants
to enter a payment of a party further below acts for the dealer that sells to it. Nobody pays into his own balance.

The move is a transaction of its own, by the charging plane's role, and the payment's id makes a repeat harmless: a form
that is sent twice pays once.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from smartswitch.charging.payments import DifferentPayment, NotPaid, Paid, pay
from smartswitch.core.money import MAX_AMOUNT
from smartswitch.protocol.charging import Payment
from smartswitch.runtime.connection import open_connection
from smartswitch.runtime.postgres_url import with_role
from smartswitch.web.balances.models import RUNNING_KINDS, Balance
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused

CHARGING_ROLE = "smartswitch_charging"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RIGHT_OF_KIND = {"payment": "balances.pay", "adjustment": "balances.adjust", "write_off": "balances.adjust"}
"""What people may enter, and the right that it needs."""
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The money moved; `amount` is what the balance has now, 10^-6."""

    payment_id: UUID
    amount: int
    currency: str


def seller_of(balance: Balance) -> int | None:
    """The id of the dealer who sells to a balance's party; None for the owner's own balance."""
    if balance.kind != "dealer":
        return balance.dealer_id
    return Dealer.objects.filter(pk=balance.dealer_id).values_list("parent_id", flat=True).first()


def may_enter(viewer: Viewer, balance: Balance) -> bool:
    """Whether the viewer's dealer sells to the party: then its money is his to enter, rights aside."""
    return viewer.is_of_dealer and balance.kind in RUNNING_KINDS and seller_of(balance) == viewer.dealer_id


def enter_payment(
    balance: Balance, *, by: Viewer, payment_id: UUID, amount: int, kind: str, note: str, now: datetime
) -> Entered:
    """Move `amount` (10^-6, negative takes off) into the balance of a party that buys from the viewer's dealer.

    Raises MissingRightError, or Refused with nothing moved: not one's own customer, an amount of 0, more taken off than is
    free, or a payment id that stands for another payment.
    """
    require(by, RIGHT_OF_KIND[kind])
    if not may_enter(by, balance):
        raise Refused(
            {OF_THE_WHOLE: _("This party does not buy from you directly. Act for the dealer who sells to it.")}
        )
    if amount == 0 or abs(amount) > MAX_AMOUNT:
        raise Refused({"amount": _("Enter an amount that is not 0.")})
    payment = Payment(
        payment_id=payment_id,
        balance_id=balance.pk,
        amount=amount,
        at_ms=(now - EPOCH) // timedelta(milliseconds=1),
        kind=kind,
        actor=by.username,
        note=note[:LONGEST_NOTE],
    )
    outcome = asyncio.run(_pay(payment))
    if isinstance(outcome, NotPaid):
        raise Refused({"amount": _("There is not so much on the balance that calls do not hold; nothing moved.")})
    if isinstance(outcome, DifferentPayment):
        raise Refused({OF_THE_WHOLE: _("This payment was entered already, with another amount; nothing moved.")})
    return Entered(payment_id=payment_id, amount=outcome.amount, currency=balance.currency)


async def _pay(payment: Payment) -> Paid | NotPaid | DifferentPayment:
    url = with_role(connection.settings_dict["URL"], CHARGING_ROLE)
    async with open_connection(url) as charging:
        return await pay(charging, payment)
