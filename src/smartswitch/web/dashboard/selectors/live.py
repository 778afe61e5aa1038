"""Calls in progress."""

from dataclasses import dataclass
from uuid import UUID

from smartswitch.web.dashboard.selectors.rows import party_calls, read_rows
from smartswitch.web.login.viewer import Viewer

MOST_SHOWN = 50
MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """One leg in progress. `held` is what is held for it at the viewer's level; for the owner, that of who pays him."""

    call_id: UUID
    leg: int
    state: str
    authorized_at_ms: int
    answered_at_ms: int | None
    granted_s: int
    caller: str
    called: str
    caller_name: str
    direction: str
    peer: str | None
    peer_name: str | None
    dealer: str
    dealer_name: str | None
    dealer_id: int
    held: int | None
    currency: str | None

    @property
    def is_answered(self) -> bool:
        """Whether people talk; else it rings."""
        return self.answered_at_ms is not None

    @property
    def since_ms(self) -> int:
        """From when its present state lasts."""
        return self.authorized_at_ms if self.answered_at_ms is None else self.answered_at_ms

    @property
    def granted_until_ms(self) -> int | None:
        """When it is cut, unless more is granted."""
        return None if self.answered_at_ms is None else self.answered_at_ms + self.granted_s * MS_PER_SECOND

    @property
    def who(self) -> str:
        """Whose phone or line it is."""
        return self.peer_name or self.peer or self.dealer_name or self.dealer


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCalls:
    """The newest calls in progress, and how many there are in all."""

    calls: tuple[LiveCall, ...]
    total: int
    answered: int

    @property
    def ringing(self) -> int:
        """Those that nobody has answered yet."""
        return self.total - self.answered


def live_calls(viewer: Viewer, *, most: int = MOST_SHOWN) -> LiveCalls:
    """The newest live calls of the viewer's house."""
    rows = read_rows(
        "live_calls",
        {
            "dealer": viewer.dealer_id,
            "balance": viewer.balance_id,
            "currency": viewer.currency,
            "is_owner": viewer.is_owner,
            "is_customer": not viewer.is_of_dealer,
            "most": most,
        },
        party=party_calls(viewer),
    )
    total, answered = (rows[0]["total"], rows[0]["answered"]) if rows else (0, 0)
    for row in rows:
        del row["total"], row["answered"]
    return LiveCalls(calls=tuple(LiveCall(**row) for row in rows), total=total, answered=answered)
