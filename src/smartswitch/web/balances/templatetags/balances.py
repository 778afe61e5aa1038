"""Words for what moves a balance."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

TRANSFER_KINDS: dict[str, Promise] = {
    "payment": _("Payment"),
    "adjustment": _("Correction"),
    "transfer": _("Transfer"),
    "opening": _("Opening balance"),
    "write_off": _("Write-off"),
    "correction": _("Correction"),
}


@register.simple_tag
def transfer_kind(kind: str) -> str | Promise:
    """What a transfer is called."""
    return TRANSFER_KINDS.get(kind, kind)
