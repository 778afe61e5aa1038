"""What a party file becomes in tables: rows as the queries in ``sql/`` take them. Pure: no database."""

from collections.abc import Iterator
from datetime import datetime

from smartswitch.cli.party.values import (
    AFTER_EVERYTHING,
    BEFORE_EVERYTHING,
    OWNER,
    PackRow,
    PartyFile,
    PeerRow,
    PriceRow,
    Purse,
    RouteRow,
    TerminatorRow,
)
from smartswitch.core.digest import DIGEST_REALM, digests_of

Row = dict[str, object]

SELLER_KINDS = ("sales", "tax", "payments", "adjustments")
"""The balances that stand on the other side of what a seller's customers pay, one of each in each of their currencies."""


def moment(value: datetime) -> str | None:
    """A moment as PostgreSQL reads it; the ends of time are infinite."""
    if value == BEFORE_EVERYTHING:
        return "-infinity"
    return "infinity" if value == AFTER_EVERYTHING else value.isoformat()


def dealer_levels(file: PartyFile) -> Iterator[list[Row]]:
    """The dealers level by level, parents first, since a level needs the one above it."""
    depth = {OWNER: 0}
    levels: dict[int, list[Row]] = {}
    for each in file.dealers:
        depth[each.id] = depth[each.parent] + 1
        row: Row = {
            "key": each.id,
            "name": each.name,
            "parent": each.parent,
            "currency": each.purse.currency,
            "credit_limit": each.purse.credit_limit,
            "call_limit": each.purse.call_limit,
            "pack": each.pack,
            "inbound_pack": each.inbound_pack,
            "calls_per_second": each.calls_per_second,
            "profit_control": each.profit_control,
            "is_virtual_pbx": each.is_virtual_pbx,
            "time_zone": each.time_zone,
            "route_class": each.route_class,
            "hunting_class": each.hunting_class,
        }
        levels.setdefault(depth[each.id], []).append(row)
    return iter(levels.values())


def party_purses(file: PartyFile) -> Iterator[tuple[str, str, str, Purse]]:
    """Every balance of a party that the file names: (kind, party, dealer who sees it, purse)."""
    for dealer in file.dealers:
        yield "dealer", dealer.id, dealer.id, dealer.purse
    for company in file.companies:
        yield "company", company.id, company.dealer, company.purse
    for peer in file.peers:
        yield "peer", peer.id, peer.dealer, peer.purse
    currency_of = {pack.id: pack.currency for pack in file.packs}
    for terminator in file.terminators:
        purse = Purse(
            currency=currency_of[terminator.pack], balance=0, credit_limit=0, call_limit=terminator.call_limit
        )
        yield "peer", terminator.id, OWNER, purse


def ledger_balances(file: PartyFile) -> list[Row]:
    """The balances without a limit: those of each seller in its customers' currencies, and the owner's costs."""
    parent_of = {each.id: each.parent for each in file.dealers}
    needed: dict[tuple[str, str, str], str] = {}
    for kind, party, dealer, purse in party_purses(file):
        seller = parent_of[party] if kind == "dealer" else dealer
        for each in SELLER_KINDS:
            needed[each, seller, purse.currency] = seller
    currency_of = {pack.id: pack.currency for pack in file.packs}
    for terminator in file.terminators:
        needed["cost", OWNER, currency_of[terminator.pack]] = OWNER
        needed["payable", terminator.id, currency_of[terminator.pack]] = OWNER
    return [
        {"kind": kind, "party": party, "currency": currency, "dealer": dealer, "credit_limit": None, "call_limit": None}
        for (kind, party, currency), dealer in needed.items()
    ]


def pack_row(pack: PackRow) -> Row:
    """A pack without its prices."""
    return {
        "key": pack.id,
        "owner": pack.owner,
        "name": pack.name,
        "currency": pack.currency,
        "decimals": pack.decimals,
        "rounding": pack.rounding.value,
        "increment_from": pack.increment_from.value,
        "tax_mode": pack.tax_mode.value,
        "tax_ppm": pack.tax_ppm,
        "time_zone": pack.time_zone,
    }


def price_row(pack: str, price: PriceRow) -> Row:
    """A price of a pack."""
    return {
        "pack": pack,
        "code": price.code,
        "band": price.band,
        "price_per_minute": price.price_per_minute,
        "first_price_per_minute": price.first_price_per_minute,
        "connect_fee": price.connect_fee,
        "min_s": price.min_s,
        "increment_s": price.increment_s,
        "free_s": price.free_s,
        "grace_s": price.grace_s,
        "valid_from": moment(price.valid_from),
        "valid_to": moment(price.valid_to),
        "is_blocked": price.is_blocked,
    }


def peer_row(peer: PeerRow) -> Row:
    """An originator or a user; of its password only the digests are kept."""
    digests: tuple[str | None, str | None] = (None, None)
    if peer.username and peer.password:
        digests = digests_of(username=peer.username, password=peer.password)
    return {
        "key": peer.id,
        "dealer": peer.dealer,
        "company": peer.company,
        "kind": peer.kind,
        "name": peer.name,
        "pays_from": peer.pays_from,
        "pack": peer.pack,
        "inbound_pack": peer.inbound_pack,
        "calls_per_second": peer.calls_per_second,
        "route_class": peer.route_class,
        "extension": peer.extension,
        "username": peer.username,
        "ha1_md5": digests[0],
        "ha1_sha256": digests[1],
        "realm": DIGEST_REALM,
        "caller_number": peer.caller_number,
    }


def terminator_peer_row(terminator: TerminatorRow) -> Row:
    """The peer that a terminator is; it belongs to the owner."""
    return {
        "key": terminator.id,
        "dealer": OWNER,
        "kind": "terminator",
        "name": terminator.name,
        "pays_from": "peer",
        "calls_per_second": terminator.calls_per_second,
        "realm": DIGEST_REALM,
    }


def terminator_row(terminator: TerminatorRow, password_encrypted: str | None) -> Row:
    """Where a terminator is, and how it is spoken to."""
    return {
        "key": terminator.id,
        "host": terminator.host,
        "port": terminator.port,
        "transport": terminator.transport,
        "pack": terminator.pack,
        "priority": terminator.priority,
        "username": terminator.username,
        "password_encrypted": password_encrypted,
        "realm": terminator.realm,
        "pdd_timeout_s": terminator.pdd_timeout_s,
        "answers": terminator.is_answering,
    }


def route_row(route: RouteRow) -> Row:
    """A route; infinite ends and an empty week are absent, so that stored and wanted rows compare."""
    return {
        "parent": route.terminator,
        "route_class": route.route_class,
        "code": route.code,
        "priority": route.priority,
        "weight": route.weight,
        "call_limit": route.call_limit,
        "calls_per_second": route.calls_per_second,
        "is_blocked": route.is_blocked,
        "valid_from": None if route.valid_from == BEFORE_EVERYTHING else route.valid_from,
        "valid_to": None if route.valid_to == AFTER_EVERYTHING else route.valid_to,
        "week_minutes": [f"{start}-{end}" for start, end in route.week_minutes],
    }
