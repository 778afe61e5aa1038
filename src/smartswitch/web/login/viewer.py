"""The viewer: for whom a request acts, and with which rights. Every selector takes one; nothing else says whose house it is.

Rule: the viewer comes from the login in the session and from nowhere else; no parameter of a request can change it.
"""

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection

from smartswitch.core.rights import ALL_RIGHTS, Rights, effective_rights, has_right, rights_of_person

_READ = "SELECT * FROM viewer_of_login(%s)"
_ACT_FOR = """
SELECT set_config('smartswitch.dealer', %s, true), set_config('smartswitch.actor', %s, true),
       set_config('smartswitch.origin', 'web', true), set_config('smartswitch.request_id', %s, true)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person at one dealer. `path` are the ids of the dealers from the owner down to his own."""

    login_id: int
    username: str
    person: str
    dealer_id: int
    dealer_key: str
    dealer_name: str
    path: tuple[int, ...]
    tenant_id: int
    balance_id: int
    currency: str
    zone: ZoneInfo
    is_virtual_pbx: bool
    is_blocked: bool
    role_name: str | None
    role_rights: Rights | None
    rights: Rights

    @property
    def is_owner(self) -> bool:
        """Whether he sees the whole tree."""
        return len(self.path) == 1

    @property
    def house(self) -> str:
        """What his dealer is called."""
        return self.dealer_name or self.dealer_key

    def may(self, right: str) -> bool:
        """Whether he has a right of the registry."""
        return has_right(self.rights, right)

    def may_see(self, right: str) -> bool:
        """Whether his role lets him see a part of his dealer's own house. That the dealer may see it needs no grant."""
        return self.role_rights is None or has_right(self.role_rights, right)

    @property
    def sees_common_routes(self) -> bool:
        """Whether he may know by whose line a call left the switch."""
        return self.is_owner or self.may("routes.see_common")


def read_viewer(login_id: int, username: str, person: str) -> Viewer | None:
    """The viewer of an active login; None if it is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [login_id])
        row = cursor.fetchone()
        if row is None:
            return None
        fields = dict(zip([column.name for column in cursor.description], row, strict=True))
    role_rights = None if fields["role_rights"] is None else _known(fields["role_rights"])
    of_dealer = effective_rights([_known(names) for names in _decoded(fields.pop("granted"))])
    fields.pop("role_rights")
    return Viewer(
        login_id=login_id,
        username=username,
        person=person or username,
        path=tuple(fields.pop("path")),
        zone=_zone(fields.pop("time_zone")),
        role_rights=role_rights,
        rights=of_dealer if role_rights is None else rights_of_person(role=role_rights, dealer=of_dealer),
        **fields,
    )


def act_for(viewer: Viewer | None, *, request_id: str) -> None:
    """Let the present transaction act for a viewer's dealer, or for nobody; row-level security goes by it."""
    dealer = "" if viewer is None else str(viewer.dealer_id)
    actor = "" if viewer is None else viewer.username
    with connection.cursor() as cursor:
        cursor.execute(_ACT_FOR, [dealer, actor, request_id])


def _known(names: list[str]) -> Rights:
    """Rights that this version does not know (rows of another one) are left out: nobody can ask for them."""
    return ALL_RIGHTS.intersection(names)


def _decoded(granted: object) -> list[list[str]]:
    """Django's connections give jsonb as text."""
    value: list[list[str]] = json.loads(granted) if isinstance(granted, str) else granted  # type: ignore[assignment]  # jsonb
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
