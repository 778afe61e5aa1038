"""Writes the settings of a house: the dealer's own name and time zone, and its brand. Used by the page and by the API.

    change_settings(by=viewer, values={"time_zone": "Europe/Kyiv", "product_name": "Example Talk", "colour": "#0b6e4f"})

What is not named stays as it is. A brand that says nothing any more is deleted: then the dealer has that of the one above.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from smartswitch.web.brand.colours import LEAST_CONTRAST, WHITE, Colour, readable_under_white
from smartswitch.web.brand.host_names import HostNameError, read_host_name
from smartswitch.web.brand.known_brands import forget
from smartswitch.web.brand.models import LANGUAGES, MOST_LOGO_BYTES, Brand
from smartswitch.web.brand.pictures import PictureError, read_picture
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import Refused, refusing

RIGHT = "settings.change"
OF_THE_DEALER = ("name", "time_zone")
OF_THE_BRAND = ("product_name", "host_name", "colour", "support", "language")
EMPTY = {"product_name": "", "host_name": None, "colour": None, "support": "", "language": None}


def change_settings(*, by: Viewer, values: Mapping[str, Any]) -> None:
    """Give the settings of the viewer's own house new values. `logo` is the bytes of a file, or None for none."""
    require(by, RIGHT)
    wanted = _read(values)
    with refusing(_constraints()):
        _change_dealer(by, {name: wanted[name] for name in OF_THE_DEALER if name in wanted})
        _change_brand(by, {name: value for name, value in wanted.items() if name not in OF_THE_DEALER})
    transaction.on_commit(forget)


def _constraints() -> dict[str, tuple[str, str]]:
    return {"brand_host_name": ("host_name", _("Another house answers at this host name."))}


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the tables hold them; Refused with everything that is wrong."""
    wanted = {name: values[name] for name in (*OF_THE_DEALER, *OF_THE_BRAND) if name in values}
    problems: dict[str, str] = {}
    for name, read in (("host_name", read_own_host), ("colour", read_colour), ("language", _language)):
        if name in wanted:
            try:
                wanted[name] = read(wanted[name]) if wanted[name] else None
            except ValueError as error:
                problems[name] = str(error)
    if "logo" in values:
        try:
            wanted |= _logo(values["logo"])
        except ValueError as error:
            problems["logo"] = str(error)
    if problems:
        raise Refused(problems)
    return wanted


def _change_dealer(by: Viewer, wanted: Mapping[str, Any]) -> None:
    dealer = Dealer.objects.select_for_update(of=("self",), no_key=True).get(pk=by.dealer_id)
    changed = [name for name, value in wanted.items() if getattr(dealer, name) != value]
    for name in changed:
        setattr(dealer, name, wanted[name])
    if changed:
        dealer.save(update_fields=changed)


def _change_brand(by: Viewer, wanted: Mapping[str, Any]) -> None:
    """The dealer's row is locked: nobody makes the same brand at the same moment."""
    found = Brand.objects.filter(pk=by.dealer_id).first()
    brand = found or Brand(dealer_id=by.dealer_id, **EMPTY)
    changed = [name for name, value in wanted.items() if getattr(brand, name) != value]
    for name in changed:
        setattr(brand, name, wanted[name])
    if not _says_anything(brand):
        if found is not None:
            found.delete()
        return
    if not brand.product_name:
        raise Refused(
            {"product_name": _("Without a product name there is no brand: give it one, or empty the other fields.")}
        )
    if found is None:
        brand.save(force_insert=True)
    elif changed:
        brand.save(update_fields=changed)


def _says_anything(brand: Brand) -> bool:
    return brand.logo is not None or any(getattr(brand, name) != value for name, value in EMPTY.items())


def read_own_host(text: str) -> str:
    """A host name that a dealer may have; ValueError, which says why to people, for any other."""
    host = read_host_name(text)
    if host in settings.ALLOWED_HOSTS.own:
        raise HostNameError(_("This is the host name of the operator; it cannot be yours."))
    return host


def read_colour(text: str) -> str:
    """A colour on which white words can be read; ValueError, which says why to people, for any other."""
    try:
        colour = Colour.parse(text.strip().lower())
    except ValueError as error:
        raise ValueError(_("A colour is # and six digits or letters from a to f, like #0b6e4f.")) from error
    contrast = colour.contrast(Colour.parse(WHITE))
    if contrast < LEAST_CONTRAST:
        raise ValueError(
            _(
                "White words on %(colour)s are hard to read: the contrast is %(contrast)s, and %(least)s is the least."
                " The nearest that will do is %(nearest)s."
            )
            % {
                "colour": colour,
                "contrast": f"{contrast:.2f}",
                "least": LEAST_CONTRAST,
                "nearest": readable_under_white(colour),
            }
        )
    return str(colour)


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(_("Choose one of the list."))
    return text


def _logo(content: bytes | None) -> dict[str, Any]:
    if content is None:
        return {"logo": None, "logo_type": None, "logo_width": None, "logo_height": None}
    if len(content) > MOST_LOGO_BYTES:
        raise ValueError(_("This file has %(size)d KB; 200 KB are the limit.") % {"size": -(-len(content) // 1024)})
    try:
        picture = read_picture(content)
    except PictureError as error:
        raise ValueError(
            _("This is no PNG, JPEG or WebP picture of at most 2000 x 2000 pixels, or there is something else in it.")
        ) from error
    return {
        "logo": picture.content,
        "logo_type": picture.media_type,
        "logo_width": picture.width,
        "logo_height": picture.height,
    }
