"""The form by which money is entered."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.payments import LONGEST_NOTE, RIGHT_OF_KIND
from smartswitch.web.nouns.fields import LineField, SignedAmountField
from smartswitch.web.nouns.forms import NounForm

KINDS = (
    ("payment", _("Payment")),
    ("adjustment", _("Correction")),
    ("write_off", _("Write-off")),
)


class PaymentForm(NounForm):
    """An amount, what it is, and why. The hidden id makes it harmless to send the form twice."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=KINDS,
        help_text=_("A payment is money received; a correction mends a mistake; a write-off gives up what is owed."),
    )
    amount = SignedAmountField(
        label=_("Amount"),
        help_text=_(
            "In the currency of the balance. With a minus sign it is taken off, at most what calls do not hold."
        ),
    )
    note = LineField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("What people look for later: a bank reference, a reason. The party sees it on its statement."),
    )
    payment_id = forms.UUIDField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """A new id for a new form, and only the kinds that the viewer may enter."""
        self.initial = {"payment_id": uuid4(), **self.initial}
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [each for each in KINDS if self.viewer.may(RIGHT_OF_KIND[each[0]])]

    def clean(self) -> dict[str, Any]:
        """A correction says why."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") not in (None, "payment") and not cleaned.get("note"):
            self.add_error("note", _("Say why: whoever looks at the books later will ask."))
        return cleaned
