"""The second step of logging in: a code or a key, after the right password."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from smartswitch.web.login import entrance, second_factor_proof
from smartswitch.web.login.pages.shown_factor import FactorAsked, ask_for_factor


@login_not_required
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, and log in who shows it."""
    pending = entrance.who_gave_password(request)
    if pending is None or request.user.is_authenticated:
        return redirect("login")
    asked = ask_for_factor(request, pending.login)
    if asked is FactorAsked.STOPPED:
        return HttpResponse()
    if asked is FactorAsked.SHOWN:
        entrance.enter(request, pending.login)
        return redirect(pending.next_page)
    question = second_factor_proof.key_question(request, pending.login)
    status = {"form": asked, "key_question": question, "username": pending.login.username}
    return render(request, "login/second_step.html", status)
