"""Step-up: before money moves or a login changes, a person shows again that it is he.

He is asked for his second factor if he has one, else for his password, unless he showed it in this session within the last
RECENT_S. To guard a view:

    @recently_authenticated
    def pay(request): ...

Guard the page with the form too, not only what it sends: then one is asked before typing, and loses nothing.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

RECENT_S = 10 * 60
_SHOWN_AT = "identity_shown_at"

View = Callable[..., HttpResponse]


def note_identity_shown(request: HttpRequest) -> None:
    """The person has just shown that it is he."""
    request.session[_SHOWN_AT] = int(timezone.now().timestamp())


def is_recent(request: HttpRequest) -> bool:
    """Whether the person showed in this session, within the last ten minutes, that it is he."""
    shown_at = request.session.get(_SHOWN_AT)
    return isinstance(shown_at, int) and 0 <= timezone.now().timestamp() - shown_at < RECENT_S


def recently_authenticated(view: View) -> View:
    """Let through who showed lately that it is he; anybody else is asked, and comes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: object, **named: object) -> HttpResponse:
        if is_recent(request):
            return view(request, *arguments, **named)
        return ask_again(request)

    return guarded


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send the person to the page that asks; htmx is told to load it as a whole page."""
    address = f"{reverse('reauthenticate')}?{urlencode({'next': _page_of(request)})}"
    if "HX-Request" not in request.headers:
        return redirect(address)
    answer = HttpResponse()
    answer.headers["HX-Redirect"] = address
    return answer


def safe_next(request: HttpRequest, *, otherwise: str) -> str:
    """Where the person wants to go on, if that is one of our pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()) else otherwise


def _page_of(request: HttpRequest) -> str:
    """The page on which the person is: what he sent is not sent again, so of a form it is the page that holds it."""
    if "HX-Request" not in request.headers and request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if page.netloc != request.get_host():
        return reverse("dashboard")
    return f"{page.path}?{page.query}" if page.query else page.path or "/"
