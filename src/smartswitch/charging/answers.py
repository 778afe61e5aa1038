"""Answers that are remembered, so that a repeated command moves nothing and is told the same.

Each leg keeps ``[seq, fingerprint, kind, ...]`` for every command it obeyed; they lie in ``open_leg.answers`` while the leg
is open and in ``cdr.answers`` for ever. The fingerprint covers what makes two commands the same request: not the clock of
the node that repeats it.
"""

from zlib import crc32

from smartswitch.charging.batch_state import ClosedLeg, Stored
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    Command,
    Granted,
    RecordRefusal,
    Refused,
    Release,
    Released,
    Reply,
    Settle,
    Settled,
)

RECENT_EXTENSIONS = 4
"""How many answers to Extend a leg remembers; older repeats are refused as stale. It bounds the row of a long call."""


def fingerprint(command: Command) -> int:
    """A checksum of the content of a command: it tells honest mistakes apart, it defends against nobody."""
    match command:
        case Authorize():
            parties = ",".join(f"{level.payer}>{level.balance_id}" for level in command.chain.levels)
            content = f"authorize {command.facts.caller} {command.facts.called} {command.chain.peer_id} {parties}"
        case Answer():
            content = f"answer {command.at_ms}"
        case Settle():
            content = f"settle {command.duration_ms}"
        case Release():
            content = f"release {command.sip_status}"
        case RecordRefusal():
            content = f"refusal {command.refusal.reason.value} {command.refusal.refused_by}"
        case _:
            content = type(command).__name__
    return crc32(content.encode())


def store(command: Command, reply: Reply) -> Stored:
    """The remembered form of a reply."""
    head = [command.seq, fingerprint(command)]
    match reply:
        case Granted():
            return [*head, "g", reply.granted_s, reply.slice_s, reply.limited_by]
        case Refused():
            return [*head, "x", reply.refusal.reason.value, reply.refusal.refused_by]
        case Settled():
            return [*head, "s", reply.billed_ms]
        case Released():
            return [*head, "r"]
        case _:
            raise AssertionError(f"{reply} is not remembered")


def recall(stored: Stored, closed: ClosedLeg | None) -> Reply:
    """The reply that ``store`` remembered; the charges of a settle stand in the ledger already."""
    kind, *rest = stored[2:]
    if kind == "g":
        return Granted(*rest)
    if kind == "x":
        return Refused(Refusal(Reason(rest[0]), rest[1]))
    if kind == "s":
        return Settled(rest[0], closed.charges if closed is not None else ())
    return Released()


def find(answers: list[Stored], seq: int) -> Stored | None:
    """The remembered answer to a seq, if it is there."""
    for stored in answers:
        if stored[0] == seq:
            return stored
    return None


def without_old_extensions(answers: list[Stored]) -> list[Stored]:
    """The first answer (authorize), and the last RECENT_EXTENSIONS of the rest."""
    return answers if len(answers) <= RECENT_EXTENSIONS + 1 else [answers[0], *answers[-RECENT_EXTENSIONS:]]
