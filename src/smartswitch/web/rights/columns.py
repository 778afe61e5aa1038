"""How logins and roles are told in columns: whose they are, what they are, whether they are in use."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.rights.standard_roles import STANDARD_ROLES
from smartswitch.web.nouns.noun import Column, Kind
from smartswitch.web.rights.models import Login, Role, RoleRight

KINDS = (
    ("", gettext_lazy("anybody")),
    ("dealer", gettext_lazy("people of dealers")),
    ("company", gettext_lazy("companies")),
    ("peer", gettext_lazy("phones")),
)
STATES = (("", gettext_lazy("any state")), ("active", gettext_lazy("active")), ("off", gettext_lazy("switched off")))


def login_rows() -> QuerySet[Login]:
    """Logins with what their columns tell."""
    return Login.objects.select_related("dealer", "role", "company", "peer")


def role_rows() -> QuerySet[Role]:
    """Roles, with how much they allow and how many people have them."""
    rights = RoleRight.objects.filter(role=OuterRef("pk")).order_by().values("role").annotate(n=Count("pk"))
    logins = Login.objects.filter(role=OuterRef("pk")).order_by().values("role").annotate(n=Count("pk"))
    return Role.objects.select_related("dealer").annotate(
        right_count=Coalesce(Subquery(rights.values("n")), 0), login_count=Coalesce(Subquery(logins.values("n")), 0)
    )


def of_kind(rows: QuerySet[Login], kind: str) -> QuerySet[Login]:
    """The logins of one kind."""
    if kind == "dealer":
        return rows.filter(company=None, peer=None)
    return rows.filter(**{f"{kind}__isnull": False})


def _dealer_link(row: Any) -> str:
    return reverse("dealers-one", args=[row.dealer_id])


def _dealer_name(row: Any) -> str:
    return row.dealer.name or row.dealer.key


def _login_state(row: Any) -> tuple[str, Any]:
    return ("green", gettext_lazy("active")) if row.is_active else ("red", gettext_lazy("switched off"))


def _whose(row: Any) -> str:
    """A person of the dealer, or the customer whose login it is."""
    party = row.company or row.peer
    if party is not None:
        return party.name or party.key
    return _("a person of the dealer")


def _whose_link(row: Any) -> str | None:
    noun = "companies-one" if row.company_id is not None else "peers-one"
    if row.company_id is None and row.peer_id is None:
        return None
    try:
        return reverse(noun, args=[row.company_id or row.peer_id])
    except NoReverseMatch:
        return None


def _role_name(row: Any) -> str:
    if row.standard_role is not None:
        role = STANDARD_ROLES.get(row.standard_role)
        return row.standard_role if role is None else _(role.label)
    if row.role is not None:
        return row.role.name or row.role.key
    return _("all that the dealer may do") if row.role_id is None else _("a role of a dealer above")


LOGIN_COLUMNS = (
    Column(name="username", label=gettext_lazy("User name"), value=lambda row: row.username, order=("username",)),
    Column(name="name", label=gettext_lazy("Name"), value=lambda row: row.name, order=("name", "username")),
    Column(
        name="dealer", label=gettext_lazy("Dealer"), value=_dealer_name, link=_dealer_link, link_right="dealers.view"
    ),
    Column(name="whose", label=gettext_lazy("Whose"), value=_whose, link=_whose_link),
    Column(name="role", label=gettext_lazy("Role"), value=_role_name),
    Column(name="state", label=gettext_lazy("State"), value=_login_state, kind=Kind.STATE),
    Column(name="email", label=gettext_lazy("Mail address"), value=lambda row: row.email, is_shown=False),
    Column(
        name="last_login",
        label=gettext_lazy("Last time in"),
        value=lambda row: row.last_login,
        kind=Kind.MOMENT,
    ),
    Column(
        name="created_at",
        label=gettext_lazy("Created"),
        value=lambda row: row.created_at,
        kind=Kind.MOMENT,
        is_shown=False,
    ),
)
ROLE_COLUMNS = (
    Column(name="key", label=gettext_lazy("Key"), value=lambda row: row.key, order=("key",)),
    Column(name="name", label=gettext_lazy("Name"), value=lambda row: row.name, order=("name", "key")),
    Column(
        name="dealer", label=gettext_lazy("Dealer"), value=_dealer_name, link=_dealer_link, link_right="dealers.view"
    ),
    Column(name="rights", label=gettext_lazy("Rights"), value=lambda row: row.right_count, kind=Kind.NUMBER),
    Column(name="logins", label=gettext_lazy("Logins"), value=lambda row: row.login_count, kind=Kind.NUMBER),
)
