"""What the templates of dealers ask."""

from typing import Any

from django import template

from smartswitch.web.balances.party_columns import paying_state

register = template.Library()


@register.simple_tag
def dealer_state(dealer: Any) -> tuple[str, Any]:
    """Whether calls pass below a dealer, as a colour and a word."""
    return paying_state(dealer)
