"""The dashboard and its pages. Each page is also served in pieces to htmx, which asks for them again to keep them fresh."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from smartswitch.web.calls.hangup import hangups_of
from smartswitch.web.dashboard.chart import bars_of
from smartswitch.web.dashboard.explanation import explain
from smartswitch.web.dashboard.presentation import LegView, Relation
from smartswitch.web.dashboard.selectors.balances import Order, own_holdings, party_balances
from smartswitch.web.dashboard.selectors.calls import last_calls, legs_of_call
from smartswitch.web.dashboard.selectors.live import MOST_SHOWN, live_calls
from smartswitch.web.dashboard.selectors.outlook import alarms, compared, outlook
from smartswitch.web.dashboard.selectors.today import today
from smartswitch.web.login.required_rights import for_dealers, needs

MS_PER_SECOND = 1000
ROWS_OF_CALLS = 10
"""How many calls the dashboard shows, of those that have ended."""
ROWS_OF_LIVE = 10
"""How many it shows of those in progress."""
SEES_CALLS = needs("calls.view")
SEES_BALANCES = needs("balances.view")
SELLS = for_dealers("balances.view")


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The day at a glance. Balances of those whom one sells to follow by themselves, for figures need not wait for them."""
    context = {
        "sees_calls": request.viewer.may_see("calls.view"),
        "sees_money": request.viewer.may_see("balances.view"),
    }
    if context["sees_calls"] and context["sees_money"]:
        context |= _today(request)
    if context["sees_calls"]:
        context |= _live(request, rows=ROWS_OF_LIVE) | _calls(request, rows=ROWS_OF_CALLS)
    if not request.viewer.is_of_dealer:
        return render(request, "dashboard/customer/dashboard.html", context)
    return render(request, "dashboard/dashboard.html", context)


@require_safe
@SEES_CALLS
@SEES_BALANCES
def today_piece(request: HttpRequest) -> HttpResponse:
    """Money and the figures of the day."""
    folder = "pieces" if request.viewer.is_of_dealer else "customer"
    return render(request, f"dashboard/{folder}/today.html", _today(request))


@require_safe
@SEES_CALLS
def live(request: HttpRequest) -> HttpResponse:
    """Calls in progress."""
    rows = ROWS_OF_LIVE if request.GET.get("rows") == str(ROWS_OF_LIVE) else MOST_SHOWN
    return _page_or_piece(request, "live", _live(request, rows=rows))


@require_safe
@SELLS
def balances(request: HttpRequest) -> HttpResponse:
    """Balances of the parties that the viewer sells to."""
    return _page_or_piece(request, "balances", _balances(request))


@require_safe
@SEES_CALLS
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: its legs, its charges at the viewer's levels, and why."""
    legs = legs_of_call(request.viewer, call_id)
    if not legs:
        raise Http404
    shown = [
        (LegView.of(leg, request.viewer), [(each, Relation.of(each.charge, request.viewer)) for each in explain(leg)])
        for leg in legs
    ]
    return render(request, "dashboard/call.html", {"call_id": call_id, "legs": shown, "first": legs[0]})


def _page_or_piece(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    folder = "dashboard/pieces" if "HX-Request" in request.headers else "dashboard"
    return render(request, f"{folder}/{name}.html", context)


def _today(request: HttpRequest) -> dict[str, Any]:
    viewer, now = request.viewer, timezone.now()
    day = today(viewer, now=now)
    holdings = own_holdings(viewer)
    own = None if viewer.is_owner or not holdings else outlook(viewer, available=holdings[0].available, now=now)
    return {
        "today": day,
        "chart": bars_of(day.hours, present_hour=_now(request).hour),
        "holdings": holdings,
        "outlook": own,
        "compared": compared(viewer, day, now=now),
        "alarms": alarms(viewer, own=own, now=now) if viewer.is_of_dealer else [],
    }


def _now(request: HttpRequest) -> datetime:
    return timezone.now().astimezone(request.viewer.zone)


def _live(request: HttpRequest, *, rows: int) -> dict[str, Any]:
    now, found = timezone.now(), live_calls(request.viewer, most=rows)
    may_hang_up = request.viewer.is_of_dealer and request.viewer.may("calls.hangup")
    return {
        "live": found,
        "rows_of_live": rows,
        "now_ms": int(now.timestamp() * MS_PER_SECOND),
        "may_hang_up": may_hang_up,
        "hangups": hangups_of({call.call_id for call in found.calls}, now=now) if may_hang_up else {},
    }


def _calls(request: HttpRequest, *, rows: int) -> dict[str, Any]:
    page = last_calls(request.viewer, now=timezone.now(), most=rows)
    return {"page": page, "rows": rows, "legs": [LegView.of(leg, request.viewer) for leg in page.legs]}


def _balances(request: HttpRequest) -> dict[str, Any]:
    number = request.GET.get("page", "")
    page = party_balances(
        request.viewer,
        search=request.GET.get("search", ""),
        order=Order.named(request.GET.get("order", "")),
        page=int(number) if number.isascii() and number.isdigit() and len(number) < len("100000") else 1,
    )
    return {"parties": page}


def health(_request: HttpRequest) -> HttpResponse:
    """For whoever watches over the web account: 200 and "ok" if it and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
