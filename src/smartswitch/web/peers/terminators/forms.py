"""The forms of a terminator: where it is, how we are known there, and the pack at which it is paid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_form import PartyForm
from smartswitch.web.nouns.fields import CountField, LineField, NameKeyField, OptionalLineField, ReferenceField
from smartswitch.web.packs.models import BillingPack
from smartswitch.web.peers.fields import SIP_TRANSPORTS, HostField, NetworksField
from smartswitch.web.peers.models import HIGHEST_PORT

LONGEST_PDD_TIMEOUT_S = 300
HIGHEST_PRIORITY = 1_000_000
OF_THE_TERMINATOR = (
    "host", "port", "transport", "pack", "priority", "auth_username", "auth_realm", "pdd_timeout_s", "is_active",
)  # fmt: skip
"""Fields that are columns of the terminator; the others are the peer's."""


class TerminatorForm(PartyForm):
    """What may be changed of a terminator."""

    group_titles = {"host": _("Where it is"), "auth_username": _("How we are known there"), "call_limit": _("Limits")}
    advanced = ("priority", "pdd_timeout_s", "auth_realm")

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists and in the story of a call."))
    pack = ReferenceField(
        "packs",
        rows=lambda viewer: BillingPack.objects.filter(dealer_id=viewer.dealer_id),
        required=True,
        label=_("Billing pack"),
        help_text=_("What we pay it; a pack of the owner's."),
    )
    is_active = forms.BooleanField(
        label=_("Active"), required=False, help_text=_("Routes through one that is not active are passed over.")
    )
    host = HostField(label=_("Host"), help_text=_("Its host name or address, like 192.0.2.1."))
    port = CountField(
        label=_("Port"), required=True, max_value=HIGHEST_PORT, help_text=_("Usually 5060; with TLS 5061.")
    )
    transport = forms.ChoiceField(
        label=_("Transport"), choices=SIP_TRANSPORTS, help_text=_("How calls are sent there.")
    )
    auth_username = OptionalLineField(
        label=_("User name"),
        max_length=64,
        help_text=_("If it asks for a password; empty if it knows us by our address."),
    )
    auth_password = OptionalLineField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown. Empty: the one that is kept stays."),
    )
    auth_realm = OptionalLineField(
        label=_("Realm"), max_length=64, help_text=_("Answer only to this realm; empty is any. Rarely needed.")
    )
    call_limit = CountField(
        label=_("Calls at a time"), help_text=_("How many calls it takes at once; empty is any number."), min_value=0
    )
    calls_per_second_limit = CountField(
        label=_("Calls per second"), help_text=_("How many calls may be sent to it in a second; empty is any number.")
    )
    is_blocked = forms.BooleanField(
        label=_("Blocked"), required=False, help_text=_("No calls pass, and calls in progress are cut at once.")
    )
    priority = CountField(
        label=_("Priority"),
        required=True,
        min_value=0,
        max_value=HIGHEST_PRIORITY,
        help_text=_("Lower is tried first, where a hunting class goes by priority and the route names none."),
    )
    pdd_timeout_s = CountField(
        label=_("Wait for ringing, seconds"),
        required=True,
        max_value=LONGEST_PDD_TIMEOUT_S,
        help_text=_("If it does not ring for so long, the next terminator is tried."),
    )

    def prepare(self) -> None:
        """Leave out what the viewer may not write; a new terminator is active and has the usual port."""
        super().prepare()
        if self.row is None:
            usual = {"port": 5060, "priority": 10, "pdd_timeout_s": 15, "is_active": True, "transport": "udp"}
            self.initial = {**usual, **self.initial}

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """Of the peer, of its terminator and of its balance; never the password."""
        of_terminator = {name: getattr(row.terminator, name) for name in OF_THE_TERMINATOR}
        of_peer = {name: getattr(row, name) for name in ("name", "calls_per_second_limit", "is_blocked")}
        return of_peer | of_terminator | {"call_limit": row.balance.call_limit}


class NewTerminatorForm(TerminatorForm):
    """What a new terminator needs besides."""

    key = NameKeyField()
    networks = NetworksField(
        label=_("Addresses"),
        help_text=_("From where it sends calls to our numbers, like 192.0.2.1; empty if it sends none."),
    )
    field_order = ("key", "name", "pack", "is_active", "host", "port", "transport", "networks")
