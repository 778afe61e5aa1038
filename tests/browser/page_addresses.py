"""Every address at which somebody of a dealer finds a page, with an object of that dealer in it.

All come from the resolver: a page that is new is walked from its first day. What is no page of its own is named here.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.urls import URLPattern, URLResolver, get_resolver

from ..web.house import web_account_at
from ..web.seeding import Seeded

NO_PAGES = frozenset({
    # Files, and answers for programs.
    "brand_stylesheet", "brand_logo", "health", "api-document", "api-nothing",
    # Pieces of pages.
    "today", "live", "dealers-branch", "prices-edit", "prices-row", "balance-calls",
    # What is only posted to.
    "logout", "language", "act-for-stop", "dealers-act-for", "hang-up", "session_end", "sessions_end_others",
    "second_factor_remove", "delivery-again",
    # What needs a secret or half a login; test_security.py goes there.
    "login", "second_step", "forgot", "reset",
})  # fmt: skip
EMPTY_PAGES = frozenset({"dashboard", "calls", "balances", "audit", "search", "dealers-tree", "check-call"})
PIECES = ("-suggest", "-move")
KEYS = {
    "north": {
        "dealers": "north", "companies": "north-office", "peers": "office-pbx", "packs": "evening",
        "route-classes": "north-routes", "hunting-classes": "cheapest", "roles": "night-shift",
    },
    "owner": {
        "dealers": "north", "companies": "corner-shop", "peers": "reception", "packs": "carrier-buying",
        "route-classes": "common", "hunting-classes": "by-priority", "roles": "billing-desk",
        "terminators": "second-carrier",
    },
    "young": {},
}  # fmt: skip
"""Which object is looked at, where it is not the first."""


def addresses(url: str, seeded: Seeded, username: str) -> dict[str, str]:
    """The addresses by the names of their pictures."""
    from django.db import connection

    with web_account_at(url):
        viewer = _viewer(url, username)
        try:
            return dict(_addresses(viewer, seeded))
        finally:
            connection.rollback()
            connection.set_autocommit(True)


def _viewer(url: str, username: str) -> Any:
    from django.db import connection

    from smartswitch.web.login.viewer import act_for, read_viewer

    with psycopg.connect(url) as session:
        row = session.execute("SELECT id FROM login WHERE username = %s", [username]).fetchone()
    assert row is not None
    connection.set_autocommit(False)
    viewer = read_viewer(row[0], username, "")
    assert viewer is not None
    act_for(viewer, request_id="a test")
    return viewer


def _addresses(viewer: Any, seeded: Seeded) -> Iterator[tuple[str, str]]:
    for name, pattern in _patterns():
        noun = _noun_of(name)
        if name in NO_PAGES or name.endswith(PIECES) or not _is_met(viewer, name, noun):
            continue
        text = "/" + str(pattern.pattern)
        if "<" not in text:
            yield name, text
            continue
        if noun is not None and "<slug:tab>" in text:
            pk = _pk(viewer, noun)
            for tab in noun.tabs if pk else ():
                yield f"{name}-{tab.name}", text.replace("<int:pk>", str(pk)).replace("<slug:tab>", tab.name)
            continue
        argument = _argument(viewer, seeded, name, noun)
        if argument is not None:
            yield name, f"{text[: text.index('<')]}{argument}{text[text.index('>') + 1 :]}"


def _patterns(found: Any = None) -> Iterator[tuple[str, URLPattern]]:
    for each in (found or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            if each.namespace != "api":
                yield from _patterns(each)
        else:
            yield str(each.name), each


def _is_met(viewer: Any, name: str, noun: Any) -> bool:
    """Whether the page is there for the viewer. Of one who has nothing, only what shows that are looked at."""
    from smartswitch.web.nouns.registry import load_nouns

    if viewer.username == "young" and name not in load_nouns() and name not in EMPTY_PAGES:
        return False
    if noun is None or viewer.is_owner:
        return True
    return not noun.is_for_owner and (not name.endswith("-new") or noun.may_add(viewer))


def _noun_of(name: str) -> Any:
    """The noun whose object an address names; an address in another noun names one of that."""
    from smartswitch.web.nouns.registry import load_nouns

    nouns = load_nouns()
    noun = max((each for each in nouns if name == each or name.startswith(f"{each}-")), key=len, default=None)
    if noun is None:
        return None
    parent = nouns[noun].parent
    return nouns[parent.noun] if parent is not None and name.endswith(("-in", "-new")) else nouns[noun]


def _argument(viewer: Any, seeded: Seeded, name: str, noun: Any) -> Any:
    """What stands in an address: None if there is nothing of the kind in the viewer's house."""
    from smartswitch.web.api.models import ApiKey, WebhookDelivery
    from smartswitch.web.audit.models import AuditEntry
    from smartswitch.web.balances.models import Balance
    from smartswitch.web.rights.models import Login

    if name == "call":
        return seeded.calls["sold at every level"] if viewer.dealer_id != seeded.dealers.get("young") else None
    if name in ("balance", "balance-pay"):
        return _first(Balance.objects.filter(kind__in=("company", "dealer"), dealer_id=viewer.dealer_id).exclude(
            pk=viewer.balance_id).order_by("pk"))  # fmt: skip
    if name.startswith("audit-"):
        return _first(AuditEntry.objects.filter(action="update").order_by("-pk"))
    if name.startswith("login-"):
        return _first(Login.objects.filter(username__startswith="maria"))
    if name.startswith("delivery"):
        return _first(WebhookDelivery.objects.filter(webhook__dealer_id=viewer.dealer_id))
    if name == "keys-revoke":
        return _first(ApiKey.objects.filter(dealer_id=viewer.dealer_id))
    assert noun is not None, f"say in {__name__} what stands in the address {name}"
    return _pk(viewer, noun)


def _first(rows: Any) -> Any:
    return rows.values_list("pk", flat=True).first()


def _pk(viewer: Any, noun: Any) -> int | None:
    """An object of the viewer's house that he may change, if there is one."""
    if noun.is_for_owner and not viewer.is_owner:
        return None
    rows = noun.rows(viewer)
    chosen = KEYS[viewer.username].get(noun.name)
    if chosen is not None:
        rows = rows.filter(key=chosen)
    elif noun.parent is not None and noun.parent.noun in KEYS[viewer.username]:
        rows = rows.filter(**{f"{noun.parent.field}__key": KEYS[viewer.username][noun.parent.noun]})
    return next((row.pk for row in rows.order_by("pk") if noun.may_change(viewer, row)), None)
