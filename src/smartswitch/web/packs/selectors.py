"""Which billing packs a viewer may look at, and what a pack says about one number.

A dealer sees the packs of his own house and below, those that are shared with him, and, with the right `packs.see_parent`,
those at which he buys himself. Row-level security says the same but for that right; nothing here widens it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from smartswitch.core.money import Rounding
from smartswitch.core.pack import ALWAYS_MS, IncrementFrom, TaxMode, Terms
from smartswitch.core.pack_index import NEVER_MS, PackIndex, PriceRow
from smartswitch.core.time_band import TimeBand as Band
from smartswitch.core.time_band import Timetable
from smartswitch.web.config.columns import LineField
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.packs.models import BillingPack, Holiday, Price, TimeBand
from smartswitch.web.routes.models import Shared

SEES_BUYING_PACK = "packs.see_parent"
NOTHING = Value("", output_field=LineField())
TITLE = Coalesce(NullIf(F("name"), NOTHING), F("key"))
"""What a row with a name and a key is called."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def packs_for(viewer: Viewer) -> QuerySet[BillingPack]:
    """The packs that a viewer may look at. `is_own` says whether a pack is his to change, `is_shared` whether somebody
    above shares it with him; `dealer_title` is empty where he may not know whose it is."""
    packs = BillingPack.objects.annotate(
        is_own=owned(viewer, "dealer_id"),
        is_shared=Exists(
            Shared.objects.filter(noun="billing_pack", object_id=OuterRef("pk"), with_dealer__in=list(viewer.path))
        ),
        dealer_title=title_of_dealer("dealer_id"),
    )
    if not viewer.is_of_dealer:
        return packs
    seen = Q(is_own=True) | Q(is_shared=True)
    if viewer.may(SEES_BUYING_PACK):
        here = Dealer.objects.filter(pk=viewer.dealer_id)
        seen |= Q(pk__in=here.exclude(pack=None).values("pack")) | Q(
            pk__in=here.exclude(inbound_pack=None).values("inbound_pack")
        )
    return packs.filter(seen)


def owned(viewer: Viewer, dealer_id: str) -> Any:
    """Whether the dealer of a row is the viewer's or below it; nothing is a customer's own."""
    if not viewer.is_of_dealer:
        return Value(value=False)
    return Exists(Dealer.objects.filter(pk=OuterRef(dealer_id), path__contains=[viewer.dealer_id]))


def title_of_dealer(dealer_id: str) -> Subquery:
    """What the dealer of a row is called; null where row-level security hides it."""
    return Subquery(Dealer.objects.filter(pk=OuterRef(dealer_id)).annotate(title=TITLE).values("title"))


def database_now() -> datetime:
    """The moment at which the present transaction began: for the database, the present."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def in_force(prices: QuerySet[Price], moment: datetime) -> QuerySet[Price]:
    """The prices that hold at a moment; of several of one code and band the newest one counts."""
    return prices.filter(valid_from__lte=moment, valid_to__gt=moment)


# ---- what charging makes of a pack


def moment_ms(moment: datetime) -> int:
    """A moment as the core counts time."""
    return (moment - _EPOCH) // _MILLISECOND


def terms_of(pack: BillingPack) -> Terms:
    """What all prices of a pack share."""
    return Terms(
        pack_id=pack.pk,
        pack=pack.key,
        currency=pack.currency,
        decimals=pack.decimals,
        rounding=Rounding(pack.rounding),
        increment_from=IncrementFrom(pack.increment_from),
        tax_mode=TaxMode(pack.tax_mode),
        tax_ppm=pack.tax_ppm,
    )


def timetable_of(pack: BillingPack) -> Timetable | None:
    """The time bands of a pack; None if it has none."""
    bands = tuple(
        Band(each.name, frozenset(each.weekdays), each.start_minute, each.end_minute, each.is_holiday)
        for each in TimeBand.objects.filter(pack=pack).order_by("id")
    )
    if not bands:
        return None
    holidays = frozenset(Holiday.objects.filter(pack=pack).values_list("day", flat=True))
    return Timetable(bands, ZoneInfo(pack.time_zone), holidays)


def index_of(pack: BillingPack, prices: QuerySet[Price]) -> PackIndex:
    """These prices of a pack as a node holds them; raises PackError where a node could not."""
    return PackIndex.build(terms_of(pack), timetable_of(pack), [_price_row(price) for price in prices])


def _price_row(price: Any) -> PriceRow:
    return PriceRow(
        price_id=price.pk,
        code=price.code,
        band=price.band,
        price_per_minute=price.price_per_minute,
        first_price_per_minute=price.first_price_per_minute,
        connect_fee=price.connect_fee,
        min_s=price.min_s,
        increment_s=price.increment_s,
        free_s=price.free_s,
        grace_s=price.grace_s,
        valid_from_ms=ALWAYS_MS if price.valid_from is None else moment_ms(price.valid_from),
        valid_to_ms=NEVER_MS if price.valid_to is None else moment_ms(price.valid_to),
        is_blocked=price.is_blocked,
    )
