"""Number translations, as tables, pages and the API show them: of a peer, and of a terminator."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Kind, Noun, Parent
from smartswitch.web.nouns.registry import register
from smartswitch.web.peers.models import NumberTranslation
from smartswitch.web.peers.patterns.forms import DIRECTIONS, FIELDS, PatternForm
from smartswitch.web.peers.patterns.services import PATTERNS as SERVICES

COLUMNS = (
    Column(name="direction", label=_("Direction"), value=lambda row: dict(DIRECTIONS)[row.direction]),
    Column(name="field", label=_("Number"), value=lambda row: dict(FIELDS)[row.field]),
    Column(name="pattern", label=_("Pattern"), value=lambda row: row.pattern, kind=Kind.CODE),
    Column(name="replacement", label=_("Replacement"), value=lambda row: row.replacement, kind=Kind.CODE),
    Column(name="position", label=_("Position"), value=lambda row: row.position, kind=Kind.NUMBER, is_shown=False),
)


def _of_peers(_viewer: Viewer) -> QuerySet[NumberTranslation]:
    return NumberTranslation.objects.exclude(peer__kind="terminator")


def _of_terminators(_viewer: Viewer) -> QuerySet[NumberTranslation]:
    return NumberTranslation.objects.filter(peer__kind="terminator")


def _noun(**differences: Any) -> Noun:
    return register(
        Noun(
            right="peers",
            one=_("pattern"),
            many=_("Number patterns"),
            icon="transfer",
            model=NumberTranslation,
            title=lambda row: row.pattern,
            columns=COLUMNS,
            order=("direction", "field", "position", "pk"),
            is_ordered=True,
            services=SERVICES,
            add_form=PatternForm,
            change_form=PatternForm,
            explanation=_(
                "How numbers are rewritten on their way. Of each direction and number, the first pattern that fits the "
                "whole number decides; a number that fits none stays as it is."
            ),
            empty_advice=_("Needed only if the other side writes numbers in another way than +44 20 7946 0000."),
            **differences,
        )
    )


PATTERNS = _noun(name="patterns", rows=_of_peers, parent=Parent(noun="peers", field="peer"))
TERMINATOR_PATTERNS = _noun(
    name="terminator-patterns",
    rows=_of_terminators,
    is_for_owner=True,
    parent=Parent(noun="terminators", field="peer"),
)
