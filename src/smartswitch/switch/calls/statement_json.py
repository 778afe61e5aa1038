"""Statements to charging as JSON, for the spool: written and read by this version of the node, or the next."""

from typing import Any
from uuid import UUID

from smartswitch.charging.chain_json import decode_chain, decode_cost, encode_chain, encode_cost
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Attempt,
    CallFacts,
    Command,
    Direction,
    EndedBy,
    RecordRefusal,
    Release,
    Settle,
)

Document = dict[str, Any]
"""Any: a JSON object of mixed values, checked by the constructors of the commands."""

Statement = Answer | Settle | Release | RecordRefusal


class NotAStatementError(Exception):
    """A command that is no statement, or a document that is none."""


def statement_document(command: Command) -> Document:
    """The JSON document of a statement."""
    name = type(command).__name__
    document: Document = {
        "statement": name,
        "call_id": str(command.call_id),
        "leg": command.leg,
        "seq": command.seq,
        "at_ms": command.at_ms,
    }
    match command:
        case Answer():
            document["cost"] = None if command.cost is None else encode_cost(command.cost)
        case Settle():
            document["cost"] = None if command.cost is None else encode_cost(command.cost)
            document["duration_ms"] = command.duration_ms
            document["ended_by"] = command.ended_by.value
            document["attempts"] = _attempts_document(command.attempts)
        case Release():
            document["sip_status"] = command.sip_status
            document["attempts"] = _attempts_document(command.attempts)
        case RecordRefusal():
            facts = command.facts
            document["chain"] = encode_chain(command.chain)
            document["facts"] = {
                "direction": facts.direction.value,
                "caller": facts.caller,
                "called": facts.called,
                "sip_call_id": facts.sip_call_id,
                "source": facts.source,
                "caller_name": facts.caller_name,
                "user_agent": facts.user_agent,
            }
            document["refusal"] = [command.refusal.reason.value, command.refusal.refused_by]
            document["attempts"] = _attempts_document(command.attempts)
        case _:
            raise NotAStatementError(f"{name} is a question, and questions are not kept")
    return document


def read_statement(document: Document) -> Statement:
    """The statement that a document says; raises NotAStatementError."""
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise NotAStatementError(f"not a statement: {error!r}") from error


def _read(document: Document) -> Statement:
    common: Document = {
        "call_id": UUID(document["call_id"]),
        "leg": document["leg"],
        "seq": document["seq"],
        "at_ms": document["at_ms"],
    }
    cost_text = document.get("cost")
    cost = None if cost_text is None else decode_cost(cost_text)
    attempts = tuple(Attempt(*one) for one in document.get("attempts", ()))
    match document["statement"]:
        case "Answer":
            return Answer(**common, cost=cost)
        case "Settle":
            return Settle(
                **common,
                duration_ms=document["duration_ms"],
                ended_by=EndedBy(document["ended_by"]),
                cost=cost,
                attempts=attempts,
            )
        case "Release":
            return Release(**common, sip_status=document["sip_status"], attempts=attempts)
        case "RecordRefusal":
            reason, refused_by = document["refusal"]
            facts = dict(document["facts"])
            return RecordRefusal(
                **common,
                chain=decode_chain(document["chain"]),
                facts=CallFacts(direction=Direction(facts.pop("direction")), **facts),
                refusal=Refusal(Reason(reason), refused_by),
                attempts=attempts,
            )
        case name:
            raise NotAStatementError(f"{name!r} is no statement")


def _attempts_document(attempts: tuple[Attempt, ...]) -> list[list[object]]:
    return [[one.terminator, one.sip_status, one.duration_ms] for one in attempts]
