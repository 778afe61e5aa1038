"""Who calls the API: the viewer of the key in `Authorization: Bearer ss_...`.

A key acts as the login that made it, with that login's rights as they are now, and of those only the key's scopes. A
login that is switched off, moved or narrowed takes its keys along.
"""

from dataclasses import dataclass

from django.db import connection
from django.http import HttpRequest

from smartswitch.core.rights import ALL_RIGHTS, Rights
from smartswitch.web.api.keys.secret import LONGEST, MARK, sha256_of
from smartswitch.web.login.viewer import Viewer, read_viewer

API_ADDRESSES = "/api/v1/"
SCHEME = "bearer "
_USE = "SELECT key_id, key_name, scopes, login_id, username, person, dealer_id FROM use_api_key(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedKey:
    """The key of a request, and who calls with it in his own house. `scopes` are the rights that the key was given."""

    key_id: int
    name: str
    scopes: Rights
    viewer: Viewer


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a request is one to the API: there a session counts for nothing, so a foreign page cannot use it."""
    return request.path.startswith(API_ADDRESSES)


def used_key(request: HttpRequest) -> UsedKey | None:
    """The key of a request; None if there is none, or if it opens nothing (any more)."""
    header = request.headers.get("Authorization", "")
    secret = header[len(SCHEME) :].strip()
    if not (header[: len(SCHEME)].lower() == SCHEME and secret.startswith(MARK) and len(secret) <= LONGEST):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_USE, [sha256_of(secret)])
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, name, scopes, login_id, username, person, dealer_id = row
    known = ALL_RIGHTS.intersection(scopes)
    viewer = read_viewer(login_id, username, person, origin="api", scopes=known)
    if viewer is None or viewer.dealer_id != dealer_id:
        return None
    return UsedKey(key_id=key_id, name=name, scopes=known, viewer=viewer)
