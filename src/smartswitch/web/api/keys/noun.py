"""API keys, as lists, pages and the API show them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smartswitch.web.api.keys.forms import NewKeyForm
from smartswitch.web.api.keys.services import KEYS as SERVICES
from smartswitch.web.api.models import ApiKey
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Action, Column, Kind, Noun


def key_state(row: ApiKey) -> tuple[str, Any]:
    """Whether a key opens anything, as a colour and a word."""
    if row.revoked_at is not None:
        return "red", _("revoked")
    if row.expires_at is not None and row.expires_at <= timezone.now():
        return "yellow", _("expired")
    if not row.login.is_active:
        return "yellow", _("its login is off")
    return "green", _("active")


def _rows(_viewer: Viewer) -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("dealer", "login")


def _told_once(row: ApiKey) -> dict[str, str]:
    """The secret of a new one, this one time."""
    secret = getattr(row, "secret", None)
    return {} if secret is None else {"secret": secret}


KEYS = Noun(
    name="keys",
    right="keys",
    one=_("API key"),
    many=_("API keys"),
    icon="key",
    model=ApiKey,
    rows=_rows,
    title=lambda row: row.name,
    explanation=_(
        "With a key a program works in your house through the API. It acts as you, within the rights that you give it."
    ),
    empty_advice=_("Make a key with the button above; its text is shown once. The API is described at /api/docs."),
    columns=(
        Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name",)),
        Column(name="prefix", label=_("Begins with"), value=lambda row: row.prefix, kind=Kind.CODE),
        Column(name="state", label=_("State"), value=key_state, kind=Kind.STATE),
        Column(name="login", label=_("Acts as"), value=lambda row: row.login.username),
        Column(name="dealer", label=_("Dealer"), value=lambda row: row.dealer.name or row.dealer.key),
        Column(name="last_used_at", label=_("Last used"), value=lambda row: row.last_used_at, kind=Kind.MOMENT),
        Column(
            name="expires_at",
            label=_("Ends"),
            value=lambda row: row.expires_at,
            kind=Kind.MOMENT,
            order=("expires_at",),
        ),
        Column(
            name="created_at",
            label=_("Created"),
            value=lambda row: row.created_at,
            kind=Kind.MOMENT,
            order=("created_at",),
            is_shown=False,
        ),
    ),
    search=("name", "prefix"),
    order=("-created_at",),
    services=SERVICES,
    add_form=NewKeyForm,
    once=_told_once,
    once_template="api/new_key.html",
    one_template="api/key.html",
    api_writes=frozenset({"delete"}),
    actions=(
        Action(
            label=_("Revoke"),
            address=lambda row: reverse("keys-revoke", args=[row.pk]),
            icon="ban",
            right="keys.delete",
            suits=lambda _viewer, row: row.revoked_at is None,
            is_dangerous=True,
        ),
    ),
)
