"""The forms of a company."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_balance import ADJUST, CREDIT_LIMIT_HELP, LIMITS
from smartswitch.web.nouns.fields import AmountField, CountField, CurrencyField, LineField, NameKeyField, ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.packs.selectors import packs_for

BLOCK = "dealers.block"


class CompanyForm(NounForm):
    """What may be changed of a company."""

    group_titles = {"pack": _("Prices"), "credit_limit": _("Limits")}

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists and invoices."))
    pack = ReferenceField(
        "packs",
        rows=packs_for,
        label=_("Billing pack"),
        help_text=_("What the company pays for calls that it makes. Without one, each of its peers needs its own."),
    )
    inbound_pack = ReferenceField(
        "packs",
        rows=packs_for,
        label=_("Billing pack for incoming calls"),
        help_text=_("What it pays for calls to its numbers; without one they cost nothing."),
    )
    credit_limit = AmountField(
        label=_("Credit limit"),
        required=False,
        help_text=CREDIT_LIMIT_HELP,
    )
    call_limit = CountField(
        label=_("Calls at a time"),
        help_text=_("How many calls the company may have at once; empty is any number."),
        min_value=0,
    )
    is_blocked = forms.BooleanField(
        label=_("Blocked"), required=False, help_text=_("No calls pass, and calls in progress are cut at once.")
    )

    def prepare(self) -> None:
        """Leave out what the viewer may not write."""
        if not self.viewer.may(BLOCK):
            del self.fields["is_blocked"]
        if not self.viewer.may(ADJUST):
            for name in LIMITS:
                del self.fields[name]

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The limits are those of its balance."""
        limits = {"credit_limit": row.balance.credit_limit, "call_limit": row.balance.call_limit}
        return super().initial_of(row) | limits


class NewCompanyForm(CompanyForm):
    """What a new company needs besides."""

    key = NameKeyField()
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: dealers(),
        label=_("Dealer"),
        help_text=_("Whose customer it is; your own unless you name a dealer below you."),
    )
    currency = CurrencyField(help_text=_("Of its balance; it cannot be changed later."))
    field_order = ("key", "name", "dealer", "currency")

    def prepare(self) -> None:
        """A new company is one of the viewer's own, in his currency, prepaid."""
        super().prepare()
        self.initial = {
            "dealer": self.viewer.dealer_key,
            "currency": self.viewer.currency,
            "credit_limit": 0,
            **self.initial,
        }


def dealers() -> Any:
    """The dealers that the session may see: the viewer's own and all below."""
    from smartswitch.web.dealers.models import Dealer

    return Dealer.objects.all()
