"""The form of an API key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.core.rights import REGISTRY
from smartswitch.web.nouns.fields import LineField, MomentField
from smartswitch.web.nouns.forms import NounForm

SHOWN_SCOPES = 14


class NewKeyForm(NounForm):
    """What a person says of a new key. The rights to choose from are those that the person has."""

    name = LineField(
        label=_("Name"), max_length=100, help_text=_("What uses it, so that you know later: accounting, web shop.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Rights"),
        choices=[(name, name) for name in REGISTRY],
        widget=forms.SelectMultiple(attrs={"size": SHOWN_SCOPES}),
        help_text=_(
            "What the key may do; hold Ctrl to choose several. Give it no more than its program needs. You can choose only"
            " what you may do yourself, and the key loses what you lose."
        ),
    )
    expires_at = MomentField(
        label=_("Ends"),
        required=False,
        help_text=_("From when the key opens nothing any more; empty is never, until it is revoked."),
    )

    def prepare(self) -> None:
        """Nobody sees a right here that he has not."""
        self.fields["scopes"].choices = [
            (right.name, f"{right.name}: {right.label}")
            for right in REGISTRY.values()
            if right.name in self.viewer.rights
        ]
