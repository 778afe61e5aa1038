"""Calls and their charges as the command line shows them: one reading for `calls` and `explain`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from smartswitch.charging.queries import Connection
from smartswitch.cli.queries import query
from smartswitch.core.money import format_amount

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRecord:
    """What one level paid for a leg; `terms` and `parts` are as the charge froze them (charging/rows.py)."""

    level: int
    payer: str
    seller: str
    code: str
    billed_s: int
    amount: int
    tax: int
    currency: str
    pack_amount: int
    pack_currency: str
    exchange_rate: int
    answered_at_ms: int
    pack_id: int
    price_id: int
    pack: str
    pack_version: int
    terms: tuple[int, str, str, str, int]
    parts: tuple[tuple[int, str | None, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRecord:
    """The facts of one leg of a call, with its charges in the order of levels."""

    created_at: datetime
    call_id: UUID
    leg: int
    direction: str
    peer: str | None
    dealer: str
    caller: str
    called: str
    result: str
    reason: str | None
    refused_by: str | None
    sip_status: int
    terminator: str | None
    ended_by: str | None
    authorized_at_ms: int
    answered_at_ms: int | None
    duration_ms: int
    billed_s: int
    marked: bool
    charges: tuple[ChargeRecord, ...]


async def read_legs(connection: Connection, name: str, *arguments: object) -> list[LegRecord]:
    """Read legs by a query of ``sql/``, and their charges."""
    records = await connection.fetch(query(name), *arguments)
    if not records:
        return []
    moments = [record["created_at"] for record in records]
    calls = list({record["call_id"] for record in records})
    charges = await _read_charges(connection, calls, min(moments), max(moments))
    names = [each for each in LegRecord.__dataclass_fields__ if each != "charges"]
    return [
        LegRecord(**{each: record[each] for each in names}, charges=tuple(charges[record["call_id"], record["leg"]]))
        for record in records
    ]


async def _read_charges(
    connection: Connection, calls: Sequence[UUID], first: datetime, last: datetime
) -> dict[tuple[UUID, int], list[ChargeRecord]]:
    charges: dict[tuple[UUID, int], list[ChargeRecord]] = defaultdict(list)
    for record in await connection.fetch(query("read_charges"), calls, first, last):
        fields = dict(record)
        key = fields.pop("call_id"), fields.pop("leg")
        explanation = orjson.loads(fields.pop("explanation"))
        charges[key].append(
            ChargeRecord(
                **fields,
                terms=tuple(explanation["terms"]),
                parts=tuple(tuple(part) for part in explanation["parts"]),
            )
        )
    return charges


def moment_of(at_ms: int) -> str:
    """A moment as people and programs read it: ISO 8601 in UTC, to the millisecond."""
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain_charge(charge: ChargeRecord) -> dict[str, object]:
    """A charge in JSON."""
    return {
        "payer": charge.payer,
        "seller": charge.seller,
        "code": charge.code,
        "billed_s": charge.billed_s,
        "amount": format_amount(charge.amount),
        "tax": format_amount(charge.tax),
        "currency": charge.currency,
    }


def plain_leg(leg: LegRecord) -> dict[str, object]:
    """A leg in JSON, without its charges."""
    return {
        "call_id": str(leg.call_id),
        "leg": leg.leg,
        "direction": leg.direction,
        "peer": leg.peer,
        "dealer": leg.dealer,
        "caller": leg.caller,
        "called": leg.called,
        "result": leg.result,
        "reason": leg.reason,
        "refused_by": leg.refused_by,
        "sip_status": leg.sip_status,
        "terminator": leg.terminator,
        "ended_by": leg.ended_by,
        "authorized_at": moment_of(leg.authorized_at_ms),
        "answered_at": None if leg.answered_at_ms is None else moment_of(leg.answered_at_ms),
        "duration_s": leg.billed_s,
        "closed_by_expiry": leg.marked,
    }
