"""Calls that ended, found by what one knows of them; calls that are tried out without being made; calls that are cut."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from smartswitch.protocol.question import QuestionError
from smartswitch.web.calls.exports import MOST_CALLS, columns_for
from smartswitch.web.calls.filter_form import CallFilterForm
from smartswitch.web.calls.forms import CheckForm
from smartswitch.web.calls.hangup import hang_up
from smartswitch.web.calls.selectors.call_filter import ANY_CALL, CallFilter, ReadFilter, read_call_filter
from smartswitch.web.calls.selectors.places import Place
from smartswitch.web.calls.selectors.search import find_calls
from smartswitch.web.companies.models import Company
from smartswitch.web.dashboard.presentation import LegView
from smartswitch.web.dashboard.selectors.calls import has_ended_since
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import needs
from smartswitch.web.nouns.table import query_without
from smartswitch.web.nouns.views import EXPORTS
from smartswitch.web.peers.models import Peer
from smartswitch.web.routes import words
from smartswitch.web.routes.ask_node import NodeSilentError, QuestionRefusedError
from smartswitch.web.routes.simulation import Simulation, simulate_call

NO_CONTENT = 204
ROWS = (20, 10, 50)
"""How many calls a page may show; the first is the usual one."""
LIKE_MILLISECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)


@require_safe
@needs("calls.view")
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that ended. A page that asks whether there are more (`seen`) gets an empty answer if there are none."""
    viewer = request.viewer
    seen = request.GET.get("seen", "")
    is_poll = "HX-Request" in request.headers and LIKE_MILLISECONDS.fullmatch(seen) is not None
    if is_poll and not has_ended_since(viewer, now=timezone.now(), seen_ms=int(seen)):
        return HttpResponse(status=NO_CONTENT)
    read = read_call_filter(request.GET, zone=viewer.zone, sees_terminators=viewer.sees_common_routes)
    if request.GET.get("export") in EXPORTS:
        page = find_calls(viewer, read.filter, now=timezone.now(), most=MOST_CALLS)
        rows = [LegView.of(leg, viewer) for leg in page.legs]
        return EXPORTS[request.GET["export"]]("calls", columns_for(viewer), rows)
    context = _found(request, read)
    if "HX-Request" in request.headers:
        return render(request, "dashboard/pieces/calls.html", context)
    form = CallFilterForm(request.GET, read=read, sees_terminators=viewer.sees_common_routes)
    return render(request, "calls/calls.html", {**context, "form": form, "parties": _parties(read.filter)})


def _found(request: HttpRequest, read: ReadFilter) -> dict[str, Any]:
    wanted = request.GET.get("rows", "")
    rows = next((rows for rows in ROWS if str(rows) == wanted), ROWS[0])
    page = find_calls(request.viewer, read.filter, now=timezone.now(), after=_place(request), most=rows)
    return {
        "page": page,
        "rows": rows,
        "legs": [LegView.of(leg, request.viewer) for leg in page.legs],
        "is_narrowed": read.filter != ANY_CALL,
        "query": query_without(request.GET, "after", "seen", "export", "rows"),
    }


def _place(request: HttpRequest) -> Place | None:
    text = request.GET.get("after", "")
    if not text:
        return None
    try:
        return Place.parse(text)
    except ValueError as error:
        raise Http404 from error


def _parties(wanted: CallFilter) -> list[tuple[str, str]]:
    """The parties to which the list is narrowed: the field's name, and what the party is called, if it may be seen."""
    found = []
    for name, model, pk in (
        ("peer", Peer, wanted.peer_id),
        ("company", Company, wanted.company_id),
        ("dealer", Dealer, wanted.dealer_id),
    ):
        row = None if pk is None else model.objects.filter(pk=pk).values_list("name", "key").first()
        if pk is not None:
            found.append((name, "–" if row is None else row[0] or row[1]))
    return found


@require_safe
@needs("routes.check")
def check_call(request: HttpRequest) -> HttpResponse:
    """What a call would do, what it would cost at each level of the house and what it would earn. Nobody is called."""
    form = CheckForm(request.GET if "number" in request.GET else None, viewer=request.viewer)
    simulation = _simulation(request, form) if form.is_bound and form.is_valid() else None
    context = {"form": form, "simulation": simulation, "words": words}
    template = "calls/pieces/check.html" if "HX-Request" in request.headers else "calls/check.html"
    return render(request, template, context)


def _simulation(request: HttpRequest, form: CheckForm) -> Simulation | None:
    values = form.values()
    try:
        found = simulate_call(
            request.viewer,
            peer_id=values["peer"].pk,
            called=values["number"],
            caller=values["caller"],
            at=values["at"] or timezone.now(),
            duration_s=values["duration_s"],
        )
    except (NodeSilentError, QuestionRefusedError, QuestionError) as error:
        form.add_error(None, str(error))
        return None
    if found is None:
        raise Http404
    return found


@require_POST
@needs("calls.hangup")
def hang_up_call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """End a call in progress, on both sides."""
    if not hang_up(request.viewer, call_id):
        raise Http404
    if "HX-Request" in request.headers:
        return HttpResponse(status=NO_CONTENT, headers={"HX-Trigger": "hangup"})
    messages.success(request, _("The call is being ended. If it is still here in some seconds, press again."))
    return redirect("live")
