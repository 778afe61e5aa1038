"""Every request is one transaction that acts for the dealer of the person who is logged in, or for nobody;
a request to the API, for that of the key it carries.

Row-level security goes by a setting that ends with the transaction, so a connection that is used again carries nothing
over. A view that raises (a 404 too), and an answer of 500 or more, undo everything that the request wrote.
"""

from collections.abc import Callable
from uuid import uuid4

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from smartswitch.web.api.keys.bearer import is_for_programs, used_key
from smartswitch.web.login.acting import acting_of, end_acting, read_acting
from smartswitch.web.login.viewer import Viewer, act_for, read_viewer

FIRST_FAULT = 500


class ActForDealer:
    """Sets `request.viewer` and `request.acting`, the dealer of the transaction, and the zone in which times are shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid4())
        request.has_failed = False
        with transaction.atomic(durable=True):
            self._enter(request)
            zone = request.viewer.zone if request.viewer else timezone.get_default_timezone()
            with timezone.override(zone):
                response = self.get_response(request)
            if request.has_failed or response.status_code >= FIRST_FAULT:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, _exception: Exception) -> None:
        """Note that the view raised; Django makes the answer."""
        request.has_failed = True

    def _enter(self, request: HttpRequest) -> None:
        request.viewer = None
        request.acting = None
        request.used_key = None
        if is_for_programs(request):
            request.used_key = used_key(request)
            request.viewer = request.used_key.viewer if request.used_key else None
        elif request.user.is_authenticated:
            request.viewer = self._viewer(request)
            if request.viewer is None:
                logout(request)
        act_for(request.viewer, request_id=request.request_id)

    def _viewer(self, request: HttpRequest) -> Viewer | None:
        own = read_viewer(request.user.pk, request.user.username, request.user.name)
        request.acting = acting_of(request, now=timezone.now())
        if own is None or request.acting is None:
            return own
        acting = read_acting(own, request.acting.dealer_id)
        if acting is None:
            end_acting(request)
            request.acting = None
        return acting or own
