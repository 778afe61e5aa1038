"""Acting for a dealer below: for a limited time, visible on every page, and audited as the person's own doing.

The choice is kept in the session. Each request asks the database anew whether the dealer is (still) below the person's
own; whoever lost the right, or whose time is over, is back in his own house with the next request.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

SESSION_KEY = "acting_for"
LONGEST = timedelta(minutes=60)
RIGHT = "dealers.act_for"


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom the person of a session acts, and until when."""

    dealer_id: int
    until: datetime


def begin_acting(request: HttpRequest, dealer_id: int, *, now: datetime) -> Acting:
    """Act for a dealer from the next request on; who may do so is the caller's to ask (`RIGHT`)."""
    acting = Acting(dealer_id, now + LONGEST)
    request.session[SESSION_KEY] = {"dealer_id": dealer_id, "until": acting.until.isoformat()}
    return acting


def end_acting(request: HttpRequest) -> None:
    """Be back in one's own house."""
    request.session.pop(SESSION_KEY, None)


def acting_of(request: HttpRequest, *, now: datetime) -> Acting | None:
    """For whom the session acts now; a choice whose time is over is forgotten."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    acting = Acting(kept["dealer_id"], datetime.fromisoformat(kept["until"]))
    if acting.until <= now:
        end_acting(request)
        return None
    return acting
