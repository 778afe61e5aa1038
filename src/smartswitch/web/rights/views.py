"""Pages about rights that are no noun's: one's own rights, and a new password for somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import REFUSED_STATUS, row_of
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.rights.logins import LOGINS
from smartswitch.web.rights.password_page import password_page
from smartswitch.web.rights.path import explained_rights_of_viewer


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What the person before the page may do, and why."""
    return render(request, "rights/own.html", {"parts": explained_rights_of_viewer(request.viewer)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, pk: int) -> HttpResponse:
    """The question before somebody's password is replaced, and the new one, once."""
    require(request.viewer, "logins.change")
    login = row_of(noun_named("logins"), request.viewer, pk)
    problems: list[object] = []
    if request.method == "POST":
        try:
            return password_page(request, login, LOGINS.give_new_password(login, by=request.viewer))
        except Refused as refused:
            problems = list(refused.problems.values())
    status = REFUSED_STATUS if problems else 200
    return render(request, "rights/new_password.html", {"login": login, "problems": problems}, status=status)
