"""The forms of a dealer. What a dealer pays and may use is set from above: its own form does not have those fields."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_balance import LIMITS
from smartswitch.web.balances.party_form import (
    PartyForm,
    call_limit_field,
    credit_limit_field,
    inbound_pack_field,
    pack_field,
)
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import (
    CountField,
    CurrencyField,
    LineField,
    NameKeyField,
    ReferenceField,
    ZoneField,
)
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.packs.models import BillingPack
from smartswitch.web.rights.fields import RightsField
from smartswitch.web.rights.sharing import visible_route_classes
from smartswitch.web.routes.models import HuntingClass, Shared

PROFIT_CONTROL_CHOICES = (
    ("allow_losses", _("Let every call pass")),
    ("no_losses", _("Never sell below cost")),
    ("profit_only", _("Only calls that earn something")),
)
TERMS = ("parent", "currency", "pack", "inbound_pack", "is_blocked", "is_virtual_pbx", "calls_per_second_limit")
"""Fields of a dealer that only those above it may set."""


def dealers(_viewer: Viewer) -> Any:
    """The viewer's own dealer and all below."""
    return Dealer.objects.all()


def packs_to_sell(_viewer: Viewer) -> Any:
    """Price lists at which one may sell: of one's own house, and those that are shared; not the one at which one buys."""
    shared = Shared.objects.filter(noun="billing_pack").values("object_id")
    return BillingPack.objects.filter(Q(dealer_id__in=Dealer.objects.values("pk")) | Q(pk__in=shared))


class DealerForm(PartyForm):
    """What may be changed of a dealer."""

    group_titles = {"pack": _("Prices"), "credit_limit": _("Limits"), "route_class": _("Routes")}

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists and invoices."))
    time_zone = ZoneField(help_text=_("In which its people see times, and its days begin and end."))
    is_virtual_pbx = forms.BooleanField(
        label=_("Virtual PBX"),
        required=False,
        help_text=_("It has extensions and runs its own office, instead of reselling."),
    )
    is_blocked = forms.BooleanField(
        label=_("Blocked"),
        required=False,
        help_text=_("No calls pass below this dealer, and those in progress are cut at once."),
    )
    pack = pack_field(
        packs_to_sell, _("What the dealer pays for calls of all who are below it. Without one no call passes.")
    )
    inbound_pack = inbound_pack_field(
        packs_to_sell, _("What it pays for calls to its numbers; without one they cost nothing.")
    )
    credit_limit = credit_limit_field()
    call_limit = call_limit_field(_("How many calls may run at once below this dealer; empty is any number."))
    calls_per_second_limit = CountField(
        label=_("New calls a second"), help_text=_("How many calls may begin within one second; empty is any number.")
    )
    profit_control = forms.ChoiceField(
        label=_("Profit control"),
        choices=PROFIT_CONTROL_CHOICES,
        help_text=_("Whether routes are left out on which this dealer would lose money."),
    )
    route_class = ReferenceField(
        "route-classes",
        rows=visible_route_classes,
        label=_("Route class"),
        help_text=_("Where its calls go; empty means as the dealer above."),
    )
    hunting_class = ReferenceField(
        "hunting-classes",
        rows=lambda _viewer: HuntingClass.objects.all(),
        label=_("Hunting class"),
        help_text=_("In which order routes are tried; empty means as the dealer above."),
    )

    def prepare(self) -> None:
        """What those above set is not the viewer's to set for his own dealer."""
        super().prepare()
        if self.row is not None and self.row.pk == self.viewer.dealer_id:
            self.drop(*TERMS, *LIMITS)


class NewDealerForm(DealerForm):
    """What a new dealer needs besides."""

    key = NameKeyField()
    parent = ReferenceField(
        "dealers",
        rows=dealers,
        label=_("Dealer above"),
        help_text=_("From whom it buys: you, unless you name a dealer below you."),
    )
    currency = CurrencyField(help_text=_("Of its balance; it cannot be changed later."))
    rights = RightsField(
        label=_("Rights"),
        help_text=_(
            "Tick nothing to grant what a dealer, or a Virtual PBX, usually gets. You can change it later on its page."
        ),
    )
    field_order = ("key", "name", "parent", "currency")
    advanced = ("rights",)

    def prepare(self) -> None:
        """A new dealer is the viewer's, in his currency and zone, prepaid."""
        super().prepare()
        widget = self.fields["rights"].widget
        widget.own = self.viewer.rights
        widget.reason = _("you do not have it yourself")
        self.initial = {
            "parent": self.viewer.dealer_key,
            "currency": self.viewer.currency,
            "time_zone": self.viewer.zone.key,
            "credit_limit": 0,
            "profit_control": "allow_losses",
            **self.initial,
        }


class MoveForm(NounForm):
    """Under which dealer, and at which prices there."""

    keeps_what_is_hidden = False

    parent = ReferenceField(
        "dealers",
        rows=dealers,
        required=True,
        label=_("New dealer above"),
        help_text=_("From whom it buys from now on: you, or a dealer below you."),
    )
    pack = ReferenceField(
        "packs",
        rows=packs_to_sell,
        label=_("Billing pack there"),
        help_text=_("What it pays to the new dealer above. Without one no call passes."),
    )
    inbound_pack = ReferenceField(
        "packs", rows=packs_to_sell, label=_("Billing pack for incoming calls there"), help_text=_("May be empty.")
    )

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """Where it is now."""
        return {"parent": None, "pack": row.pack, "inbound_pack": row.inbound_pack}
