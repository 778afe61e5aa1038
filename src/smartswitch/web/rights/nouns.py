"""Logins and roles, as lists, pages and the API show them."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.core.rights.standard_roles import STANDARD_ROLES
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Action, Filter, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.rights.columns import KINDS, LOGIN_COLUMNS, ROLE_COLUMNS, STATES, login_rows, of_kind, role_rows
from smartswitch.web.rights.forms import LoginForm, NewLoginForm, NewRoleForm, RoleForm
from smartswitch.web.rights.logins import LOGINS as LOGIN_SERVICES
from smartswitch.web.rights.models import Login, Role
from smartswitch.web.rights.path import rights_of_role
from smartswitch.web.rights.roles import ROLES as ROLE_SERVICES
from smartswitch.web.rights.tabs import IN_EFFECT_OF_LOGIN

MOST_DIGITS = 18
"""Of an id that an address names."""

_BELOW = Filter(
    name="dealer",
    label=_("Dealer"),
    field=lambda _viewer: ReferenceField("dealers", rows=lambda _viewer: Dealer.objects.all()),
    narrow=lambda rows, dealer: rows.filter(dealer__path__contains=[dealer.pk]),
)


def _is_somebody_else(viewer: Viewer, login: Any) -> bool:
    return login.pk != viewer.login_id


def _told_once(login: Any) -> dict[str, str]:
    """The password of a new login, this one time."""
    password = getattr(login, "password_once", None)
    return {} if password is None else {"username": login.username, "password": password}


LOGINS = register(
    Noun(
        name="logins",
        right="logins",
        one=_("login"),
        many=_("Logins"),
        icon="users",
        model=Login,
        rows=lambda _viewer: login_rows(),
        title=lambda row: row.name or row.username,
        explanation=_("Who gets in: your people, those of dealers below, and customers who look at their own calls."),
        empty_advice=_("Make a login for each person, so that the audit log says who did what."),
        columns=LOGIN_COLUMNS,
        search=("username", "name", "email"),
        order=("username",),
        filters=(
            _BELOW,
            Filter(
                name="kind",
                label=_("Whose"),
                field=lambda _viewer: forms.ChoiceField(choices=KINDS),
                narrow=of_kind,
            ),
            Filter(
                name="state",
                label=_("State"),
                field=lambda _viewer: forms.ChoiceField(choices=STATES),
                narrow=lambda rows, state: rows.filter(is_active=state == "active"),
            ),
        ),
        services=LOGIN_SERVICES,
        add_form=NewLoginForm,
        change_form=LoginForm,
        once=_told_once,
        once_template="rights/password_once.html",
        tabs=(IN_EFFECT_OF_LOGIN,),
        actions=(
            Action(
                label=_("New password"),
                address=lambda row: reverse("login-new-password", args=[row.pk]),
                icon="key",
                right="logins.change",
                suits=_is_somebody_else,
            ),
            Action(
                label=_("Reset second factor"),
                address=lambda row: reverse("login-reset-second-factor", args=[row.pk]),
                icon="shield-lock",
                right="logins.change",
                suits=_is_somebody_else,
            ),
            Action(
                label=_("What the person changed"),
                address=lambda row: f"{reverse('audit')}?{urlencode({'actor': row.username})}",
                icon="history",
                right="audit.view",
            ),
        ),
    )
)


def _copied(_viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """A new role starts as a copy of the one that the address names: a standard one, or one that the viewer may see."""
    standard = STANDARD_ROLES.get(query.get("standard", ""))
    if standard is not None:
        return {"name": str(_(standard.label)), "rights": standard.rights}
    number = query.get("like", "")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return {}
    role = Role.objects.filter(pk=int(number)).first()
    return {} if role is None else {"name": role.name, "rights": rights_of_role(role.pk)}


ROLES = register(
    Noun(
        name="roles",
        right="logins",
        one=_("role"),
        many=_("Roles"),
        icon="id",
        model=Role,
        rows=lambda _viewer: role_rows(),
        title=lambda row: row.name or row.key,
        explanation=_("What a kind of person may do. Copy a standard role and change it, where none of them fits."),
        empty_advice=_("The standard roles below fit most houses. Copy one to change it."),
        columns=ROLE_COLUMNS,
        search=("key", "name"),
        order=("key",),
        filters=(_BELOW,),
        services=ROLE_SERVICES,
        add_form=NewRoleForm,
        change_form=RoleForm,
        prefilled=_copied,
        list_template="rights/roles.html",
        one_template="rights/role.html",
        actions=(
            Action(
                label=_("Copy"),
                address=lambda row: f"{reverse('roles-new')}?like={row.pk}",
                icon="copy",
                right="logins.add",
            ),
        ),
    )
)
