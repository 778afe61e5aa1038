"""The matrix of rights: a line for each part of the house, with what most have in common and what is specific to it.

It is shown to whoever grants, so it knows three sorts of boxes: ticked or not, and those that are not his to touch, with the
reason. What a browser sends is checked again by the services; nothing depends on a box being grey.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass

from smartswitch.core.rights import REGISTRY, Right
from smartswitch.web.nouns.noun import Words
from smartswitch.web.rights.words import NOUNS, VERBS, noun_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One right. `reason` says why it cannot be ticked or unticked; empty if it can. `is_idle`: granted, not in effect."""

    right: Right
    heading: Words
    is_ticked: bool
    reason: Words
    is_idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of the house. `common` has a box or None for each of VERBS."""

    noun: str
    label: Words
    common: tuple[Box | None, ...]
    specific: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All rights of the registry."""

    lines: tuple[Line, ...]

    @property
    def headings(self) -> tuple[Words, ...]:
        """Over the columns of what is common."""
        return tuple(VERBS.values())


def matrix_of(ticked: Set[str], *, own: Set[str], reason: Words, in_effect: Set[str] | None = None) -> Matrix:
    """The matrix with these rights ticked, for somebody who has `own` himself and may touch nothing else because of
    `reason`. With `in_effect`, what is ticked without effect is marked."""

    def box(name: str) -> Box:
        is_idle = in_effect is not None and name in ticked and name not in in_effect
        heading = VERBS.get(name.partition(".")[2], REGISTRY[name].label)
        return Box(
            right=REGISTRY[name],
            heading=heading,
            is_ticked=name in ticked,
            reason="" if name in own else reason,
            is_idle=is_idle,
        )

    return Matrix(lines=tuple(_line(noun, label, box) for noun, label in NOUNS.items()))


def _line(noun: str, label: Words, box: Callable[[str], Box]) -> Line:
    common = tuple(box(name) if (name := f"{noun}.{verb}") in REGISTRY else None for verb in VERBS)
    specific = tuple(box(name) for name in REGISTRY if noun_of(name) == noun and name.partition(".")[2] not in VERBS)
    return Line(noun=noun, label=label, common=common, specific=specific)
