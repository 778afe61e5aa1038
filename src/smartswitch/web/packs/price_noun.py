"""Prices, as a tab of their pack shows them: those in force now, those to come, or all that ever were.

A pack may have a million codes: the table goes by the order of the index of codes, and a search looks for the codes that
begin with what was typed, or for the one code that would win for a whole number.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smartswitch.core.phone_number import country_of
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import MomentField
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun, Parent
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.times import LONGEST_CODE, code_bounds, digits_of
from smartswitch.web.packs.forms import NewPriceForm, PriceForm
from smartswitch.web.packs.models import Price
from smartswitch.web.packs.prices import PRICES as SERVICES
from smartswitch.web.packs.selectors import NOTHING, in_force, owned, packs_for

SHOWN = (("", _("in force now")), ("future", _("planned")), ("all", _("all, with history")))
DIGITS_OF_A_NUMBER = 11


def country(code: str) -> str | None:
    """The ISO 3166 code of the country whose numbers begin with a code; a guess for codes that several countries share."""
    return country_of(code.ljust(DIGITS_OF_A_NUMBER, "2"))


def price_state(row: Any) -> tuple[str, Any]:
    """Whether a price holds, as a colour and a word."""
    now = timezone.now()
    if row.valid_to is not None and row.valid_to <= now:
        return "secondary", _("ended")
    if row.valid_from is not None and row.valid_from > now:
        return "azure", _("planned")
    if getattr(row, "is_overtaken", False):
        return "yellow", _("beneath a newer one")
    return ("red", _("blocked")) if row.is_blocked else ("green", _("in force"))


def prices_for(viewer: Viewer) -> QuerySet[Price]:
    """All prices of the packs that a viewer may look at."""
    band = Coalesce(F("band"), NOTHING)
    newer = Price.objects.annotate(of_band=band).filter(
        pack=OuterRef("pack"),
        code=OuterRef("code"),
        of_band=Coalesce(OuterRef("band"), NOTHING),
        valid_from__gt=OuterRef("valid_from"),
        valid_from__lte=Now(),
        valid_to__gt=Now(),
    )
    return (
        Price.objects.filter(pack__in=packs_for(viewer).values("pk"))
        .select_related("pack")
        .annotate(is_own=owned(viewer, "pack__dealer_id"), is_overtaken=Exists(newer))
    )


def may_change(_viewer: Viewer, row: Any) -> bool:
    """One's own prices, while they have not ended."""
    return row.is_own and (row.valid_to is None or row.valid_to > timezone.now())


def _narrow(rows: QuerySet[Price], chosen: Mapping[str, Any]) -> QuerySet[Price]:
    moment: datetime | None = chosen.get("at")
    if moment is not None:
        return in_force(rows, moment)
    if chosen.get("show") == "all":
        return rows
    if chosen.get("show") == "future":
        return rows.filter(valid_from__gt=Now())
    return rows.filter(valid_from__lte=Now(), valid_to__gt=Now())


def find(rows: QuerySet[Price], typed: str) -> QuerySet[Price]:
    """The codes that begin with these digits; if none does, the longest code with which the digits begin."""
    digits = digits_of(typed)
    if digits is None:
        return rows.none()
    if len(digits) <= LONGEST_CODE:
        first, end = code_bounds(digits)
        longer = rows.filter(code__gte=first) if end is None else rows.filter(code__gte=first, code__lt=end)
        if longer.exists():
            return longer
    shorter = [digits[:length] for length in range(1, min(len(digits), LONGEST_CODE) + 1)]
    longest = rows.filter(code__in=shorter).order_by("-code").values_list("code", flat=True)[:1]
    return rows.filter(code__in=list(longest))


def _currency(row: Any) -> str:
    return row.pack.currency


def _edit(row: Any) -> str:
    return reverse("prices-edit", args=[row.pk])


def _price(name: str, label: Any, *, is_shown: bool = True) -> Column:
    return Column(
        name=name,
        label=label,
        value=lambda row: getattr(row, name),
        kind=Kind.PRICE,
        currency=_currency,
        edit=_edit,
        is_shown=is_shown,
    )


def _seconds(name: str, label: Any, *, is_shown: bool = True) -> Column:
    return Column(
        name=name, label=label, value=lambda row: getattr(row, name), kind=Kind.NUMBER, edit=_edit, is_shown=is_shown
    )


PRICES = register(
    Noun(
        name="prices",
        right="packs",
        one=_("price"),
        many=_("Prices"),
        icon="currency-dollar",
        model=Price,
        rows=prices_for,
        title=lambda row: f"{row.code} ({row.band})" if row.band else row.code,
        explanation=_(
            "The longest code with which a number begins decides. A price is never overwritten: a new one ends the one"
            " before, and both stay on record. Choose a price to change it here in the table."
        ),
        empty_advice=_("Make the first price with the button above. A call to a number without a price does not pass."),
        deletion=_(
            "A price that is planned is taken away. One that is in force ends now: the next call to these numbers is"
            " priced by a shorter code, and does not pass if there is none. What it was stays on record."
        ),
        parent=Parent(noun="packs", field="pack"),
        columns=(
            Column(
                name="code",
                label=_("Code"),
                value=lambda row: row.code,
                order=("code",),
                link=lambda row: reverse("prices-one", args=[row.pk]),
            ),
            Column(name="country", label=_("Country"), value=lambda row: country(row.code)),
            Column(name="band", label=_("Time band"), value=lambda row: row.band),
            _price("price_per_minute", _("Per minute")),
            _price("first_price_per_minute", _("Per minute, first block"), is_shown=False),
            _price("connect_fee", _("Connect fee")),
            _seconds("min_s", _("First block, s")),
            _seconds("increment_s", _("Steps, s")),
            _seconds("free_s", _("Free, s"), is_shown=False),
            _seconds("grace_s", _("Grace, s"), is_shown=False),
            Column(name="valid_from", label=_("From"), value=lambda row: row.valid_from, kind=Kind.MOMENT),
            Column(name="valid_to", label=_("Until"), value=lambda row: row.valid_to, kind=Kind.MOMENT),
            Column(name="state", label=_("State"), value=price_state, kind=Kind.STATE),
        ),
        find=find,
        search_hint=_("Code, or a whole number"),
        narrow=_narrow,
        order=("code", "band", "valid_from"),
        filters=(
            Filter(name="show", label=_("Show"), field=lambda _viewer: forms.ChoiceField(choices=SHOWN)),
            Filter(name="at", label=_("In force at"), field=lambda _viewer: MomentField()),
        ),
        services=SERVICES,
        add_form=NewPriceForm,
        change_form=PriceForm,
        may_change=may_change,
    )
)
