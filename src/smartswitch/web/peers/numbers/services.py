"""The writes of numbers. A number belongs to the dealer of the peer to which it leads, or to one above: then the dealer
below cannot lead it elsewhere."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import Refused, RowServices
from smartswitch.web.peers.models import Did


class NumberServices(RowServices):
    """Give, lead elsewhere and take away numbers."""

    constraints = {
        "did_number": ("number", gettext_lazy("This number is taken.")),
        "did_number_is_digits": ("number", gettext_lazy("A number has 3 to 15 digits.")),
    }

    def __init__(self) -> None:
        super().__init__(Did, "numbers")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """A number that leads to a peer from now on."""
        require(by, "numbers.add")
        return super().add(by=by, values=_with_dealer(values))

    def change(self, row: Did, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """Lead a number elsewhere, or give it to another dealer."""
        require(by, "numbers.change")
        return super().change(row, by=by, values=_with_dealer({"peer": row.peer, **values}))


def _with_dealer(values: Mapping[str, Any]) -> dict[str, Any]:
    of_peer = values["peer"].dealer
    dealer = values.get("dealer") or of_peer
    if dealer.pk not in of_peer.path:
        raise Refused(
            {
                "dealer": _("%(peer)s is a peer of %(dealer)s; the number must be of that dealer or of one above it.")
                % {"peer": values["peer"], "dealer": of_peer}
            }
        )
    return {**values, "dealer": dealer}


NUMBERS = NumberServices()
