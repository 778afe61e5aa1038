"""Acting for a dealer below: beginning and ending are written to the audit log, under the person's own dealer."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest

from smartswitch.web.config.queries import run
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.acting import RIGHT, begin_acting, end_acting
from smartswitch.web.login.required_rights import require

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


def may_act_for(viewer: Any, dealer: Dealer) -> bool:
    """Whether there is anybody else to act for in this row."""
    return dealer.pk != viewer.dealer_id and viewer.is_of_dealer


def _note(dealer_id: int, what: str, *, until: datetime) -> None:
    run("dealers/audit_acting", {"dealer": dealer_id, "what": what, "until": until})
