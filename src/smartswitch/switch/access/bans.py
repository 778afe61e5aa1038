"""Bans: who tried wrong credentials too often is not listened to for a while (FAULTS S1).

Failures are counted for the source address, for its network (/24, or /56 of IPv6, where one attacker has many addresses) and
for the user name (where many sources try one user). A count that reaches its limit within BAN_WINDOW_MS bans that key for
BAN_MS. An attacker must not be able to lock a user out: a source from which a user was let in before is bound by the
bans of its own address only.

Tables are bounded: when one is full its oldest entries are forgotten, which costs an attacker's ban, never memory.
Rejected: counting in the database (a stranger could write to it) or in Kamailio (it does not know right from wrong).
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

BAN_WINDOW_MS = 600_000
BAN_MS = 600_000
MOST_FAILURES_OF_SOURCE = 10
MOST_FAILURES_OF_NETWORK = 50
MOST_FAILURES_OF_USER = 50
KEYS_REMEMBERED = 100_000
TRUSTED_REMEMBERED = 200_000
NETWORK_BITS = {4: 24, 6: 56}


@dataclass(slots=True)
class _Failures:
    since_ms: int
    count: int = 0
    banned_until_ms: int = 0


class _Counter:
    """Counts failures by key and bans at a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._failures: OrderedDict[Hashable, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def note(self, key: Hashable, now_ms: int) -> bool:
        """Count one failure; True if it is the one that bans."""
        found = self._failures.get(key)
        if found is None or now_ms - found.since_ms >= BAN_WINDOW_MS:
            found = self._failures[key] = _Failures(now_ms)
        found.count += 1
        self._failures.move_to_end(key)
        if len(self._failures) > KEYS_REMEMBERED:
            self._failures.popitem(last=False)
        if found.count == self._limit:
            found.banned_until_ms = now_ms + BAN_MS
            return True
        return False

    def is_banned(self, key: Hashable, now_ms: int) -> bool:
        found = self._failures.get(key)
        return found is not None and now_ms < found.banned_until_ms


class Bans:
    """The bans of one node. Times are monotonic milliseconds."""

    def __init__(self) -> None:
        self._sources = _Counter(MOST_FAILURES_OF_SOURCE)
        self._networks = _Counter(MOST_FAILURES_OF_NETWORK)
        self._users = _Counter(MOST_FAILURES_OF_USER)
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_banned(self, *, source: str, username: str | None, now_ms: int) -> bool:
        """True if this source, or somebody like it, is not listened to; ``username`` None: none was given."""
        if self._sources.is_banned(source, now_ms):
            return True
        if username is not None and (username, source) in self._trusted:
            return False
        if self._networks.is_banned(network_of(source), now_ms):
            return True
        return username is not None and self._users.is_banned(username, now_ms)

    def note_failure(self, *, source: str, username: str, now_ms: int) -> tuple[str, ...]:
        """Count wrong credentials; gives what is banned from now on, in words of the log."""
        banned = []
        for counter, key in (
            (self._sources, source),
            (self._networks, network_of(source)),
            (self._users, username),
        ):
            if counter.note(key, now_ms):
                banned.append(key)
        return tuple(banned)

    def note_success(self, *, source: str, username: str) -> None:
        """Remember that this user was let in from here."""
        self._trusted[username, source] = None
        self._trusted.move_to_end((username, source))
        if len(self._trusted) > TRUSTED_REMEMBERED:
            self._trusted.popitem(last=False)


def network_of(source: str) -> str:
    """The network of an address that is banned together with it; what is no address is its own network."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    return str(ip_network(f"{address}/{NETWORK_BITS[address.version]}", strict=False))
