"""The form of a rule of an address list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.fields import CountField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.nouns.moving import HIGHEST_POSITION
from smartswitch.web.peers.fields import ANY_TRANSPORT, NetworkField
from smartswitch.web.peers.models import HIGHEST_PORT

ACTIONS = (("allow", _("allow")), ("deny", _("deny")))


class AddressForm(NounForm):
    """One rule; a new one comes last."""

    advanced = ("port", "transport", "position")

    action = forms.ChoiceField(
        label=_("Action"),
        choices=ACTIONS,
        help_text=_("Allow or deny calls from there. The last rule that fits decides."),
    )
    network = NetworkField(
        label=_("Network"), help_text=_("An address, or a network like 192.0.2.0/24 or 2001:db8::/32.")
    )
    port = CountField(
        label=_("Port"),
        max_value=HIGHEST_PORT,
        help_text=_("The port that calls must come from; empty is any. Rarely needed."),
    )
    transport = forms.ChoiceField(
        label=_("Transport"), choices=ANY_TRANSPORT, required=False, help_text=_("How they come; usually any.")
    )
    position = CountField(
        label=_("Position"),
        min_value=0,
        max_value=HIGHEST_POSITION,
        help_text=_(
            "Its place among the rules, lower ones first; empty: at the end. Buttons in the list move it, too."
        ),
    )

    def values(self) -> dict[str, Any]:
        """A rule of a list belongs to its peer; one without a peer to everybody."""
        values = super().values() | {"transport": self.cleaned_data.get("transport") or None}
        return values if self.parent is None else {**values, "peer": self.parent}
