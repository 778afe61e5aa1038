"""What a peer's patterns make of a number, step by step, by the same code that a node uses."""

from dataclasses import dataclass

from smartswitch.core.number_pattern import PatternError, parse_rule, translate
from smartswitch.core.phone_number import BadNumber, canonical_number
from smartswitch.web.peers.models import NumberTranslation, Peer
from smartswitch.web.ui.core_words import in_words


@dataclass(frozen=True, slots=True)
class Step:
    """One pattern that was tried. `result` is None if it did not fit; `problem` says why a node leaves it out."""

    pattern: str
    replacement: str
    result: str | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a number. Of a number from the peer, `canonical` is what we take it for; `problem` why it is none."""

    number: str
    steps: tuple[Step, ...]
    result: str
    canonical: str | None = None
    problem: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether a pattern fitted."""
        return any(step.result is not None for step in self.steps)


def try_number(peer: Peer, *, direction: str, field: str, number: str) -> Trial:
    """Apply the patterns of a peer to a number; they are looked at up to the first that fits, as on a call."""
    steps: list[Step] = []
    result = number
    rows = NumberTranslation.objects.filter(peer=peer, direction=direction, field=field).order_by("position", "pk")
    for row in rows:
        step = _step(row, number)
        steps.append(step)
        if step.result is not None:
            result = step.result
            break
    if direction == "to_peer":
        return Trial(number, tuple(steps), result)
    canonical = canonical_number(result)
    if isinstance(canonical, BadNumber):
        return Trial(number, tuple(steps), result, problem=in_words(canonical.sentence))
    return Trial(number, tuple(steps), result, canonical=canonical)


def _step(row: NumberTranslation, number: str) -> Step:
    try:
        rule = parse_rule(row.pattern, row.replacement)
    except PatternError as error:
        return Step(row.pattern, row.replacement, None, in_words(error.sentence))
    fits = rule.pattern.fullmatch(number) is not None
    return Step(row.pattern, row.replacement, translate((rule,), number) if fits else None)
