"""The writes of number translations."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.moving import OrderedServices
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.peers.models import NumberTranslation

MOST_PATTERNS = 200
"""In one list: every call tries them one after another."""


class PatternServices(OrderedServices):
    """Make, change, move and delete patterns."""

    def __init__(self) -> None:
        super().__init__(NumberTranslation, "peers")

    def siblings(self, row: NumberTranslation) -> QuerySet[NumberTranslation]:
        """The patterns that are tried one after another: of one peer, one direction, one of the two numbers."""
        return NumberTranslation.objects.filter(peer_id=row.peer_id, direction=row.direction, field=row.field)

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """A pattern at the end of its list, unless a position is given."""
        pattern = NumberTranslation(peer=values["peer"], direction=values["direction"], field=values["field"])
        if self.siblings(pattern).count() >= MOST_PATTERNS:
            raise Refused({"pattern": _("A list has at most %(most)d patterns.") % {"most": MOST_PATTERNS}})
        position = values.get("position")
        return super().add(
            by=by, values={**values, "position": self.place_last(pattern) if position is None else position}
        )

    def change(self, row: NumberTranslation, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """Without a position it stays where it is."""
        kept = {name: value for name, value in values.items() if name != "position" or value is not None}
        return super().change(row, by=by, values=kept)


PATTERNS = PatternServices()
