"""Places in lists of calls, and pages of them: the newest calls first, and each page begins where the one before ended."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from smartswitch.protocol.call_id import created_at_ms
from smartswitch.web.calls.selectors.legs import LegFact

HIGHEST_LEG = 2**15 - 1
MAX_CALL_ID = UUID(int=2**128 - 1)
LAST_CALL_ID = UUID(int=253_370_764_800_000 << 80)
"""The moment inside it is the start of the year 9999, beyond which Python does not count."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def began_at(call_id: UUID) -> datetime:
    """The moment inside a call id, which is not after LAST_CALL_ID."""
    return EPOCH + timedelta(milliseconds=created_at_ms(call_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the list of calls: what comes after it is older."""

    call_id: UUID
    leg: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read `call-id.leg`; ValueError for anything else."""
        call_id, _, leg = text.partition(".")
        if not (leg.isascii() and leg.isdigit() and int(leg) <= HIGHEST_LEG):
            raise ValueError(f"{text!r} is no place in the list of calls")
        place = cls(call_id=UUID(call_id), leg=int(leg))
        if place.call_id.int > LAST_CALL_ID.int:
            raise ValueError(f"{text!r} lies beyond the end of time")
        return place


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """Some calls, the newest first; `next_place` is where the older ones begin, `since` how far back it looked."""

    legs: tuple[LegFact, ...]
    next_place: str | None
    since: datetime
    is_first: bool

    @property
    def seen_ms(self) -> int:
        """When the last of these calls ended."""
        return max((leg.ended_at_ms for leg in self.legs), default=0)
