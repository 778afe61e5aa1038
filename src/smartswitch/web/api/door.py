"""The door of the API: a key, not too often, JSON, and for whom. Sessions of browsers do not count, so CSRF cannot happen.

For whom: the header `Act-For: city` lets one request act for a dealer below, as a person does on its page. The same
functions ask for the right and whether that dealer is below; row-level security and the audit go by it from here on. It
lasts one request, so nothing is left behind, and no key acts where its login may not.
"""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from smartswitch.web.api.keys import rate_limit
from smartswitch.web.api.keys.bearer import UsedKey
from smartswitch.web.api.problems import RefusedRequestError
from smartswitch.web.dealers.acting import acting_for_key
from smartswitch.web.login.viewer import act_for

ACT_FOR = "Act-For"
JSON = "application/json"
TOO_MANY, WRONG_MEDIA_TYPE = 429, 415


class ApiKeyInHeader(HttpBearer):
    """`Authorization: Bearer ss_...`. The middleware has looked the key up; here it is let in, or not.

    `media_types` are those of which a body may be.
    """

    def __init__(self, media_types: tuple[str, ...] = (JSON,)) -> None:
        super().__init__()
        self.media_types = media_types

    def authenticate(self, request: HttpRequest, token: str) -> UsedKey | None:
        """The key, unless it calls too often, brings a body of another kind, or names a dealer for which it may not act."""
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
        if request.body and request.method != "GET" and request.content_type not in self.media_types:
            raise RefusedRequestError(WRONG_MEDIA_TYPE, self._wanted())
        if ACT_FOR in request.headers:
            _act_for(request, key, request.headers[ACT_FOR].strip())
        return key

    def _wanted(self) -> str:
        if self.media_types == (JSON,):
            return _("Send JSON, with the header Content-Type: application/json.")
        return _("Send one of these, and say in the header Content-Type which: %(types)s.") % {
            "types": ", ".join(self.media_types)
        }


def _act_for(request: HttpRequest, key: UsedKey, dealer_key: str) -> None:
    """Let the rest of the request act for a dealer below; its moments are understood in that dealer's zone."""
    request.viewer = acting_for_key(key.viewer, dealer_key, scopes=key.scopes, now=timezone.now())
    act_for(request.viewer, request_id=request.request_id)
    timezone.activate(request.viewer.zone)  # the middleware, which set that of the key's own house, takes it back
