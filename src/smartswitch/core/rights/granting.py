"""Granting: what becomes of a set of rights when somebody ticks others, himself having only some. docs/algorithms/rights.md.

What the one who grants has not, he can neither give nor take: it stays as it is, and it is refused by name if he asks for
it. Only differences are ever written.
"""

from collections.abc import Set
from dataclasses import dataclass

from smartswitch.core.rights import Rights, checked


@dataclass(frozen=True, slots=True)
class Change:
    """What to add and what to take; `refused` are rights that were asked for and are not the grantor's to give. If there are
    any, nothing is done at all."""

    added: Rights
    taken: Rights
    refused: Rights

    @property
    def is_empty(self) -> bool:
        """Whether everything stays as it is."""
        return not (self.added or self.taken or self.refused)


def change_of(present: Set[str], wanted: Set[str], *, grantor: Set[str]) -> Change:
    """From the present rights to the wanted ones, by somebody with the rights of `grantor`."""
    has, asked, own = checked(present), checked(wanted), checked(grantor)
    refused = (asked - has) - own
    if refused:
        return Change(frozenset(), frozenset(), refused)
    return Change(asked - has, (has - asked) & own, frozenset())


def excess(wanted: Set[str], *, grantor: Set[str]) -> Rights:
    """Those of the wanted rights that the grantor has not himself."""
    return checked(wanted) - checked(grantor)
