"""What the forms of dealers, companies and peers have in common: the packs at which a party pays, its limits, and blocking.

Each form names its fields in its own order and with its own help; the functions here say what is the same in all of them.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_balance import ADJUST, CREDIT_LIMIT_HELP, LIMITS
from smartswitch.web.nouns.fields import AmountField, CountField, ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.nouns.noun import Words

BLOCK = "dealers.block"
"""The right to block a party, and to let it call again."""


class PartyForm(NounForm):
    """The form of whoever has a balance. Blocking and limits are left out for those who may not set them."""

    def prepare(self) -> None:
        """Leave out what the viewer may not write."""
        if not self.viewer.may(BLOCK):
            self.drop("is_blocked")
        if not self.viewer.may(ADJUST):
            self.drop(*LIMITS)

    def drop(self, *names: str) -> None:
        """Leave out fields, those that the form has."""
        for name in names:
            self.fields.pop(name, None)

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The limits are those of its balance."""
        return super().initial_of(row) | {name: getattr(row.balance, name) for name in LIMITS}


def pack_field(rows: Callable[..., Any], help_text: Words) -> ReferenceField:
    """At which pack a party pays for its calls, one of `rows`."""
    return ReferenceField("packs", rows=rows, label=_("Billing pack"), help_text=help_text)


def inbound_pack_field(rows: Callable[..., Any], help_text: Words) -> ReferenceField:
    """At which pack it pays for calls to its numbers."""
    return ReferenceField("packs", rows=rows, label=_("Billing pack for incoming calls"), help_text=help_text)


def credit_limit_field() -> AmountField:
    """How far below zero its balance may go; empty is no limit."""
    return AmountField(label=_("Credit limit"), required=False, help_text=CREDIT_LIMIT_HELP)


def call_limit_field(help_text: Words) -> CountField:
    """How many calls it may have at once; empty is any number."""
    return CountField(label=_("Calls at a time"), help_text=help_text, min_value=0)
