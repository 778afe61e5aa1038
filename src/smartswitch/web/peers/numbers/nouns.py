"""Numbers of ours, as lists, pages and the API show them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.companies.forms import dealers
from smartswitch.web.companies.nouns import dealer_link
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun
from smartswitch.web.nouns.registry import register
from smartswitch.web.peers.models import Did, Peer
from smartswitch.web.peers.numbers.forms import NewNumberForm, NumberForm
from smartswitch.web.peers.numbers.services import NUMBERS as SERVICES


def _rows(_viewer: Viewer) -> QuerySet[Did]:
    return Did.objects.select_related("peer", "dealer")


def _peer_link(row: Any) -> str:
    return reverse("terminators-one" if row.peer.kind == "terminator" else "peers-one", args=[row.peer_id])


NUMBERS = register(
    Noun(
        name="numbers",
        right="numbers",
        one=_("number"),
        many=_("Numbers"),
        icon="hash",
        model=Did,
        rows=_rows,
        dealer_field="dealer",
        title=lambda row: f"+{row.number}",
        explanation=_("Phone numbers at which the world reaches your phones and lines."),
        empty_advice=_("Give a number to a phone with the button above, or ask the dealer above for one."),
        columns=(
            Column(name="number", label=_("Number"), value=lambda row: row.number, kind=Kind.PHONE, order=("number",)),
            Column(
                name="peer",
                label=_("Leads to"),
                value=lambda row: row.peer.name or row.peer.key,
                link=_peer_link,
                link_right="peers.view",
                order=("peer__key",),
            ),
            Column(
                name="dealer",
                label=_("Dealer"),
                value=lambda row: row.dealer.name or row.dealer.key,
                link=dealer_link,
                link_right="dealers.view",
            ),
        ),
        filters=(
            Filter(
                name="dealer",
                label=_("Dealer"),
                field=lambda _viewer: ReferenceField("dealers", rows=lambda _viewer: dealers()),
                narrow=lambda rows, dealer: rows.filter(dealer__path__contains=[dealer.pk]),
            ),
            Filter(
                name="peer",
                label=_("Leads to"),
                field=lambda _viewer: ReferenceField("peers", rows=lambda _viewer: Peer.objects.all()),
                narrow=lambda rows, peer: rows.filter(peer=peer),
            ),
        ),
        search=("number", "peer__key", "peer__name"),
        order=("number",),
        services=SERVICES,
        add_form=NewNumberForm,
        change_form=NumberForm,
    )
)
