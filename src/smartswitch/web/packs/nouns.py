"""Billing packs, as lists, pages and the API show them. Their prices have `price_noun.py`, what else stands in them
`other_nouns.py`."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.core.money import format_scaled
from smartswitch.web.companies.models import Company
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.nouns.fields import PPM_OF_PERCENT_DECIMALS, ReferenceField
from smartswitch.web.nouns.noun import Action, Column, Filter, Kind, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.packs import other_nouns, price_noun  # noqa: F401 - they register the tabs of a pack
from smartswitch.web.packs.forms import NewPackForm, PackForm, dealers
from smartswitch.web.packs.models import BillingPack
from smartswitch.web.packs.selectors import packs_for
from smartswitch.web.packs.services import PACKS as SERVICES
from smartswitch.web.packs.words import INCREMENTS_FROM, ROUNDINGS, TAX_MODES
from smartswitch.web.peers.models import Peer, Terminator
from smartswitch.web.rights.sharing import sharing_tab

MOST_COUNTED = 1_000
WHOSE = (("", _("all")), ("own", _("own")), ("shared", _("not one's own")))


def percent(ppm: int) -> str:
    """Parts per million as a percentage."""
    text = format_scaled(ppm, decimals=PPM_OF_PERCENT_DECIMALS)
    return f"{text.rstrip('0').rstrip('.')} %"


def pack_kind(row: Any) -> tuple[str, Any]:
    """Whose a pack is, as a colour and a word."""
    if row.is_own:
        return "green", _("own")
    if row.is_shared:
        return "azure", _("shared with you")
    return "yellow", _("what you pay")


def dealer_link(row: Any) -> str | None:
    """Where the dealer of a row is shown; nowhere if it is not the viewer's to see."""
    return reverse("dealers-one", args=[row.dealer_id]) if row.is_own else None


def counted(rows: QuerySet[Any]) -> str:
    """How many rows there are, up to a limit: for "used by"."""
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    return str(count) if count <= MOST_COUNTED else f"> {MOST_COUNTED}"


def _used_by(noun: str, model: Any, label: Any) -> Column:
    """How many parties of a noun pay by a pack, with a link to them."""
    return Column(
        name=noun,
        label=label,
        value=lambda row: counted(model.objects.filter(Q(pack=row) | Q(inbound_pack=row))),
        link=lambda row: f"{reverse(noun)}?{urlencode({'pack': row.key})}",
        link_right=f"{noun}.view",
    )


def _tax(row: Any) -> str:
    words = str(dict(TAX_MODES)[row.tax_mode])
    return words if row.tax_mode == "none" else f"{percent(row.tax_ppm)}, {words}"


PACKS = register(
    Noun(
        name="packs",
        right="packs",
        one=_("billing pack"),
        many=_("Billing packs"),
        icon="tags",
        model=BillingPack,
        rows=packs_for,
        title=lambda row: row.name or row.key,
        explanation=_(
            "Price lists. Give one to a customer or to a dealer below you, and their calls are charged by it. You also see"
            " those that are shared with you, and the one at which you buy."
        ),
        empty_advice=_(
            "Make a pack with the button above, or copy one that is shared with you and put your margin on it."
        ),
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            Column(name="kind", label=_("Whose"), value=pack_kind, kind=Kind.STATE),
            Column(
                name="dealer",
                label=_("Dealer"),
                value=lambda row: row.dealer_title or _("a dealer above"),
                link=dealer_link,
                link_right="dealers.view",
            ),
            Column(name="currency", label=_("Currency"), value=lambda row: row.currency),
            Column(name="tax", label=_("Tax"), value=_tax),
            Column(
                name="decimals", label=_("Decimals"), value=lambda row: row.decimals, kind=Kind.NUMBER, is_shown=False
            ),
            Column(
                name="rounding",
                label=_("Rounding"),
                value=lambda row: dict(ROUNDINGS)[row.rounding],
                is_shown=False,
            ),
            Column(
                name="increment_from",
                label=_("Increments are counted"),
                value=lambda row: dict(INCREMENTS_FROM)[row.increment_from],
                is_shown=False,
            ),
            Column(name="time_zone", label=_("Time zone"), value=lambda row: row.time_zone, is_shown=False),
            Column(
                name="created_at",
                label=_("Created"),
                value=lambda row: row.created_at,
                kind=Kind.MOMENT,
                is_shown=False,
            ),
        ),
        facts=(
            _used_by("dealers", Dealer, _("Used by dealers")),
            _used_by("companies", Company, _("Used by companies")),
            _used_by("peers", Peer, _("Used by peers")),
            Column(
                name="terminators",
                label=_("Used by terminators"),
                value=lambda row: counted(Terminator.objects.filter(pack=row)),
            ),
        ),
        search=("key", "name"),
        order=("key",),
        filters=(
            Filter(
                name="dealer",
                label=_("Dealer"),
                field=lambda _viewer: ReferenceField("dealers", rows=lambda _viewer: dealers()),
                narrow=lambda rows, dealer: rows.filter(dealer__path__contains=[dealer.pk]),
            ),
            Filter(
                name="whose",
                label=_("Whose"),
                field=lambda _viewer: forms.ChoiceField(choices=WHOSE),
                narrow=lambda rows, whose: rows.filter(is_own=whose == "own"),
            ),
        ),
        services=SERVICES,
        add_form=NewPackForm,
        change_form=PackForm,
        may_change=lambda _viewer, row: row.is_own,
        one_template="packs/one.html",
        tabs=(sharing_tab("billing_pack"),),
        actions=(
            Action(
                label=_("Copy"),
                address=lambda row: reverse("packs-copy", args=[row.pk]),
                icon="copy",
                right="packs.add",
            ),
        ),
    )
)
