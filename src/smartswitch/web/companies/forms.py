"""The forms of a company."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_form import (
    PartyForm,
    call_limit_field,
    credit_limit_field,
    inbound_pack_field,
    pack_field,
)
from smartswitch.web.nouns.fields import CurrencyField, LineField, NameKeyField, ReferenceField
from smartswitch.web.packs.selectors import packs_for


class CompanyForm(PartyForm):
    """What may be changed of a company."""

    group_titles = {"pack": _("Prices"), "credit_limit": _("Limits")}

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists and invoices."))
    pack = pack_field(
        packs_for, _("What the company pays for calls that it makes. Without one, each of its peers needs its own.")
    )
    inbound_pack = inbound_pack_field(
        packs_for, _("What it pays for calls to its numbers; without one they cost nothing.")
    )
    credit_limit = credit_limit_field()
    call_limit = call_limit_field(_("How many calls the company may have at once; empty is any number."))
    is_blocked = forms.BooleanField(
        label=_("Blocked"), required=False, help_text=_("No calls pass, and calls in progress are cut at once.")
    )


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
