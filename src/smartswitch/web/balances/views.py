"""A balance, what moved it, and the form by which money is entered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.balances.forms import PaymentForm
from smartswitch.web.balances.models import Balance
from smartswitch.web.balances.party_names import party_name
from smartswitch.web.balances.payments import RIGHT_OF_KIND, enter_payment, may_enter
from smartswitch.web.balances.statement import balance_of, days_of_calls, party_address, transfers_of
from smartswitch.web.login.required_rights import needs, require
from smartswitch.web.login.step_up import recently_authenticated
from smartswitch.web.nouns.field_check import checked_field
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.ui.money_format import money_text

REFUSED_STATUS = 422


@require_safe
@needs("balances.view")
def balance(request: HttpRequest, pk: int) -> HttpResponse:
    """What a party has, its limits, and what moved its balance lately."""
    found = balance_of(pk)
    context = {
        "balance": found,
        "available": found.available,
        "transfers": transfers_of(found),
        "party_address": party_address(request.viewer, found) if request.viewer.is_of_dealer else None,
        "may_enter": may_enter(request.viewer, found)
        and any(request.viewer.may(right) for right in RIGHT_OF_KIND.values()),
    }
    return render(request, "balances/balance.html", context)


@require_safe
@needs("balances.view")
def calls_by_day(request: HttpRequest, pk: int) -> HttpResponse:
    """What calls took from a balance, by the day: a piece that the page asks for when it is there."""
    found = balance_of(pk)
    days = days_of_calls(request.viewer, found, now=timezone.now())
    return render(request, "balances/pieces/days.html", {"balance": found, "days": days})


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """The form by which money is entered; asks for the password again if it was typed long ago."""
    found = balance_of(pk)
    if not may_enter(request.viewer, found):
        raise Http404
    if not any(request.viewer.may(right) for right in RIGHT_OF_KIND.values()):
        require(request.viewer, RIGHT_OF_KIND["payment"])
    return _pay(request, found)


@recently_authenticated
def _pay(request: HttpRequest, found: Balance) -> HttpResponse:
    form = PaymentForm(request.POST if request.method == "POST" else None, viewer=request.viewer)
    checked = checked_field(request, form)
    if checked is not None:
        return checked
    if request.method == "POST" and form.is_valid():
        answer = _entered(request, found, form)
        if answer is not None:
            return answer
    status = REFUSED_STATUS if request.method == "POST" else 200
    context = {"balance": found, "form": form, "available": found.available}
    return render(request, "balances/pay.html", context, status=status)


def _entered(request: HttpRequest, found: Balance, form: PaymentForm) -> HttpResponse | None:
    values: dict[str, Any] = form.values()
    try:
        entered = enter_payment(found, by=request.viewer, now=timezone.now(), **values)
    except Refused as refused:
        form.refuse(refused.problems)
        return None
    text = money_text(entered.amount, entered.currency)
    messages.success(request, _("Done: %(party)s has %(amount)s now.") % {"party": party_name(found), "amount": text})
    return redirect("balance", pk=found.pk)
