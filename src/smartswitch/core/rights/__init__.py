"""Rights: the registry of what a person or a dealer may be allowed to do, and how rights come down the tree.

A right is ``<noun>.<verb>`` with a label for people. A dealer has a right if his parent granted it *and* his parent has
it; so taking a right from a dealer takes it from everybody below him at once, and nobody can grant what he has not. A
person has a right if his role has it and his dealer has it. To ask for a right that is not registered is a bug and raises.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

Rights = frozenset[str]


class UnknownRightError(KeyError):
    """A right was named that is not in the registry: a spelling mistake in the program, or a row of an older version."""


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that may be allowed. ``label`` completes the sentence "May ..."."""

    name: str
    label: str


_NOUNS = {
    "dealers": "dealers",
    "companies": "companies",
    "peers": "peers",
    "packs": "billing packs",
    "routes": "routes",
    "hunting": "hunting classes",
    "balances": "balances",
    "calls": "calls",
    "invoices": "invoices",
    "numbers": "phone numbers",
    "reports": "reports",
    "logins": "logins and roles",
    "audit": "the audit log",
    "settings": "the settings of the house",
    "keys": "API keys",
    "webhooks": "webhooks",
}
_VERBS = {"view": "see", "add": "add", "change": "change", "delete": "delete"}
_VERBS_OF_NOUN = {
    "balances": ("view",),
    "calls": ("view",),
    "reports": ("view",),
    "audit": ("view",),
    "settings": ("view", "change"),
    "keys": ("view", "add", "delete"),
}
_SPECIFIC = {
    "balances.pay": "enter payments",
    "balances.adjust": "correct balances and change credit limits",
    "calls.listen": "listen to recorded calls",
    "calls.hangup": "end calls that are in progress",
    "dealers.act_for": "act for a dealer below",
    "dealers.block": "block and unblock dealers and peers",
    "packs.see_parent": "see the prices at which the parent sells",
    "packs.activate": "put new prices in force",
    "routes.see_common": "see the routes that the parent shares",
    "routes.check": "try out calls before they are made",
    "pbx.extensions": "manage extensions",
    "pbx.ivr": "manage voice menus",
    "pbx.queues": "manage call queues",
    "pbx.voicemail": "manage voicemail",
    "pbx.conferences": "manage conferences",
}


def _all_rights() -> dict[str, Right]:
    rights: dict[str, Right] = {}
    for noun, noun_label in _NOUNS.items():
        for verb in _VERBS_OF_NOUN.get(noun, tuple(_VERBS)):
            rights[f"{noun}.{verb}"] = Right(f"{noun}.{verb}", f"{_VERBS[verb]} {noun_label}")
    for name, label in _SPECIFIC.items():
        rights[name] = Right(name, label)
    return rights


REGISTRY: Mapping[str, Right] = _all_rights()
ALL_RIGHTS: Rights = frozenset(REGISTRY)


def registered(name: str) -> Right:
    """The right of this name; raises UnknownRightError."""
    try:
        return REGISTRY[name]
    except KeyError:
        raise UnknownRightError(f"{name!r} is not a registered right") from None


def checked(names: Iterable[str]) -> Rights:
    """A set of rights; raises UnknownRightError for a name that is none."""
    return frozenset(registered(name).name for name in names)


def effective_rights(granted_along_path: Sequence[Set[str]]) -> Rights:
    """The rights of a dealer, from what each dealer on the path below the owner was granted, the top one first.

    The owner has all rights: an empty path gives them all.
    """
    rights = ALL_RIGHTS
    for granted in granted_along_path:
        rights &= checked(granted)
    return rights


def rights_of_person(*, role: Set[str], dealer: Set[str]) -> Rights:
    """What a person may do: what his role and his dealer both allow."""
    return checked(role) & checked(dealer)


def has_right(rights: Set[str], name: str) -> bool:
    """True if the right is among these; raises UnknownRightError for a name that is none."""
    return registered(name).name in rights
