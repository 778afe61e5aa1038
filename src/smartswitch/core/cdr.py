"""The CDR: the facts of one leg that are kept for ever, and what must hold among them.

Money is not in it: charges stand beside it, one for each level. Moments are UTC milliseconds since 1970. A length is
measured, never computed from two readings of a clock that may have been set in between: ``duration_ms`` stands alone.
"""

from dataclasses import dataclass
from enum import Enum

MS_PER_SECOND = 1000


class CallResult(Enum):
    """How a leg ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Cdr:
    """One leg. ``call_id`` is a UUID in text; ``answered_at_ms`` is None for a leg that never talked."""

    call_id: str
    leg: int
    caller: str
    called: str
    result: CallResult
    authorized_at_ms: int
    answered_at_ms: int | None
    ended_at_ms: int
    duration_ms: int
    billed_s: int
    reason: str | None = None
    refused_by: str | None = None


def whole_seconds(duration_ms: int) -> int:
    """The seconds that are rated for a length of talk: each one that has begun; never negative.

    >>> whole_seconds(1), whole_seconds(60_000), whole_seconds(60_001)
    (1, 60, 61)
    """
    return max(0, -(-duration_ms // MS_PER_SECOND))


def faults_of(cdr: Cdr) -> tuple[str, ...]:
    """What contradicts itself in a CDR, in words; empty if nothing does."""
    faults: list[str] = []
    is_answered = cdr.result is CallResult.ANSWERED
    if is_answered != (cdr.answered_at_ms is not None):
        faults.append("only an answered leg has a moment of answer")
    if not is_answered and (cdr.duration_ms or cdr.billed_s):
        faults.append("a leg that was not answered lasted and is billed for 0 s")
    if (cdr.result is CallResult.REFUSED) != (cdr.reason is not None):
        faults.append("a refused leg has a reason, and only such a leg")
    if cdr.duration_ms < 0 or cdr.billed_s < 0:
        faults.append("a length is negative")
    if cdr.answered_at_ms is not None and cdr.answered_at_ms < cdr.authorized_at_ms:
        faults.append("it was answered before it was authorized")
    return tuple(faults)
