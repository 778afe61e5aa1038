"""The words of billing packs: how rounding, increments and tax are called, on forms and in explanations."""

from django.utils.translation import gettext_lazy as _

ROUNDINGS = (
    ("half-up", _("to the nearest, halves up")),
    ("half-even", _("to the nearest, halves to even")),
    ("up", _("up")),
    ("down", _("down")),
)
INCREMENTS_FROM = (("first-block", _("after the first block")), ("zero", _("from the start of the call")))
TAX_MODES = (
    ("none", _("no tax")),
    ("added", _("added to the price")),
    ("included", _("included in the price")),
)
