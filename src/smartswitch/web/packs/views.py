"""What packs and prices have besides the pages of every noun: the page of a pack, the cost of a call, a copy, the history
of a code, and the form that takes the place of a row in the table of prices."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.login.required_rights import MissingRightError, needs
from smartswitch.web.nouns.field_check import checked_field
from smartswitch.web.nouns.presentation import shown_rows
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import REFUSED_STATUS, context_of_row, page_of_one_context, row_of
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.packs.cost import cost_of_call
from smartswitch.web.packs.forms import CopyForm, CostForm, PriceInPlaceForm
from smartswitch.web.packs.models import Price
from smartswitch.web.packs.price_noun import may_change, prices_for
from smartswitch.web.packs.prices import ACTIVATE, PRICES
from smartswitch.web.packs.selectors import database_now
from smartswitch.web.packs.services import PACKS

MOST_OF_HISTORY = 500
HISTORY_COLUMNS = frozenset(
    {"band", "price_per_minute", "first_price_per_minute", "connect_fee", "min_s", "increment_s", "free_s", "grace_s",
     "valid_from", "valid_to", "state"}
)  # fmt: skip


@require_safe
@needs("packs.view")
def cost(request: HttpRequest, pk: int) -> HttpResponse:
    """What a number costs by a pack, and why. Without JavaScript it is a page of its own."""
    packs = noun_named("packs")
    pack = row_of(packs, request.viewer, pk)
    form = CostForm(request.GET if request.GET else None)
    answer = None
    if form.is_valid():
        typed = form.cleaned_data
        at = typed["at"] or database_now()
        answer = cost_of_call(pack, typed["number"], seconds=typed["seconds"], at=at)
    context = {"cost_form": form, "cost": answer, "row": pack}
    if "HX-Request" in request.headers:
        return render(request, "packs/cost_box.html", context)
    return render(request, "packs/cost.html", {**page_of_one_context(request, packs, pack, tab="cost"), **context})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("packs.add")
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy of a pack, with a margin if wanted."""
    packs = noun_named("packs")
    pack = row_of(packs, request.viewer, pk)
    form = CopyForm(request.POST if request.method == "POST" else None, viewer=request.viewer)
    checked = checked_field(request, form)
    if checked is not None:
        return checked
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = PACKS.copy(pack, by=request.viewer, key=typed["key"], name=typed["name"], margin=form.margin())
        except Refused as refused:
            form.refuse(refused.problems)
        else:
            messages.success(request, _("%(title)s is saved.") % {"title": packs.title(made)})
            return redirect("packs-one", pk=made.pk)
    status = REFUSED_STATUS if request.method == "POST" else 200
    back = reverse("packs-one", args=[pack.pk])
    context = {"noun": packs, "row": pack, "form": form, "title": packs.title(pack), "back": back}
    return render(request, "packs/copy.html", context, status=status)


@require_safe
@needs("packs.view")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """All prices that one code ever had, or will have, in the pack of this price: the newest first."""
    price = _price_of(request, pk)
    packs, prices = noun_named("packs"), noun_named("prices")
    pack = row_of(packs, request.viewer, price.pack_id)
    rows = prices_for(request.viewer).filter(pack=pack, code=price.code).order_by("-valid_from", "band")
    columns = [column for column in prices.columns if column.name in HISTORY_COLUMNS]
    context = {
        "price": price,
        "columns": columns,
        "shown": shown_rows(prices, columns, rows[:MOST_OF_HISTORY], viewer=request.viewer),
    }
    return render(
        request,
        "packs/history.html",
        {**page_of_one_context(request, packs, pack, tab="prices"), **context, "chosen": price.pk},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("packs.change")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form in the place of a row. When it is saved, the rows that came of it stand there instead."""
    price = _price_of(request, pk)
    if not may_change(request.viewer, price):
        raise Http404
    may_activate = request.viewer.may(ACTIVATE)
    form = PriceInPlaceForm(request.POST if request.method == "POST" else None, viewer=request.viewer, row=price)
    if request.method == "POST" and form.is_valid():
        try:
            written = PRICES.change(price, by=request.viewer, values=form.values())
        except Refused as refused:
            form.refuse(refused.problems)
        except MissingRightError:
            form.refuse({"valid_from": _("You may plan prices, but not put them in force: name a moment to come.")})
        else:
            return _rows_of(request, [pk, written.pk], focus=True)
    status = REFUSED_STATUS if request.method == "POST" else 200
    context = {"price": price, "form": form, "may_activate": may_activate}
    return render(request, "packs/price_edit.html", context, status=status)


@require_safe
@needs("packs.view")
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of the table again, after its form was given up."""
    return _rows_of(request, [_price_of(request, pk).pk], focus=True)


def _rows_of(request: HttpRequest, ids: list[int], *, focus: bool) -> HttpResponse:
    """The rows that are left of some prices; what has ended has left the table of what is in force."""
    rows = [price for price in prices_for(request.viewer).filter(pk__in=ids).order_by("valid_from") if _is_left(price)]
    context: dict[str, Any] = context_of_row(request, noun_named("prices"), rows)
    return render(request, "packs/price_rows.html", {**context, "focus": focus})


def _is_left(price: Price) -> bool:
    return price.valid_to is None or price.valid_to > database_now()


def _price_of(request: HttpRequest, pk: int) -> Any:
    return row_of(noun_named("prices"), request.viewer, pk)
