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
        common: list[AddressRule] = []
        allowing: list[AddressRule] = []
        self._rules_of: dict[int, list[AddressRule]] = defaultdict(list)
        for rule in rules:
            if rule.peer_id is None:
                common.append(rule)
            else:
                self._rules_of[rule.peer_id].append(rule)
                if rule.action is Action.ALLOW:
                    allowing.append(rule)
        self._common = _Networks(common)
        self._allowing = _Networks(allowing)

    def peers_at(self, address: Address, *, port: int, transport: str) -> tuple[int, ...]:
        """The peers whose source this is, by the most specific of their own rules; several only if equally specific."""
        best: tuple[int, bool, bool] | None = None
        peers: set[int] = set()
        for rule, peer_id in self._claims(address, port=port, transport=transport):
            if best is not None and rule.specificity != best:
                break
            best = rule.specificity
            peers.add(peer_id)
        return tuple(sorted(peers))

    def peer_at(self, address: Address, *, port: int, transport: str) -> int | None:
        """The one peer whose source this is; None if there is none, and None if two claim it equally: no guess.

        Stops at the second claim, so that thousands of peers that may come from anywhere cost a stranger's packet nothing.
        """
        found: tuple[tuple[int, bool, bool], int] | None = None
        for rule, peer_id in self._claims(address, port=port, transport=transport):
            if found is None:
                found = rule.specificity, peer_id
            elif rule.specificity != found[0]:
                break
            elif peer_id != found[1]:
                return None
        return found[1] if found is not None else None

    def is_allowed(self, peer_id: int, address: Address, *, port: int, transport: str) -> bool:
        """May this peer, known otherwise (by digest), come from here?

        The last matching rule of its list decides. Without one: yes, unless the peer has allow rules of its own.
        """
        common = list(self._common.matching(address, port=port, transport=transport))
        last = self._last_match(peer_id, common, address, port=port, transport=transport)
        if last is not None:
            return last.action is Action.ALLOW
        return all(rule.action is Action.DENY for rule in self._rules_of.get(peer_id, ()))

    def _claims(self, address: Address, *, port: int, transport: str) -> Iterator[tuple[AddressRule, int]]:
        """Own allow rules that match, the most specific first, of peers whose list admits the source."""
        common = list(self._common.matching(address, port=port, transport=transport))
        for rule in self._allowing.matching(address, port=port, transport=transport):
            if rule.peer_id is not None:
                last = self._last_match(rule.peer_id, common, address, port=port, transport=transport)
                if last is not None and last.action is Action.ALLOW:
                    yield rule, rule.peer_id

    def _last_match(
        self, peer_id: int, common: list[AddressRule], address: Address, *, port: int, transport: str
    ) -> AddressRule | None:
        own = (
            rule
            for rule in self._rules_of.get(peer_id, ())
            if rule.matches(address, port=port, transport=transport)
        )  # fmt: skip
        return max((*common, *own), key=_order, default=None)


class _Networks:
    """Rules by version and length of prefix, then by the network's bits."""

    def __init__(self, rules: Iterable[AddressRule]) -> None:
        buckets: dict[tuple[int, int], dict[int, list[AddressRule]]] = defaultdict(dict)
        for rule in sorted(rules, key=lambda rule: rule.specificity, reverse=True):
            key = (rule.network.prefixlen, rule.network.version)
            buckets[key].setdefault(_bits(rule.network.network_address, rule.network.prefixlen), []).append(rule)
        self._buckets = sorted(buckets.items(), key=lambda item: item[0], reverse=True)

    def matching(self, address: Address, *, port: int, transport: str) -> Iterator[AddressRule]:
        """The rules that match, the most specific first."""
        for (length, version), networks in self._buckets:
            if version == address.version:
                for rule in networks.get(_bits(address, length), ()):
                    if rule.port in (None, port) and rule.transport in (None, transport):
                        yield rule


def _bits(address: Address, length: int) -> int:
    return int(address) >> (address.max_prefixlen - length)


def _order(rule: AddressRule) -> tuple[int, bool, tuple[int, bool, bool], bool]:
    """Later in a list is greater; between equals of one position the more specific one is later, and deny after allow."""
    return rule.position, rule.peer_id is not None, rule.specificity, rule.action is Action.DENY
