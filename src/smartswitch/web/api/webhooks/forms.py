"""The form of a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.api.models import EVENTS
from smartswitch.web.nouns.fields import LineField, SignedAmountField
from smartswitch.web.nouns.forms import NounForm

EVENT_WORDS = {
    "balance.low": _("A balance is low"),
    "call.ended": _("A call ended"),
    "fraud.alarm": _("Fraud is suspected (nothing raises it yet)"),
}


class WebhookForm(NounForm):
    """What may be said of a webhook; its secret is ours to make."""

    name = LineField(label=_("Name"), max_length=100, help_text=_("What listens there, so that you know later."))
    url = LineField(
        label=_("Address"),
        max_length=500,
        help_text=_("Where messages are sent, like https://example.com/hooks; in the public Internet, by HTTPS."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(event, EVENT_WORDS[event]) for event in EVENTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What it is told of."),
    )
    low_balance_threshold = SignedAmountField(
        label=_("A balance is low at"),
        required=False,
        help_text=_(
            "A balance, with its credit, at or under this amount of its currency is told once, and again when it fell anew."
        ),
    )
    is_active = forms.BooleanField(
        label=_("Active"),
        required=False,
        initial=True,
        help_text=_("If not, nothing is sent, and nothing is missed out on: what waits is sent later."),
    )

    def prepare(self) -> None:
        """A new webhook tells of balances at nought."""
        self.initial = {"low_balance_threshold": 0, **self.initial}

    def values(self) -> dict[str, Any]:
        """An empty threshold is nought."""
        values = super().values()
        return values | {"low_balance_threshold": values["low_balance_threshold"] or 0}
