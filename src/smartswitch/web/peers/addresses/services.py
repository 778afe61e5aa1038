"""The writes of address lists. A rule without a peer is in the list of every peer, and only the owner writes it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.moving import OrderedServices
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.peers.models import PeerAddress

MOST_RULES = 500
"""In one list: a peer with more has no list of addresses but a fault."""


class AddressServices(OrderedServices):
    """Make, change, move and delete rules."""

    def __init__(self) -> None:
        super().__init__(PeerAddress, "peers")

    def siblings(self, row: PeerAddress) -> QuerySet[PeerAddress]:
        """The rules of the same peer, or of everybody."""
        return PeerAddress.objects.filter(peer_id=row.peer_id)

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """A rule at the end of its list, unless a position is given."""
        rule = PeerAddress(peer=values.get("peer"))
        if rule.peer_id is None and not by.is_owner:
            raise Http404
        if self.siblings(rule).count() >= MOST_RULES:
            raise Refused(
                {"network": _("A list has at most %(most)d rules; join some networks.") % {"most": MOST_RULES}}
            )
        position = values.get("position")
        return super().add(
            by=by, values={**values, "position": self.place_last(rule) if position is None else position}
        )

    def change(self, row: PeerAddress, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """Without a position it stays where it is."""
        kept = {name: value for name, value in values.items() if name != "position" or value is not None}
        return super().change(row, by=by, values=kept)


ADDRESSES = AddressServices()
