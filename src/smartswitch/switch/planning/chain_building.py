"""From a peer and a number to the chain of a leg: who pays whom, at which tariff (DESIGN §6; core/chain.py).

Outbound: the peer (or its company, where that pays) pays its dealer at the peer's pack, that dealer pays the one above
at his own pack, and so on up to the top dealer, who pays the owner. *Every* level must have a price: a call is never
free because one is missing (REQUIREMENTS C4). Inbound, for a number of ours: the same ladder over the inbound packs,
where a level without an inbound pack is not charged, and a pack that lacks the code refuses. Internal: no levels.

Every chain counts its call at the peer, its company and each dealer below the owner, whether they have a call limit now or
not, so that the count is right on the day when a limit is set. A call of two legs counts a party once.

The same peer and tariffs give the *same object* again (bounded memory, void when the directory changes): the charging engine
then encodes the chain once.
"""

from dataclasses import dataclass
from itertools import pairwise

from smartswitch.core.chain import RATE_UNIT, Chain, Cost, Level, Meter
from smartswitch.core.pack import Tariff
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import CounterKind, DealerRecord, PeerRecord, TerminatorRecord

CHAINS_REMEMBERED = 20_000
LEVELS_REMEMBERED = 40_000
"""A level of a dealer is shared by the chains of all peers below him."""


@dataclass(frozen=True, slots=True)
class Payer:
    """One rung of the ladder before its price is known; ``dealer_id`` is whose subtree the charge belongs to."""

    key: str
    balance_id: int
    currency: str
    dealer_id: int
    pack_id: int | None
    inbound_pack_id: int | None
    seller: DealerRecord


class ChainBuilder:
    """Builds chains from one directory; not for use by two threads."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._chains: dict[tuple[object, ...], Chain] = {}
        self._levels: dict[tuple[int, int, int], Level] = {}
        self._epoch = directory.epoch

    def outbound(self, peer: PeerRecord, number: str, at_ms: int) -> Chain | Refusal:
        """The chain of a call by a peer to canonical digits; Refusal NO_PRICE or NO_RATE of the level that lacks it."""
        levels = []
        for payer in self.ladder(peer):
            tariff = self._tariff(payer.pack_id, number, at_ms)
            if tariff is None:
                return Refusal(Reason.NO_PRICE, payer.key)
            levels.append((payer, tariff))
        return self._chain(peer, levels, at_ms, uncounted=None)

    def inbound(
        self, peer: PeerRecord, number: str, at_ms: int, *, caller: PeerRecord | None = None
    ) -> Chain | Refusal:
        """The chain of a call to a number of a peer; its levels may be empty: nothing is charged inbound.

        ``caller`` is who pays the other leg of the same call: parties that it counts already are not counted again.
        """
        levels = []
        for payer in self.ladder(peer):
            if payer.inbound_pack_id is None:
                continue
            tariff = self._tariff(payer.inbound_pack_id, number, at_ms)
            if tariff is None:
                return Refusal(Reason.NO_PRICE, payer.key)
            levels.append((payer, tariff))
        return self._chain(peer, levels, at_ms, uncounted=caller)

    def bare(self, peer: PeerRecord) -> Chain:
        """Who a peer is, without levels and meters: for internal calls and for refusals."""
        dealer = self._directory.dealer(peer.dealer_id)
        return Chain(dealer.tenant_id, dealer.dealer_id, dealer.path, peer.peer_id, ())

    def cost(self, terminator: TerminatorRecord, number: str, at_ms: int) -> Cost | Refusal:
        """What the owner pays a terminator for a call to canonical digits, in the currency of its pack."""
        owner = self._owner()
        tariff = self._tariff(terminator.pack_id, number, at_ms)
        if tariff is None:
            return Refusal(Reason.NO_PRICE, owner.key)
        currency = tariff.terms.currency
        cost_id = self._directory.counter(CounterKind.COST, owner.key, currency)
        payable_id = self._directory.counter(CounterKind.PAYABLE, terminator.key, currency)
        if cost_id is None or payable_id is None:
            return Refusal(Reason.UNAVAILABLE, owner.key)
        return Cost(
            payer=owner.key,
            seller=terminator.key,
            dealer_id=owner.dealer_id,
            terminator_id=terminator.peer_id,
            cost_balance_id=cost_id,
            payable_balance_id=payable_id,
            currency=currency,
            tariff=tariff,
        )

    def _owner(self) -> DealerRecord:
        return next(dealer for dealer in self._directory.tables.dealers.values() if dealer.parent_id is None)

    def ladder(self, peer: PeerRecord) -> list[Payer]:
        """Who pays, from the peer up to the top dealer, and to whom."""
        dealers = list(self._directory.upwards(peer.dealer_id))
        company = self._directory.company_of(peer)
        pack_id, inbound_pack_id = peer.pack_id, peer.inbound_pack_id
        key, balance_id, currency = peer.key, peer.balance_id, peer.currency
        if company is not None:
            pack_id = pack_id if pack_id is not None else company.pack_id
            inbound_pack_id = inbound_pack_id if inbound_pack_id is not None else company.inbound_pack_id
            if peer.is_paid_by_company:
                key, balance_id, currency = company.key, company.balance_id, company.currency
        ladder = [Payer(key, balance_id, currency, peer.dealer_id, pack_id, inbound_pack_id, dealers[0])]
        for dealer, seller in pairwise(dealers):
            ladder.append(
                Payer(
                    dealer.key,
                    dealer.balance_id,
                    dealer.currency,
                    dealer.dealer_id,
                    dealer.pack_id,
                    dealer.inbound_pack_id,
                    seller,
                )
            )
        return ladder

    def _tariff(self, pack_id: int | None, number: str, at_ms: int) -> Tariff | None:
        pack = self._directory.pack(pack_id)
        return None if pack is None else pack.find(number, at_ms)

    def _chain(
        self, peer: PeerRecord, levels: list[tuple[Payer, Tariff]], at_ms: int, *, uncounted: PeerRecord | None
    ) -> Chain | Refusal:
        if self._epoch != self._directory.epoch:
            self._chains.clear()
            self._levels.clear()
            self._epoch = self._directory.epoch
        rates: list[int] = []
        for payer, tariff in levels:
            rate = self._directory.exchange_rate(tariff.terms.currency, payer.currency, at_ms)
            if rate is None:
                return Refusal(Reason.NO_RATE, payer.key)
            rates.append(rate)
        # A tariff is one object for one price as long as its pack lives, and the remembered chain keeps it alive.
        name = (peer.peer_id, uncounted and uncounted.peer_id, *(id(tariff) for _, tariff in levels), *rates)
        known = self._chains.get(name)
        if known is not None:
            return known
        made: list[Level] = []
        for (payer, tariff), rate in zip(levels, rates, strict=True):
            place = (payer.balance_id, id(tariff), rate)
            level = self._levels.get(place) or self._level(payer, tariff, rate)
            if level is None:
                return Refusal(Reason.UNAVAILABLE, payer.key)
            if len(self._levels) >= LEVELS_REMEMBERED:
                self._levels.clear()
            self._levels[place] = level
            made.append(level)
        return self._remember(name, self._whole_chain(peer, tuple(made), uncounted))

    def _level(self, payer: Payer, tariff: Tariff, rate: int = RATE_UNIT) -> Level | None:
        sales_id = self._directory.counter(CounterKind.SALES, payer.seller.key, payer.currency)
        tax_id = self._directory.counter(CounterKind.TAX, payer.seller.key, payer.currency)
        if sales_id is None or tax_id is None:
            return None
        return Level(
            payer=payer.key,
            seller=payer.seller.key,
            dealer_id=payer.dealer_id,
            seller_dealer_id=payer.seller.dealer_id,
            balance_id=payer.balance_id,
            sales_balance_id=sales_id,
            tax_balance_id=tax_id,
            currency=payer.currency,
            tariff=tariff,
            exchange_rate=rate,
        )

    def _whole_chain(self, peer: PeerRecord, levels: tuple[Level, ...], uncounted: PeerRecord | None) -> Chain:
        dealer = self._directory.dealer(peer.dealer_id)
        counted = self._meters(uncounted) if uncounted is not None else ()
        meters = tuple(meter for meter in self._meters(peer) if meter not in counted)
        return Chain(dealer.tenant_id, dealer.dealer_id, dealer.path, peer.peer_id, levels, meters)

    def _meters(self, peer: PeerRecord) -> tuple[Meter, ...]:
        company = self._directory.company_of(peer)
        dealers = (dealer for dealer in self._directory.upwards(peer.dealer_id) if dealer.parent_id is not None)
        return (
            Meter(peer.key, peer.balance_id),
            *((Meter(company.key, company.balance_id),) if company is not None else ()),
            *(Meter(dealer.key, dealer.balance_id) for dealer in dealers),
        )

    def _remember(self, name: tuple[object, ...], chain: Chain) -> Chain:
        if len(self._chains) >= CHAINS_REMEMBERED:
            self._chains.pop(next(iter(self._chains)))
        self._chains[name] = chain
        return chain
