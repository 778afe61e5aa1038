"""The form of an API key."""

from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.fields import LineField, MomentField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.rights.fields import RightsField


class NewKeyForm(NounForm):
    """What a person says of a new key. The rights to choose from are those that the person has."""

    name = LineField(
        label=_("Name"), max_length=100, help_text=_("What uses it, so that you know later: accounting, web shop.")
    )
    scopes = RightsField(
        label=_("What it may do"),
        required=True,
        help_text=_(
            "Give it no more than its program needs. Grey rights you do not have yourself; and the key loses what you lose."
        ),
    )
    expires_at = MomentField(
        label=_("Ends"),
        required=False,
        help_text=_("From when the key opens nothing any more; empty is never, until it is revoked."),
    )

    field_order = ("name", "expires_at", "scopes")

    def prepare(self) -> None:
        """What the viewer has not himself is grey."""
        widget = self.fields["scopes"].widget
        widget.own = self.viewer.rights
        widget.reason = _("you do not have it yourself")
