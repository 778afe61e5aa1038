"""Dealers, as lists, pages and the API show them."""

from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_actions import MONEY_ACTIONS
from smartswitch.web.balances.party_columns import STATE_FILTER
from smartswitch.web.dealers.acting import may_act_for
from smartswitch.web.dealers.columns import COLUMNS, FACTS
from smartswitch.web.dealers.forms import DealerForm, NewDealerForm, dealers
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.dealers.services import DEALERS as SERVICES
from smartswitch.web.login.acting import RIGHT as ACT_FOR
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Action, Filter, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.packs.pack_filter import PACK_FILTER
from smartswitch.web.rights.tabs import GRANTED, IN_EFFECT_OF_DEALER

KINDS = (("", _("any kind")), ("dealer", _("dealers")), ("pbx", _("Virtual PBXs")))

MONEY = (("", _("any balance")), ("empty", _("nothing left")), ("left", _("something left")))


def _of_money(rows: QuerySet[Dealer], which: str) -> QuerySet[Dealer]:
    """Dealers whose calls can (not) be paid any more; without a credit limit there is always something left."""
    left = Q(balance__credit_limit__isnull=True) | Q(
        balance__amount__gt=F("balance__held") - F("balance__credit_limit")
    )
    return rows.filter(left if which == "left" else ~left)


def _rows(_viewer: Viewer) -> QuerySet[Dealer]:
    return Dealer.objects.select_related("balance", "parent", "pack", "inbound_pack", "route_class", "hunting_class")


def _is_below(viewer: Viewer, row: Any) -> bool:
    return row.pk != viewer.dealer_id


def _more(viewer: Viewer, row: Any) -> dict[str, Any]:
    """Where to look for those to whom this dealer sells; the rest is among the actions."""
    links = (
        ("list", _("Dealers below"), f"{reverse('dealers')}?below={quote(row.key)}", "dealers.view"),
        ("building", _("Companies"), f"{reverse('companies')}?dealer={quote(row.key)}", "companies.view"),
    )
    return {"links": [link for *link, right in links if viewer.may(right)]}


DEALERS = register(
    Noun(
        name="dealers",
        right="dealers",
        one=_("dealer"),
        many=_("Dealers"),
        icon="hierarchy",
        model=Dealer,
        rows=_rows,
        may_delete=_is_below,
        title=lambda row: row.name or row.key,
        explanation=_("Your own dealer and all below it. A dealer buys from the one above and sells to those below."),
        empty_advice=_("Make the first dealer with the button above: with its prices, its limits and its rights."),
        columns=COLUMNS,
        facts=FACTS,
        search=("key", "name"),
        order=("key",),
        filters=(
            Filter(
                name="below",
                label=_("Below"),
                field=lambda _viewer: ReferenceField("dealers", rows=dealers),
                narrow=lambda rows, dealer: rows.filter(path__contains=[dealer.pk]).exclude(pk=dealer.pk),
            ),
            PACK_FILTER,
            STATE_FILTER,
            Filter(
                name="kind",
                label=_("Kind"),
                field=lambda _viewer: forms.ChoiceField(choices=KINDS),
                narrow=lambda rows, kind: rows.filter(is_virtual_pbx=kind == "pbx"),
            ),
            Filter(
                name="money",
                label=_("Money"),
                field=lambda _viewer: forms.ChoiceField(choices=MONEY),
                narrow=_of_money,
            ),
        ),
        services=SERVICES,
        add_form=NewDealerForm,
        change_form=DealerForm,
        list_template="dealers/list.html",
        one_template="dealers/one.html",
        tabs=(GRANTED, IN_EFFECT_OF_DEALER),
        more=_more,
        actions=(
            Action(
                label=_("New login"),
                address=lambda row: f"{reverse('logins-new')}?dealer={quote(row.key)}",
                icon="user-plus",
                right="logins.add",
            ),
            Action(
                label=_("Act for this dealer"),
                address=lambda row: reverse("dealers-act-for", args=[row.pk]),
                icon="user",
                right=ACT_FOR,
                suits=may_act_for,
                is_post=True,
            ),
            Action(
                label=_("Calls"),
                address=lambda row: f"{reverse('calls')}?dealer={row.pk}",
                icon="phone",
                right="calls.view",
            ),
            *MONEY_ACTIONS,
            Action(
                label=_("Logins"),
                address=lambda row: f"{reverse('logins')}?{urlencode({'dealer': row.key})}",
                icon="users",
                right="logins.view",
            ),
            Action(
                label=_("Move"),
                address=lambda row: reverse("dealers-move", args=[row.pk]),
                icon="hierarchy",
                right="dealers.change",
                suits=_is_below,
            ),
        ),
    )
)
