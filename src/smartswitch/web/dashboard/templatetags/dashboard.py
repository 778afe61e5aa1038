"""Words of the dashboard's templates."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from smartswitch.web.calls.hangup import Hangup
from smartswitch.web.dashboard import words
from smartswitch.web.dashboard.presentation import LegView
from smartswitch.web.dashboard.rendering import charges_html, numbers_html
from smartswitch.web.dashboard.selectors.balances import PartyBalance
from smartswitch.web.dashboard.selectors.live import LiveCall
from smartswitch.web.ui.templatetags.smartswitch import duration

MS_PER_SECOND = 1000

register = template.Library()


@register.simple_tag
def party_kind(kind: str) -> words.Words:
    """What a kind of party is called."""
    return words.PARTY_KINDS.get(kind, kind)


@register.simple_tag(takes_context=True)
def party_address(context: template.Context, party: PartyBalance) -> str | None:
    """The page of a party, if the viewer may open it."""
    if not context["viewer"].may(f"{party.noun}.view"):
        return None
    return reverse(f"{party.noun}-one", args=[party.party_id])


@register.simple_tag
def hangup_of(hangups: Mapping[UUID, Hangup], call: LiveCall) -> str:
    """What has become of somebody's pressing End: nobody did, it is asked, or no node has heard it."""
    found = hangups.get(call.call_id)
    return "" if found is None else found.value


@register.simple_tag(takes_context=True)
def numbers(context: template.Context, call: Any) -> SafeString:
    """The numbers of a call, and whose it is."""
    return numbers_html(call, context["viewer"])


@register.simple_tag
def charges(view: LegView) -> SafeString:
    """What each level paid."""
    return charges_html(view)


@register.simple_tag
def elapsed(since_ms: int, now_ms: int) -> str:
    """How long something has lasted; the browser counts on from there."""
    return duration(max(0, now_ms - since_ms) // MS_PER_SECOND)
