"""Checks a party file across its tables: ids that stand twice, references to nothing, circles.

Rule: a complaint tells the table and the id where the wrong reference stands, not where it points to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smartswitch.cli.party.fields import show
from smartswitch.cli.party.table import Complaints, did_you_mean
from smartswitch.cli.party.values import OUTSIDE, OWNER, DealerRow, PartyFile


@dataclass(frozen=True, slots=True)
class _Reference:
    """A field that names something: where it stands, what it says, and what it may say."""

    place: str
    field: str
    value: str | None
    known: frozenset[str]
    what: str


def check_references(complaints: Complaints, file: PartyFile) -> None:
    """Note everything that is wrong across the tables of a file."""
    for name, keys in _keys(file).items():
        _complain_of_doubles(complaints, name, keys)
    _complain_of_doubles_among_parties(complaints, file)
    for reference in _references(file):
        if reference.value is not None and reference.value != "" and reference.value not in reference.known:
            hint = did_you_mean(reference.value, reference.known)
            message = f"{reference.field} {show(reference.value)} is not {reference.what} of this file{hint}"
            complaints.add(reference.place, message)
    _complain_of_circles(complaints, "dealer", "parent", {each.id: each.parent for each in file.dealers})
    _complain_of_circles(complaints, "route_class", "base", {each.id: each.base or "" for each in file.route_classes})
    _complain_of_doubles(complaints, "peer numbers", [number for peer in file.peers for number in peer.numbers])
    _complain_of_doubles(complaints, "peer username", [peer.username for peer in file.peers if peer.username])
    _complain_of_extensions(complaints, file)
    _complain_of_foreign_companies(complaints, file)
    _complain_of_foreign_packs(complaints, file)


def parents_first(dealers: tuple[DealerRow, ...]) -> tuple[DealerRow, ...]:
    """Order dealers so that each stands after its parent; those in a circle or without a parent come last."""
    placed = {OWNER}
    ordered: list[DealerRow] = []
    waiting = list(dealers)
    while waiting:
        ready = [each for each in waiting if each.parent in placed]
        if not ready:
            return (*ordered, *waiting)
        ordered += ready
        placed.update(each.id for each in ready)
        waiting = [each for each in waiting if each.id not in placed]
    return tuple(ordered)


def _keys(file: PartyFile) -> dict[str, list[str]]:
    return {
        "pack": [each.id for each in file.packs],
        "route_class": [each.id for each in file.route_classes],
        "hunting_class": [each.id for each in file.hunting_classes],
        "call": [each.id for each in file.calls],
    }


def _complain_of_doubles(complaints: Complaints, name: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen and key != "":
            complaints.add(f"[[{name}]] {show(key)}", "it stands twice; each must be different")
        seen.add(key)


def _complain_of_doubles_among_parties(complaints: Complaints, file: PartyFile) -> None:
    """Dealers, companies, peers and terminators share one set of ids, since a top-up names any of them."""
    tables = (("dealer", file.dealers), ("company", file.companies), ("peer", file.peers))
    owner_of: dict[str, str] = {}
    for name, keys in (*((name, [row.id for row in rows]) for name, rows in tables),
                       ("terminator", [row.id for row in file.terminators])):  # fmt: skip
        for key in keys:
            if key == "":
                continue
            first = owner_of.setdefault(key, name)
            if first != name:
                complaints.add(f"[[{name}]] {show(key)}", f"the id is that of a {first} already; choose another")
            elif keys.count(key) > 1:
                complaints.add(f"[[{name}]] {show(key)}", "the id stands twice; each must be different")


def _references(file: PartyFile) -> Iterable[_Reference]:
    yield from _party_references(file)
    yield from _routing_references(file)
    yield from _event_references(file)


def _party_references(file: PartyFile) -> Iterable[_Reference]:
    packs = frozenset(each.id for each in file.packs)
    dealers = frozenset(each.id for each in file.dealers) | {OWNER}
    companies = frozenset(each.id for each in file.companies)
    route_classes = frozenset(each.id for each in file.route_classes)
    hunting_classes = frozenset(each.id for each in file.hunting_classes)
    yield _Reference("[owner]", "hunting_class", file.owner.hunting_class, hunting_classes, "a hunting class")
    for pack in file.packs:
        yield _Reference(_place("pack", pack.id), "owner", pack.owner, dealers, "a dealer")
    for dealer in file.dealers:
        place = _place("dealer", dealer.id)
        yield _Reference(place, "parent", dealer.parent, dealers, "a dealer")
        yield _Reference(place, "pack", dealer.pack, packs, "a pack")
        yield _Reference(place, "inbound_pack", dealer.inbound_pack, packs, "a pack")
        yield _Reference(place, "route_class", dealer.route_class, route_classes, "a route class")
        yield _Reference(place, "hunting_class", dealer.hunting_class, hunting_classes, "a hunting class")
    for company in file.companies:
        place = _place("company", company.id)
        yield _Reference(place, "dealer", company.dealer, dealers, "a dealer")
        yield _Reference(place, "pack", company.pack, packs, "a pack")
        yield _Reference(place, "inbound_pack", company.inbound_pack, packs, "a pack")
    for peer in file.peers:
        place = _place("peer", peer.id)
        yield _Reference(place, "dealer", peer.dealer, dealers, "a dealer")
        yield _Reference(place, "pack", peer.pack, packs, "a pack")
        yield _Reference(place, "inbound_pack", peer.inbound_pack, packs, "a pack")
        yield _Reference(place, "company", peer.company, companies, "a company")
        yield _Reference(place, "route_class", peer.route_class, route_classes, "a route class")
    for terminator in file.terminators:
        yield _Reference(_place("terminator", terminator.id), "pack", terminator.pack, packs, "a pack")


def _routing_references(file: PartyFile) -> Iterable[_Reference]:
    dealers = frozenset(each.id for each in file.dealers) | {OWNER}
    route_classes = frozenset(each.id for each in file.route_classes)
    terminators = frozenset(each.id for each in file.terminators)
    for route_class in file.route_classes:
        place = _place("route_class", route_class.id)
        yield _Reference(place, "dealer", route_class.dealer, dealers, "a dealer")
        yield _Reference(place, "base", route_class.base, route_classes, "a route class")
    for hunting_class in file.hunting_classes:
        yield _Reference(_place("hunting_class", hunting_class.id), "dealer", hunting_class.dealer, dealers, "a dealer")
    for route in file.routes:
        place = f'[[route]] code "{route.code}"'
        yield _Reference(place, "class", route.route_class, route_classes, "a route class")
        yield _Reference(place, "terminator", route.terminator, terminators, "a terminator")


def _event_references(file: PartyFile) -> Iterable[_Reference]:
    packs = frozenset(each.id for each in file.packs)
    peers = frozenset(each.id for each in file.peers)
    terminators = frozenset(each.id for each in file.terminators)
    companies = frozenset(each.id for each in file.companies)
    payers = peers | companies | {each.id for each in file.dealers}
    callers = peers | terminators | {OUTSIDE}
    for call in file.calls:
        what = f'a peer or a terminator (or "{OUTSIDE}")'
        yield _Reference(_place("call", call.id), "from", call.caller, callers, what)
    for position, topup in enumerate(file.topups, start=1):
        yield _Reference(f"[[topup]] {position}", "to", topup.to, payers, "a peer, a company or a dealer")
    for position, change in enumerate(file.set_prices, start=1):
        yield _Reference(f"[[set_price]] {position}", "pack", change.pack, packs, "a pack")
    for position, block in enumerate(file.blocks, start=1):
        yield _Reference(f"[[block]] {position}", "party", block.party, payers | terminators, "a peer or a dealer")


def _complain_of_circles(complaints: Complaints, name: str, field: str, above: Mapping[str, str]) -> None:
    for key in above:
        seen = [key]
        while (following := above.get(seen[-1], "")) and following not in seen:
            seen.append(following)
        if following == key:
            circle = " > ".join([*seen, key])
            complaints.add(_place(name, key), f"{field}: it stands above itself: {circle}")


def _complain_of_extensions(complaints: Complaints, file: PartyFile) -> None:
    seen: dict[tuple[str, str], str] = {}
    for peer in file.peers:
        if peer.extension is None:
            continue
        first = seen.setdefault((peer.dealer, peer.extension), peer.id)
        if first != peer.id:
            complaints.add(_place("peer", peer.id), f'extension "{peer.extension}" is that of "{first}" already')


def _complain_of_foreign_companies(complaints: Complaints, file: PartyFile) -> None:
    dealer_of = {each.id: each.dealer for each in file.companies}
    for peer in file.peers:
        if peer.company is not None and dealer_of.get(peer.company, peer.dealer) != peer.dealer:
            message = (
                f'company "{peer.company}" is a customer of dealer "{dealer_of[peer.company]}", not of "{peer.dealer}"'
            )
            complaints.add(_place("peer", peer.id), message)


def _complain_of_foreign_packs(complaints: Complaints, file: PartyFile) -> None:
    """A pack is used below the dealer who owns it; a price list of somebody beside him is a secret of his."""
    owner_of = {each.id: each.owner for each in file.packs}
    parent_of = {each.id: each.parent for each in file.dealers}
    parties = [("dealer", each.id, each.id, (each.pack, each.inbound_pack)) for each in file.dealers]
    parties += [("company", each.id, each.dealer, (each.pack, each.inbound_pack)) for each in file.companies]
    parties += [("peer", each.id, each.dealer, (each.pack, each.inbound_pack)) for each in file.peers]
    for name, key, dealer, packs in parties:
        line = [dealer]
        while (parent := parent_of.get(line[-1])) is not None and parent not in line:
            line.append(parent)
        for pack in packs:
            owner = owner_of.get(pack or "", OWNER)
            if owner in parent_of and owner not in line:
                complaints.add(_place(name, key), f'pack "{pack}" belongs to "{owner}", who is not above it')


def _place(name: str, key: str) -> str:
    return f"[[{name}]] {show(key)}"
