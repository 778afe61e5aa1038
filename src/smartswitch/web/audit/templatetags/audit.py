"""What every page asks of the audit: where the change can be undone of which a message tells."""

from uuid import UUID

from django import template
from django.urls import reverse

from smartswitch.web.audit.selectors import entry_of_request

register = template.Library()


@register.simple_tag
def undo_address(request_id: str) -> str:
    """Where what a request has written can be undone; nothing if it wrote nothing. A message carries the id as its tags."""
    try:
        known = UUID(request_id)
    except ValueError:
        return ""
    entry_id = entry_of_request(str(known))
    return "" if entry_id is None else reverse("audit-undo", args=[entry_id])
