"""Billing packs and their prices, as lists, pages and the API show them."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.writing import RowServices
from smartswitch.web.packs.models import BillingPack


def _rows(_viewer: Viewer) -> QuerySet[BillingPack]:
    return BillingPack.objects.select_related("dealer")


PACKS = register(
    Noun(
        name="packs",
        right="packs",
        one=_("billing pack"),
        many=_("Billing packs"),
        icon="tags",
        model=BillingPack,
        rows=_rows,
        title=lambda row: row.name or row.key,
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            Column(name="currency", label=_("Currency"), value=lambda row: row.currency),
        ),
        search=("key", "name"),
        order=("key",),
        services=RowServices(BillingPack, "packs"),
    )
)
