"""The addresses of the API, of its reference, and of the pages of keys and webhooks that are not those of their nouns."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from smartswitch.web.api import reference
from smartswitch.web.api.answers import nothing_here
from smartswitch.web.api.api import the_api
from smartswitch.web.api.keys.views import revoke
from smartswitch.web.api.webhooks.views import delivery, send_again


def _for_programs(patterns: list[Any]) -> list[Any]:
    """Operations ask for a key, not for a session."""
    for each in patterns:
        if isinstance(each, URLPattern):
            login_not_required(each.callback)
    return patterns


_operations, _application, _namespace = the_api().urls

urlpatterns = [
    path("keys/<int:pk>/revoke", revoke, name="keys-revoke"),
    path("webhooks/deliveries/<int:pk>", delivery, name="delivery"),
    path("webhooks/deliveries/<int:pk>/again", send_again, name="delivery-again"),
    path("api/docs", reference.page, name="api-reference"),
    path("api/openapi.json", login_not_required(reference.document), name="api-document"),
    path("api/v1/", (_for_programs(_operations), _application, _namespace)),
    re_path("^api/v1/.*$", csrf_exempt(login_not_required(nothing_here)), name="api-nothing"),
]
