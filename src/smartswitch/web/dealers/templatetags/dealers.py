"""What the templates of dealers ask."""

from typing import Any

from django import template

from smartswitch.web.dealers.columns import state_of

register = template.Library()


@register.simple_tag
def dealer_state(dealer: Any) -> tuple[str, Any]:
    """Whether calls pass below a dealer, as a colour and a word."""
    return state_of(dealer)
