"""Makes and changes logins from outside the web account: for the command line, for the demonstration, for tests.

The rules for passwords are those of the pages (length, common words, likeness to the name), and so is the hash.
"""

import os
import secrets
from dataclasses import dataclass

import django
import psycopg
from psycopg import errors

SETTINGS = "smartswitch.web.config.settings"
PASSWORD_BYTES = 12

_INSERT = """
INSERT INTO login (username, password, dealer_id, role_id, name)
SELECT %(username)s, %(password)s, d.id, r.id, %(person)s
FROM dealer AS d
LEFT JOIN role AS r ON r.dealer_id = d.id AND r.key = %(role)s
WHERE d.key = %(dealer)s AND (%(role)s::text IS NULL OR r.id IS NOT NULL)
RETURNING id
"""
_END_SESSIONS = """
WITH ended AS (DELETE FROM usersessions_usersession WHERE user_id = %(login)s RETURNING session_key)
DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM ended)
"""
_ACTOR = "SELECT set_config('smartswitch.actor', %s, true), set_config('smartswitch.origin', 'command line', true)"


class LoginError(Exception):
    """The login cannot be made or changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One login, as it is listed."""

    username: str
    person: str
    dealer: str
    role: str | None
    is_active: bool


def new_password() -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def create_login(
    database_url: str,
    *,
    username: str,
    password: str,
    dealer_key: str,
    role: str | None = None,
    person: str = "",
    actor: str = "command line",
) -> None:
    """Make a login of a dealer; without a role it may do all that the dealer may. LoginError if that cannot be."""
    encoded = _encoded(password, username)
    values = {"username": username, "password": encoded, "dealer": dealer_key, "role": role, "person": person}
    try:
        with psycopg.connect(database_url) as connection:
            connection.execute(_ACTOR, [actor])
            row = connection.execute(_INSERT, values).fetchone()
    except errors.UniqueViolation as error:
        raise LoginError(f"there is a login {username!r} already; give it a new password, or choose a name") from error
    except errors.CheckViolation as error:
        raise LoginError(f"{username!r} is no user name: letters, digits and _.@+-, a letter or digit first") from error
    if row is None:
        wanted = f"a dealer {dealer_key!r}" if role is None else f"a dealer {dealer_key!r} with a role {role!r}"
        raise LoginError(f"there is not {wanted}; smartswitch balance lists the dealers")


def replace_password(database_url: str, *, username: str, password: str, actor: str = "command line") -> None:
    """Give a login a new password; whoever is logged in with it has to log in again. LoginError if there is none."""
    encoded = _encoded(password, username)
    with psycopg.connect(database_url) as connection:
        connection.execute(_ACTOR, [actor])
        done = connection.execute(
            "UPDATE login SET password = %s WHERE username = %s RETURNING id", [encoded, username]
        ).fetchone()
        if done is None:
            raise LoginError(f"there is no login {username!r}; smartswitch login list shows them")
        connection.execute(_END_SESSIONS, {"login": done[0]})


def remove_second_factors(database_url: str, *, username: str, actor: str = "command line") -> int:
    """Take the second factors of a login and end its sessions; how many it had. LoginError if there is no such login."""
    with psycopg.connect(database_url) as connection:
        connection.execute(_ACTOR, [actor])
        found = connection.execute("SELECT id FROM login WHERE username = %s", [username]).fetchone()
        if found is None:
            raise LoginError(f"there is no login {username!r}; smartswitch login list shows them")
        gone = connection.execute(
            "DELETE FROM mfa_authenticator WHERE user_id = %s RETURNING type = 'recovery_codes'", found
        ).fetchall()
        connection.execute(_END_SESSIONS, {"login": found[0]})
    return sum(not is_recovery for (is_recovery,) in gone)


def list_logins(database_url: str) -> list[LoginRow]:
    """All logins, by name."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT l.username, l.name, d.key, r.key, l.is_active FROM login AS l JOIN dealer AS d ON d.id = l.dealer_id"
            " LEFT JOIN role AS r ON r.id = l.role_id ORDER BY l.username"
        ).fetchall()
    return [LoginRow(*row) for row in rows]


def _encoded(password: str, username: str) -> str:
    """The hash of a password that keeps the rules."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()

    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from smartswitch.web.rights.models import Login

    try:
        validate_password(password, Login(username=username))
    except ValidationError as error:
        raise LoginError(" ".join(error.messages)) from error
    return make_password(password)
