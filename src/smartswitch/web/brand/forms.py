"""The form of a house's settings: the dealer's name and time zone, and its brand."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.web.brand.models import MOST_LOGO_BYTES, Brand
from smartswitch.web.brand.services import read_colour, read_own_host
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.nouns.fields import LineField, ZoneField
from smartswitch.web.nouns.forms import NounForm

LANGUAGES = (
    ("", gettext_lazy("what the browser asks for")),
    ("en", "English"),
    ("ru", "Русский"),
)
BRAND_FIELDS = ("product_name", "host_name", "colour", "support", "language")


class SettingsForm(NounForm):
    """What a dealer settles for itself. `brand` is its brand, None if it has none yet."""

    group_titles = {"name": gettext_lazy("The house"), "product_name": gettext_lazy("Under your own name")}

    name = LineField(
        label=gettext_lazy("Name of the house"),
        required=False,
        help_text=gettext_lazy("As the dealer above and your customers see it."),
    )
    time_zone = ZoneField(
        help_text=gettext_lazy("In which the times on your pages are told, and in which a day begins."),
    )
    product_name = LineField(
        label=gettext_lazy("Product name"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "Stands in the menu, on the login page and in the title, for you, your customers and dealers below."
        ),
    )
    host_name = LineField(
        label=gettext_lazy("Host name"),
        required=False,
        max_length=253,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("At which people find it, like portal.example.com; it must lead to this switch."),
    )
    colour = LineField(
        label=gettext_lazy("Colour"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Of buttons, links and the menu, like #0b6e4f; dark enough for white words. Empty is our own blue."
        ),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy(
            "PNG, JPEG or WebP, at most 200 KB. One at least twice as wide as high stands without the name."
        ),
    )
    removes_logo = forms.BooleanField(
        label=gettext_lazy("Remove the logo"), required=False, help_text=gettext_lazy("The name stands alone then.")
    )
    support = LineField(
        label=gettext_lazy("Help for customers"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "A mail address or telephone number; it stands at the foot of every page and on the login page."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=LANGUAGES,
        help_text=gettext_lazy("In which people are greeted who have not chosen one themselves."),
    )

    def __init__(self, *arguments: Any, brand: Brand | None, **options: Any) -> None:
        self.brand = brand
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        """The values of the brand are those of another row than the dealer's."""
        if self.brand is None or self.brand.logo_type is None:
            del self.fields["removes_logo"]
        if self.brand is not None:
            self.initial |= {name: getattr(self.brand, name) for name in BRAND_FIELDS}

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """Of the dealer's row only what the form shows of it."""
        assert isinstance(row, Dealer)
        return {"name": row.name, "time_zone": row.time_zone}

    def clean_host_name(self) -> str | None:
        """As the services read it, so that what is wrong shows while the form is still being filled in."""
        return self._read("host_name", read_own_host)

    def clean_colour(self) -> str | None:
        """The same."""
        return self._read("colour", read_colour)

    def _read(self, name: str, read: Callable[[str], str]) -> str | None:
        text: str = self.cleaned_data[name]
        try:
            return read(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_logo(self) -> bytes | None:
        """The bytes of the file; None if none was chosen."""
        file = self.cleaned_data.get("logo")
        if not file:
            return None
        if file.size > MOST_LOGO_BYTES:
            raise forms.ValidationError(
                _("This file has %(size)d KB; 200 KB are the limit.") % {"size": -(-file.size // 1024)}
            )
        content: bytes = file.read()
        return content

    def values(self) -> dict[str, Any]:
        """A logo is named only if it changes."""
        values = super().values()
        logo, is_removed = values.pop("logo"), values.pop("removes_logo", False)
        if logo is not None:
            return {**values, "logo": logo}
        return {**values, "logo": None} if is_removed else values
