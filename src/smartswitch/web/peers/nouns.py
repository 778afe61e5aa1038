"""The kinds of things of this application; each is told in the folder of its name."""

from smartswitch.web.peers.addresses.nouns import ADDRESS_RULES, ADDRESSES, TERMINATOR_ADDRESSES
from smartswitch.web.peers.numbers.nouns import NUMBERS
from smartswitch.web.peers.parties.nouns import PEERS
from smartswitch.web.peers.patterns.nouns import PATTERNS, TERMINATOR_PATTERNS
from smartswitch.web.peers.terminators.nouns import TERMINATORS

__all__ = [
    "ADDRESSES",
    "ADDRESS_RULES",
    "NUMBERS",
    "PATTERNS",
    "PEERS",
    "TERMINATORS",
    "TERMINATOR_ADDRESSES",
    "TERMINATOR_PATTERNS",
]
