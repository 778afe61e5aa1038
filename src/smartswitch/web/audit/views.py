"""The pages of the audit: the timeline, one change, the history of one row, and the question before a change is undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.audit import selectors
from smartswitch.web.audit.file import EXPORTS, log_file
from smartswitch.web.audit.filters import Place, TimelineForm, read_place
from smartswitch.web.audit.folding import folded_views
from smartswitch.web.audit.history import history_of
from smartswitch.web.audit.presentation import change_views
from smartswitch.web.audit.undoing import MOST_UNDONE, plan_of, undo
from smartswitch.web.login.required_rights import needs
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.table import query_without
from smartswitch.web.nouns.views import REFUSED_STATUS, View, enter, page_of_one_context, row_of
from smartswitch.web.nouns.writing import Refused

RIGHT = "audit.view"
HISTORY = "history"


@require_safe
@needs(RIGHT)
def timeline(request: HttpRequest) -> HttpResponseBase:
    """Every change that the viewer may see, newest first; as a file with `?export=csv` or `xlsx`."""
    viewer: Viewer = request.viewer
    form = TimelineForm(request.GET, viewer=viewer)
    asked = form.asked()
    if request.GET.get("export") in EXPORTS:
        return log_file(viewer, asked, request.GET["export"])
    page = selectors.changes_page(viewer, asked, _place(request))
    context = {
        "form": form,
        "is_narrowed": any(form.cleaned_data.values()),
        "verdict": selectors.last_verdict() if viewer.is_owner else None,
        "query_for_export": query_without(request.GET, "export", "before"),
        "here": reverse("audit"),
        **_page(request, page),
    }
    return render(request, "audit/list.html" if "HX-Request" in request.headers else "audit/timeline.html", context)


@require_safe
@needs(RIGHT)
def change(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Everything that one request has written."""
    found = selectors.change_of_entry(entry_id)
    (view,) = change_views(request.viewer, [found])
    return render(request, "audit/change.html", {"change": view})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RIGHT)
def undo_change(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The question before a change is undone (what would be set back, what has changed since), and the undoing."""
    found = selectors.change_of_entry(entry_id)
    plan = plan_of(request.viewer, found)
    (view,) = change_views(request.viewer, [found])
    problems: list[str] = []
    if request.method == "POST":
        try:
            undo(request.viewer, plan, overwrite=request.POST.getlist("overwrite"))
        except Refused as refused:
            problems = [str(text) for text in refused.problems.values()]
        else:
            messages.success(request, _("The change is undone."), extra_tags=request.request_id)
            return redirect("audit")
    context = {"change": view, "plan": plan, "problems": problems, "is_too_large": found.total > MOST_UNDONE}
    return render(request, "audit/undo.html", context, status=REFUSED_STATUS if problems else 200)


def history_view(noun: Noun) -> View:
    """The history of one row of a noun, as a tab of its page."""

    @require_safe
    @needs(RIGHT)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        enter(request, noun, f"{noun.right}.view")
        row = row_of(noun, request.viewer, pk)
        page = history_of(request.viewer, noun, row, place=_place(request))
        here = reverse(f"{noun.name}-{HISTORY}", args=[pk])
        context = {**_page(request, page), "here": here}
        if "HX-Request" in request.headers:
            return render(request, "audit/list.html", context)
        of_one = page_of_one_context(request, noun, row, tab=HISTORY)
        return render(request, "audit/history.html", {**of_one, **context})

    return view


def _page(request: HttpRequest, page: selectors.ChangesPage) -> dict[str, Any]:
    return {
        "changes": change_views(request.viewer, page.changes, entry_views=folded_views),
        "next": page.next,
        "looked_back_to": page.looked_back_to,
        "is_first": "before" not in request.GET,
        "query": query_without(request.GET, "before"),
    }


def _place(request: HttpRequest) -> Place | None:
    text = request.GET.get("before", "")
    place = read_place(text)
    if text and place is None:
        raise Http404
    return place
