"""The HTTP API: every noun's operations, and those of the areas, under /api/v1. An area is one more line in AREAS."""

from functools import cache

from django.utils import translation
from ninja import NinjaAPI

from smartswitch.web.api.areas import (
    audit,
    balances,
    calls,
    dealers,
    history,
    keys,
    logins,
    logo,
    moving,
    packs,
    payments,
    peers,
    rights,
    search,
    settings,
    sharing,
    simulation,
    today,
    viewer,
    webhooks,
)
from smartswitch.web.api.door import ApiKeyInHeader
from smartswitch.web.api.noun_operations import router_of
from smartswitch.web.api.problems import tell_problems
from smartswitch.web.audit.history import has_history
from smartswitch.web.nouns.registry import load_nouns

VERSION = "1"
TITLE = "Smartswitch"
DESCRIPTION = (
    "Everything that the web account does, for programs: the same rights, the same refusals, and the same walls between"
    " dealers. Send an API key (made in the web account) as `Authorization: Bearer ss_...`. Money is a decimal"
    " string, a moment is ISO 8601, a thing is named by its key or id. Whatever goes wrong is told as"
    " `application/problem+json` (RFC 9457)."
)
AREAS = (
    ("/me", viewer.router),
    ("/today", today.router),
    ("/balances", balances.router),
    ("/calls", calls.router),
    ("/keys", keys.router),
    ("/deliveries", webhooks.router),
    ("/simulation", simulation.router),
    ("/settings", settings.router),
    ("/settings/logo", logo.router),
    ("/search", search.router),
    ("/audit", audit.router),
    ("/audit", history.router),
)
MORE_OF_NOUNS = {
    "payments": (payments.add_operations,),
    "dealers": (rights.add_operations, dealers.add_operations),
    "logins": (logins.add_operations,),
    "packs": (sharing.adds_operations("packs", "billing_pack"), packs.add_operations),
    "peers": (peers.add_to_peers,),
    "route-classes": (sharing.adds_operations("route-classes", "route_class"),),
    "terminators": (peers.add_to_terminators,),
}
"""What has the same address as an operation of a noun, and so must be of its router."""


@cache
def the_api() -> NinjaAPI:
    """The API, made once: its models take a while, and ninja keeps each by its name."""
    api = NinjaAPI(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        auth=ApiKeyInHeader(),
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
    )
    tell_problems(api)
    with translation.override("en"):
        for prefix, router in AREAS:
            api.add_router(prefix, router)
        for noun in load_nouns().values():
            router = router_of(noun)
            if has_history(noun):
                history.add_operations(router, noun)
            if noun.is_ordered:
                moving.add_operations(router, noun)
            for add_operations in MORE_OF_NOUNS.get(noun.name, ()):
                add_operations(router)
            api.add_router(f"/{noun.name}", router)
    return api
