"""What a node asks of the charging plane, and what it is told: frozen commands and answers.

Every command names its leg ``(call_id, leg)`` and carries a ``seq`` that rises by one with each *new* command of that
leg (authorize is 0). A repeat of a command, with the same seq and the same content, gets the first answer again and
moves nothing; the same seq with other content, and a seq that is older and unknown, is refused by name. Times are UTC
milliseconds since 1970 (``_ms``), durations whole seconds (``_s``), amounts 10^-6.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from smartswitch.core.chain import Chain, Cost
from smartswitch.core.refusal import Refusal


class Direction(Enum):
    """What kind of leg is charged."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the CDR says of a leg besides money. Numbers are canonical digits; ``sip_call_id`` is the Call-ID header."""

    direction: Direction
    caller: str
    called: str
    sip_call_id: str = ""
    source: str = ""
    caller_name: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one route: the terminator's or user's key, the final SIP status (0: none came), its length in ms."""

    terminator: str
    sip_status: int
    duration_ms: int


class EndedBy(Enum):
    """Who or what ended a leg that was answered."""

    CALLER = "caller"
    CALLED = "called"
    CREDIT = "credit"
    BLOCK = "block"
    OPERATOR = "operator"
    MEDIA_TIMEOUT = "media_timeout"
    EXPIRY = "expiry"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Authorize:
    """Before the INVITE leaves: hold the first slice at every level, or refuse. Counts the call at every meter."""

    call_id: UUID
    leg: int
    at_ms: int
    chain: Chain
    facts: CallFacts
    slice_s: int
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The leg was answered at ``at_ms``. Holds are made true to that moment; the grant may become shorter.

    ``cost`` is what the owner pays the terminator that answered; it is kept with the leg, so that whoever settles it knows.
    """

    call_id: UUID
    leg: int
    seq: int
    at_ms: int
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """The leg goes on: hold one more slice. ``at_ms`` is the moment to which the node has seen it alive."""

    call_id: UUID
    leg: int
    seq: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Settle:
    """The leg ended: charge every level for ``duration_ms`` (rounded up to whole seconds, never beyond the grant)."""

    call_id: UUID
    leg: int
    seq: int
    at_ms: int
    duration_ms: int
    ended_by: EndedBy
    cost: Cost | None = None
    """Needed only if the report of the answer may have been lost: what Answer said wins."""
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """The leg never answered: give back everything that is held and write a CDR that cost nothing."""

    call_id: UUID
    leg: int
    seq: int
    at_ms: int
    sip_status: int
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordRefusal:
    """The node itself refused the call (no route, no price, blocked): write its CDR. Moves no money."""

    call_id: UUID
    leg: int
    at_ms: int
    chain: Chain
    """Who called; its levels may be empty, they are not looked at."""
    facts: CallFacts
    refusal: Refusal
    attempts: tuple[Attempt, ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Expire:
    """Close a leg whose node fell silent, if it still is: charge to the last confirmed second, or release; mark the CDR."""

    call_id: UUID
    leg: int
    at_ms: int
    seq: int = -1


Command = Authorize | Answer | Extend | Settle | Release | RecordRefusal | Expire


@dataclass(frozen=True, slots=True)
class Granted:
    """Talk for ``granted_s`` seconds from the answer in all. ``limited_by`` is the level's payer key, if one was short."""

    granted_s: int
    slice_s: int
    limited_by: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing moved. For Extend: what was granted before still stands."""

    refusal: Refusal


class Charged(NamedTuple):
    """What one level paid; amounts in the currency of the payer's balance, ``pack_amount`` in that of the pack."""

    payer: str
    seller: str
    code: str
    billed_s: int
    amount: int
    tax: int
    currency: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The leg is closed and charged. ``billed_ms`` is the talk time that was charged."""

    billed_ms: int
    charges: tuple[Charged, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """The leg is closed at no charge."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The command contradicts what is stored: ``different_repeat``, ``stale``, ``unknown_leg``, ``already_closed``."""

    name: str


Reply = Granted | Refused | Settled | Released | Conflict


@dataclass(frozen=True, slots=True)
class Payment:
    """Money into (or, negative, out of) a balance of a party; refused if it would touch held money or the limit.

    ``payment_id`` makes the repeat harmless. ``kind`` is payment, adjustment or transfer; ``actor`` is who did it.
    """

    payment_id: UUID
    balance_id: int
    amount: int
    at_ms: int
    kind: str
    actor: str
    note: str = field(default="")
