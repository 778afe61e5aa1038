"""The one search box: its answers as a list under the box, and as a page of their own."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from smartswitch.web.search.selectors import Hit, search_everything

LONGEST_TEXT = 100
NOUNS: dict[str, tuple[str | Promise, str]] = {
    "dealer": (_("Dealers"), "hierarchy"),
    "company": (_("Companies"), "building"),
    "peer": (_("Peers"), "device-landline-phone"),
    "did": (_("Numbers"), "hash"),
    "number": (_("Numbers in calls"), "phone"),
    "call": (_("Calls"), "phone-call"),
}
"""What each kind of hit is called, and its icon."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that a text means, inside what the viewer may see; to htmx only the list."""
    text = request.GET.get("q", "")[:LONGEST_TEXT]
    hits = search_everything(request.viewer, text, now=timezone.now())
    template = "search/hits.html" if "HX-Request" in request.headers else "search/search.html"
    return render(request, template, {"text": text.replace("\0", "").strip(), "groups": grouped(hits)})


def grouped(hits: list[Hit]) -> list[tuple[str | Promise, str, list[Hit]]]:
    """Hits under the headings of their nouns."""
    return [(*NOUNS.get(noun, (noun, "search")), list(some)) for noun, some in groupby(hits, key=lambda hit: hit.noun)]
