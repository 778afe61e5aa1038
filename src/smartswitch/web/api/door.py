"""The door of the API: a key, not too often, and JSON. Sessions of browsers do not count here, so CSRF cannot happen."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from smartswitch.web.api.keys import rate_limit
from smartswitch.web.api.keys.bearer import UsedKey
from smartswitch.web.api.problems import RefusedRequestError

JSON = "application/json"
TOO_MANY, WRONG_MEDIA_TYPE = 429, 415


class ApiKeyInHeader(HttpBearer):
    """`Authorization: Bearer ss_...`. The middleware has looked the key up; here it is let in, or not."""

    def authenticate(self, request: HttpRequest, token: str) -> UsedKey | None:
        """The key, unless it calls too often or what it brings is not JSON."""
        key = request.used_key
        if key is None:
            return None
        wait_s = rate_limit.LIMIT.wait_s(key.key_id)
        if wait_s:
            raise RefusedRequestError(
                TOO_MANY,
                _("This key calls too often. Come again in %(seconds)d s.") % {"seconds": wait_s},
                headers={"Retry-After": str(wait_s)},
            )
        if request.body and request.method != "GET" and request.content_type != JSON:
            raise RefusedRequestError(WRONG_MEDIA_TYPE, _("Send JSON, with the header Content-Type: application/json."))
        return key
