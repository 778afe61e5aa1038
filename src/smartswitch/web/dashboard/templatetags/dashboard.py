"""Words of the dashboard's templates."""

from django import template

from smartswitch.web.dashboard import words
from smartswitch.web.ui.templatetags.smartswitch import duration

MS_PER_SECOND = 1000

register = template.Library()


@register.simple_tag
def party_kind(kind: str) -> words.Words:
    """What a kind of party is called."""
    return words.PARTY_KINDS.get(kind, kind)


@register.simple_tag
def elapsed(since_ms: int, now_ms: int) -> str:
    """How long something has lasted; the browser counts on from there."""
    return duration(max(0, now_ms - since_ms) // MS_PER_SECOND)
