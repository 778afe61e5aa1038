"""Selectors: which rights dealers and logins have, and where each comes from or is lost.

A dealer learns what those above him were granted (else he could not know why he lacks something), never who they are.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from smartswitch.core.rights import ALL_RIGHTS, REGISTRY, Right, Rights, effective_rights, rights_of_person
from smartswitch.core.rights.origin import Origin, Step, origins
from smartswitch.core.rights.standard_roles import COMPANY_RIGHTS, STANDARD_ROLES, USER_RIGHTS
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Words
from smartswitch.web.rights.models import Login, RightGrant, Role, RoleRight
from smartswitch.web.rights.queries import QUERIES
from smartswitch.web.rights.words import NOUNS, noun_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """A dealer on the way down from the owner, and who granted it what; names of dealers above the viewer are None."""

    name: str | None
    granter: str | None
    granted: Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class RightShown:
    """One right on the page of effective rights."""

    right: Right
    is_in_effect: bool
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rights of one part of the house."""

    label: Words
    rights: tuple[RightShown, ...]


def path_of(dealer_id: int) -> tuple[PathStep, ...]:
    """The dealers from below the owner down to one that the session may see."""
    rows = QUERIES.rows("path_of_dealer", {"dealer": dealer_id})
    granters = [rows[0]["owner"], *(row["name"] for row in rows)] if rows else []
    return tuple(
        PathStep(name=row["name"], granter=granter, granted=ALL_RIGHTS.intersection(row["granted"]))
        for row, granter in zip(rows, granters, strict=False)
    )


def rights_of_dealer(dealer_id: int) -> Rights:
    """What a dealer may do, all told."""
    return effective_rights([step.granted for step in path_of(dealer_id)])


def granted_to(dealer_id: int) -> Rights:
    """What a dealer was granted by the one above, in effect or not."""
    names = RightGrant.objects.filter(dealer_id=dealer_id).values_list("right", flat=True)
    return ALL_RIGHTS.intersection(names)


def rights_of_role(role_id: int) -> Rights:
    """What a role of a dealer's own allows."""
    return ALL_RIGHTS.intersection(RoleRight.objects.filter(role_id=role_id).values_list("right", flat=True))


def role_of(*, standard_role: str | None, role_id: int | None) -> Rights | None:
    """What the role of a login allows; None without one, which allows all. A role that the session may not see is taken to
    allow all, too: so nobody touches a login of which he does not know how much it may."""
    if standard_role is not None:
        role = STANDARD_ROLES.get(standard_role)
        return frozenset() if role is None else role.rights
    if role_id is None or not Role.objects.filter(pk=role_id).exists():
        return None
    return rights_of_role(role_id)


def most_of_customer(*, company_id: int | None, peer_id: int | None) -> Rights | None:
    """The most that the login of a customer may do; None for people of the dealer."""
    if peer_id is not None:
        return USER_RIGHTS
    return None if company_id is None else COMPANY_RIGHTS


def rights_of_login(login: Login) -> Rights:
    """What a login may do, active or not."""
    role = role_of(standard_role=login.standard_role, role_id=login.role_id)
    of_dealer = rights_of_dealer(login.dealer_id)
    rights = of_dealer if role is None else rights_of_person(role=role, dealer=of_dealer)
    most = most_of_customer(company_id=login.company_id, peer_id=login.peer_id)
    return rights if most is None else rights & most


def explained_rights_of_dealer(dealer: Any) -> tuple[Part, ...]:
    """Every right of the registry, for a dealer."""
    path = path_of(dealer.pk)
    return _parts(origins([step.granted for step in path]), path=path, role_name=None)


def explained_rights_of_viewer(viewer: Viewer) -> tuple[Part, ...]:
    """Every right of the registry, for the person before the page."""
    path = path_of(viewer.dealer_id)
    found = origins(
        [step.granted for step in path],
        role=viewer.role_rights,
        most_of_customer=most_of_customer(company_id=viewer.company_id, peer_id=viewer.peer_id),
    )
    return _parts(found, path=path, role_name=viewer.role_name)


def explained_rights_of_login(login: Any) -> tuple[Part, ...]:
    """Every right of the registry, for a login."""
    path = path_of(login.dealer_id)
    found = origins(
        [step.granted for step in path],
        role=role_of(standard_role=login.standard_role, role_id=login.role_id),
        most_of_customer=most_of_customer(company_id=login.company_id, peer_id=login.peer_id),
    )
    return _parts(found, path=path, role_name=name_of_role(login))


def name_of_role(login: Any) -> str:
    """What the role of a login is called; empty without one."""
    if login.standard_role is not None:
        role = STANDARD_ROLES.get(login.standard_role)
        return login.standard_role if role is None else _(role.label)
    if login.role_id is None:
        return ""
    role = Role.objects.filter(pk=login.role_id).first()
    return (role.name or role.key) if role is not None else _("a role of a dealer above")


def _parts(found: Any, *, path: tuple[PathStep, ...], role_name: str | None) -> tuple[Part, ...]:
    shown = {name: _shown(found[name], path=path, role_name=role_name) for name in REGISTRY}
    return tuple(
        Part(label=label, rights=tuple(each for name, each in shown.items() if noun_of(name) == noun))
        for noun, label in NOUNS.items()
    )


def _shown(origin: Origin, *, path: tuple[PathStep, ...], role_name: str | None) -> RightShown:
    if origin.is_in_effect:
        text = _came_from(path, role_name=role_name)
    elif origin.lost is Step.ROLE:
        text = _("The role %(role)s does not allow it.") % {"role": role_name}
    elif origin.lost is Step.CUSTOMER:
        text = _("Logins of customers never have it.")
    else:
        assert origin.lost_at is not None
        text = _lost(path, origin.lost_at)
    explanation = text[:1].upper() + text[1:]
    return RightShown(right=REGISTRY[origin.right], is_in_effect=origin.is_in_effect, explanation=explanation)


def _came_from(path: tuple[PathStep, ...], *, role_name: str | None) -> str:
    """By whom it was granted, to whom, and through which role."""
    granted = _("Granted by %(granter)s to %(dealer)s.")
    text = granted % _names(path[-1]) if path else _("The owner has every right.")
    return f"{text} " + _("The role %(role)s allows it.") % {"role": role_name} if role_name else text


def _lost(path: tuple[PathStep, ...], place: int) -> str:
    """Who on the path lacks it, and what that means for those below."""
    step = path[place]
    if step.name is None:
        return _("A dealer above you was not granted it; nobody below can have it.")
    if place == len(path) - 1:
        return _("%(granter)s did not grant it to %(dealer)s.") % _names(step)
    return _("%(granter)s did not grant it to %(dealer)s; nobody below can have it.") % _names(step)


def _names(step: PathStep) -> dict[str, str]:
    unknown = _("a dealer above you")
    return {"granter": step.granter or unknown, "dealer": step.name or unknown}
