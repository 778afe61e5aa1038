"""What one batch of commands sees and changes: rows of the database, in memory, between read and write.

A batch has every balance and open leg that its commands name; ``decisions`` changes these objects; ``batch_rows`` makes
ready what is to be written of them.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from smartswitch.core.chain import Chain, Cost, Level
from smartswitch.core.credit import UNLIMITED
from smartswitch.core.rating import RatedCall
from smartswitch.protocol.charging import CallFacts, Charged

LegKey = tuple[UUID, int]

Stored = list[Any]
"""A stored answer: [seq, fingerprint, reply...] as JSON; see ``answers``. Any: a JSON array of mixed values."""


@dataclass(slots=True)
class BalanceRow:
    """One balance. Amounts are 10^-6; ``credit_limit`` None is unlimited, ``call_limit`` None is no limit.

    ``version`` is that of its row in the database: whoever writes the row says so and finds out if it moved.
    """

    id: int
    amount: int
    held: int
    credit_limit: int | None
    call_limit: int | None
    live_calls: int
    version: int
    is_changed: bool = False

    @property
    def available(self) -> int:
        """What may still be held: balance + credit limit - held; UNLIMITED where there is no limit."""
        return UNLIMITED if self.credit_limit is None else self.amount + self.credit_limit - self.held


@dataclass(slots=True)
class LegRow:
    """One open leg. ``held`` is what it holds at each level of its chain, in order. Times are UTC ms.

    ``stored_seq`` is the seq of its row in the database: whoever writes the row says so and finds out if it moved.
    """

    call_id: UUID
    leg: int
    chain: Chain
    facts: CallFacts
    seq: int
    granted_s: int
    slice_s: int
    authorized_at_ms: int
    answered_at_ms: int | None
    confirmed_at_ms: int
    held: list[int]
    cost: Cost | None
    answers: list[Stored]
    is_new: bool = False
    is_changed: bool = False
    is_regranted: bool = False
    stored_seq: int = 0
    text: str = ""
    """The call id as text, written once for all rows of the leg."""

    def call_text(self) -> str:
        """The call id as text."""
        if not self.text:
            self.text = str(self.call_id)
        return self.text


@dataclass(slots=True)
class ClosedLeg:
    """A leg that has its CDR: only its answers matter, for a repeat. ``charges`` are what a settle answered."""

    answers: list[Stored]
    charges: tuple[Charged, ...] = ()


@dataclass(slots=True)
class CdrRow:
    """A CDR to be written: the leg as it was (or the command that was refused), and how it ended."""

    call_id: UUID
    leg: int
    chain: Chain
    facts: CallFacts
    authorized_at_ms: int
    ended_at_ms: int
    result: str
    answers: list[Stored]
    answered_at_ms: int | None = None
    duration_ms: int = 0
    billed_s: int = 0
    sip_status: int = 0
    reason: str | None = None
    refused_by: str | None = None
    ended_by: str | None = None
    terminator: str | None = None
    attempts_json: str = "[]"
    is_marked: bool = False


class ChargeRow:
    """A charge to be written: one row of the ledger (see docs/adr/0010-ledger-rows-are-charges.md).

    ``rated`` is in the currency of the pack, ``amount`` and ``tax`` in that of the payer's balance. A plain class: five are
    made for a call, and only its constructor is compiled as it stands.
    """

    __slots__ = ("amount", "answered_at_ms", "leg", "level", "party", "rated", "tax")

    def __init__(
        self, leg: LegRow, level: int, party: Level | Cost, rated: RatedCall, amount: int, tax: int, answered_at_ms: int
    ) -> None:
        self.leg = leg
        self.level = level
        self.party = party
        self.rated = rated
        self.amount = amount
        self.tax = tax
        self.answered_at_ms = answered_at_ms


@dataclass(slots=True)
class BatchState:
    """All rows of one batch."""

    balances: dict[int, BalanceRow] = field(default_factory=dict)
    legs: dict[LegKey, LegRow] = field(default_factory=dict)
    remembered: set[LegKey] = field(default_factory=set)
    """Legs that were not read: this process knows them from an earlier batch."""
    closed: dict[LegKey, ClosedLeg] = field(default_factory=dict)
    deleted: list[LegRow] = field(default_factory=list)
    cdrs: list[CdrRow] = field(default_factory=list)
    charges: list[ChargeRow] = field(default_factory=list)
