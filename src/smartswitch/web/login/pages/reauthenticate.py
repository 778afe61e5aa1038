"""The page that asks again who somebody is, before money moves or a login changes (step_up.py)."""

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smartswitch.web.login import second_factor, second_factor_proof, step_up
from smartswitch.web.login.forms import ShownPasswordForm
from smartswitch.web.login.pages.shown_factor import FactorAsked, ask_for_factor


@require_http_methods(["GET", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, or for the password of who has none; then go on where he was."""
    is_enrolled = second_factor.is_enrolled(request.user)
    asked = ask_for_factor(request, request.user) if is_enrolled else _ask_for_password(request)
    if asked is FactorAsked.STOPPED:
        return HttpResponse()
    next_page = step_up.safe_next(request, otherwise=reverse("dashboard"))
    if asked is FactorAsked.SHOWN:
        step_up.note_identity_shown(request)
        return redirect(next_page)
    question = second_factor_proof.key_question(request, request.user) if is_enrolled else None
    status = {"form": asked, "key_question": question, "is_enrolled": is_enrolled, "next": next_page}
    return render(request, "login/reauthenticate.html", status)


def _ask_for_password(request: HttpRequest) -> FactorAsked | ShownPasswordForm:
    if request.method != "POST":
        return ShownPasswordForm()
    form = ShownPasswordForm(request.POST)
    if not form.is_valid():
        return form
    # Looks at the password as at login: wrong ones are counted, and too many stop it.
    found = authenticate(request, username=request.user.username, password=form.cleaned_data["password"])
    if found is not None and found.pk == request.user.pk:
        return FactorAsked.SHOWN
    if getattr(request, "axes_locked_out", False):
        return FactorAsked.STOPPED
    form.add_error("password", _("The password is wrong. Mind capital letters."))
    form.fields["password"].widget.attrs["class"] = "form-control is-invalid"
    return form
