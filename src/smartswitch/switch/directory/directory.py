"""The directory itself: every look-up of a call is a dictionary here, and never a query.

The tables are replaced whole, one at a time, by ``directory/watch.py``; between two awaits a reader sees one state.
``epoch`` rises with every change, so that who remembers something made from the directory knows when to forget it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from smartswitch.core.address_rule import AddressIndex
from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.hunting import HuntingClass, TerminatorStatistics
from smartswitch.core.pack_index import PackIndex
from smartswitch.core.route import RouteClass
from smartswitch.switch.directory.records import (
    NO_TRANSLATIONS,
    CompanyRecord,
    CounterKind,
    DatedRate,
    DealerRecord,
    DidRecord,
    PeerRecord,
    PeerTranslations,
    Statistics,
    TerminatorRecord,
)

CounterKey = tuple[CounterKind, str, str]
"""Kind, key of the party, currency."""


@dataclass(slots=True)
class Tables:
    """Everything the directory is made of, keyed by id. Absent keys mean: there is no such row."""

    dealers: Mapping[int, DealerRecord] = field(default_factory=dict)
    companies: Mapping[int, CompanyRecord] = field(default_factory=dict)
    peers: Mapping[int, PeerRecord] = field(default_factory=dict)
    terminators: Mapping[int, TerminatorRecord] = field(default_factory=dict)
    dids: Mapping[str, DidRecord] = field(default_factory=dict)
    addresses: AddressIndex = field(default_factory=lambda: AddressIndex(()))
    translations: Mapping[int, PeerTranslations] = field(default_factory=dict)
    packs: dict[int, PackIndex] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], tuple[DatedRate, ...]] = field(default_factory=dict)
    route_classes: Mapping[int, RouteClass] = field(default_factory=dict)
    hunting_classes: Mapping[int, HuntingClass] = field(default_factory=dict)
    counters: Mapping[CounterKey, int] = field(default_factory=dict)


class Directory:
    """Look-ups by what a call brings: an address, a user name, a number, an extension, an id."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = Tables()
        self.epoch = 0
        self.statistics = Statistics()
        """Replaced now and then (statistics.py); does not raise the epoch."""
        self._peer_by_key: dict[str, PeerRecord] = {}
        self._peer_by_username: dict[str, PeerRecord] = {}
        self._peer_by_extension: dict[tuple[int, str], PeerRecord] = {}
        self.put(tables or Tables())

    def put(self, tables: Tables) -> None:
        """Take a new state; whatever was remembered of the old one is void."""
        if tables.peers is not self.tables.peers:
            peers = tables.peers.values()
            self._peer_by_key = {peer.key: peer for peer in peers}
            self._peer_by_username = {peer.auth_username: peer for peer in peers if peer.auth_username}
            self._peer_by_extension = {(peer.dealer_id, peer.extension): peer for peer in peers if peer.extension}
        self.tables = tables
        self.epoch += 1

    def dealer(self, dealer_id: int) -> DealerRecord:
        """A dealer that a record names; KeyError is a bug, for the database has the foreign key."""
        return self.tables.dealers[dealer_id]

    def peer(self, peer_id: int) -> PeerRecord | None:
        """A peer by its id."""
        return self.tables.peers.get(peer_id)

    def peer_by_key(self, key: str) -> PeerRecord | None:
        """A peer by the key that people write."""
        return self._peer_by_key.get(key)

    def peer_by_username(self, username: str) -> PeerRecord | None:
        """A peer by its digest user name."""
        return self._peer_by_username.get(username)

    def peer_by_extension(self, dealer_id: int, extension: str) -> PeerRecord | None:
        """An extension of one dealer."""
        return self._peer_by_extension.get((dealer_id, extension))

    def did(self, number: str) -> DidRecord | None:
        """The number of ours with these canonical digits."""
        return self.tables.dids.get(number)

    def company_of(self, peer: PeerRecord) -> CompanyRecord | None:
        """The company that owns a peer."""
        return None if peer.company_id is None else self.tables.companies.get(peer.company_id)

    def translations_of(self, peer_id: int) -> PeerTranslations:
        """The number translations of a peer."""
        return self.tables.translations.get(peer_id, NO_TRANSLATIONS)

    def pack(self, pack_id: int | None) -> PackIndex | None:
        """A billing pack; None if there is none, or none is assigned."""
        return None if pack_id is None else self.tables.packs.get(pack_id)

    def upwards(self, dealer_id: int) -> Iterator[DealerRecord]:
        """A dealer, then the one above him, up to and with the owner."""
        for ancestor_id in reversed(self.tables.dealers[dealer_id].path):
            yield self.tables.dealers[ancestor_id]

    def blocked_party_of(self, peer: PeerRecord) -> str | None:
        """The key of the blocked party nearest to a peer: itself, its company, its dealer, and so on upwards; or None.

        The nearest one, because it is the one that the least has to be unblocked below: whoever looks after the peer
        sees the block that concerns the fewest others first.
        """
        if peer.is_blocked:
            return peer.key
        company = self.company_of(peer)
        if company is not None and company.is_blocked:
            return company.key
        return next((dealer.key for dealer in self.upwards(peer.dealer_id) if dealer.is_blocked), None)

    def exchange_rate(self, from_currency: str, to_currency: str, at_ms: int) -> int | None:
        """The rate (10^-9) in force at a moment; RATE_UNIT within one currency, None where none is known.

        A pair that is written the other way round is not inverted: a rate is said, not guessed.
        """
        if from_currency == to_currency:
            return RATE_UNIT
        dated = self.tables.rates.get((from_currency, to_currency), ())
        place = bisect_right(dated, at_ms, key=lambda one: one.valid_from_ms)
        return dated[place - 1].rate if place else None

    def counter(self, kind: CounterKind, party: str, currency: str) -> int | None:
        """The id of a balance without a limit, such as a dealer's sales in a currency."""
        return self.tables.counters.get((kind, party, currency))

    def route_class_of(self, peer: PeerRecord | None, dealer_id: int) -> int | None:
        """The route class in force for a peer: its own, or that of the nearest dealer above who has one."""
        if peer is not None and peer.route_class_id is not None:
            return peer.route_class_id
        return next((d.route_class_id for d in self.upwards(dealer_id) if d.route_class_id is not None), None)

    def hunting_class_of(self, dealer_id: int) -> HuntingClass | None:
        """The hunting class of the nearest dealer who has one."""
        class_id = next((d.hunting_class_id for d in self.upwards(dealer_id) if d.hunting_class_id is not None), None)
        return None if class_id is None else self.tables.hunting_classes.get(class_id)

    def statistics_of(self, terminator_id: int, at_ms: int) -> TerminatorStatistics | None:
        """What a terminator did lately; None if that is not known, or was read too long ago."""
        known = self.statistics
        return known.by_terminator.get(terminator_id) if at_ms <= known.good_until_ms else None
