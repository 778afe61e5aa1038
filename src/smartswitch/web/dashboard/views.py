"""The dashboard and its pages. Each page is also served in pieces to htmx, which asks for them again to keep them fresh."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from smartswitch.web.dashboard.chart import bars_of
from smartswitch.web.dashboard.explanation import explain
from smartswitch.web.dashboard.presentation import LegView, Relation
from smartswitch.web.dashboard.selectors.balances import Order, own_holdings, party_balances
from smartswitch.web.dashboard.selectors.calls import Place, last_calls, legs_of_call
from smartswitch.web.dashboard.selectors.live import live_calls
from smartswitch.web.dashboard.selectors.today import today

MS_PER_SECOND = 1000


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The day at a glance."""
    context = {
        **_today(request),
        **_live(request),
        **_calls(request),
        **_balances(request),
    }
    return render(request, "dashboard/dashboard.html", context)


@require_safe
def today_piece(request: HttpRequest) -> HttpResponse:
    """Money and the figures of the day."""
    return render(request, "dashboard/pieces/today.html", _today(request))


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Calls in progress."""
    return _page_or_piece(request, "live", _live(request))


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that ended."""
    return _page_or_piece(request, "calls", _calls(request))


@require_safe
def balances(request: HttpRequest) -> HttpResponse:
    """Balances of the parties that the viewer sells to."""
    context = _balances(request)
    if "HX-Request" not in request.headers:
        context["holdings"] = own_holdings(request.viewer)
    return _page_or_piece(request, "balances", context)


@require_safe
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


def _calls(request: HttpRequest) -> dict[str, Any]:
    page = last_calls(request.viewer, now=timezone.now(), after=_place(request))
    return {"page": page, "legs": [LegView.of(leg, request.viewer) for leg in page.legs]}


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
