"""Terminators, as the owner's lists, pages and API show them. They are peers; whoever is not the owner finds none."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_columns import CALL_LIMIT, party_state
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Action, Column, Filter, Kind, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.peers.models import Peer
from smartswitch.web.peers.parties.nouns import ACTIONS
from smartswitch.web.peers.terminators.forms import NewTerminatorForm, TerminatorForm
from smartswitch.web.peers.terminators.services import TERMINATORS as SERVICES

STATES = (("", _("any state")), ("active", _("active")), ("inactive", _("inactive")), ("blocked", _("blocked")))


def _rows(_viewer: Viewer) -> QuerySet[Peer]:
    return Peer.objects.filter(kind="terminator").select_related("dealer", "balance", "terminator", "terminator__pack")


def _state(row: Any) -> tuple[str, Any]:
    return party_state(row) if row.is_blocked or row.terminator.is_active else ("yellow", _("inactive"))


def _narrow(rows: QuerySet[Peer], state: str) -> QuerySet[Peer]:
    if state == "blocked":
        return rows.filter(is_blocked=True)
    return rows.filter(Q(is_blocked=False) & Q(terminator__is_active=state == "active"))


def address_text(terminator: Any) -> str:
    """Where calls are sent, as SIP writes it."""
    host = f"[{terminator.host}]" if ":" in terminator.host else terminator.host
    return f"{host}:{terminator.port}"


TERMINATORS = register(
    Noun(
        name="terminators",
        right="peers",
        one=_("terminator"),
        many=_("Terminators"),
        icon="plug-connected",
        model=Peer,
        rows=_rows,
        is_for_owner=True,
        title=lambda row: row.name or row.key,
        explanation=_(
            "The carriers to which calls go out, and from which calls to your numbers come in. Routes lead to them."
        ),
        empty_advice=_("Make the first one with the button above; then routes may lead to it."),
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            Column(
                name="address",
                label=_("Address"),
                value=lambda row: address_text(row.terminator),
                kind=Kind.CODE,
                order=("terminator__host", "key"),
            ),
            Column(name="transport", label=_("Transport"), value=lambda row: row.terminator.transport.upper()),
            Column(name="state", label=_("State"), value=_state, kind=Kind.STATE),
            Column(
                name="pack",
                label=_("Billing pack"),
                value=lambda row: row.terminator.pack and (row.terminator.pack.name or row.terminator.pack.key),
            ),
            Column(
                name="priority",
                label=_("Priority"),
                value=lambda row: row.terminator.priority,
                kind=Kind.NUMBER,
                order=("terminator__priority", "key"),
            ),
        ),
        facts=(
            Column(name="auth_username", label=_("User name"), value=lambda row: row.terminator.auth_username),
            Column(name="auth_realm", label=_("Realm"), value=lambda row: row.terminator.auth_realm),
            Column(
                name="pdd_timeout_s",
                label=_("Wait for ringing, seconds"),
                value=lambda row: row.terminator.pdd_timeout_s,
                kind=Kind.NUMBER,
            ),
            CALL_LIMIT,
            Column(
                name="calls_per_second_limit",
                label=_("Calls per second"),
                value=lambda row: row.calls_per_second_limit,
                kind=Kind.NUMBER,
            ),
            Column(name="created_at", label=_("Created"), value=lambda row: row.created_at, kind=Kind.MOMENT),
        ),
        filters=(
            Filter(
                name="state", label=_("State"), field=lambda _viewer: forms.ChoiceField(choices=STATES), narrow=_narrow
            ),
        ),
        kinds=frozenset({"terminator"}),
        search=("key", "name", "terminator__host"),
        order=("key",),
        services=SERVICES,
        add_form=NewTerminatorForm,
        change_form=TerminatorForm,
        actions=(
            *ACTIONS,
            Action(
                label=_("Try a number"),
                address=lambda row: reverse("terminators-try", args=[row.pk]),
                icon="test-pipe",
                right="peers.view",
            ),
        ),
    )
)
