"""From a right password to being logged in: at once, or by way of the second factor.

Between the two steps nobody is logged in: the session only remembers who gave the right password, for STEP_S, and for as
long as that password stays.
"""

from dataclasses import dataclass

from django.contrib.auth import login as start_session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from smartswitch.web.login import sessions
from smartswitch.web.login.step_up import note_identity_shown
from smartswitch.web.rights.models import Login

STEP_S = 10 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"
_PENDING = "second_step"


@dataclass(frozen=True, slots=True)
class Pending:
    """Who gave the right password, and where he wants to go."""

    login: Login
    next_page: str


def enter(request: HttpRequest, login: Login) -> None:
    """Log this person in, in a session with a new key."""
    request.session.pop(_PENDING, None)
    start_session(request, login, backend=BACKEND)
    note_identity_shown(request)
    sessions.forget_ended(login)


def remember_password_given(request: HttpRequest, login: Login, *, next_page: str) -> None:
    """The password was right; the second factor is still to be shown."""
    request.session.cycle_key()
    request.session[_PENDING] = {
        "login": login.pk,
        "password": login.get_session_auth_hash(),
        "at": int(timezone.now().timestamp()),
        "next": next_page,
    }


def who_gave_password(request: HttpRequest) -> Pending | None:
    """Who is between the two steps; None if nobody is, or no longer."""
    pending = request.session.get(_PENDING)
    if not pending or timezone.now().timestamp() - pending["at"] > STEP_S:
        return None
    login = Login.objects.filter(pk=pending["login"], is_active=True).first()
    if login is None or not constant_time_compare(login.get_session_auth_hash(), pending["password"]):
        return None
    return Pending(login, pending["next"])
