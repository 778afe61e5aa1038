"""Pages about rights that are no noun's: one's own rights, a new password for somebody, and an end of his second factor."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.step_up import ask_again, is_recent
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import REFUSED_STATUS, row_of, tell_once
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.rights.logins import LOGINS
from smartswitch.web.rights.path import explained_rights_of_viewer


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What the person before the page may do, and why."""
    return render(request, "rights/own.html", {"parts": explained_rights_of_viewer(request.viewer)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, pk: int) -> HttpResponse:
    """The question before somebody's password is replaced, and the new one, once."""
    require(request.viewer, "logins.change")
    noun = noun_named("logins")
    login = row_of(noun, request.viewer, pk)
    if not is_recent(request):
        return ask_again(request)
    problems: list[object] = []
    if request.method == "POST":
        try:
            password = LOGINS.give_new_password(login, by=request.viewer)
            return tell_once(request, noun, login, {"username": login.username, "password": password})
        except Refused as refused:
            problems = list(refused.problems.values())
    return _question(request, "rights/new_password.html", login, problems)


@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """The question before somebody's second factor is taken away, and the taking."""
    require(request.viewer, "logins.change")
    login = row_of(noun_named("logins"), request.viewer, pk)
    if not is_recent(request):
        return ask_again(request)
    problems: list[object] = []
    if request.method == "POST":
        try:
            LOGINS.reset_second_factor(login, by=request.viewer)
        except Refused as refused:
            problems = list(refused.problems.values())
        else:
            messages.success(
                request, _("%(name)s has no second factor any more.") % {"name": login.name or login.username}
            )
            return redirect("logins-one", pk=login.pk)
    return _question(request, "rights/reset_second_factor.html", login, problems)


def _question(request: HttpRequest, template: str, login: Any, problems: list[object]) -> HttpResponse:
    status = REFUSED_STATUS if problems else 200
    return render(request, template, {"login": login, "problems": problems}, status=status)
