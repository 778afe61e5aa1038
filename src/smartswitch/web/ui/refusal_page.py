"""The page of a missing right: which one it is, and who can grant it. Foreign things never come here: they are not found."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from smartswitch.web.login.required_rights import MissingRightError
from smartswitch.web.login.viewer import Viewer

FORBIDDEN = 403


def refused(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Django's handler403."""
    context = {}
    viewer = getattr(request, "viewer", None)
    if isinstance(exception, MissingRightError) and viewer is not None:
        context = {"right": exception.right, "who": who_can_grant(viewer, exception.right.name)}
    return render(request, "403.html", context, status=FORBIDDEN)


def who_can_grant(viewer: Viewer, right: str) -> str:
    """Who can give a viewer a right, in a sentence."""
    if not viewer.is_of_dealer:
        return _("Customers cannot have this right. Ask %(house)s to do it for you.") % {
            "house": viewer.dealer_name or viewer.dealer_key
        }
    if right in viewer.dealer_rights:
        return _(
            "%(house)s has this right, but your role does not. Whoever manages logins at %(house)s can give it to you."
        ) % {"house": viewer.house}
    return _("%(house)s does not have this right. The dealer above, %(parent)s, can grant it.") % {
        "house": viewer.house,
        "parent": viewer.parent_name or "–",
    }
