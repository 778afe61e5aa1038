"""The forms of peers that call: a phone of a user, a line of an originator. Each kind shows only the fields that it has."""

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_form import (
    PartyForm,
    call_limit_field,
    credit_limit_field,
    inbound_pack_field,
    pack_field,
)
from smartswitch.web.companies.forms import dealers
from smartswitch.web.companies.models import Company
from smartswitch.web.nouns.fields import CountField, CurrencyField, LineField, NameKeyField, ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.packs.selectors import packs_for
from smartswitch.web.peers.fields import ExtensionField, NetworksField, NewPasswordField, NumberField, UsernameField
from smartswitch.web.rights.sharing import visible_route_classes

USER, ORIGINATOR = "user", "originator"
KINDS = ((USER, _("user (a phone)")), (ORIGINATOR, _("originator (a line)")))
PAYERS = (("", _("the company, if there is one")), ("peer", _("the peer itself")), ("company", _("the company")))
ONLY_OF = {"extension": USER, "networks": ORIGINATOR}
"""Fields that one kind has and the other has not."""


class PeerForm(PartyForm):
    """What may be changed of a peer."""

    group_titles = {"company": _("Who pays"), "credit_limit": _("Limits"), "caller_number": _("Numbers and routes")}
    advanced = ("calls_per_second_limit", "route_class", "inbound_pack")

    name = LineField(
        label=_("Name"), required=False, help_text=_("As it stands on lists and, within an office, on phones.")
    )
    company = ReferenceField(
        "companies",
        rows=lambda _viewer: Company.objects.all(),
        label=_("Company"),
        help_text=_("The customer to whom it belongs, of the same dealer; empty if it stands by itself."),
    )
    pays_from = forms.ChoiceField(
        label=_("Calls are paid by"),
        choices=PAYERS,
        required=False,
        help_text=_("From whose balance calls are taken: the peer's own, or that of its company."),
    )
    pack = pack_field(
        packs_for, _("What calls cost. Empty: what the company's pack says; without any, no call is possible.")
    )
    inbound_pack = inbound_pack_field(packs_for, _("What calls to its numbers cost; without one they cost nothing."))
    credit_limit = credit_limit_field()
    call_limit = call_limit_field(_("How many calls it may have at once; empty is any number."))
    calls_per_second_limit = CountField(
        label=_("Calls per second"), help_text=_("How many calls it may begin in a second; empty is any number.")
    )
    is_blocked = forms.BooleanField(
        label=_("Blocked"), required=False, help_text=_("No calls pass, and calls in progress are cut at once.")
    )
    caller_number = NumberField(
        label=_("Caller number"),
        help_text=_("What called people see if it shows none of its own numbers, like +44 20 7946 0000."),
    )
    extension = ExtensionField(
        label=_("Extension"), help_text=_("The short number by which phones of this dealer call it, free of charge.")
    )
    route_class = ReferenceField(
        "route-classes",
        rows=visible_route_classes,
        label=_("Route class"),
        help_text=_("The routes that its calls take; empty: those of its dealer."),
    )

    def prepare(self) -> None:
        """Leave out what this kind has not, and what the viewer may not write."""
        super().prepare()
        if self.row is not None:
            self.keep_fields_of(self.row.kind)

    def keep_fields_of(self, kind: str) -> None:
        """Leave out the fields of the other kind."""
        self.drop(*(name for name, owner in ONLY_OF.items() if owner != kind))


class NewPeerForm(PeerForm):
    """What a new peer needs besides, whichever kind it is."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=KINDS, help_text=_("What it is on the wire; it cannot be changed later.")
    )
    key = NameKeyField()
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: dealers(),
        label=_("Dealer"),
        help_text=_("Whose customer it is; your own unless you name a dealer below you."),
    )
    currency = CurrencyField(
        required=False,
        help_text=_("Of its balance; it cannot be changed later. Empty: that of its pack or of its company."),
    )
    auth_username = UsernameField(
        label=_("User name"),
        help_text=_("With which it registers and proves who it is. Empty: the key, if it needs one."),
    )
    password = NewPasswordField(
        label=_("Password"),
        help_text=_("Empty: a good one is made, which is best. It is shown once, and never again."),
    )
    networks = NetworksField(
        label=_("Addresses"),
        help_text=_(
            "Addresses or networks from which it sends calls, like 192.0.2.10, 198.51.100.0/28; no password is asked there."
        ),
    )
    group_titles = {**PeerForm.group_titles, "networks": _("How it is known"), "auth_username": _("Registration")}
    field_order = (
        "kind",
        "key",
        "name",
        "dealer",
        "networks",
        "auth_username",
        "password",
        "company",
        "pays_from",
        "pack",
        "currency",
    )

    def prepare(self) -> None:
        """A new peer is one of the viewer's own, prepaid."""
        super().prepare()
        self.initial = {"dealer": self.viewer.dealer_key, "credit_limit": 0, **self.initial}


class _NewOfOneKind(NewPeerForm):
    """The form on a page, where the kind is chosen already."""

    of_kind = ""

    def prepare(self) -> None:
        super().prepare()
        self.initial["kind"] = self.of_kind
        self.fields["kind"].widget = forms.HiddenInput()
        self.keep_fields_of(self.of_kind)


class NewUserForm(_NewOfOneKind):
    """A new phone."""

    of_kind = USER
    advanced = (*PeerForm.advanced, "currency", "password")


class NewOriginatorForm(_NewOfOneKind):
    """A new line."""

    of_kind = ORIGINATOR
    group_titles = {**PeerForm.group_titles, "networks": _("How it is known")}
    advanced = (*PeerForm.advanced, "currency")

    def prepare(self) -> None:
        """Only a line without addresses needs a user name."""
        super().prepare()
        self.fields["auth_username"].help_text = _(
            "Only for a line without fixed addresses; a password is made with it."
        )


class NewPasswordForm(NounForm):
    """New credentials of a peer that exists."""

    auth_username = UsernameField(
        label=_("User name"),
        help_text=_("With which it registers; empty: the key. A new name needs a new password, too."),
    )
    password = NewPasswordField(label=_("Password"), help_text=NewPeerForm.base_fields["password"].help_text)
