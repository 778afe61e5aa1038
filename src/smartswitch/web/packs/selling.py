"""At which packs a dealer sells: at those that it can see and does not itself buy at."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.packs.models import BillingPack
from smartswitch.web.routes.models import Shared

PACK_FIELDS = ("pack", "inbound_pack")


def check_packs(values: Mapping[str, Any], seller: Dealer, *, was: Any = None) -> None:
    """Refuse a pack that is not the seller's, or of a dealer below it, nor shared with it. `was` is the row that is changed:
    the pack that it has already stays allowed."""
    for name in PACK_FIELDS:
        pack: BillingPack | None = values.get(name)
        if pack is None or (was is not None and getattr(was, f"{name}_id") == pack.pk) or _sells_at(seller, pack):
            continue
        if pack.pk in (seller.pack_id, seller.inbound_pack_id):
            words = _("%(dealer)s buys at this pack and would earn nothing. Copy it, and put a margin on the copy.")
        else:
            words = _("%(dealer)s cannot see this pack. Choose one of its own, or share this one first.")
        raise Refused({name: words % {"dealer": seller}})


def _sells_at(seller: Dealer, pack: BillingPack) -> bool:
    if Dealer.objects.filter(pk=pack.dealer_id, path__contains=[seller.pk]).exists():
        return True
    return Shared.objects.filter(noun="billing_pack", object_id=pack.pk, with_dealer_id__in=seller.path).exists()
