"""Acting for a dealer below: for a limited time, visible on every page, and audited as the person's own doing.

The choice is kept in the session; a program names the dealer in each request. Each request asks the database anew whether
the dealer is (still) below the person's own; whoever lost the right, or whose time is over, is back in his own house with
the next request.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from smartswitch.core.rights import Rights
from smartswitch.web.login.viewer import Viewer, read_viewer

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


def read_acting(own: Viewer, dealer_id: int, *, scopes: Rights | None = None) -> Viewer | None:
    """Somebody as he acts for a dealer; None if he has not the right, or if that dealer is not below his own.

    `own` is he in his own house, `scopes` are those of an API key: they narrow what he may do there, too.
    """
    if not own.may(RIGHT):
        return None
    return read_viewer(own.login_id, own.username, own.person, for_dealer=dealer_id, origin=own.origin, scopes=scopes)
