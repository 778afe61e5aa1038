"""What the pages of nouns do not do: block a peer after a question, give it a new password, try a number on its patterns."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.balances.party_form import BLOCK
from smartswitch.web.login.required_rights import needs
from smartswitch.web.nouns.field_check import checked_field
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import REFUSED_STATUS, address_of, row_of, tell_once
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.peers.models import Peer
from smartswitch.web.peers.parties.forms import NewPasswordForm
from smartswitch.web.peers.parties.services import PEERS
from smartswitch.web.peers.patterns.forms import TrialForm
from smartswitch.web.peers.patterns.trial import try_number


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BLOCK)
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """The question before a peer is blocked or unblocked, and the answer to it."""
    noun, row = _peer(request, pk)
    back = address_of(noun, row)
    if request.method != "POST":
        return render(request, "peers/block.html", {"noun": noun, "row": row, "title": noun.title(row), "back": back})
    changed = PEERS.block(row, by=request.viewer, is_blocked=request.POST.get("is_blocked") == "yes")
    words = _("%(title)s is blocked.") if changed.is_blocked else _("%(title)s may call again.")
    messages.success(request, words % {"title": noun.title(row)})
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("peers.change")
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a peer new credentials, and show them once."""
    noun = noun_named("peers")
    row = row_of(noun, request.viewer, pk)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, viewer=request.viewer, row=row)
    status = 200
    checked = checked_field(request, form)
    if checked is not None:
        return checked
    if request.method == "POST":
        status = REFUSED_STATUS
        if form.is_valid():
            typed = form.values()
            try:
                written = PEERS.issue_credentials(
                    row, by=request.viewer, username=typed["auth_username"], password=typed["password"]
                )
            except Refused as refused:
                form.refuse(refused.problems)
            else:
                return tell_once(request, noun, written, noun.once(written))
    context = {"noun": noun, "row": row, "title": noun.title(row), "back": address_of(noun, row), "form": form}
    return render(request, "peers/password.html", context, status=status)


@require_safe
@needs("peers.view")
def trial(request: HttpRequest, pk: int, name: str = "peers") -> HttpResponse:
    """A number, and what the peer's patterns make of it."""
    noun = noun_named(name)
    row = row_of(noun, request.viewer, pk)
    if not request.viewer.is_of_dealer or (noun.is_for_owner and not request.viewer.is_owner):
        raise Http404
    form = TrialForm(request.GET if "number" in request.GET else None, viewer=request.viewer)
    context: dict[str, Any] = {"of_one": noun, "row": row, "title": noun.title(row), "form": form}
    if form.is_bound and form.is_valid():
        asked = form.values()
        context["trial"] = try_number(row, direction=asked["direction"], field=asked["field"], number=asked["number"])
        context["is_from_peer"] = asked["direction"] == "from_peer"
    context["patterns_tab"] = "patterns-in" if name == "peers" else "terminator-patterns-in"
    return render(request, "peers/try.html", context)


def _peer(request: HttpRequest, pk: int) -> tuple[Noun, Peer]:
    """A peer of any kind, with the noun under which it is shown."""
    for name in ("peers", "terminators"):
        noun = noun_named(name)
        if noun.is_for_owner and not request.viewer.is_owner:
            continue
        try:
            return noun, row_of(noun, request.viewer, pk)
        except Http404:
            continue
    raise Http404
