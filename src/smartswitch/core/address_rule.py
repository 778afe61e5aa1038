"""Addresses: which peer is this source, and may this peer come from there.

A peer's list is made of allow and deny rules in order; rules without a peer belong to every peer's list. The *last* rule
that matches decides, as in a firewall's "default first, exceptions later" style. A source is a peer's when one of
the peer's own allow rules matches and the last match of its list is allow.

Thousands of peers are searched through an index of networks by prefix length: one dictionary look-up for each prefix
length in use (at most 33 for IPv4), not one comparison for each rule.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Action(Enum):
    """What a rule does with a source that it matches."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class AddressRule:
    """One line of a list. ``peer_id`` None: the rule is in every peer's list. ``port``, ``transport`` None: any.

    Lines with a lower ``position`` come first; a peer's own line comes after a common one of the same position.
    """

    position: int
    action: Action
    network: Network
    peer_id: int | None = None
    port: int | None = None
    transport: str | None = None

    @property
    def specificity(self) -> tuple[int, bool, bool]:
        """Greater is more specific: the longer network first, then a port, then a transport."""
        return self.network.prefixlen, self.port is not None, self.transport is not None

    def matches(self, address: Address, *, port: int, transport: str) -> bool:
        """True if a message from this address, port and transport (udp, tcp, tls) falls under the rule."""
        return (
            (self.port is None or self.port == port)
            and (self.transport is None or self.transport == transport)
            and address in self.network
        )


def parse_address(text: str) -> Address | None:
    """Read an address as SIP writes it, ``[::1]`` too; None if it is none.

    An IPv4 address inside an IPv6 one (``::ffff:192.0.2.1``) becomes plain IPv4, so that one rule serves both sockets.
    """
    try:
        address = ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


class AddressIndex:
    """All rules of a switch, arranged for look-up by source. Immutable once built."""

    def __init__(self, rules: Iterable[AddressRule]) -> None:
        buckets: dict[tuple[int, int], dict[int, list[AddressRule]]] = defaultdict(dict)
        self._peers_with_allow: set[int] = set()
        for rule in rules:
            key = (rule.network.version, rule.network.prefixlen)
            buckets[key].setdefault(_bits(rule.network.network_address, rule.network.prefixlen), []).append(rule)
            if rule.action is Action.ALLOW and rule.peer_id is not None:
                self._peers_with_allow.add(rule.peer_id)
        self._buckets = sorted(buckets.items(), key=lambda item: item[0])

    def peers_at(self, address: Address, *, port: int, transport: str) -> tuple[int, ...]:
        """The peers whose source this is, by the most specific of their own rules; several only if equally specific."""
        matching = self._matching(address, port=port, transport=transport)
        best: dict[int, tuple[int, bool, bool]] = {}
        for rule in matching:
            if rule.peer_id is not None and rule.action is Action.ALLOW:
                best[rule.peer_id] = max(best.get(rule.peer_id, rule.specificity), rule.specificity)
        admitted = {peer: rank for peer, rank in best.items() if _last_action(matching, peer) is Action.ALLOW}
        highest = max(admitted.values(), default=None)
        return tuple(sorted(peer for peer, rank in admitted.items() if rank == highest))

    def peer_at(self, address: Address, *, port: int, transport: str) -> int | None:
        """The one peer whose source this is; None if there is none, and None if two claim it equally: no guess."""
        peers = self.peers_at(address, port=port, transport=transport)
        return peers[0] if len(peers) == 1 else None

    def is_allowed(self, peer_id: int, address: Address, *, port: int, transport: str) -> bool:
        """May this peer, known otherwise (by digest), come from here?

        The last matching rule of its list decides. Without one: yes, unless the peer has allow rules of its own.
        """
        action = _last_action(self._matching(address, port=port, transport=transport), peer_id)
        return action is Action.ALLOW if action is not None else peer_id not in self._peers_with_allow

    def _matching(self, address: Address, *, port: int, transport: str) -> list[AddressRule]:
        found: list[AddressRule] = []
        for rule in self._near(address):
            if (rule.port is None or rule.port == port) and (rule.transport is None or rule.transport == transport):
                found.append(rule)
        return found

    def _near(self, address: Address) -> Iterator[AddressRule]:
        for (version, length), networks in self._buckets:
            if version == address.version:
                yield from networks.get(_bits(address, length), ())


def _bits(address: Address, length: int) -> int:
    return int(address) >> (address.max_prefixlen - length)


def _last_action(rules: list[AddressRule], peer_id: int) -> Action | None:
    last: AddressRule | None = None
    for rule in rules:
        if rule.peer_id in (None, peer_id) and (last is None or _order(rule) >= _order(last)):
            last = rule
    return last.action if last else None


def _order(rule: AddressRule) -> tuple[int, bool, tuple[int, bool, bool], bool]:
    return rule.position, rule.peer_id is not None, rule.specificity, rule.action is Action.DENY
