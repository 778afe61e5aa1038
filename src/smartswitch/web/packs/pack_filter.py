"""The filter of parties by the pack at which they pay, wherever they are listed."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Filter
from smartswitch.web.packs.selectors import packs_for

PACK_FILTER = Filter(
    name="pack",
    label=_("Billing pack"),
    field=lambda _viewer: ReferenceField("packs", rows=packs_for),
    narrow=lambda rows, pack: rows.filter(Q(pack=pack) | Q(inbound_pack=pack)),
)
