"""What the node knows of each party: rows of the database as frozen facts, one class a table.

Ids are those of the rows; ``key`` is what people write. Secrets are left out of ``repr`` so that no log shows them.
Money is not here: balances are read and written by the charging plane only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from smartswitch.core.hunting import TerminatorStatistics
from smartswitch.core.number_pattern import TranslationRule

OWNER_KEY = "owner"
"""The key of the root dealer."""


class PeerKind(Enum):
    """What a peer is on the wire."""

    ORIGINATOR = "originator"
    TERMINATOR = "terminator"
    USER = "user"


class CounterKind(Enum):
    """The balances that stand on the other side of a charge; they have no limit."""

    SALES = "sales"
    TAX = "tax"
    COST = "cost"
    PAYABLE = "payable"


@dataclass(frozen=True, slots=True)
class DealerRecord:
    """A dealer. ``path`` holds the ids from the owner down to himself; ``parent_id`` is None only for the owner."""

    dealer_id: int
    key: str
    parent_id: int | None
    path: tuple[int, ...]
    tenant_id: int
    currency: str
    balance_id: int
    pack_id: int | None = None
    inbound_pack_id: int | None = None
    is_blocked: bool = False
    is_virtual_pbx: bool = False
    profit_control: str = "allow_losses"
    calls_per_second_limit: int | None = None
    route_class_id: int | None = None
    hunting_class_id: int | None = None


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company: it may pay for several peers of its dealer."""

    company_id: int
    key: str
    dealer_id: int
    currency: str
    balance_id: int
    pack_id: int | None = None
    inbound_pack_id: int | None = None
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class PeerRecord:
    """A peer. ``balance_id`` is its own row, which also counts its live calls when its company pays.

    ``ha1_md5`` and ``ha1_sha256`` are the digest secrets (RFC 7616) of ``auth_username`` in ``digest_realm``.
    """

    peer_id: int
    key: str
    kind: PeerKind
    dealer_id: int
    currency: str
    balance_id: int
    company_id: int | None = None
    is_paid_by_company: bool = False
    pack_id: int | None = None
    inbound_pack_id: int | None = None
    is_blocked: bool = False
    calls_per_second_limit: int | None = None
    route_class_id: int | None = None
    extension: str | None = None
    auth_username: str | None = None
    ha1_md5: str | None = field(default=None, repr=False)
    ha1_sha256: str | None = field(default=None, repr=False)
    digest_realm: str = ""
    caller_number: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class TerminatorRecord:
    """Where a terminator takes calls, and what the owner pays it. ``call_limit`` is counted by each node for itself."""

    peer_id: int
    key: str
    host: str
    port: int
    transport: str = "udp"
    pack_id: int | None = None
    priority: int = 10
    auth_username: str | None = None
    auth_password_encrypted: str | None = field(default=None, repr=False)
    auth_realm: str | None = None
    pdd_timeout_s: int = 15
    is_active: bool = True
    is_blocked: bool = False
    call_limit: int | None = None
    calls_per_second_limit: int | None = None
    answers: bool = True
    """Read by the scenario command only."""


@dataclass(frozen=True, slots=True)
class DidRecord:
    """A number of ours and the peer whose it is."""

    number: str
    peer_id: int


@dataclass(frozen=True, slots=True)
class PeerTranslations:
    """The number translations of one peer, in order, for each direction and field."""

    from_peer_caller: tuple[TranslationRule, ...] = ()
    from_peer_called: tuple[TranslationRule, ...] = ()
    to_peer_caller: tuple[TranslationRule, ...] = ()
    to_peer_called: tuple[TranslationRule, ...] = ()


NO_TRANSLATIONS = PeerTranslations()


@dataclass(frozen=True, slots=True)
class DatedRate:
    """An exchange rate (10^-9) from a moment on (UTC ms)."""

    valid_from_ms: int
    rate: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What terminators, by the ids of their peers, did lately; read at one moment (UTC ms) and good until another."""

    by_terminator: Mapping[int, TerminatorStatistics] = field(default_factory=dict)
    read_at_ms: int = 0
    good_until_ms: int = 0
