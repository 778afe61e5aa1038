"""What a dealer's people and customers see instead of our own name: one row for a dealer that has a brand.

A brand is taken as a whole: who has one takes nothing from the dealers above, so that nobody's customers learn of them.
"""

from django.db import models
from django.db.models import Q

from smartswitch.web.brand.colours import COLOUR_PATTERN
from smartswitch.web.config.columns import LineField, check, one_of_optional

HOST_PATTERN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$"
"""A name of two parts at least, in small letters; the last begins with a letter, so that an address is none."""
LONGEST_HOST = 253
MOST_LOGO_BYTES = 200 * 1024
LOGO_TYPES = ("image/png", "image/jpeg", "image/webp")
LANGUAGES = ("en", "ru")


class Brand(models.Model):
    """The brand of a dealer. `colour` has a contrast of at least 4.5 to white; `logo_width` and `logo_height` are pixels."""

    dealer = models.OneToOneField(
        "dealers.Dealer", primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    product_name = LineField()
    host_name = LineField(null=True, blank=True)
    logo = models.BinaryField(null=True)
    logo_type = LineField(null=True, blank=True)
    logo_width = models.IntegerField(null=True, blank=True)
    logo_height = models.IntegerField(null=True, blank=True)
    colour = LineField(null=True, blank=True)
    support = LineField(db_default="", blank=True)
    language = LineField(null=True, blank=True)

    class Meta:
        db_table = "brand"
        constraints = [
            check("brand", "product_name_is_given", ~Q(product_name="")),
            check("brand", "host_name_is_well_formed", Q(host_name__isnull=True) | Q(host_name__regex=HOST_PATTERN)),
            models.UniqueConstraint(fields=["host_name"], name="brand_host_name"),
            check("brand", "colour_is_well_formed", Q(colour__isnull=True) | Q(colour__regex=COLOUR_PATTERN)),
            one_of_optional("brand", "logo_type", LOGO_TYPES),
            one_of_optional("brand", "language", LANGUAGES),
            check(
                "brand",
                "logo_has_a_type_and_a_size",
                Q(logo__isnull=True, logo_type__isnull=True, logo_width__isnull=True, logo_height__isnull=True)
                | Q(logo__isnull=False, logo_type__isnull=False, logo_width__gt=0, logo_height__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.product_name
