"""Time bands and holidays of a pack, and exchange rates, as lists and pages show them. As tabs they stand behind prices."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from smartswitch.core.money import format_scaled
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import CurrencyField
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun, Parent
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.times import WEEKDAYS, minute_text
from smartswitch.web.packs import price_noun, services  # noqa: F401 - prices are registered first
from smartswitch.web.packs.forms import RATE_DECIMALS, ExchangeRateForm, HolidayForm, TimeBandForm
from smartswitch.web.packs.models import ExchangeRate, Holiday, TimeBand
from smartswitch.web.packs.selectors import owned, packs_for


def _bands(viewer: Viewer) -> QuerySet[TimeBand]:
    rows = TimeBand.objects.filter(pack__in=packs_for(viewer).values("pk")).select_related("pack")
    return rows.annotate(is_own=owned(viewer, "pack__dealer_id"))


def _holidays(viewer: Viewer) -> QuerySet[Holiday]:
    rows = Holiday.objects.filter(pack__in=packs_for(viewer).values("pk")).select_related("pack")
    return rows.annotate(is_own=owned(viewer, "pack__dealer_id"))


def _days(row: Any) -> str:
    if row.is_holiday:
        return str(_("holidays"))
    return ", ".join(str(label) for number, label in WEEKDAYS if number in row.weekdays)


TIME_BANDS = register(
    Noun(
        name="time-bands",
        right="packs",
        one=_("time of a band"),
        many=_("Time bands"),
        icon="calendar-time",
        model=TimeBand,
        rows=_bands,
        title=lambda row: row.name,
        explanation=_(
            "Times of the week with prices of their own, like peak and night. The first band in this list that covers a"
            " minute has it; what none covers is priced at all times."
        ),
        empty_advice=_("Without time bands a price holds at all times."),
        parent=Parent(noun="packs", field="pack"),
        columns=(
            Column(name="name", label=_("Band"), value=lambda row: row.name),
            Column(name="weekdays", label=_("Days"), value=_days),
            Column(name="start_minute", label=_("From"), value=lambda row: minute_text(row.start_minute)),
            Column(name="end_minute", label=_("Until"), value=lambda row: minute_text(row.end_minute)),
            Column(name="is_holiday", label=_("Holidays"), value=lambda row: row.is_holiday, kind=Kind.YES_NO),
        ),
        order=("pk",),
        services=services.TIME_BANDS,
        add_form=TimeBandForm,
        change_form=TimeBandForm,
        may_change=lambda _viewer, row: row.is_own,
    )
)

HOLIDAYS = register(
    Noun(
        name="holidays",
        right="packs",
        one=_("holiday"),
        many=_("Holidays"),
        icon="calendar",
        model=Holiday,
        rows=_holidays,
        title=lambda row: f"{row.day:%Y-%m-%d}",
        explanation=_("On these days the bands of holidays hold, whatever the weekday."),
        empty_advice=_("Without holidays every day is priced by its weekday."),
        parent=Parent(noun="packs", field="pack"),
        columns=(Column(name="day", label=_("Day"), value=lambda row: f"{row.day:%Y-%m-%d}", order=("day",)),),
        order=("day",),
        services=services.HOLIDAYS,
        add_form=HolidayForm,
        change_form=HolidayForm,
        may_change=lambda _viewer, row: row.is_own,
    )
)


def _rate(row: Any) -> str:
    return format_scaled(row.rate, decimals=RATE_DECIMALS).rstrip("0").rstrip(".")


EXCHANGE_RATES = register(
    Noun(
        name="exchange-rates",
        right="packs",
        one=_("exchange rate"),
        many=_("Exchange rates"),
        icon="arrows-exchange",
        model=ExchangeRate,
        rows=lambda _viewer: ExchangeRate.objects.all(),
        title=lambda row: f"{row.from_currency} → {row.to_currency}",
        explanation=_(
            "By these rates a charge in the currency of a pack moves a balance in another one. The owner of the switch"
            " keeps them. Every charge keeps the rate by which it was made."
        ),
        empty_advice=_("Without a rate, a pack of another currency cannot be charged."),
        columns=(
            Column(
                name="from_currency", label=_("From"), value=lambda row: row.from_currency, order=("from_currency",)
            ),
            Column(name="to_currency", label=_("To"), value=lambda row: row.to_currency, order=("to_currency",)),
            Column(name="rate", label=_("Rate"), value=_rate),
            Column(
                name="valid_from",
                label=_("From the moment"),
                value=lambda row: row.valid_from,
                kind=Kind.MOMENT,
                order=("valid_from",),
            ),
        ),
        order=("-valid_from", "from_currency", "to_currency", "pk"),
        filters=(
            Filter(
                name="currency",
                label=_("Currency"),
                field=lambda _viewer: CurrencyField(widget=forms.TextInput(attrs={"maxlength": 3, "size": 5})),
                narrow=lambda rows, code: rows.filter(Q(from_currency=code) | Q(to_currency=code)),
            ),
        ),
        services=services.EXCHANGE_RATES,
        add_form=ExchangeRateForm,
        change_form=ExchangeRateForm,
        may_change=lambda viewer, _row: viewer.is_owner,
        may_add=lambda viewer: viewer.is_owner,
    )
)
