"""The writes of billing packs, their time bands and holidays, and of exchange rates. Prices have `prices.py`.

What changes the cost of calls from now on (rounding, tax, time bands, today's holiday) needs `packs.activate`, as a price
does that comes in force now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.money import PRICE_DECIMALS, format_scaled
from smartswitch.core.pack import TAX_UNIT
from smartswitch.web.config.named_queries import NamedQueries
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import PPM_OF_PERCENT_DECIMALS
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.packs.models import BillingPack, ExchangeRate, Holiday, Price, TimeBand
from smartswitch.web.packs.prices import ACTIVATE, check_codes
from smartswitch.web.packs.selectors import database_now
from smartswitch.web.routes.models import Shared

QUERIES = NamedQueries(Path(__file__).parent / "sql")
PPM_DECIMALS = PPM_OF_PERCENT_DECIMALS + 2
LARGEST_MARGIN_PPM = 100 * TAX_UNIT
HAS_PRICES = gettext_lazy("It has prices, or had some: they explain what calls cost, so the pack stays.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What is put on prices that are copied: parts per million; then they are rounded to so many decimals."""

    ppm: int = 0
    decimals: int = PRICE_DECIMALS
    rounds_up: bool = False


class PackServices(RowServices):
    """Make, change, copy and delete billing packs."""

    terms = ("decimals", "rounding", "increment_from", "tax_mode", "tax_ppm", "time_zone")

    def __init__(self) -> None:
        super().__init__(BillingPack, "packs", constraints={"price_of_pack": (OF_THE_WHOLE, HAS_PRICES)})

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> BillingPack:
        """An empty pack, of the viewer's dealer unless another one below is named."""
        rest = dict(values)
        dealer = rest.pop("dealer", None) or Dealer.objects.get(pk=by.dealer_id)
        pack: Any = super().add(by=by, values={**rest, "dealer": dealer})
        return pack

    def change(self, row: BillingPack, *, by: Viewer, values: Mapping[str, Any]) -> BillingPack:
        """Its terms hold for every call that starts from now on."""
        if any(name in values and values[name] != getattr(row, name) for name in self.terms):
            require(by, ACTIVATE)
        pack: Any = super().change(row, by=by, values=values)
        return pack

    def delete(self, row: BillingPack, *, by: Viewer) -> None:
        """Only a pack that nobody uses and that never had prices; nobody shares in it any more."""
        require(by, f"{self.right}.delete")
        with refusing(self.constraints):
            locked = self.locked(row)
            Shared.objects.filter(noun="billing_pack", object_id=row.pk).delete()
            locked.delete()

    def copy(self, source: BillingPack, *, by: Viewer, key: str, name: str, margin: Margin) -> BillingPack:
        """A pack of the viewer's own with the terms, times and present prices of another that he may see."""
        require(by, "packs.add")
        require(by, ACTIVATE)
        if not 0 <= margin.ppm <= LARGEST_MARGIN_PPM:
            raise Refused({"margin_ppm": _("A margin is from 0 to 10,000 %.")})
        values = {each: getattr(source, each) for each in ("currency", *self.terms)}
        with refusing(self.constraints):
            copy = self.add(by=by, values={**values, "key": key, "name": name})
            self._copy_rows(source, copy, margin)
        copy.refresh_from_db()
        return copy

    def _copy_rows(self, source: BillingPack, copy: BillingPack, margin: Margin) -> None:
        places = PRICE_DECIMALS - margin.decimals
        ids = {"source": source.pk, "target": copy.pk}
        exact = {
            "factor": format_scaled(TAX_UNIT + margin.ppm, decimals=PPM_DECIMALS + places),
            "unit": 10**places,
            "rounds_up": margin.rounds_up,
        }
        QUERIES.run("copy_times", ids)
        QUERIES.run("copy_prices", ids | exact)


class TimeBandServices(RowServices):
    """Time bands change which prices hold, at once; a node must still be able to use all prices that name a band."""

    def __init__(self) -> None:
        super().__init__(TimeBand, "packs")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> TimeBand:
        """One more time of the week for a band, or a new band."""
        require(by, ACTIVATE)
        with refusing(self.constraints):
            band: Any = super().add(by=by, values=values)
            _check_banded(band.pack)
        return band

    def change(self, row: TimeBand, *, by: Viewer, values: Mapping[str, Any]) -> TimeBand:
        """Another time, or another name that prices must know."""
        require(by, ACTIVATE)
        with refusing(self.constraints):
            band: Any = super().change(row, by=by, values=values)
            _check_banded(band.pack)
        return band

    def delete(self, row: TimeBand, *, by: Viewer) -> None:
        """Only if no price names the band, or others of its name are left."""
        require(by, ACTIVATE)
        with refusing(self.constraints):
            super().delete(row, by=by)
            _check_banded(row.pack)


def _check_banded(pack: BillingPack) -> None:
    banded = Price.objects.filter(pack=pack, band__isnull=False)
    check_codes(pack, Price.objects.filter(pack=pack, code__in=banded.values("code")).order_by("code"))


class HolidayServices(RowServices):
    """Holidays. One that is still to come is planned; today's, or a past one, is in force at once."""

    def __init__(self) -> None:
        taken = gettext_lazy("This day is a holiday of the pack already.")
        super().__init__(Holiday, "packs", constraints={"holiday_day_of_pack": ("day", taken)})

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """A day on which the holiday bands of a pack hold."""
        _require_for(values["day"], values["pack"], by)
        return super().add(by=by, values=values)

    def change(self, row: Holiday, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """Another day."""
        for day in (row.day, values.get("day", row.day)):
            _require_for(day, row.pack, by)
        return super().change(row, by=by, values=values)

    def delete(self, row: Holiday, *, by: Viewer) -> None:
        """A day like any other."""
        _require_for(row.day, row.pack, by)
        super().delete(row, by=by)


def _require_for(day: date, pack: BillingPack, by: Viewer) -> None:
    if day <= database_now().astimezone(ZoneInfo(pack.time_zone)).date():
        require(by, ACTIVATE)


class ExchangeRateServices(RowServices):
    """Rates are the owner's: everybody's charges are converted by them."""

    def __init__(self) -> None:
        super().__init__(
            ExchangeRate,
            "packs",
            constraints={
                "exchange_rate_moment": (
                    "valid_from",
                    gettext_lazy("There is a rate of these currencies from this moment."),
                ),
                "exchange_rate_currencies_differ": ("to_currency", gettext_lazy("The two currencies must differ.")),
                "exchange_rate_rate_is_positive": ("rate", gettext_lazy("A rate is more than zero.")),
            },
        )

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """A rate from a moment on."""
        _owner_only(by)
        return super().add(by=by, values=values)

    def change(self, row: Model, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """What was converted before stays as it was: every charge keeps its rate."""
        _owner_only(by)
        return super().change(row, by=by, values=values)

    def delete(self, row: Model, *, by: Viewer) -> None:
        """The rate before it holds again."""
        _owner_only(by)
        super().delete(row, by=by)


def _owner_only(by: Viewer) -> None:
    if not by.is_owner:
        raise Http404


PACKS = PackServices()
TIME_BANDS = TimeBandServices()
HOLIDAYS = HolidayServices()
EXCHANGE_RATES = ExchangeRateServices()
