"""Headers that every answer carries, and what an answer to htmx looks like when the session is over.

The content security policy allows our own files and nothing else: no inline script or style, no evaluation, no frame. A
page that slipped through escaping could still run nothing.
"""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        # Tabler's stylesheet holds small drawings as data: addresses.
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
TRANSPORT_SECURITY = f"max-age={365 * 24 * 3600}"
FOUND = 302


class SecurityHeaders:
    """Adds the headers; over HTTPS (told by the reverse proxy) cookies travel by HTTPS only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == FOUND and "HX-Request" in request.headers:
            response = _answer_to_htmx(request, response)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = PERMISSIONS
        # Pages show money and calls: neither a proxy nor the disk of a shared computer may keep them.
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


def _answer_to_htmx(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A redirect to the login page concerns the whole page, not the piece that htmx asked for."""
    target = response.headers["Location"]
    if urlsplit(target).path != settings.LOGIN_URL:
        return response
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    here = f"{page.path}?{page.query}" if page.query else page.path
    answer = HttpResponse()
    answer.headers["HX-Redirect"] = f"{settings.LOGIN_URL}?{urlencode({'next': here})}" if here else settings.LOGIN_URL
    answer.cookies = response.cookies
    return answer
