"""Guards: which right a person needs for a page, or for a change. Who lacks it is told which one, and who can give it.

A foreign object is never refused, it is not found (404); only what lies in one's own house, or below, can lack a right.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from smartswitch.core.rights import Right, registered
from smartswitch.web.login.viewer import Viewer

View = Callable[..., HttpResponse]


class MissingRightError(PermissionDenied):
    """A person asked for something of his own house that he has no right to; `right` says which."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"the right {right.name} is missing")
        self.right = right


def require(viewer: Viewer, right: str) -> None:
    """Raise MissingRightError unless the viewer has the right."""
    if not viewer.may(right):
        raise MissingRightError(registered(right))


def for_dealers(right: str) -> Callable[[View], View]:
    """As `needs`, for pages on which a customer has nothing of his own: he is told that customers cannot have the right."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: object) -> HttpResponse:
            if not request.viewer.is_of_dealer:
                raise MissingRightError(registered(right))
            return view(request, **arguments)

        return guarded

    return lambda view: needs(right)(guard(view))


def needs(right: str) -> Callable[[View], View]:
    """Let through who has the right; anybody else gets the page that says what is missing (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: object) -> HttpResponse:
            require(request.viewer, right)
            return view(request, **arguments)

        return guarded

    return guard
