"""The form by which a call is tried out."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.fields import LineField, MomentField, ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.peers.models import Peer

MINUTE_S = 60
LONGEST_S = 24 * 3600


class CheckForm(NounForm):
    """Who calls, whom, when, and for how long."""

    peer = ReferenceField(
        "peers",
        rows=lambda _viewer: Peer.objects.exclude(kind="terminator"),
        required=True,
        label=_("Peer"),
        help_text=_("The phone or line that would call."),
    )
    number = LineField(
        label=_("Number"), max_length=64, help_text=_("As it would be dialled: with the country code, or an extension.")
    )
    caller = LineField(
        label=_("Caller's number"),
        required=False,
        max_length=64,
        help_text=_("What the phone would show; usually empty."),
    )
    at = MomentField(
        label=_("When"), required=False, help_text=_("Now unless you say another moment: prices and routes change.")
    )
    duration_s = forms.IntegerField(
        label=_("Seconds"), min_value=1, max_value=LONGEST_S, help_text=_("For how long they would talk.")
    )

    def prepare(self) -> None:
        """A minute, now."""
        self.initial = {"duration_s": MINUTE_S, "at": timezone.localtime(), **self.initial}
