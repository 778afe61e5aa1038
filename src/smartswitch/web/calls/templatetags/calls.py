"""Words of a call that is tried out."""

from django import template
from django.utils.functional import Promise

from smartswitch.web.dashboard import words as call_words
from smartswitch.web.routes import words

register = template.Library()


@register.filter
def where_words(where: str) -> str | Promise:
    """Where the call would go."""
    return words.WHERE.get(where, where)


@register.filter
def missing_words(missing: str) -> str | Promise:
    """What a level lacks."""
    return words.MISSING.get(missing, missing)


@register.filter
def left_words(left: str) -> str | Promise:
    """Why a route is left."""
    return words.LEFT.get(left, left)


@register.filter
def placed_words(placed_by: str) -> str | Promise:
    """What put a route in its place."""
    return words.PLACED_BY.get(placed_by, placed_by)


@register.filter
def refusal_words(reason: str | None) -> str | Promise:
    """Why a call would be refused."""
    return call_words.refusal(reason)


@register.filter
def percent_of_ppm(ppm: int | None) -> str:
    """Parts per million as percent with one decimal."""
    if ppm is None:
        return "\N{EN DASH}"
    tenths = ppm // 1000
    return f"{tenths // 10}.{tenths % 10} %"


@register.filter
def seconds_of_ms(length_ms: int) -> int:
    """Whole seconds."""
    return length_ms // 1000
