"""Address lists, as tables, pages and the API show them: of a peer, of a terminator, and the owner's for everybody."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Kind, Noun, Parent
from smartswitch.web.nouns.registry import register
from smartswitch.web.peers.addresses.forms import AddressForm
from smartswitch.web.peers.addresses.services import ADDRESSES as SERVICES
from smartswitch.web.peers.fields import shown_network
from smartswitch.web.peers.models import PeerAddress


def _state(row: Any) -> tuple[str, Any]:
    return ("green", _("allow")) if row.action == "allow" else ("red", _("deny"))


COLUMNS = (
    Column(name="action", label=_("Action"), value=_state, kind=Kind.STATE),
    Column(name="network", label=_("Network"), value=lambda row: shown_network(row.network), kind=Kind.CODE),
    Column(name="port", label=_("Port"), value=lambda row: row.port),
    Column(name="transport", label=_("Transport"), value=lambda row: row.transport and row.transport.upper()),
    Column(name="position", label=_("Position"), value=lambda row: row.position, kind=Kind.NUMBER, is_shown=False),
)


def _of_peers(_viewer: Viewer) -> QuerySet[PeerAddress]:
    return PeerAddress.objects.filter(peer__isnull=False).exclude(peer__kind="terminator")


def _of_terminators(_viewer: Viewer) -> QuerySet[PeerAddress]:
    return PeerAddress.objects.filter(peer__kind="terminator")


def _of_everybody(_viewer: Viewer) -> QuerySet[PeerAddress]:
    return PeerAddress.objects.filter(peer__isnull=True)


def _noun(**differences: Any) -> Noun:
    return register(
        Noun(
            right="peers",
            one=_("address rule"),
            icon="shield-lock",
            model=PeerAddress,
            title=lambda row: shown_network(row.network),
            columns=COLUMNS,
            order=("position", "pk"),
            is_ordered=True,
            services=SERVICES,
            add_form=AddressForm,
            change_form=AddressForm,
            **differences,
        )
    )


EXPLANATION = _(
    "From where it may come. Rules are read from top to bottom, and the last one that fits decides. A line whose address is "
    "allowed here needs no password; a phone with rules may come from nowhere else."
)
ADVICE = _("Without rules a phone may come from anywhere with its password, and a line only with a password.")
ADDRESSES = _noun(
    name="addresses",
    many=_("Addresses"),
    rows=_of_peers,
    parent=Parent(noun="peers", field="peer"),
    explanation=EXPLANATION,
    empty_advice=ADVICE,
)
TERMINATOR_ADDRESSES = _noun(
    name="terminator-addresses",
    many=_("Addresses"),
    rows=_of_terminators,
    is_for_owner=True,
    parent=Parent(noun="terminators", field="peer"),
    explanation=_("From where it sends calls to us, to our numbers. The last rule that fits decides."),
    empty_advice=_("Without rules no call comes in from it; calls to it need none."),
)
ADDRESS_RULES = _noun(
    name="address-rules",
    many=_("Address rules for everybody"),
    rows=_of_everybody,
    is_for_owner=True,
    explanation=_(
        "These rules are in the list of every peer, before its own rules of the same position: deny a network of attackers "
        "here, and nobody comes from there any more. The last rule that fits decides."
    ),
    empty_advice=_("There is no rule for everybody: who may come from where is said by each peer's own list."),
)
