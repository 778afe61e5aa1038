"""Checks what a person shows as a second factor: a code of his app, a recovery code, or the signature of a key.

Rule: nothing is accepted twice. A code of the app counts only if it is newer than the last one that was accepted (RFC 6238,
section 5.2); that is kept with the app in the database, not in a cache of one process. A recovery code is struck off. A key
signs a challenge that is forgotten after one answer, right or wrong.
"""

import json
import struct

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from smartswitch.runtime.log import EventLog
from smartswitch.runtime.secret_box import SecretError
from smartswitch.web.rights.models import Login

LONGEST_CODE = 32
NOT_A_CREDENTIAL = (ValidationError, ValueError, TypeError, LookupError, AttributeError, AssertionError, struct.error)
"""What parsing raises for an answer that no browser gives; what is asked of a stranger may be anything."""
Type = Authenticator.Type

log = EventLog("web.login")


def is_right_code(login: Login, code: str) -> bool:
    """Whether this is the present code of the app, or an unused recovery code; it is used up by that."""
    if not code or len(code) > LONGEST_CODE:
        return False
    for each in Authenticator.objects.select_for_update().filter(user_id=login.pk).exclude(type=Type.WEBAUTHN):
        try:
            is_right = _uses_app(each, code) if each.type == Type.TOTP else RecoveryCodes(each).validate_code(code)
        except SecretError as error:
            log.error("second_factor_unreadable", login=login.pk, error=str(error))
            continue
        if is_right:
            each.refresh_from_db()
            each.record_usage()
            return True
    return False


def matching_counter(seed: str, code: str, *, after: int | None) -> int | None:
    """The time step of which this is the code, if it is a present one and later than `after`."""
    for counter in yield_hotp_counters_from_time():
        is_new = after is None or counter > after
        if is_new and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(seed, counter))):
            return counter
    return None


def key_question(request: HttpRequest, login: Login) -> str | None:
    """What the browser needs to let a key of this login sign, as JSON; None if there is no key."""
    if not Authenticator.objects.filter(user_id=login.pk, type=Type.WEBAUTHN).exists():
        return None
    return json.dumps(webauthn.begin_authentication(login))


def is_right_key(_request: HttpRequest, login: Login, credential: str) -> bool:
    """Whether a key of this login signed what `key_question` asked for last in this session."""
    try:
        answer = json.loads(credential)
        webauthn.parse_authentication_response(answer)
        key = webauthn.complete_authentication(login, answer)
    except NOT_A_CREDENTIAL:
        return False
    finally:
        webauthn.clear_state()
    key.record_usage()
    return True


def _uses_app(app: Authenticator, code: str) -> bool:
    seed = get_adapter().decrypt(app.data["secret"])
    counter = matching_counter(seed, code, after=app.data.get("used_counter"))
    if counter is None:
        return False
    app.data["used_counter"] = counter
    app.save(update_fields=["data"])
    return True
