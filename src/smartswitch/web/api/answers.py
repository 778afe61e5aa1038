"""The last look at every answer of the API: what Django says in HTML becomes a problem.

It stands around everything else, so that also an unknown address, a wrong method and a fault of ours are told in that form.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from smartswitch.web.api.keys.bearer import API_ADDRESSES
from smartswitch.web.api.problems import PROBLEM, not_found, problem

FIRST_ERROR = 400
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
DETAILS = {
    405: "This address does not know this method; the header Allow names those that it knows.",
    500: "We made a mistake. It is recorded; nothing was written.",
}


class ProblemAnswers:
    """Middleware; does nothing outside /api/v1/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(API_ADDRESSES) or response.status_code < FIRST_ERROR:
            return response
        if response.headers.get("Content-Type", "").startswith(PROBLEM):
            return response
        told = problem(response.status_code, DETAILS.get(response.status_code))
        for name in KEPT_HEADERS:
            if name in response.headers:
                told.headers[name] = response.headers[name]
        return told


def nothing_here(_request: HttpRequest, **_rest: object) -> HttpResponse:
    """The answer at addresses that do not exist."""
    return not_found()
