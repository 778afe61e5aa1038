"""Companies, as lists, pages and the API show them."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_actions import MONEY_ACTIONS
from smartswitch.web.balances.party_columns import (
    AVAILABLE,
    BALANCE,
    CREDIT_LIMIT,
    LIVE_CALLS,
    STATE_FILTER,
    paying_state,
)
from smartswitch.web.companies.forms import CompanyForm, NewCompanyForm, dealers
from smartswitch.web.companies.models import Company
from smartswitch.web.companies.services import COMPANIES as SERVICES
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Action, Column, Filter, Kind, Noun, Tab
from smartswitch.web.nouns.presentation import shown_rows
from smartswitch.web.nouns.registry import noun_named, register
from smartswitch.web.packs.pack_filter import PACK_FILTER


def dealer_link(row: Any) -> str:
    """Where the dealer of a row is shown."""
    return reverse("dealers-one", args=[row.dealer_id])


MOST_PEERS = 50
PEER_COLUMNS = ("key", "name", "kind", "state", "registration", "extension")


def _peers_of(viewer: Viewer, row: Any) -> dict[str, Any]:
    """The first of the company's peers, as a tab of its page shows them."""
    noun = noun_named("peers")
    columns = tuple(column for column in noun.columns if column.name in PEER_COLUMNS)
    rows = noun.rows(viewer).filter(company=row).order_by("key")[:MOST_PEERS]
    return {
        "columns": columns,
        "peers": shown_rows(noun, columns, rows, viewer=viewer),
        "may_add_peers": viewer.may("peers.add"),
    }


def _rows(_viewer: Viewer) -> QuerySet[Company]:
    return Company.objects.select_related("dealer", "balance", "pack", "inbound_pack")


def _new_phone(row: Any) -> str:
    """The form for a phone of the company, with what is known filled in."""
    named = {"kind": "user", "company": row.key, "dealer": row.dealer.key}
    return f"{reverse('peers-new')}?{urlencode(named)}"


COMPANIES = register(
    Noun(
        name="companies",
        right="companies",
        one=_("company"),
        many=_("Companies"),
        icon="building",
        model=Company,
        rows=_rows,
        dealer_field="dealer",
        title=lambda row: row.name or row.key,
        explanation=_("Your customers and partners. A company owns peers (phones, lines) and may pay for all of them."),
        empty_advice=_("Make your first customer with the button above; then give it a phone or a line under Peers."),
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            Column(
                name="dealer",
                label=_("Dealer"),
                value=lambda row: row.dealer.name or row.dealer.key,
                link=dealer_link,
                link_right="dealers.view",
            ),
            Column(name="state", label=_("State"), value=paying_state, kind=Kind.STATE),
            BALANCE,
            AVAILABLE,
            replace(CREDIT_LIMIT, is_shown=False),
            LIVE_CALLS,
            Column(
                name="pack", label=_("Billing pack"), value=lambda row: row.pack and (row.pack.name or row.pack.key)
            ),
            Column(
                name="created_at",
                label=_("Created"),
                value=lambda row: row.created_at,
                kind=Kind.MOMENT,
                is_shown=False,
            ),
        ),
        search=("key", "name"),
        search_line="searched",
        order=("key",),
        filters=(
            Filter(
                name="dealer",
                label=_("Dealer"),
                field=lambda _viewer: ReferenceField("dealers", rows=lambda _viewer: dealers()),
                narrow=lambda rows, dealer: rows.filter(dealer__path__contains=[dealer.pk]),
            ),
            PACK_FILTER,
            STATE_FILTER,
        ),
        services=SERVICES,
        tabs=(
            Tab(
                name="peers",
                label=_("Phones and lines"),
                template="peers/of_company.html",
                context=_peers_of,
                right="peers.view",
            ),
        ),
        actions=(
            Action(
                label=_("Calls"),
                address=lambda row: f"{reverse('calls')}?company={row.pk}",
                icon="phone",
                right="calls.view",
            ),
            *MONEY_ACTIONS,
            Action(label=_("New phone"), address=_new_phone, icon="phone-plus", right="peers.add"),
            Action(
                label=_("New login"),
                address=lambda row: f"{reverse('logins-new')}?{urlencode({'company': row.key, 'dealer': row.dealer.key})}",
                icon="user-plus",
                right="logins.add",
            ),
        ),
        add_form=NewCompanyForm,
        change_form=CompanyForm,
    )
)
