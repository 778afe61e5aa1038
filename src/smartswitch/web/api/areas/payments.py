"""Money that programs enter: payments, corrections, write-offs. A repeat is harmless by the header Idempotency-Key.

The charging plane moves money in a transaction of its own, which stays even if this request fails afterwards. So the id of
the payment is made from the API key, the Idempotency-Key and the dealer for whom the key acts: whoever repeats names the
same payment, and it is paid once.
"""

from typing import Any, Literal
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.core.money import MoneyError, format_amount, parse_amount
from smartswitch.web.api.idempotency import BAD_REQUEST, HEADER, answer_once
from smartswitch.web.api.problems import RefusedRequestError
from smartswitch.web.balances.models import RUNNING_KINDS, Balance
from smartswitch.web.balances.payments import LONGEST_NOTE, RIGHT_OF_KIND, enter_payment
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.ui.core_words import in_words

CREATED = 201
OF_PROGRAMS = UUID("0b6f9d0e-6a0c-5d39-9a7e-8f2b1c64e0a1")
"""The namespace of ids of payments that programs enter."""


class NewPayment(BaseModel):
    """Money for, or from, a party that buys from one's own dealer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    party_kind: Literal[RUNNING_KINDS] = Field(description="What the party is.")
    party: str = Field(min_length=1, max_length=64, description="The key of the party.")
    kind: Literal[tuple(RIGHT_OF_KIND)] = Field("payment", description="What it is: each kind has a right of its own.")
    amount: str = Field(
        pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$",
        examples=["25.00"],
        description="In the currency of the balance; below zero it is taken off.",
    )
    note: str = Field("", max_length=LONGEST_NOTE, pattern=r"^[^\x00-\x1f\x7f]*$", description="Why, for the books.")


class Payment(BaseModel):
    """The money moved."""

    id: UUID = Field(description="The number of the payment, as the list of payments has it.")
    balance: str = Field(description="What the balance has now.")
    currency: str


def add_operations(router: Router) -> None:
    """Add to the operations of the noun, which lists payments."""
    add = router.post(
        "",
        response={CREATED: Payment},
        operation_id="payments_add",
        summary="Enter a payment",
        description=(
            "For a party that buys from you directly. The header Idempotency-Key is needed: it makes a repeat harmless."
            " Needs the right `balances.pay`; for an adjustment or a write_off, `balances.adjust`."
        ),
    )
    add(add_payment)


def add_payment(request: HttpRequest, sent: NewPayment) -> HttpResponse:
    """Move money into a balance."""
    require(request.viewer, RIGHT_OF_KIND[sent.kind])
    key = request.headers.get(HEADER)
    if key is None:
        raise RefusedRequestError(BAD_REQUEST, _("Send an Idempotency-Key, so that a repeat does not pay twice."))

    def write() -> dict[str, Any]:
        entered = enter_payment(
            _balance(sent),
            by=request.viewer,
            payment_id=_payment_id(request, key),
            amount=_amount(sent.amount),
            kind=sent.kind,
            note=sent.note,
            now=timezone.now(),
        )
        return {"id": entered.payment_id, "balance": format_amount(entered.amount), "currency": entered.currency}

    return answer_once(request, write, status=CREATED, model=Payment)


def _payment_id(request: HttpRequest, key: str) -> UUID:
    """The id that the Idempotency-Key stands for, in the house for which the program acts."""
    house = f" {request.viewer.dealer_id}" if request.viewer.is_acting else ""
    return uuid5(OF_PROGRAMS, f"{request.used_key.key_id} {key}{house}")


def _balance(sent: NewPayment) -> Balance:
    found = Balance.objects.filter(kind=sent.party_kind, party=sent.party.replace("\0", "")).first()
    if found is None:
        raise Refused({"party": _("There is no %(key)s here.") % {"key": sent.party}})
    return found


def _amount(text: str) -> int:
    try:
        return parse_amount(text)
    except MoneyError as error:
        raise Refused({"amount": in_words(error.sentence)}) from error
