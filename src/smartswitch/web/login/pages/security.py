"""The page that has everything about the safety of one's login, and the small forms that belong to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login import second_factor, sessions
from smartswitch.web.login.forms import MailAddressForm
from smartswitch.web.login.required_rights import needs
from smartswitch.web.login.step_up import recently_authenticated


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Password, second factor, recovery codes, sessions, in one place."""
    may_require = request.viewer.may("logins.change")
    status = {
        "factors": second_factor.factors_of(request.user),
        "is_required": second_factor.is_required(request.user),
        "sessions": sessions.open_sessions(request),
        "may_require": may_require,
        "house_requires": may_require and _house_of(request).requires_second_factor,
    }
    return render(request, "login/security.html", status)


@require_http_methods(["GET", "POST"])
@recently_authenticated
def mail_address(request: HttpRequest) -> HttpResponse:
    """Where mail for this person goes."""
    form = MailAddressForm(request.POST or None, initial={"email": request.user.email})
    if form.is_bound and form.is_valid():
        request.user.email = form.cleaned_data["email"]
        request.user.save(update_fields=["email"])
        messages.success(request, _("The mail address is saved."))
        return redirect("security")
    return render(request, "login/mail_address.html", {"form": form})


@require_http_methods(["GET", "POST"])
@needs("logins.change")
@recently_authenticated
def requirement(request: HttpRequest) -> HttpResponse:
    """Require a second factor of everybody at this dealer and below, or no longer."""
    dealer = _house_of(request)
    if request.method == "POST":
        is_required = request.POST.get("required") == "yes"
        second_factor.set_requirement(by=request.viewer, dealer=dealer, is_required=is_required)
        messages.success(
            request,
            _("A second factor is required from now on.")
            if is_required
            else _("A second factor is required no longer."),
        )
        return redirect("security")
    return render(request, "login/requirement.html", {"is_required": dealer.requires_second_factor})


def _house_of(request: HttpRequest) -> Dealer:
    return Dealer.objects.only("id", "requires_second_factor").get(pk=request.viewer.dealer_id)
