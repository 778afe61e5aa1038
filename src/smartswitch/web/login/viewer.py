"""The viewer: for whom a request acts, and with which rights. Every selector takes one; nothing else says whose house it is.

Rule: the viewer comes from the login in the session (or from an API key) and from nowhere else; no parameter of a request
can change it. A person who acts for a dealer below is told so by `acting_from`; that, too, is kept in the session.
"""

import json
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection
from django.utils.translation import gettext as _

from smartswitch.core.rights import ALL_RIGHTS, Rights, effective_rights, has_right, rights_of_person
from smartswitch.core.rights.standard_roles import COMPANY_RIGHTS, STANDARD_ROLES, USER_RIGHTS

_READ = "SELECT * FROM viewer_of_login(%s, %s)"
_ACT_FOR = """
SELECT set_config('smartswitch.dealer', %(dealer)s, true), set_config('smartswitch.actor', %(actor)s, true),
       set_config('smartswitch.actor_dealer', %(actor_dealer)s, true),
       set_config('smartswitch.acting_for', %(acting_for)s, true), set_config('smartswitch.origin', %(origin)s, true),
       set_config('smartswitch.company', %(company)s, true), set_config('smartswitch.peer', %(peer)s, true),
       set_config('smartswitch.request_id', %(request_id)s, true)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person (or an API key) at one dealer. `path` are the ids of the dealers from the owner down to that dealer.

    `own_dealer_id` is the dealer of the login; it differs from `dealer_id` while the person acts for a dealer below.
    `company_id` and `peer_id` are set for the login of a customer or a phone: then `balance_id` and `currency` are those of
    whatever pays for it. `parent_name` is what the dealer directly above is called, None for the owner. `origin` is how he
    came: web or api.
    """

    login_id: int
    username: str
    person: str
    own_dealer_id: int
    dealer_id: int
    dealer_key: str
    dealer_name: str
    parent_name: str | None
    path: tuple[int, ...]
    tenant_id: int
    balance_id: int
    currency: str
    zone: ZoneInfo
    is_virtual_pbx: bool
    is_blocked: bool
    company_id: int | None
    peer_id: int | None
    party_name: str | None
    role_name: str | None
    role_rights: Rights | None
    dealer_rights: Rights
    rights: Rights
    origin: str = "web"

    @property
    def is_owner(self) -> bool:
        """Whether he sees the whole tree."""
        return len(self.path) == 1 and self.is_of_dealer

    @property
    def is_of_dealer(self) -> bool:
        """Whether he works for the dealer; else he is one of its customers."""
        return self.company_id is None and self.peer_id is None

    @property
    def is_acting(self) -> bool:
        """Whether he acts for a dealer below his own."""
        return self.own_dealer_id != self.dealer_id

    @property
    def house(self) -> str:
        """What his dealer is called, or for a customer's login, what the customer is called."""
        return self.party_name or self.dealer_name or self.dealer_key

    def may(self, right: str) -> bool:
        """Whether he has a right of the registry."""
        return has_right(self.rights, right)

    def may_see(self, noun: str) -> bool:
        """Whether he may look at a part of the house; `noun` is the right in full, as in `calls.view`."""
        return has_right(self.rights, noun)

    @property
    def sees_common_routes(self) -> bool:
        """Whether he may know by whose line a call left the switch."""
        return self.is_owner or (self.is_of_dealer and self.may("routes.see_common"))


def read_viewer(
    login_id: int,
    username: str,
    person: str,
    *,
    for_dealer: int | None = None,
    origin: str = "web",
    scopes: Rights | None = None,
) -> Viewer | None:
    """The viewer of an active login; None if it is gone, or if `for_dealer` is not below the login's own dealer.

    `scopes` are those of an API key with which the login acts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ, [login_id, for_dealer])
        row = cursor.fetchone()
        if row is None:
            return None
        fields = dict(zip([column.name for column in cursor.description], row, strict=True))
    return viewer_of(fields, login_id=login_id, username=username, person=person, origin=origin, scopes=scopes)


def viewer_of(
    fields: dict[str, Any],
    *,
    login_id: int,
    username: str,
    person: str,
    origin: str = "web",
    scopes: Rights | None = None,
) -> Viewer:
    """The viewer of a row of viewer_of_login. `scopes` narrow the rights once more (those of an API key)."""
    role_name, role_rights = _role(fields.pop("standard_role"), fields.pop("role_name"), fields.pop("role_rights"))
    of_dealer = effective_rights([_known(names) for names in _decoded(fields.pop("granted"))])
    rights = of_dealer if role_rights is None else rights_of_person(role=role_rights, dealer=of_dealer)
    if fields["company_id"] is not None:
        rights &= COMPANY_RIGHTS
    if fields["peer_id"] is not None:
        rights &= USER_RIGHTS
    return Viewer(
        login_id=login_id,
        username=username,
        person=person or username,
        path=tuple(fields.pop("path")),
        zone=_zone(fields.pop("time_zone")),
        role_name=role_name,
        role_rights=role_rights,
        dealer_rights=of_dealer,
        rights=rights if scopes is None else rights & scopes,
        origin=origin,
        **fields,
    )


def act_for(viewer: Viewer | None, *, request_id: str) -> None:
    """Let the present transaction act for a viewer's dealer, or for nobody; row-level security and the audit go by it."""
    with connection.cursor() as cursor:
        cursor.execute(_ACT_FOR, _settings(viewer) | {"request_id": request_id})


def _settings(viewer: Viewer | None) -> dict[str, str]:
    if viewer is None:
        nobody = dict.fromkeys(("dealer", "actor", "actor_dealer", "acting_for", "company", "peer"), "")
        return nobody | {"origin": "web"}
    return {
        "dealer": str(viewer.dealer_id),
        "actor": viewer.username,
        "actor_dealer": str(viewer.own_dealer_id),
        "acting_for": viewer.dealer_key if viewer.is_acting else "",
        "origin": viewer.origin,
        "company": "" if viewer.company_id is None else str(viewer.company_id),
        "peer": "" if viewer.peer_id is None else str(viewer.peer_id),
    }


def _role(standard: str | None, name: str | None, rights: list[str] | None) -> tuple[str | None, Rights | None]:
    """What the person's role is called and allows; nothing of either if he has none."""
    if standard is not None:
        role = STANDARD_ROLES.get(standard)
        return (standard, frozenset()) if role is None else (_(role.label), role.rights)
    return name, None if rights is None else _known(rights)


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
