"""What every template knows besides what its view says: the viewer and his menu."""

from typing import Any

from django.http import HttpRequest

from smartswitch.web.ui.navigation import menu_of, present_entry


def page_context(request: HttpRequest) -> dict[str, Any]:
    """The viewer (None on the login page), the menu, and the name of the present page."""
    viewer = getattr(request, "viewer", None)
    match = request.resolver_match
    menu = menu_of(viewer) if viewer else []
    present = match.url_name if match else ""
    return {
        "viewer": viewer,
        "may_undo": viewer is not None and viewer.may("audit.view"),
        "menu": menu,
        "present_page": present,
        "present_entry": present_entry(menu, present),
    }
