"""Pages of dealers that are no noun's: the tree, moving a dealer, and acting for one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smartswitch.web.dealers.acting import act_for_dealer, stop_acting
from smartswitch.web.dealers.forms import MoveForm
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.dealers.queries import QUERIES
from smartswitch.web.dealers.services import DEALERS
from smartswitch.web.dealers.tree import branch_of, with_branch
from smartswitch.web.login.required_rights import needs, require
from smartswitch.web.nouns.field_check import checked_field
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import REFUSED_STATUS, row_of
from smartswitch.web.nouns.writing import Refused


@require_safe
@needs("dealers.view")
def tree(request: HttpRequest) -> HttpResponse:
    """The viewer's dealer and those directly below it; further branches are opened one by one."""
    root = with_branch(Dealer.objects.filter(pk=request.viewer.dealer_id)).get()
    return render(request, "dealers/tree.html", {"root": root, "branch": branch_of(root)})


@require_safe
@needs("dealers.view")
def branch(request: HttpRequest, pk: int) -> HttpResponse:
    """The dealers directly below one, as lines of the tree."""
    dealer = row_of(noun_named("dealers"), request.viewer, pk)
    found = branch_of(dealer, after=request.GET.get("after", ""))
    return render(request, "dealers/branch.html", {"branch": found})


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Where to; then what moves with it; then the move."""
    require(request.viewer, "dealers.change")
    dealer = row_of(noun_named("dealers"), request.viewer, pk)
    form = MoveForm(request.POST if request.method == "POST" else None, viewer=request.viewer, row=dealer)
    checked = checked_field(request, form)
    if checked is not None:
        return checked
    context: dict[str, Any] = {"dealer": dealer, "form": form, "title": dealer.name or dealer.key}
    if request.method != "POST" or not form.is_valid():
        status = REFUSED_STATUS if request.method == "POST" else 200
        return render(request, "dealers/move.html", context, status=status)
    if "confirmed" not in request.POST:
        moves = QUERIES.rows("what_moves", {"dealer": dealer.pk})[0]
        return render(request, "dealers/move.html", {**context, "moves": moves, "to": form.cleaned_data["parent"]})
    try:
        DEALERS.move(dealer, by=request.viewer, **form.values())
    except Refused as refused:
        form.refuse(refused.problems)
        return render(request, "dealers/move.html", context, status=REFUSED_STATUS)
    messages.success(request, _("%(title)s is moved.") % {"title": context["title"]})
    return redirect("dealers-one", pk=dealer.pk)


@require_POST
def act_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Act for a dealer below; its dashboard comes next."""
    dealer = row_of(noun_named("dealers"), request.viewer, pk)
    act_for_dealer(request, dealer, now=timezone.now())
    return redirect("dashboard")


@require_POST
def act_for_stop(request: HttpRequest) -> HttpResponse:
    """Back to one's own house, at the page of the dealer for whom one acted."""
    dealer_id = stop_acting(request, now=timezone.now())
    return redirect("dashboard") if dealer_id is None else redirect("dealers-one", pk=dealer_id)
