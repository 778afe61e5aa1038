"""Guards of views: which right of his role a person needs for a page."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def needs_sight_of(right: str) -> Callable[[View], View]:
    """Let through who may see this part of his dealer's house; anybody else gets the page that says so (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: object) -> HttpResponse:
            if not request.viewer.may_see(right):
                raise PermissionDenied(right)
            return view(request, **arguments)

        return guarded

    return guard
