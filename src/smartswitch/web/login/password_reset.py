"""A new password by mail, for who lost the old one.

The page takes a name or a mail address and puts a job into the queue, whether or not there is such a login: the answer and
the time it takes say nothing. The worker (tasks.py) looks for logins and sends each a link. The link is worth something once
and for LINK_S; the database knows only the hash of its secret, so who reads the database or the queue can open nothing with
it. A new password ends all sessions of the login. The second factor stays: mail alone opens no login that has one.
"""

from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from smartswitch.web.login import guesses, sessions
from smartswitch.web.login.models import PasswordReset, hash_of_secret
from smartswitch.web.login.tasks import send_reset_mail
from smartswitch.web.rights.models import Login

LINK_S = 60 * 60
LONGEST_WRITTEN = 254
_ACTOR = "SELECT set_config('smartswitch.actor', %s, true)"


def ask_for_link(request: HttpRequest, written: str) -> None:
    """Let the worker send a link to whoever is meant. It leads to the host by which this request came,
    if that is the operator's or one of his own house's; the worker decides that."""
    guesses.count_wrong(request, guesses.RESETS)
    send_reset_mail.defer(
        written=written[:LONGEST_WRITTEN],
        site=f"{request.scheme}://{request.get_host()}",
        language=get_language() or "en",
    )


def login_of_link(secret: str) -> Login | None:
    """Whose password may be replaced by this link; None if it is unknown, used or too old."""
    newest = timezone.now() - timedelta(seconds=LINK_S)
    found = PasswordReset.objects.filter(secret_sha256=hash_of_secret(secret), created_at__gt=newest).first()
    return Login.objects.filter(pk=found.login_id, is_active=True).first() if found else None


def use_link(request: HttpRequest, secret: str, *, new_password: str) -> bool:
    """Replace the password; False if the link is worth nothing (any more). Of two at once one succeeds."""
    login = login_of_link(secret)
    if login is None:
        return False
    login = Login.objects.select_for_update().get(pk=login.pk)
    gone, _ = PasswordReset.objects.filter(login_id=login.pk, secret_sha256=hash_of_secret(secret)).delete()
    if not gone:
        return False
    PasswordReset.objects.filter(login_id=login.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute(_ACTOR, [login.username])
    login.set_password(new_password)
    login.save(update_fields=["password"])
    sessions.end_all_sessions(login)
    guesses.forget_wrong(request, login.username)
    return True
