"""The dashboard and its pages. Each page is also served in pieces to htmx, which asks for them again to keep them fresh."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from smartswitch.web.calls.selectors.places import Place
from smartswitch.web.dashboard.chart import bars_of
from smartswitch.web.dashboard.explanation import explain
from smartswitch.web.dashboard.presentation import LegView, Relation
from smartswitch.web.dashboard.selectors.balances import Order, own_holdings, party_balances
from smartswitch.web.dashboard.selectors.calls import has_ended_since, last_calls, legs_of_call
from smartswitch.web.dashboard.selectors.live import live_calls
from smartswitch.web.dashboard.selectors.today import today
from smartswitch.web.login.required_rights import needs

MS_PER_SECOND = 1000
NO_CONTENT = 204
LIKE_MILLISECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)
ROWS_OF_CALLS = (10, 20, 50)
"""How many calls a page may show; the first is the dashboard's, the second the usual one."""
SEES_CALLS = needs("calls.view")
SEES_BALANCES = needs("balances.view")


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The day at a glance."""
    context = {
        "sees_calls": request.viewer.may_see("calls.view"),
        "sees_money": request.viewer.may_see("balances.view"),
    }
    if context["sees_calls"] and context["sees_money"]:
        context |= _today(request)
    if context["sees_calls"]:
        context |= _live(request) | _calls(request, rows=ROWS_OF_CALLS[0])
    if context["sees_money"]:
        context |= _balances(request)
    return render(request, "dashboard/dashboard.html", context)


@require_safe
@SEES_CALLS
@SEES_BALANCES
def today_piece(request: HttpRequest) -> HttpResponse:
    """Money and the figures of the day."""
    return render(request, "dashboard/pieces/today.html", _today(request))


@require_safe
@SEES_CALLS
def live(request: HttpRequest) -> HttpResponse:
    """Calls in progress."""
    return _page_or_piece(request, "live", _live(request))


@require_safe
@SEES_CALLS
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that ended. A page that asks whether there are more (`seen`) gets an empty answer if there are none."""
    seen = request.GET.get("seen", "")
    if "HX-Request" in request.headers and LIKE_MILLISECONDS.fullmatch(seen):
        is_stale = has_ended_since(request.viewer, now=timezone.now(), seen_ms=int(seen))
        if not is_stale:
            return HttpResponse(status=NO_CONTENT)
    return _page_or_piece(request, "calls", _calls(request, rows=_rows(request)))


@require_safe
@SEES_BALANCES
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
    day = today(request.viewer, now=timezone.now())
    return {
        "today": day,
        "chart": bars_of(day.hours, present_hour=_now(request).hour),
        "holdings": own_holdings(request.viewer),
    }


def _now(request: HttpRequest) -> datetime:
    return timezone.now().astimezone(request.viewer.zone)


def _live(request: HttpRequest) -> dict[str, Any]:
    return {"live": live_calls(request.viewer), "now_ms": int(timezone.now().timestamp() * MS_PER_SECOND)}


def _calls(request: HttpRequest, *, rows: int) -> dict[str, Any]:
    page = last_calls(request.viewer, now=timezone.now(), after=_place(request), most=rows)
    return {"page": page, "rows": rows, "legs": [LegView.of(leg, request.viewer) for leg in page.legs]}


def _rows(request: HttpRequest) -> int:
    wanted = request.GET.get("rows", "")
    return next((rows for rows in ROWS_OF_CALLS if str(rows) == wanted), ROWS_OF_CALLS[1])


def _place(request: HttpRequest) -> Place | None:
    text = request.GET.get("after", "")
    if not text:
        return None
    try:
        return Place.parse(text)
    except ValueError as error:
        raise Http404 from error


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
