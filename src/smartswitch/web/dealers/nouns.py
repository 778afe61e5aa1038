"""Dealers, as lists, pages and the API show them."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Kind, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.writing import RowServices


def _rows(_viewer: Viewer) -> QuerySet[Dealer]:
    return Dealer.objects.select_related("balance")


DEALERS = register(
    Noun(
        name="dealers",
        right="dealers",
        one=_("dealer"),
        many=_("Dealers"),
        icon="hierarchy",
        model=Dealer,
        rows=_rows,
        title=lambda row: row.name or row.key,
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            Column(
                name="balance",
                label=_("Balance"),
                value=lambda row: row.balance.amount,
                kind=Kind.AMOUNT,
                currency=lambda row: row.balance.currency,
            ),
        ),
        search=("key", "name"),
        order=("key",),
        services=RowServices(Dealer, "dealers"),
    )
)
