"""Counts wrong guesses, of passwords and of codes alike, and says when somebody has to wait. Counting is django-axes'.

| what is counted                                  | when it stops                     | for how long         |
|--------------------------------------------------|-----------------------------------|----------------------|
| a name from one address                          | MOST_WRONG guesses                | an hour              |
| a name from all addresses together               | SLOW_AFTER guesses within an hour | one guess per SLOW_S |
| asking for mails to reset a password             | MOST_RESETS from one address      | an hour              |

Guessing from many addresses only slows: else a stranger could lock anybody out. An address from which the login got in
within the last KNOWN_DAYS is not slowed, so its owner does not notice. Guesses of one name from one address are looked at
one after the other (a lock of the transaction), so that many at once are counted like many in a row.
"""

import ipaddress
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_credentials
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

MOST_WRONG = 5
SLOW_AFTER = 20
SLOW_S = 30
KNOWN_DAYS = 90
COUNTED_WITHIN = timedelta(hours=1)
MOST_RESETS = 20
RESETS = "(password reset)"
"""Under this name, which no login can have, requests for mails are counted."""
TOO_MANY_REQUESTS = 429
UNKNOWN_ADDRESS = "::"
_BY_NAME_AND_ADDRESS, _BY_NAME = 7301, 7302


class GuessCounter(AxesDatabaseHandler):
    """django-axes, with one guess after the other, and with the limit over all addresses."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        name = get_client_username(request, credentials) or ""
        with connection.cursor() as cursor:
            place = f"{name} {client_address(request)}"
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_BY_NAME_AND_ADDRESS, place])
        if super().is_locked(request, credentials):
            return True
        request.login_wait_s = 0 if name == RESETS else _wait_s(request, name)
        return bool(request.login_wait_s)


def is_stopped(request: HttpRequest, name: str) -> bool:
    """Whether no guess may be looked at now; then whatever the view answers, the person sees why he has to wait."""
    if AxesProxyHandler.is_allowed(request, get_credentials(username=name)):
        return False
    request.axes_locked_out = True
    request.axes_credentials = {"username": name}
    return True


def count_wrong(request: HttpRequest, name: str) -> None:
    """Count a wrong guess; the one too many is answered with the page that says so."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def forget_wrong(request: HttpRequest, name: str) -> None:
    """Forget the wrong guesses from here: the person has proved by mail who he is."""
    AxesProxyHandler.reset_attempts(username=name, ip_address=client_address(request))


def most_failures(_request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """After how many guesses from one address a name is locked there."""
    return MOST_RESETS if (credentials or {}).get("username") == RESETS else MOST_WRONG


def locked_answer(request: HttpRequest, _answer: HttpResponse, _credentials: dict[str, Any] | None) -> HttpResponse:
    """The page for who has to wait."""
    wait_s = getattr(request, "login_wait_s", 0)
    return render(request, "login/locked.html", {"wait_s": wait_s}, status=TOO_MANY_REQUESTS)


def client_address(request: HttpRequest) -> str:
    """Where a request comes from. A proxy on this host is believed what it says; nobody else is."""
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    forwarded = _address(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    if peer is not None and not peer.is_loopback:
        return str(peer)
    return str(forwarded or peer or UNKNOWN_ADDRESS)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _wait_s(request: HttpRequest, name: str) -> int:
    """How long a guess of this name has to wait because of guesses from anywhere."""
    now = timezone.now()
    guesses = AccessAttempt.objects.filter(username=name, attempt_time__gt=now - COUNTED_WITHIN)
    found = guesses.aggregate(wrong=Sum("failures_since_start"), last=Max("attempt_time"))
    if (found["wrong"] or 0) < SLOW_AFTER:
        return 0
    known = AccessLog.objects.filter(
        username=name, ip_address=client_address(request), attempt_time__gt=now - timedelta(days=KNOWN_DAYS)
    )
    if known.exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_BY_NAME, name])
        (is_our_turn,) = cursor.fetchone()
    if not is_our_turn:
        return SLOW_S
    return max(0, SLOW_S - int((now - found["last"]).total_seconds()))
