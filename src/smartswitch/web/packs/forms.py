"""The forms of billing packs, prices, time bands, holidays and exchange rates. They read what was typed, nothing more."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from smartswitch.core.money import PRICE_DECIMALS
from smartswitch.web.nouns.fields import (
    CountField,
    CurrencyField,
    LineField,
    MomentField,
    NameKeyField,
    PercentField,
    PriceField,
    ReferenceField,
    ScaledField,
    ZoneField,
)
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.nouns.times import CodeField, MinuteField, WeekdaysField
from smartswitch.web.packs.models import TimeBand
from smartswitch.web.packs.services import Margin
from smartswitch.web.packs.words import INCREMENTS_FROM, ROUNDINGS, TAX_MODES

HIGHEST_TAX_PPM = 1_000_000
RATE_DECIMALS = 9
LAST_MINUTE = 24 * 60


def dealers() -> Any:
    """The dealers that the session may see: the viewer's own and all below."""
    from smartswitch.web.dealers.models import Dealer

    return Dealer.objects.all()


class PackForm(NounForm):
    """What may be changed of a pack. Its currency stays: charges were made in it."""

    group_titles = {"decimals": _("How a call is counted"), "tax_mode": _("Tax")}

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists and invoices."))
    time_zone = ZoneField(help_text=_("In which its time bands and holidays are meant."))
    decimals = forms.TypedChoiceField(
        label=_("Decimals of a charge"),
        coerce=int,
        choices=[(number, str(number)) for number in range(7)],
        help_text=_("To how many decimals the cost of a call is rounded, once, at its end."),
    )
    rounding = forms.ChoiceField(
        label=_("Rounding"), choices=ROUNDINGS, help_text=_("Which way the cost of a call is rounded.")
    )
    increment_from = forms.ChoiceField(
        label=_("Increments are counted"),
        choices=INCREMENTS_FROM,
        help_text=_("With a first block of 25 s and steps of 8 s, a call of 26 s is charged 33 s or 32 s."),
    )
    tax_mode = forms.ChoiceField(
        label=_("Tax"), choices=TAX_MODES, help_text=_("Whether tax comes on top of the prices or is part of them.")
    )
    tax_ppm = PercentField(
        label=_("Tax, percent"), required=False, help_text=_("For example 20; it counts only if there is tax.")
    )

    def clean_tax_ppm(self) -> int:
        """Nothing is zero; more than the whole is a mistake."""
        tax: int = self.cleaned_data["tax_ppm"] or 0
        if tax > HIGHEST_TAX_PPM:
            raise forms.ValidationError(_now("A tax is from 0 to 100 %."))
        return tax


class NewPackForm(PackForm):
    """What a new pack needs besides."""

    key = NameKeyField()
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: dealers(),
        label=_("Dealer"),
        help_text=_("Whose price list it is; your own unless you name a dealer below you."),
    )
    currency = CurrencyField(help_text=_("Of its prices; it cannot be changed later."))
    field_order = ("key", "name", "dealer", "currency", "time_zone")

    def prepare(self) -> None:
        """A new pack is one of the viewer's own, in his currency and zone."""
        self.initial = {
            "dealer": self.viewer.dealer_key,
            "currency": self.viewer.currency,
            "time_zone": self.viewer.zone.key,
            "decimals": 6,
            "tax_ppm": 0,
            **self.initial,
        }


class CopyForm(NounForm):
    """A copy of a pack: under another key, with a margin if wanted."""

    key = NameKeyField()
    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists and invoices."))
    margin_ppm = PercentField(
        label=_("Margin, percent"),
        required=False,
        help_text=_("What is put on every price and fee: with 25, 0.02 becomes 0.025. Empty is none."),
    )
    round_to = forms.TypedChoiceField(
        label=_("Decimals of the new prices"),
        coerce=int,
        initial=PRICE_DECIMALS,
        choices=[(number, str(number)) for number in range(PRICE_DECIMALS, -1, -1)],
        help_text=_("To how many decimals the new prices are rounded."),
    )
    rounds_up = forms.BooleanField(
        label=_("Round up"), required=False, help_text=_("Always up; else to the nearest, halves up.")
    )

    def margin(self) -> Margin:
        """What is to be put on the prices."""
        typed = self.cleaned_data
        return Margin(ppm=typed["margin_ppm"] or 0, decimals=typed["round_to"], rounds_up=typed["rounds_up"])


class PriceForm(NounForm):
    """What a code costs, and from when."""

    group_titles = {"min_s": _("How seconds are counted"), "valid_from": _("When it holds")}
    advanced = ("free_s", "grace_s", "is_blocked")

    price_per_minute = PriceField(label=_("Price per minute"), help_text=_("At most 8 decimals."))
    first_price_per_minute = PriceField(
        label=_("Price per minute of the first block"),
        required=False,
        help_text=_("Empty is the same as the price per minute."),
    )
    connect_fee = PriceField(
        label=_("Connect fee"), required=False, help_text=_("What an answered call costs before its first second.")
    )
    min_s = CountField(
        label=_("First block, seconds"), min_value=0, help_text=_("What is charged at least; empty is 1 second.")
    )
    increment_s = CountField(
        label=_("Steps, seconds"), help_text=_("In what steps time is charged afterwards; empty is 1 second.")
    )
    free_s = CountField(
        label=_("Free seconds"), min_value=0, help_text=_("Seconds after the first block that cost nothing.")
    )
    grace_s = CountField(
        label=_("Grace, seconds"),
        min_value=0,
        help_text=_("Calls no longer than this cost nothing. Empty is no grace."),
    )
    is_blocked = forms.BooleanField(
        label=_("Blocked"),
        required=False,
        help_text=_("Calls to this code have no price, so they do not pass; a shorter code does not take its place."),
    )
    valid_from = MomentField(
        label=_("From"), required=False, help_text=_("Empty is now, for the next call. Past moments are not possible.")
    )
    valid_to = MomentField(label=_("Until"), required=False, help_text=_("Empty is until another price follows."))

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The price of the first block only where it differs; the beginning only where it is still to come."""
        from smartswitch.web.packs.selectors import database_now

        values = super().initial_of(row)
        if row.first_price_per_minute == row.price_per_minute:
            values["first_price_per_minute"] = None
        if row.valid_from is None or row.valid_from <= database_now():
            values["valid_from"] = None
        return values

    def values(self) -> dict[str, Any]:
        """What was left empty is what its help says."""
        typed = super().values()
        empty = {
            "first_price_per_minute": typed.get("price_per_minute"),
            "connect_fee": 0,
            "min_s": 1,
            "increment_s": 1,
        }
        for name, value in {**empty, "free_s": 0}.items():
            if name in typed and typed[name] is None:
                typed[name] = value
        return typed


class NewPriceForm(PriceForm):
    """A price of a code that is named, too."""

    code = CodeField(
        help_text=_("The first digits of the numbers it is for, with the country code. The longest code wins.")
    )
    band = forms.ChoiceField(
        label=_("Time band"),
        required=False,
        help_text=_("When it holds; a price at all times stands in for the others."),
    )
    field_order = ("code", "band")

    def prepare(self) -> None:
        """The bands are those of the pack."""
        names = TimeBand.objects.filter(pack=self.parent).order_by("id").values_list("name", flat=True)
        self.fields["band"].choices = [("", _("at all times")), *((name, name) for name in dict.fromkeys(names))]

    def values(self) -> dict[str, Any]:
        """The pack is the page's."""
        return {**super().values(), "pack": self.parent, "band": self.cleaned_data["band"] or None}


class PriceInPlaceForm(PriceForm):
    """The few fields that are typed into a row of the table; the rest of the price stays as it was."""

    free_s = grace_s = is_blocked = valid_to = None
    advanced = ()


class TimeBandForm(NounForm):
    """One time of the week (or of holidays) that belongs to a band."""

    name = LineField(
        label=_("Band"), max_length=64, help_text=_("Peak, night…: bands of one name are one band, prices name it.")
    )
    weekdays = WeekdaysField(
        label=_("Days"), required=False, help_text=_("A band of holidays holds on every holiday, whatever its weekday.")
    )
    start_minute = MinuteField(label=_("From"), required=False, help_text=_("Hours and minutes; empty is 00:00."))
    end_minute = MinuteField(label=_("Until"), required=False, help_text=_("Hours and minutes; empty is 24:00."))
    is_holiday = forms.BooleanField(
        label=_("Holidays"), required=False, help_text=_("Holds on holidays of the pack, and is asked first on these.")
    )

    def clean(self) -> dict[str, Any]:
        """The end lies after the start on the same day; an ordinary band has a day."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if "start_minute" in typed and typed["start_minute"] is None:
            typed["start_minute"] = 0
        if "end_minute" in typed and typed["end_minute"] is None:
            typed["end_minute"] = LAST_MINUTE
        start, end = typed.get("start_minute"), typed.get("end_minute")
        if start is not None and end is not None and end <= start:
            self.add_error("end_minute", _now("The end must be after the start; a night is two bands of one name."))
        if not typed.get("weekdays") and not typed.get("is_holiday") and "weekdays" not in self.errors:
            self.add_error("weekdays", _now("Choose at least one day, or holidays."))
        return typed

    def values(self) -> dict[str, Any]:
        """The pack is the page's."""
        return super().values() | ({"pack": self.parent} if self.parent is not None else {})


class HolidayForm(NounForm):
    """A day."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("By the calendar of the pack's time zone."),
    )

    def clean_day(self) -> Any:
        """A day that people live to see."""
        day = self.cleaned_data["day"]
        if not 1970 <= day.year <= 2999:
            raise forms.ValidationError(_now("Give a year from 1970 to 2999."))
        return day

    def values(self) -> dict[str, Any]:
        """The pack is the page's."""
        return super().values() | ({"pack": self.parent} if self.parent is not None else {})


class RateField(ScaledField):
    """What one unit of a currency is worth in another, 10^-9."""

    decimals = RATE_DECIMALS


class ExchangeRateForm(NounForm):
    """A rate and its beginning."""

    from_currency = CurrencyField(label=_("From"))
    to_currency = CurrencyField(label=_("To"))
    rate = RateField(
        label=_("Rate"), help_text=_("What one unit of the first is worth in the second; at most 9 decimals.")
    )
    valid_from = MomentField(
        label=_("From the moment"), required=False, help_text=_("Empty is now. The newest rate that has begun counts.")
    )

    def values(self) -> dict[str, Any]:
        """A new rate without a moment begins now; one that was there from the beginning stays so."""
        from smartswitch.web.packs.selectors import database_now

        typed = super().values()
        if typed["valid_from"] is None and self.row is None:
            typed["valid_from"] = database_now()
        return typed


class CostForm(forms.Form):
    """A number to be priced, and how long the call lasts."""

    number = forms.CharField(
        label=_("Number"), max_length=64, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    seconds = forms.IntegerField(label=_("Seconds"), min_value=0, max_value=86_400, initial=60)
    at = MomentField(label=_("Answered at"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, field in self.fields.items():
            is_wrong = self.is_bound and name in self.errors
            field.widget.attrs["class"] = "form-control is-invalid" if is_wrong else "form-control"
