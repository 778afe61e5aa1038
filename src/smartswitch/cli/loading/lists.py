"""Lists that belong to a thing: bands and holidays of a pack, networks, translations and numbers of a peer, routes.

Such a row has no name of its own, so a list is compared as a whole: where it is equal nothing is written, where it is not
the old list goes and the new one stands. Only lists of things that the file names are touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from smartswitch.charging.queries import Connection
from smartswitch.cli.loading.rows import Row, route_row
from smartswitch.cli.party.values import PackRow, PartyFile, PeerRow, TerminatorRow
from smartswitch.cli.queries import loading_query


@dataclass(frozen=True, slots=True)
class ListCount:
    """How many things had a list that changed, and how many had one that did not."""

    changed: int
    unchanged: int


class _Numbered(Protocol):
    """A thing with an id of the file."""

    @property
    def id(self) -> str: ...


async def replace_lists(
    connection: Connection, name: str, parents: Iterable[str], wanted: Iterable[Row], *more: object
) -> ListCount:
    """Make the lists of ``parents`` what is wanted; ``more`` goes to the queries that read and delete."""
    lists: dict[str, list[Row]] = {parent: [] for parent in parents}
    for row in wanted:
        lists[str(row["parent"])].append(row)
    stored: dict[str, list[Row]] = {parent: [] for parent in lists}
    for record in await connection.fetch(loading_query(f"read_{name}"), list(lists), *more):
        stored[record["parent"]].append(dict(record))
    changed = [parent for parent in lists if not _is_equal(stored[parent], lists[parent])]
    if changed:
        await connection.execute(loading_query(f"delete_{name}"), changed, *more)
        rows = [row for parent in changed for row in _numbered(lists[parent])]
        await connection.execute(loading_query(f"insert_{name}"), orjson.dumps(rows).decode())
    return ListCount(len(changed), len(lists) - len(changed))


def _is_equal(stored: Sequence[Mapping[str, object]], wanted: Sequence[Mapping[str, object]]) -> bool:
    return len(stored) == len(wanted) and all(dict(one) == dict(two) for one, two in zip(stored, wanted, strict=True))


def _numbered(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "place": place, **_ranges(row)} for place, row in enumerate(rows, start=1)]


def _ranges(row: Row) -> Row:
    """The week of a route as PostgreSQL reads ranges; an empty week is always, and is absent."""
    stretches = row.get("week_minutes")
    if not isinstance(stretches, list):
        return {}
    return {"week_minutes": [f"[{each.replace('-', ',')})" for each in stretches] or None}


def band_rows(packs: tuple[PackRow, ...]) -> list[Row]:
    """The time bands of packs."""
    return [
        {
            "parent": pack.id,
            "name": band.name,
            "weekdays": list(band.weekdays),
            "start_minute": band.start_minute,
            "end_minute": band.end_minute,
            "is_holiday": band.is_holiday,
        }
        for pack in packs
        for band in pack.bands
    ]


def holiday_rows(packs: tuple[PackRow, ...]) -> list[Row]:
    """The holidays of packs, each once."""
    return [{"parent": pack.id, "day": day.isoformat()} for pack in packs for day in sorted(set(pack.holidays))]


def address_rows(peers: Iterable[PeerRow | TerminatorRow]) -> list[Row]:
    """The networks of peers."""
    return [
        {
            "parent": peer.id,
            "network": each.network,
            "action": each.action,
            "port": each.port,
            "transport": each.transport,
        }
        for peer in peers
        for each in peer.addresses
    ]


def translation_rows(peers: Iterable[PeerRow | TerminatorRow]) -> list[Row]:
    """The number translations of peers."""
    return [
        {
            "parent": peer.id,
            "direction": each.direction,
            "field": each.field,
            "pattern": each.pattern,
            "replacement": each.replacement,
        }
        for peer in peers
        for each in peer.translations
    ]


def number_rows(peers: tuple[PeerRow, ...]) -> list[Row]:
    """The numbers of peers, in order."""
    return [{"parent": peer.id, "number": number} for peer in peers for number in sorted(peer.numbers)]


async def load_lists(connection: Connection, file: PartyFile) -> dict[str, ListCount]:
    """Bring every list of the file up to date; the things they belong to exist."""
    everybody: tuple[PeerRow | TerminatorRow, ...] = (*file.peers, *file.terminators)
    packs, peers = _ids(file.packs), _ids(file.peers)
    routes = [route_row(each) for each in file.routes]
    return {
        "bands": await replace_lists(connection, "bands", packs, band_rows(file.packs)),
        "holidays": await replace_lists(connection, "holidays", packs, holiday_rows(file.packs)),
        "addresses": await replace_lists(connection, "addresses", _ids(everybody), address_rows(everybody)),
        "translations": await replace_lists(connection, "translations", _ids(everybody), translation_rows(everybody)),
        "numbers": await replace_lists(connection, "numbers", peers, number_rows(file.peers)),
        "routes": await replace_lists(connection, "routes", _ids(file.terminators), routes, _ids(file.route_classes)),
    }


def _ids(things: Iterable[_Numbered]) -> list[str]:
    return [each.id for each in things]
