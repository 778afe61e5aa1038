"""Where phones are registered: what Kamailio keeps in its table `location`, of the peers that the session may see.

The web account cannot read that table; it asks a function that answers for peers of its own house only
(sql/registrations.sql). Everything but the moments comes from strangers' phones: text to be shown, never to be believed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_UNTIL = "SELECT peer_id, max(expires_at) FROM registrations_of(%s) GROUP BY peer_id"
_READ = "SELECT contact, received, user_agent, refreshed_at, expires_at FROM registrations_of(%s)"


@dataclass(frozen=True, slots=True)
class Registration:
    """One phone: the address at which it is reached, the one it sent from if that is another, and what it calls itself."""

    contact: str
    received: str | None
    user_agent: str
    refreshed_at: datetime
    expires_at: datetime


def registrations_of(peer_ids: Iterable[int]) -> list[Registration]:
    """The phones that are registered now, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(peer_ids)])
        return [Registration(*row) for row in cursor.fetchall()]


def registered_until(peer_ids: Iterable[int]) -> dict[int, datetime]:
    """Until when each of these peers is registered; who is not, is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_UNTIL, [list(peer_ids)])
        return dict(cursor.fetchall())
