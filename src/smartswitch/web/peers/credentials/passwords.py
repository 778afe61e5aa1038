"""Passwords of phones: made by chance, or chosen within rules. What is kept of one is its digest (core/digest.py).

A phone's password is typed by people with a keypad, and attacked by machines that try thousands a second elsewhere; so a
generated one has no letters that look alike, and more than a hundred bits of chance. No character of it means anything to
a SIP address, a configuration file or a shell.
"""

import re
import secrets
from dataclasses import dataclass

from django.utils.translation import gettext as _

ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GENERATED_LENGTH = 20
SHORTEST, LONGEST = 12, 64
LEAST_DIFFERENT = 6
_SHAPE = re.compile(r"[A-Za-z0-9._~!*+=^-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class SipCredentials:
    """A user name with its password in clear: lives as long as one answer, and is in no log."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"SipCredentials({self.username!r})"


def new_password() -> str:
    """A password that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _number in range(GENERATED_LENGTH))


def problem_of_password(password: str) -> str | None:
    """What is wrong with a password that somebody chose, as a sentence; None if nothing is."""
    if not SHORTEST <= len(password) <= LONGEST:
        return _("A password has %(least)d to %(most)d characters.") % {"least": SHORTEST, "most": LONGEST}
    if _SHAPE.fullmatch(password) is None:
        return _("Letters, digits and . _ ~ ! * + = ^ - only: other characters are lost in some phones.")
    if len(set(password.lower())) < LEAST_DIFFERENT:
        return _("This is too easy to guess: use more different characters.")
    return None
