"""The second factors of a login: which there are, adding and removing them. Checking them is second_factor_proof.py.

A login has at most one authenticator app (TOTP, RFC 6238), up to MOST_KEYS security keys or passkeys (WebAuthn), and, as
long as it has one of these, recovery codes. Rule: whatever changes here ends the other sessions of the login, since whoever
changed it may have done so because a stranger is in one of them.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login import sessions
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.second_factor_proof import NOT_A_CREDENTIAL, matching_counter
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.rights.models import Login

Type = Authenticator.Type
PRIMARY = (Type.TOTP, Type.WEBAUTHN)
MOST_KEYS = 10
LONGEST_NAME = 60
_SEED = "second_factor_seed"


class FactorRefusedError(Exception):
    """A second factor is not taken away; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Key:
    """A security key or passkey."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What a login has. `codes_left` counts the recovery codes that were not used yet."""

    app: Authenticator | None
    keys: tuple[Key, ...]
    codes_left: int

    @property
    def is_enrolled(self) -> bool:
        """Whether a second factor is asked for when this login logs in."""
        return self.app is not None or bool(self.keys)

    @property
    def count(self) -> int:
        """How many could be lost before the login is locked out, recovery codes aside."""
        return len(self.keys) + (self.app is not None)


def factors_of(login: Login) -> Factors:
    """All second factors of a login."""
    app, keys, codes_left = None, [], 0
    for each in Authenticator.objects.filter(user_id=login.pk).order_by("created_at", "id"):
        if each.type == Type.TOTP:
            app = each
        elif each.type == Type.WEBAUTHN:
            keys.append(Key(each.pk, each.wrap().name, each.created_at, each.last_used_at))
        else:
            codes_left = len(RecoveryCodes(each).get_unused_codes())
    return Factors(app=app, keys=tuple(keys), codes_left=codes_left)


def is_enrolled(login: Login) -> bool:
    """Whether this login has to show a second factor."""
    return Authenticator.objects.filter(user_id=login.pk, type__in=PRIMARY).exists()


def is_required(login: Login) -> bool:
    """Whether the dealer of this login, or one above it, requires a second factor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT second_factor_required(%s)", [login.pk])
        return bool(cursor.fetchone()[0])


def app_seed(request: HttpRequest, *, is_new: bool) -> str:
    """The seed of an app that is being added. Until it is confirmed it waits in the session, encrypted."""
    adapter = get_adapter()
    if is_new or _SEED not in request.session:
        request.session[_SEED] = adapter.encrypt(generate_totp_secret())
    return adapter.decrypt(request.session[_SEED])


def app_drawing(login: Login, seed: str) -> str:
    """The QR code of a seed, as SVG."""
    adapter = get_adapter()
    return adapter.build_totp_svg(adapter.build_totp_url(login, seed))


def add_app(request: HttpRequest, code: str) -> bool:
    """Add the app whose seed waits in the session, if it showed the right code; say whether."""
    seed = app_seed(request, is_new=False)
    counter = matching_counter(seed, code, after=None)
    if counter is None:
        return False
    _lock(request.user)
    if Authenticator.objects.filter(user_id=request.user.pk, type=Type.TOTP).exists():
        return False
    app = TOTP.activate(request.user, seed).instance
    app.data["used_counter"] = counter
    app.save(update_fields=["data"])
    del request.session[_SEED]
    _changed(request)
    return True


def key_offer(request: HttpRequest) -> str:
    """What the browser needs to make a new key, as JSON."""
    return json.dumps(webauthn.begin_registration(request.user, passwordless=False))


def add_key(request: HttpRequest, *, credential: str, name: str, default_name: str) -> bool:
    """Add a key that the browser made; False if that is not what was asked for."""
    _lock(request.user)
    if Authenticator.objects.filter(user_id=request.user.pk, type=Type.WEBAUTHN).count() >= MOST_KEYS:
        return False
    try:
        made: dict[str, Any] = json.loads(credential)
        webauthn.parse_registration_response(made)
        webauthn.complete_registration(made)
    except NOT_A_CREDENTIAL:
        return False
    finally:
        webauthn.clear_state()
    webauthn.WebAuthn.add(request.user, name.strip()[:LONGEST_NAME] or default_name, made)
    _changed(request)
    return True


def remove(request: HttpRequest, factor_id: int) -> bool:
    """Remove one of the person's own factors; with the last one the recovery codes go too. False if there is none."""
    _lock(request.user)
    gone, _by_kind = Authenticator.objects.filter(user_id=request.user.pk, pk=factor_id, type__in=PRIMARY).delete()
    if not gone:
        return False
    if not is_enrolled(request.user):
        Authenticator.objects.filter(user_id=request.user.pk).delete()
    _changed(request)
    return True


def recovery_codes(login: Login) -> list[str]:
    """The recovery codes that were not used yet; none without a second factor."""
    found = Authenticator.objects.filter(user_id=login.pk, type=Type.RECOVERY_CODES).first()
    return RecoveryCodes(found).get_unused_codes() if found else []


def renew_recovery_codes(request: HttpRequest) -> None:
    """Make new recovery codes; the old ones are worth nothing any more."""
    _lock(request.user)
    Authenticator.objects.filter(user_id=request.user.pk, type=Type.RECOVERY_CODES).delete()
    _changed(request)


def reset_second_factor(*, by: Viewer, login: Login) -> None:
    """Take all second factors from somebody else's login, who lost them, and end his sessions. The audit tells who did it.

    Raises MissingRightError without the right `logins.change`, and FactorRefusedError for one's own login.
    """
    require(by, "logins.change")
    if by.login_id == login.pk:
        raise FactorRefusedError(_("Your own second factor is removed on the page Security, which asks for it first."))
    Authenticator.objects.filter(user_id=login.pk).delete()
    sessions.end_all_sessions(login)


def set_requirement(*, by: Viewer, dealer: Dealer, is_required: bool) -> None:
    """Require a second factor at a dealer and below it, or no longer. MissingRightError without `logins.change`."""
    require(by, "logins.change")
    dealer.requires_second_factor = is_required
    dealer.save(update_fields=["requires_second_factor"])


def _changed(request: HttpRequest) -> None:
    """After every change of the person's own factors."""
    if is_enrolled(request.user):
        RecoveryCodes.activate(request.user)
    sessions.end_other_sessions(request)


def _lock(login: Login) -> None:
    """One change at a time."""
    Login.objects.select_for_update().get(pk=login.pk)
