"""The sessions of a login: where he is logged in, and ending that. Every request notes them (second_factor_gate.py)."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from smartswitch.web.rights.models import Login
from smartswitch.web.ui.browser_words import browser_in_words

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One browser in which a login is logged in."""

    id: int
    address: str
    browser: str
    since: datetime
    last_seen_at: datetime
    is_this: bool


def open_sessions(request: HttpRequest) -> list[OpenSession]:
    """The person's sessions, this one first, then those seen last."""
    found = _live(request.user).order_by("-last_seen_at")[:MOST_SHOWN]
    listed = [
        OpenSession(
            id=each.pk,
            address=each.ip,
            browser=browser_in_words(each.user_agent),
            since=each.created_at,
            last_seen_at=each.last_seen_at,
            is_this=each.session_key == request.session.session_key,
        )
        for each in found
    ]
    return sorted(listed, key=lambda each: not each.is_this)


def end_session(request: HttpRequest, session_id: int) -> bool:
    """End one other session of the person; False if he has none of that number. This one is ended by logging out."""
    others = UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
    return _end(others.filter(pk=session_id)) == 1


def end_other_sessions(request: HttpRequest) -> int:
    """End all sessions of the person but this one; how many."""
    return _end(UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key))


def end_all_sessions(login: Login) -> int:
    """End every session of a login; how many."""
    return _end(UserSession.objects.filter(user_id=login.pk))


def rename_session(*, old_key: str, new_key: str) -> None:
    """The session got another key (a new password does that) and stays the same session."""
    UserSession.objects.filter(session_key=old_key).update(session_key=new_key)


def forget_ended(login: Login) -> None:
    """Forget the notes about sessions that ended by themselves."""
    live = _live(login).values("pk")
    UserSession.objects.filter(user_id=login.pk).exclude(pk__in=live).delete()


def _live(login: Login) -> QuerySet[UserSession]:
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return UserSession.objects.filter(Exists(alive), user_id=login.pk)


def _end(chosen: QuerySet[UserSession]) -> int:
    keys = list(chosen.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    chosen.filter(session_key__in=keys).delete()
    return len(keys)
