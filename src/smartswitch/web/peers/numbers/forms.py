"""The form of a number."""

from django.utils.translation import gettext_lazy as _

from smartswitch.web.companies.forms import dealers
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.peers.fields import NumberField
from smartswitch.web.peers.models import Peer


class NumberForm(NounForm):
    """Where a number leads."""

    peer = ReferenceField(
        "peers",
        rows=lambda _viewer: Peer.objects.all(),
        required=True,
        label=_("Leads to"),
        help_text=_("The phone or line that rings when somebody calls the number, by its key."),
    )
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: dealers(),
        label=_("Dealer"),
        help_text=_("Who may see it and lead it elsewhere: the dealer of the peer (so if empty), or one above it."),
    )


class NewNumberForm(NumberForm):
    """A new number."""

    number = NumberField(
        required=True,
        label=_("Number"),
        help_text=_(
            "In international form, like +44 20 7946 0000: one that calls reach you at. It cannot be changed later."
        ),
    )
    field_order = ("number", "peer", "dealer")
