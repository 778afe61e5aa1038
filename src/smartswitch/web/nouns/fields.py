"""Form fields for what the house is made of: money, prices, keys, references, zones. They read and write text only.

Each turns what a person typed (or what an API client sent as JSON) into our own value, once, at the edge, and says in words
what is wrong with it. `prepare_value` is the way back. Amounts are 10^-6, prices 10^-8, shares parts per million.
"""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import Model, QuerySet
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.money import AMOUNT_DECIMALS, PRICE_DECIMALS, MoneyError, format_scaled, parse_scaled
from smartswitch.web.config.columns import KEY_PATTERN
from smartswitch.web.login.viewer import Viewer

PPM_OF_PERCENT_DECIMALS = 4
LONGEST_LINE = 200
LONGEST_NUMBER_TEXT = 40
FIRST_YEAR, LAST_YEAR = 1970, 2999
COMMON_CURRENCIES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "EUR", "GBP", "GEL", "HKD", "INR", "JPY", "KZT", "PLN", "RUB", "SEK",
    "SGD", "TRY", "UAH", "USD", "UZS", "ZAR",
)  # fmt: skip


class ScaledField(forms.Field):
    """A decimal number kept as an integer of 10^-decimals."""

    decimals = 0
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    is_signed = False

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        if len(text) > LONGEST_NUMBER_TEXT:
            raise forms.ValidationError(_("This number is too long."), code="invalid")
        if get_format("DECIMAL_SEPARATOR") == ",":
            text = text.replace(",", ".")
        try:
            number = parse_scaled(text.replace("\N{MINUS SIGN}", "-"), decimals=self.decimals)
        except MoneyError as error:
            raise forms.ValidationError(
                _("%(value)s is not a number with at most %(decimals)d decimals, like 12.50.")
                % {"value": text, "decimals": self.decimals},
                code="invalid",
            ) from error
        if number < 0 and not self.is_signed:
            raise forms.ValidationError(_("This may not be less than zero."), code="invalid")
        return number

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        text = format_scaled(value, decimals=self.decimals)
        return text.rstrip("0").rstrip(".") if "." in text else text


class AmountField(ScaledField):
    """Money, 10^-6."""

    decimals = AMOUNT_DECIMALS


class SignedAmountField(AmountField):
    """Money that may be taken as well as given."""

    is_signed = True


class PriceField(ScaledField):
    """A price per minute or a fee, 10^-8."""

    decimals = PRICE_DECIMALS


class PercentField(ScaledField):
    """A share in percent, kept in parts per million."""

    decimals = PPM_OF_PERCENT_DECIMALS


class LineField(forms.CharField):
    """One line of text; control characters, and halves of characters, are refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_LINE, "strip": True, **options})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if any(ord(letter) < ord(" ") or letter == "\x7f" or "\ud800" <= letter <= "\udfff" for letter in text or ""):
            raise forms.ValidationError(
                _("This is one line of text; it may not hold control characters."), code="invalid"
            )
        return text


class OptionalLineField(LineField):
    """One line of text, or nothing, which is kept as null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "empty_value": None, **options})

    def to_python(self, value: Any) -> Any:
        return super().to_python(value) if value not in (None, "") else None


class NameKeyField(LineField):
    """The key by which people name a thing: unique, never changed."""

    default_help = gettext_lazy(
        "Short and unique, for lists, files and the API: letters, digits and . _ @ - ; it cannot be changed later."
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": gettext_lazy("Key"), "max_length": 64, "help_text": self.default_help, **options})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and re.fullmatch(KEY_PATTERN, text) is None:
            raise forms.ValidationError(
                _("Letters, digits and . _ @ - only, at most 64; a letter or digit first."), code="invalid"
            )
        return text


class CurrencyField(LineField):
    """An ISO 4217 code."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
    suggestions = COMMON_CURRENCIES

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": gettext_lazy("Currency"), "max_length": 3, **options})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value).upper()
        if text and re.fullmatch(r"[A-Z]{3}", text) is None:
            raise forms.ValidationError(_("A currency is three letters, like USD."), code="invalid")
        return text


class ZoneField(LineField):
    """The name of a time zone, as in the IANA database."""

    suggestions = tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": gettext_lazy("Time zone"), **options})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and text not in available_timezones():
            raise forms.ValidationError(
                _("There is no time zone of this name; one is called Europe/Kyiv."), code="invalid"
            )
        return text


class CountField(forms.IntegerField):
    """A whole number from `min_value` (1 unless said) up, or nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "min_value": 1, "max_value": 2**31 - 1, **options})


class MomentField(forms.DateTimeField):
    """A moment, typed in the viewer's zone; ISO 8601 with an offset is understood, too."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")

    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(_("Give a year from 1970 to 2999."), code="invalid")
        return moment


class ReferenceField(LineField):
    """Names another thing by its key. Only what the viewer may see can be named; anything else is not there.

    `noun` is the name of the noun, by which the page looks for suggestions; `rows` gives the rows among which to look.
    """

    def __init__(self, noun: str, *, rows: Callable[[Viewer], QuerySet[Any]], by: str = "key", **options: Any) -> None:
        super().__init__(**{"required": False, **options})
        self.noun = noun
        self.rows = rows
        self.by = by
        self.viewer: Viewer | None = None

    def to_python(self, value: Any) -> Model | None:
        text = super().to_python(value)
        if not text:
            return None
        assert self.viewer is not None, "the form tells the field for whom it looks"
        row = self.rows(self.viewer).filter(**{self.by: text}).first()
        if row is None:
            raise forms.ValidationError(_("There is no %(key)s here.") % {"key": text}, code="invalid")
        return row

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, self.by) if isinstance(value, Model) else value

    def run_validators(self, value: Any) -> None:
        """What it validates are texts; by now the value is a row."""
