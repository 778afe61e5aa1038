"""Peers that call, as lists, pages and the API show them: phones of users and lines of originators."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_actions import MONEY_ACTIONS
from smartswitch.web.balances.party_columns import (
    BALANCE,
    CALL_LIMIT,
    CREDIT_LIMIT,
    LIVE_CALLS,
    STATE_FILTER,
    party_state,
)
from smartswitch.web.balances.party_form import BLOCK
from smartswitch.web.companies.forms import dealers
from smartswitch.web.companies.models import Company
from smartswitch.web.companies.nouns import dealer_link
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Action, Column, Filter, Kind, Noun, Variant
from smartswitch.web.nouns.registry import register
from smartswitch.web.packs.pack_filter import PACK_FILTER
from smartswitch.web.peers.models import Did, Peer
from smartswitch.web.peers.parties.forms import (
    KINDS,
    ORIGINATOR,
    USER,
    NewOriginatorForm,
    NewPeerForm,
    NewUserForm,
    PeerForm,
)
from smartswitch.web.peers.parties.services import PEERS as SERVICES
from smartswitch.web.peers.registrations import registered_until, registrations_of

MOST_NUMBERS = 20
KIND_WORDS = {USER: _("user"), ORIGINATOR: _("originator"), "terminator": _("terminator")}


def _rows(_viewer: Viewer) -> QuerySet[Peer]:
    rows = Peer.objects.exclude(kind="terminator")
    return rows.select_related("dealer", "company", "balance", "pack", "inbound_pack", "route_class")


def _complete(rows: Iterable[Any]) -> None:
    until = registered_until(row.pk for row in rows)
    for row in rows:
        row.registered_until = until.get(row.pk)


def registration_state(row: Any) -> tuple[str, Any] | None:
    """Whether a phone is registered, as a colour and words; None for what never registers."""
    if row.registered_until is not None:
        until = timezone.localtime(row.registered_until).strftime("%H:%M")
        return ("green", _("until %(until)s") % {"until": until})
    return ("yellow", _("not registered")) if row.kind == USER else None


def own_balance(row: Any) -> int | None:
    """What is on its own balance; None where its company pays."""
    return row.balance.amount if row.pays_from == "peer" else None


def _company(row: Any) -> str | None:
    return None if row.company is None else row.company.name or row.company.key


def _company_link(row: Any) -> str | None:
    return None if row.company is None else reverse("companies-one", args=[row.company_id])


def _named(row: Any) -> str | None:
    """What a pack or class is called; None if there is none, or none that the viewer sees."""
    return None if row is None else row.name or row.key


def _more(viewer: Viewer, row: Any) -> dict[str, Any]:
    numbers = Did.objects.filter(peer=row).order_by("number")[: MOST_NUMBERS + 1] if viewer.may("numbers.view") else ()
    return {"registrations": registrations_of([row.pk]), "registers": row.auth_username is not None, "numbers": numbers}


def calls_address(row: Any) -> str:
    """The calls of a peer."""
    return f"{reverse('calls')}?peer={row.pk}"


COLUMNS = (
    Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
    Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
    Column(name="kind", label=_("Kind"), value=lambda row: KIND_WORDS[row.kind], order=("kind", "key")),
    Column(
        name="dealer",
        label=_("Dealer"),
        value=lambda row: row.dealer.name or row.dealer.key,
        link=dealer_link,
        link_right="dealers.view",
    ),
    Column(name="company", label=_("Company"), value=_company, link=_company_link, link_right="companies.view"),
    Column(name="state", label=_("State"), value=party_state, kind=Kind.STATE),
    Column(name="registration", label=_("Registration"), value=registration_state, kind=Kind.STATE),
    Column(name="extension", label=_("Extension"), value=lambda row: row.extension, order=("extension", "key")),
    replace(BALANCE, value=own_balance),
    LIVE_CALLS,
    Column(name="pack", label=_("Billing pack"), value=lambda row: _named(row.pack), is_shown=False),
    Column(
        name="caller_number",
        label=_("Caller number"),
        value=lambda row: row.caller_number,
        kind=Kind.PHONE,
        is_shown=False,
    ),
    Column(name="auth_username", label=_("User name"), value=lambda row: row.auth_username, is_shown=False),
    Column(name="created_at", label=_("Created"), value=lambda row: row.created_at, kind=Kind.MOMENT, is_shown=False),
)
FACTS = (
    Column(
        name="pays_from",
        label=_("Calls are paid by"),
        value=lambda row: _("the company") if row.pays_from == "company" else _("the peer itself"),
    ),
    CREDIT_LIMIT,
    CALL_LIMIT,
    Column(
        name="calls_per_second_limit",
        label=_("Calls per second"),
        value=lambda row: row.calls_per_second_limit,
        kind=Kind.NUMBER,
    ),
    Column(name="inbound_pack", label=_("Billing pack for incoming calls"), value=lambda row: _named(row.inbound_pack)),
    Column(name="route_class", label=_("Route class"), value=lambda row: _named(row.route_class)),
)
ACTIONS = (
    Action(label=_("Calls"), address=calls_address, icon="phone", right="calls.view"),
    Action(
        label=_("New password"),
        address=lambda row: reverse("peers-password", args=[row.pk]),
        icon="key",
        right="peers.change",
        suits=lambda _viewer, row: row.kind != "terminator",
    ),
    Action(
        label=_("Block"),
        address=lambda row: reverse("peers-block", args=[row.pk]),
        icon="ban",
        right=BLOCK,
        suits=lambda _viewer, row: not row.is_blocked,
        is_dangerous=True,
    ),
    Action(
        label=_("Unblock"),
        address=lambda row: reverse("peers-block", args=[row.pk]),
        icon="circle-check",
        right=BLOCK,
        suits=lambda _viewer, row: row.is_blocked,
    ),
)
FILTERS = (
    Filter(
        name="dealer",
        label=_("Dealer"),
        field=lambda _viewer: ReferenceField("dealers", rows=lambda _viewer: dealers()),
        narrow=lambda rows, dealer: rows.filter(dealer__path__contains=[dealer.pk]),
    ),
    Filter(
        name="company",
        label=_("Company"),
        field=lambda _viewer: ReferenceField("companies", rows=lambda _viewer: Company.objects.all()),
        narrow=lambda rows, company: rows.filter(company=company),
    ),
    PACK_FILTER,
    Filter(
        name="kind",
        label=_("Kind"),
        field=lambda _viewer: forms.ChoiceField(choices=(("", _("any kind")), *KINDS)),
        narrow=lambda rows, kind: rows.filter(kind=kind),
    ),
    STATE_FILTER,
)


def told_once(row: Any) -> dict[str, str]:
    """The credentials that a write made, if it made any."""
    issued = getattr(row, "issued", None)
    return {} if issued is None else {"username": issued.username, "password": issued.password}


PEERS = register(
    Noun(
        name="peers",
        right="peers",
        one=_("peer"),
        many=_("Peers"),
        icon="device-landline-phone",
        model=Peer,
        rows=_rows,
        complete=_complete,
        dealer_field="dealer",
        title=lambda row: row.name or row.key,
        explanation=_(
            "Who calls: phones that register (users), and switches or PBXes that send calls from an address or with a "
            "password (originators)."
        ),
        empty_advice=_(
            "Make the first phone or line with the button above. What it needs to register is shown then, once."
        ),
        columns=COLUMNS,
        facts=FACTS,
        filters=FILTERS,
        kinds=frozenset({USER, ORIGINATOR}),
        search=("key", "name", "extension", "auth_username"),
        search_line="searched",
        order=("key",),
        services=SERVICES,
        add_form=NewPeerForm,
        change_form=PeerForm,
        variants=(
            Variant(
                name=USER,
                label=_("A phone"),
                explanation=_(
                    "A user: a desk phone, an app or an adapter. It registers with a user name and a password."
                ),
                icon="device-landline-phone",
                form=NewUserForm,
            ),
            Variant(
                name=ORIGINATOR,
                label=_("A line"),
                explanation=_(
                    "An originator: a PBX or a switch that sends calls from fixed addresses, or with a password."
                ),
                icon="server",
                form=NewOriginatorForm,
            ),
        ),
        actions=(
            *ACTIONS,
            *MONEY_ACTIONS,
            Action(
                label=_("New number"),
                address=lambda row: f"{reverse('numbers-new')}?{urlencode({'peer': row.key})}",
                icon="hash",
                right="numbers.add",
            ),
            Action(
                label=_("Try a number"),
                address=lambda row: reverse("peers-try", args=[row.pk]),
                icon="test-pipe",
                right="peers.view",
                suits=lambda viewer, _row: viewer.is_of_dealer,
            ),
        ),
        one_template="peers/one.html",
        more=_more,
        once=told_once,
        once_template="peers/once.html",
    )
)
