"""Notes every session, and leads who must have a second factor and has none to the page where he adds one.

Until then he can use no other page. It asks the database one question for a request (sql/second_factor_required.sql).
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from smartswitch.web.login.guesses import client_address

ENROLMENT = "second_factor"
OPEN_PAGES = frozenset(
    {ENROLMENT, "second_factor_app", "second_factor_key", "reauthenticate", "logout", "login", "language", "health"}
)
OWN_PAGES = OPEN_PAGES | {
    "security", "mail_address", "password", "recovery_codes", "second_factor_remove", "sessions", "sessions_end_others",
    "session_end",
}  # fmt: skip
"""Pages about the person's own login. They act for his own dealer, also while he acts for one below, who cannot see him."""
LONGEST_BROWSER = 200


class SecondFactorGate:
    """Sets `request.must_enrol`. Stands behind the middleware that asks for a login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.must_enrol = False
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _arguments: Any, _named: Any) -> HttpResponse | None:
        """Note the session; answer instead of the view if the person has to enrol first."""
        if not request.user.is_authenticated or not request.session.session_key:
            return None
        is_required, is_enrolled = _note_use(request)
        request.must_enrol = is_required and not is_enrolled
        if request.resolver_match.url_name in OWN_PAGES:
            _act_for_own_dealer(request)
        if not request.must_enrol or request.resolver_match.url_name in OPEN_PAGES:
            return None
        if "HX-Request" not in request.headers:
            return redirect(ENROLMENT)
        answer = HttpResponse()
        answer.headers["HX-Redirect"] = reverse(ENROLMENT)
        return answer


def _note_use(request: HttpRequest) -> tuple[bool, bool]:
    browser = request.headers.get("User-Agent", "").replace("\0", "")[:LONGEST_BROWSER]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM note_use_of_login(%s, %s, %s, %s)",
            [request.user.pk, request.session.session_key, client_address(request), browser],
        )
        is_required, is_enrolled = cursor.fetchone()
    return is_required, is_enrolled


def _act_for_own_dealer(request: HttpRequest) -> None:
    if request.viewer is None or request.viewer.dealer_id == request.user.dealer_id:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('smartswitch.dealer', %s, true)", [str(request.user.dealer_id)])
