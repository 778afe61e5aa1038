"""What a load refuses: a file that would move something that exists, change its currency, or take what is another's.

Money has been counted in a balance's currency and seen by the dealers above it, so neither is changed by a file; a thing
that should move gets a new id. Rule: everything that contradicts is told at once, before anything is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from smartswitch.charging.queries import Connection
from smartswitch.cli.party.table import Complaints
from smartswitch.cli.party.values import OWNER, PartyFile
from smartswitch.cli.queries import loading_query


@dataclass(frozen=True, slots=True)
class _Identity:
    """What must not change of one thing; an empty text is not compared."""

    noun: str
    key: str
    above: str
    currency: str = ""
    kind: str = ""


async def refuse_contradictions(connection: Connection, file: PartyFile) -> None:
    """Raise PartyFileError if the file contradicts the database."""
    complaints = Complaints(file.name)
    await _compare_identities(connection, file, complaints)
    await _find_taken(connection, file, complaints)
    complaints.raise_if_any()


async def _compare_identities(connection: Connection, file: PartyFile, complaints: Complaints) -> None:
    wanted = {(each.noun, each.key): each for each in _identities(file)}
    records = await connection.fetch(loading_query("read_identities"), sorted({key for _, key in wanted}))
    for record in records:
        noun, key = record["noun"], record["key"]
        for (other, name), identity in wanted.items():
            if name == key and other != noun and {other, noun} <= {"dealer", "company", "peer"}:
                complaints.add(f'[[{other}]] "{key}"', f"the id is that of a {noun} of the database; choose another")
            if (other, name) == (noun, key):
                _compare(complaints, identity, record["above"], record["currency"], record["kind"])


def _compare(complaints: Complaints, wanted: _Identity, above: str, currency: str, kind: str) -> None:
    table = wanted.kind if wanted.kind == "terminator" else wanted.noun
    place = f'[[{table}]] "{wanted.key}"'
    for field, now, then in (
        ("dealer", wanted.above, above),
        ("currency", wanted.currency, currency),
        ("kind", wanted.kind, kind),
    ):
        if now != then and "" not in (now, then):
            complaints.add(
                place, f'{field} is "{then}" in the database, and a load does not change it; choose another id'
            )


def _identities(file: PartyFile) -> Iterable[_Identity]:
    currency_of = {pack.id: pack.currency for pack in file.packs}
    for dealer in file.dealers:
        yield _Identity("dealer", dealer.id, dealer.parent, dealer.purse.currency)
    for company in file.companies:
        yield _Identity("company", company.id, company.dealer, company.purse.currency)
    for peer in file.peers:
        yield _Identity("peer", peer.id, peer.dealer, peer.purse.currency, peer.kind)
    for terminator in file.terminators:
        yield _Identity("peer", terminator.id, OWNER, currency_of[terminator.pack], "terminator")
    for pack in file.packs:
        yield _Identity("pack", pack.id, pack.owner, pack.currency)
    for route_class in file.route_classes:
        yield _Identity("route_class", route_class.id, route_class.dealer)
    for hunting_class in file.hunting_classes:
        yield _Identity("hunting_class", hunting_class.id, hunting_class.dealer)


async def _find_taken(connection: Connection, file: PartyFile, complaints: Complaints) -> None:
    holder = {("number", number): peer.id for peer in file.peers for number in peer.numbers}
    holder |= {("username", peer.username): peer.id for peer in file.peers if peer.username}
    holder |= {("extension", f"{peer.dealer} {peer.extension}"): peer.id for peer in file.peers if peer.extension}

    def values(what: str) -> list[str]:
        return [value for kind, value in holder if kind == what]

    peers = [peer.id for peer in file.peers]
    records = await connection.fetch(
        loading_query("read_taken"), peers, values("number"), values("username"), values("extension")
    )
    for record in records:
        place = f'[[peer]] "{holder[record["what"], record["value"]]}"'
        shown = record["value"].rpartition(" ")[2]
        complaints.add(place, f'{record["what"]} "{shown}" is that of "{record["peer"]}" in the database already')
