"""The writes of prices. Rule: a price that has been in force is never changed, only ended and followed by a new one.

`set_price` says what a code costs from a moment on, in one write:

| there is, for the code and band       | what happens                                                          |
|---------------------------------------|-----------------------------------------------------------------------|
| a price in force at that moment       | it ends at that moment, and the new one begins                        |
| the same, and the new one has an end  | a price that lasts longer stays beneath, and holds again afterwards   |
| a price planned for that very moment  | it never was in force: it is taken away, the new one stands           |
| a price planned for later             | it stays, and takes over when its moment comes                        |

A moment within the last minute is the present: who types a minute means it. What is in force now, or would be, needs the
right `packs.activate`; without it prices are planned. Whether a node could use the pack afterwards is asked of the same
code that a node runs (core/pack_index.py), so that no change of prices can stop calls.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.pack_index import PackError
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.packs.models import BillingPack, Price
from smartswitch.web.packs.selectors import database_now, index_of
from smartswitch.web.ui.core_words import in_words

ACTIVATE = "packs.activate"
PRESENT = timedelta(minutes=1)
"""A moment that is past by no more than this is the present."""

CONSTRAINTS = {
    "price_of_code": ("valid_from", gettext_lazy("There is a price of this code from the same moment already.")),
    "price_past_is_fixed": (
        OF_THE_WHOLE,
        gettext_lazy("A price that has been in force can only be ended. Somebody may have been faster: look again."),
    ),
    "price_code_is_digits": ("code", gettext_lazy("A code is 1 to 15 digits, like 4479.")),
    "price_ends_after_it_starts": ("valid_to", gettext_lazy("The end must be after the beginning.")),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTerms:
    """What a code costs: prices and fee 10^-8, times in seconds. `valid_to` None: until something follows."""

    price_per_minute: int
    first_price_per_minute: int
    connect_fee: int = 0
    min_s: int = 1
    increment_s: int = 1
    free_s: int = 0
    grace_s: int | None = None
    is_blocked: bool = False
    valid_to: datetime | None = None


def set_price(
    pack: BillingPack, *, by: Viewer, code: str, band: str | None, terms: PriceTerms, from_moment: datetime | None
) -> Price:
    """Let a code cost this from a moment on; None is now. Gives the new row; raises Refused or MissingRightError."""
    require(by, "packs.change")
    moment = _moment_from(from_moment, by)
    if terms.valid_to is not None and terms.valid_to <= moment:
        raise Refused({"valid_to": _("The end must be after the beginning.")})
    with refusing(CONSTRAINTS):
        locked = PACK_ROWS.locked(pack)
        same = Price.objects.filter(pack=locked, code=code, **_of_band(band))
        same.filter(valid_from=moment).delete()
        older = same.filter(valid_from__lt=moment, valid_to__gt=moment)
        if terms.valid_to is not None:
            older = older.filter(valid_to__lte=terms.valid_to)
        older.update(valid_to=moment)
        price = Price(pack=locked, code=code, band=band, valid_from=moment, **asdict(terms))
        price.save(force_insert=True)
        check_codes(locked, Price.objects.filter(pack=locked, code=code))
    return price


def _moment_from(wanted: datetime | None, by: Viewer) -> datetime:
    now = database_now()
    if wanted is not None and wanted > now:
        return wanted
    if wanted is not None and wanted < now - PRESENT:
        raise Refused({"valid_from": _("This is past. A price begins now or later: what was charged stays as it was.")})
    require(by, ACTIVATE)
    return now


def _of_band(band: str | None) -> dict[str, Any]:
    return {"band__isnull": True} if band is None else {"band": band}


def check_codes(pack: BillingPack, prices: QuerySet[Price]) -> None:
    """Refuse if a node could not use the pack with all prices of some codes as they are now."""
    try:
        index_of(pack, prices)
    except PackError as error:
        words = _("Calls could not be charged like this, so nothing was changed: %(why)s.")
        raise Refused({OF_THE_WHOLE: words % {"why": in_words(error.sentence)}}) from error


class PriceServices(RowServices):
    """Prices one at a time: by `set_price`, whatever the form was."""

    def __init__(self) -> None:
        super().__init__(Price, "packs", constraints=CONSTRAINTS)

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Price:
        """A price of a code of a pack; one that is in force ends."""
        require(by, f"{self.right}.add")
        return self._set(by=by, values=dict(values))

    def change(self, row: Price, *, by: Viewer, values: Mapping[str, Any]) -> Price:
        """Another price for the same code and band: a planned one is replaced, one in force ends and is followed."""
        require(by, f"{self.right}.change")
        now = database_now()
        with refusing(self.constraints):
            PACK_ROWS.locked(row.pack)
            locked = self.locked(row)
            if locked.valid_to is not None and locked.valid_to <= now:
                raise Refused({OF_THE_WHOLE: _("This price has ended. Its history stays; make a new price instead.")})
            rest = {"pack": locked.pack, "code": locked.code, "band": locked.band} | _terms_of(locked)
            if locked.valid_from is not None and locked.valid_from > now:
                rest["valid_from"] = locked.valid_from
                locked.delete()
            return self._set(by=by, values=rest | dict(values))

    def delete(self, row: Price, *, by: Viewer) -> None:
        """A planned price is taken away; one in force ends now, and what is beneath it, or a shorter code, holds."""
        require(by, f"{self.right}.delete")
        now = database_now()
        with refusing(self.constraints):
            pack = PACK_ROWS.locked(row.pack)
            locked = self.locked(row)
            if locked.valid_to is not None and locked.valid_to <= now:
                raise Refused({OF_THE_WHOLE: _("This price has ended. Its history stays, for it explains charges.")})
            if locked.valid_from is not None and locked.valid_from >= now:
                locked.delete()
            else:
                require(by, ACTIVATE)
                locked.valid_to = now
                locked.save(update_fields=["valid_to"])
            check_codes(pack, Price.objects.filter(pack=pack, code=locked.code))

    def _set(self, *, by: Viewer, values: dict[str, Any]) -> Price:
        pack, code, band = values.pop("pack"), values.pop("code"), values.pop("band", None)
        from_moment = values.pop("valid_from", None)
        return set_price(pack, by=by, code=code, band=band or None, terms=PriceTerms(**values), from_moment=from_moment)


def _terms_of(price: Price) -> dict[str, Any]:
    return {name: getattr(price, name) for name in PriceTerms.__slots__}


PACK_ROWS = RowServices(BillingPack, "packs")
PRICES = PriceServices()
