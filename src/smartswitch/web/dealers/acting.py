"""Acting for a dealer below: beginning and ending are written to the audit log, under the person's own dealer.

A program does not begin and end: it names the dealer in each request. The first such request is noted as a beginning, and
again when the time of a session would be over: so the log says who looked at whose house, and is not a list of requests.
"""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest

from smartswitch.core.rights import Rights
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.dealers.queries import QUERIES
from smartswitch.web.login.acting import LONGEST, RIGHT, begin_acting, end_acting, read_acting
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.registry import noun_named

BEGUN, ENDED = "act_for", "act_for_end"


def act_for_dealer(request: HttpRequest, dealer: Any, *, now: datetime) -> None:
    """Act for a dealer below from the next request on; Http404 for the dealer of the present house."""
    require(request.viewer, RIGHT)
    if dealer.pk == request.viewer.dealer_id:
        raise Http404
    if request.acting is not None:
        _note(request.acting.dealer_id, ENDED, until=now)
    acting = begin_acting(request, dealer.pk, now=now)
    _note(dealer.pk, BEGUN, until=acting.until)


def stop_acting(request: HttpRequest, *, now: datetime) -> int | None:
    """Be back in one's own house; for whom one acted, None if for nobody."""
    if request.acting is None:
        return None
    dealer_id: int = request.acting.dealer_id
    _note(dealer_id, ENDED, until=now)
    end_acting(request)
    return dealer_id


def acting_for_key(own: Viewer, key: str, *, scopes: Rights, now: datetime) -> Viewer:
    """A program as it acts for the dealer of this key, for one request; Http404 if that is not a dealer below its own.

    `own` is the program in its own house, `scopes` are those of its API key.
    """
    require(own, RIGHT)
    dealer = noun_named("dealers").rows(own).filter(key=key).first()
    acting = None if dealer is None or not may_act_for(own, dealer) else read_acting(own, dealer.pk, scopes=scopes)
    if acting is None:
        raise Http404
    noted = {"dealer": acting.dealer_id, "actor": own.username, "origin": own.origin, "since": now - LONGEST}
    if not QUERIES.rows("acting_noted", noted):
        _note(acting.dealer_id, BEGUN, until=now + LONGEST)
    return acting


def may_act_for(viewer: Any, dealer: Dealer) -> bool:
    """Whether there is anybody else to act for in this row."""
    return dealer.pk != viewer.dealer_id and viewer.is_of_dealer


def _note(dealer_id: int, what: str, *, until: datetime) -> None:
    QUERIES.run("audit_acting", {"dealer": dealer_id, "what": what, "until": until})
