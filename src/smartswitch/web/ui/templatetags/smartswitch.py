"""How templates write icons, money, numbers, durations and moments. No decisions are made here."""

from datetime import UTC, datetime
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString

from smartswitch.web.ui import money_format
from smartswitch.web.ui.markup import markup

register = template.Library()


@cache
def _icon_sheet() -> str:
    """The address of the icon sheet: a page has a hundred icons, and it is the same for as long as the process runs."""
    return static("icons.svg")


@register.simple_tag
@cache
def icon(name: str, css_class: str = "") -> SafeString:
    """A drawing from the icon sheet; it adds to a text and is not read out."""
    return markup(
        '<svg class="icon {}" aria-hidden="true" width="24" height="24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><use href="{}#{}"></use></svg>',
        css_class,
        _icon_sheet(),
        name,
    )


@register.filter
def money(amount: int | None, currency: str) -> SafeString:
    """An amount with its currency."""
    if amount is None:
        return markup("{}", "\N{EN DASH}")
    text = money_format.money_text(amount, currency)
    return markup(
        '<span class="money{}">{}<span class="money-rest">{}</span> <span class="money-currency">{}</span></span>',
        " money-negative" if text.is_negative else "",
        text.main,
        text.rest,
        text.currency,
    )


@register.filter
def whole(number: int) -> str:
    """A whole number in groups of three digits."""
    return money_format.grouped(str(number))


@register.filter
def duration(seconds: int | None) -> str:
    """Seconds as 1:02:03 or 2:03."""
    if seconds is None:
        return "\N{EN DASH}"
    hours, rest = divmod(int(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def moment(at_ms: int | None) -> datetime | None:
    """UTC milliseconds as a moment in the viewer's zone, for the filters of dates."""
    if at_ms is None:
        return None
    return timezone.localtime(datetime.fromtimestamp(at_ms / 1000, UTC))


@register.filter
def phone(digits: str) -> str:
    """A canonical number with its plus sign; what is no number (an extension, a name) stays as it is."""
    shortest_international = 8
    return f"+{digits}" if digits.isdigit() and len(digits) >= shortest_international else digits
