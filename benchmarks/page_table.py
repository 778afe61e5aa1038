"""Which pages are measured: every page of the web account that is read often, for one dealer at a time.

An address has {} where something of the dealer is named; a query finds it, of which %(dealer)s is the dealer's id. Where a
dealer has no such thing, the page is left out for him.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Page:
    """An address whose {} is what a query finds for the person's dealer; None: the address is whole. A piece is asked
    for by htmx. Some pages are found by the owner only."""

    path: str
    found_by: LiteralString | None = None
    is_piece: bool = False
    is_for_owner: bool = False


_NEWEST = (
    "SELECT call_id FROM cdr WHERE dealer_ids @> ARRAY[%(dealer)s]::bigint[] AND result = 'answered'"
    " ORDER BY created_at DESC"
)
_MIDDLE = (
    "SELECT call_id || '.0' FROM cdr WHERE dealer_ids @> ARRAY[%(dealer)s]::bigint[] ORDER BY created_at OFFSET 100"
)
_CALLED = (
    "SELECT called FROM cdr WHERE dealer_ids @> ARRAY[%(dealer)s]::bigint[] AND called <>"
    " '448001234567' ORDER BY created_at"
)
_COMPANY = "SELECT id FROM company WHERE dealer_id = %(dealer)s ORDER BY id DESC"
_COMPANY_KEY = "SELECT key FROM company WHERE dealer_id = %(dealer)s ORDER BY id DESC"
_CALLING_COMPANY = (
    "SELECT p.company_id FROM cdr AS c JOIN peer AS p ON p.id = c.peer_id WHERE c.dealer_ids @> ARRAY[%(dealer)s]::bigint[]"
    " AND p.company_id IS NOT NULL ORDER BY c.created_at"
)
_CALLING_PEER = "SELECT peer_id FROM cdr WHERE dealer_ids @> ARRAY[%(dealer)s]::bigint[] ORDER BY created_at"
_ORIGINATOR = "SELECT id FROM peer WHERE kind = 'originator' AND dealer_id = %(dealer)s ORDER BY id"
_USER = "SELECT id FROM peer WHERE kind = 'user' AND dealer_id = %(dealer)s ORDER BY id"
_PEER_KEY = "SELECT key FROM peer WHERE kind <> 'terminator' AND dealer_id = %(dealer)s ORDER BY id"
_DEALER = "SELECT id FROM dealer WHERE %(dealer)s IN (id, parent_id) ORDER BY id DESC"
_DEALER_KEY = "SELECT key FROM dealer WHERE path @> ARRAY[%(dealer)s]::bigint[] ORDER BY id DESC"
_PACK = (
    "SELECT pack_id FROM price WHERE pack_id = (SELECT min(id) FROM billing_pack WHERE dealer_id ="
    " %(dealer)s AND key ~ '^whole')"
)
_PRICE = (
    "SELECT id FROM price WHERE pack_id = (SELECT min(id) FROM billing_pack WHERE dealer_id ="
    " %(dealer)s AND key ~ '^whole')"
)
_BALANCE = (
    "SELECT balance_id FROM company WHERE dealer_id = %(dealer)s AND EXISTS"
    " (SELECT FROM ledger_transfer AS t WHERE t.credit_balance_id = balance_id) ORDER BY id"
)
_OWN_BALANCE = "SELECT balance_id FROM dealer WHERE id = %(dealer)s"
_ENTRY = "SELECT id FROM audit_entry WHERE by_dealer_id = %(dealer)s ORDER BY id DESC"
_FIRST_OF: dict[str, LiteralString] = {
    "route-classes": "SELECT min(id) FROM route_class WHERE dealer_id = %(dealer)s AND key ~ '-1$'",
    "hunting-classes": "SELECT min(id) FROM hunting_class WHERE dealer_id = %(dealer)s",
    "logins": "SELECT max(id) FROM login WHERE dealer_id = %(dealer)s AND company_id IS NULL AND role_id IS NOT NULL",
    "roles": "SELECT min(id) FROM role WHERE dealer_id = %(dealer)s",
    "keys": "SELECT min(id) FROM api_key WHERE dealer_id = %(dealer)s",
    "webhooks": "SELECT min(id) FROM webhook WHERE dealer_id = %(dealer)s",
    "numbers": "SELECT min(id) FROM did WHERE dealer_id = %(dealer)s",
    "companies": _COMPANY,
    "peers": _ORIGINATOR,
    "dealers": _DEALER,
    "packs": _PACK,
    "terminators": "SELECT min(peer_id) FROM terminator HAVING %(dealer)s = 1",
}


def _pages_of_nouns() -> Iterator[Page]:
    """The table, the page of one row, its history, and the forms."""
    for noun, found_by in _FIRST_OF.items():
        owner = noun == "terminators"
        yield Page(f"/{noun}", is_for_owner=owner)
        yield Page(f"/{noun}/{{}}", found_by, is_for_owner=owner)
        yield Page(f"/{noun}/{{}}/history", found_by, is_for_owner=owner)
        yield Page(f"/{noun}/new", is_for_owner=owner)
        if noun != "keys":
            yield Page(f"/{noun}/{{}}/change", found_by, is_for_owner=owner)
        yield Page(f"/{noun}/{{}}/delete", found_by, is_for_owner=owner)


PAGES = (
    Page("/health"),
    Page("/"),
    Page("/today", is_piece=True),
    Page("/live"),
    Page("/live", is_piece=True),
    Page("/calls"),
    Page("/calls?rows=50"),
    Page("/calls?after={}", _MIDDLE),
    Page("/calls?seen=0", is_piece=True),
    Page("/calls?seen=999999999999999", is_piece=True),
    Page("/calls?number={}", _CALLED),
    Page("/calls?peer={}", _CALLING_PEER),
    Page("/calls?company={}", _CALLING_COMPANY),
    Page("/calls?dealer={}", _DEALER),
    Page("/calls?result=refused"),
    Page("/calls/{}", _NEWEST),
    Page("/balances"),
    Page("/balances", is_piece=True),
    Page("/balances?page=3"),
    Page("/balances?search=bakery"),
    Page("/balances?order=amount-falling"),
    Page("/balances/{}", _BALANCE),
    Page("/balances/{}", _OWN_BALANCE),
    Page("/balances/{}/calls", _BALANCE),
    Page("/balances/{}/calls", _OWN_BALANCE),
    Page("/payments"),
    Page("/payments?order=amount"),
    Page("/payments?search=transfer"),
    Page("/check"),
    Page("/search?q=bakery"),
    Page("/search?q=bakery", is_piece=True),
    Page("/search?q={}", _CALLED, is_piece=True),
    *_pages_of_nouns(),
    Page("/companies?order=-name"),
    Page("/companies?state=blocked"),
    Page("/companies?dealer={}", _DEALER_KEY),
    Page("/companies?search=bakery"),
    Page("/companies?search=bakery", is_piece=True),
    Page("/companies?search=nothing"),
    Page("/companies?page=20"),
    Page("/companies/{}/tab/peers", _COMPANY),
    Page("/peers?order=-name"),
    Page("/peers?kind=user"),
    Page("/peers?state=blocked"),
    Page("/peers?company={}", _COMPANY_KEY),
    Page("/peers?search=line"),
    Page("/peers?search=nothing"),
    Page("/peers/{}", _USER),
    Page("/peers/{}/addresses", _ORIGINATOR),
    Page("/peers/{}/patterns", _ORIGINATOR),
    Page("/peers/new?kind=user"),
    Page("/peers/{}/password", _USER),
    Page("/peers/{}/try", _ORIGINATOR),
    Page("/terminators/{}/terminator-addresses", _FIRST_OF["terminators"], is_for_owner=True),
    Page("/address-rules", is_for_owner=True),
    Page("/dealers?order=-name"),
    Page("/dealers?state=blocked"),
    Page("/dealers?money=left"),
    Page("/dealers?search=telecom"),
    Page("/dealers/tree"),
    Page("/dealers/{}/branch", "SELECT id FROM dealer WHERE id = %(dealer)s"),
    Page("/packs?order=-name"),
    Page("/packs?search=whole"),
    Page("/packs/{}/prices", _PACK),
    Page("/packs/{}/prices?page=100", _PACK),
    Page("/packs/{}/prices?order=-code", _PACK),
    Page("/packs/{}/prices?search=2012", _PACK),
    Page("/packs/{}/time-bands", _PACK),
    Page("/packs/{}/holidays", _PACK),
    Page("/packs/{}/cost", _PACK),
    Page("/packs/{}/copy", _PACK),
    Page("/prices/{}", _PRICE),
    Page("/prices/{}/edit", _PRICE, is_piece=True),
    Page("/exchange-rates"),
    Page("/numbers?search=4420"),
    Page("/route-classes?whose=own"),
    Page("/route-classes/{}/routes", _FIRST_OF["route-classes"]),
    Page("/logins?search=person"),
    Page("/logins?state=active"),
    Page("/webhooks/{}/deliveries", _FIRST_OF["webhooks"]),
    Page("/dealers/{}/tab/rights", _DEALER),
    Page("/dealers/{}/tab/rights-in-effect", _DEALER),
    Page("/logins/{}/tab/rights", _FIRST_OF["logins"]),
    Page("/rights"),
    Page("/audit"),
    Page("/audit?kind=company"),
    Page("/audit?actor={}", _DEALER_KEY),
    Page("/audit?text=blocked"),
    Page("/audit?text=nothing"),
    Page("/audit/{}", _ENTRY),
    Page("/suggest/companies?field=company&company=c00", is_piece=True),
    Page("/suggest/peers?field=peer&peer={}", _PEER_KEY, is_piece=True),
    Page("/settings"),
    Page("/security"),
    Page("/sessions"),
    Page("/password"),
    Page("/api/docs"),
)
"""What is measured. A new page is a new line."""
