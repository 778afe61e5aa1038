"""Rights in words: the headings under which they stand on pages. Their own labels are in the registry (core/rights)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.rights import REGISTRY
from smartswitch.web.nouns.noun import Words

NOUNS: dict[str, Words] = {
    "dealers": gettext_lazy("Dealers"),
    "companies": gettext_lazy("Companies"),
    "peers": gettext_lazy("Peers"),
    "numbers": gettext_lazy("Phone numbers"),
    "packs": gettext_lazy("Billing packs"),
    "routes": gettext_lazy("Routes"),
    "hunting": gettext_lazy("Hunting classes"),
    "calls": gettext_lazy("Calls"),
    "balances": gettext_lazy("Balances"),
    "invoices": gettext_lazy("Invoices"),
    "reports": gettext_lazy("Reports"),
    "pbx": gettext_lazy("Virtual PBX"),
    "logins": gettext_lazy("Logins and roles"),
    "audit": gettext_lazy("Audit log"),
    "settings": gettext_lazy("Settings of the house"),
    "keys": gettext_lazy("API keys"),
    "webhooks": gettext_lazy("Webhooks"),
}
"""The parts of the house, in the order of the menu."""

VERBS: dict[str, Words] = {
    "view": gettext_lazy("See"),
    "add": gettext_lazy("Add"),
    "change": gettext_lazy("Change"),
    "delete": gettext_lazy("Delete"),
}
"""What most parts have in common; any other right is specific to its part."""


def noun_of(right: str) -> str:
    """The part of the house that a right is about."""
    return right.partition(".")[0]


def right_in_words(right: str) -> str:
    """The label of a right; of one of an older version, which is in no registry any more, its name."""
    return _(REGISTRY[right].label) if right in REGISTRY else right


def in_words(rights: Iterable[str]) -> str:
    """A list of rights for a sentence, by their labels: see companies, add peers."""
    return ", ".join(right_in_words(right) for right in sorted(rights))
