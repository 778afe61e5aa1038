"""`smartswitch explain`: why a call cost what it cost, or why it was refused, level by level."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import click

from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.history.call_records import (
    EPOCH,
    ChargeRecord,
    LegRecord,
    moment_of,
    plain_charge,
    plain_leg,
    read_legs,
)
from smartswitch.cli.history.rerating import Rerated, arithmetic_of, rerate
from smartswitch.cli.output import BAD_NEWS, BadInput, json_option, print_json
from smartswitch.cli.queries import query
from smartswitch.core.money import format_amount, format_price
from smartswitch.core.pack import Price
from smartswitch.protocol.call_id import created_at_ms


@dataclass(frozen=True, slots=True)
class _PriceRow:
    """A row of price and the moments between which it is in force."""

    price: Price
    in_force: str


@dataclass(frozen=True, slots=True)
class _Level:
    """One charge with its explanation; `again` is None if a row of price is gone."""

    charge: ChargeRecord
    in_force: str
    again: Rerated | None


@click.command(epilog="Example: smartswitch explain 019b8d2e-6c00-7abc-9def-0123456789ab")
@click.argument("call_id", type=click.UUID, metavar="CALL")
@json_option
def explain(*, call_id: UUID, as_json: bool) -> None:
    """Tell why a call cost what it cost: for each leg and level who paid whom, by which pack, code, band and price, and
    the arithmetic from the seconds to the amount. CALL is an id that `smartswitch calls` shows.

    Every charge is rated again from the rows of price; exit status 1 if one does not agree.
    """
    legs = with_database(lambda connection: _read(connection, call_id))
    if not legs:
        raise BadInput(f"there is no ended call {call_id}; smartswitch calls lists them")
    if as_json:
        print_json([_plain(leg, levels) for leg, levels in legs])
    else:
        for leg, levels in legs:
            _print(leg, levels)
    if any(level.again is None or not level.again.agrees for _, levels in legs for level in levels):
        sys.exit(BAD_NEWS)


async def _read(connection: Connection, call_id: UUID) -> list[tuple[LegRecord, list[_Level]]]:
    try:
        created_at = EPOCH + timedelta(milliseconds=created_at_ms(call_id))
    except OverflowError:  # an id of another kind, whose first bits are no moment of ours
        return []
    legs = await read_legs(connection, "read_call", call_id, created_at)
    charges = [charge for leg in legs for charge in leg.charges]
    ids = {charge.price_id for charge in charges} | {part[0] for charge in charges for part in charge.parts}
    rows = await _read_prices(connection, ids)
    return [(leg, [_level(charge, rows, leg.billed_s) for charge in leg.charges]) for leg in legs]


def _level(charge: ChargeRecord, rows: dict[int, _PriceRow], duration_s: int) -> _Level:
    ids = {charge.price_id, *(part[0] for part in charge.parts)}
    if any(price_id not in rows for price_id in ids):
        return _Level(charge, "", None)
    prices = {price_id: rows[price_id].price for price_id in ids}
    return _Level(charge, rows[charge.price_id].in_force, rerate(charge, prices, duration_s=duration_s))


async def _read_prices(connection: Connection, ids: Iterable[int]) -> dict[int, _PriceRow]:
    rows: dict[int, _PriceRow] = {}
    for record in await connection.fetch(query("read_price_rows"), list(ids)):
        fields = dict(record)
        valid_from, valid_to = fields.pop("valid_from"), fields.pop("valid_to")
        price_id = fields.pop("id")
        begins = "from ever" if valid_from is None else f"from {valid_from.isoformat()}"
        ends = "" if valid_to is None else f" to {valid_to.isoformat()}"
        rows[price_id] = _PriceRow(Price(price_id=price_id, **fields), begins + ends)
    return rows


def _plain(leg: LegRecord, levels: list[_Level]) -> dict[str, object]:
    return {**plain_leg(leg), "levels": [_plain_level(leg, level) for level in levels]}


def _plain_level(leg: LegRecord, level: _Level) -> dict[str, object]:
    charge = level.charge
    decimals, rounding, increment_from, tax_mode, tax_ppm = charge.terms
    steps = [] if level.again is None else arithmetic_of(charge, level.again, duration_s=leg.billed_s)
    return {
        **plain_charge(charge),
        "pack": charge.pack,
        "pack_version": charge.pack_version,
        "price_in_force": level.in_force,
        "pack_currency": charge.pack_currency,
        "pack_amount": format_amount(charge.pack_amount),
        "exchange_rate": charge.exchange_rate,
        "terms": {
            "decimals": decimals,
            "rounding": rounding,
            "increment_from": increment_from,
            "tax_mode": tax_mode,
            "tax_ppm": tax_ppm,
        },
        "parts": [
            {
                "price_id": price_id,
                "band": band,
                "first_block_s": first_block_s,
                "charged_s": charged_s,
                "connect_fee": format_price(connect_fee),
            }
            for price_id, band, first_block_s, charged_s, connect_fee in charge.parts
        ],
        "arithmetic": [f"{name}: {line}" for name, line in steps],
        "agrees": level.again is not None and level.again.agrees,
    }


def _print(leg: LegRecord, levels: list[_Level]) -> None:
    began = leg.authorized_at_ms if leg.answered_at_ms is None else leg.answered_at_ms
    print(f"Call {leg.call_id} leg {leg.leg}: {leg.direction}, {leg.peer or leg.dealer} ({leg.caller}) to {leg.called}")
    print(f"  {leg.result}{_because(leg)} at {moment_of(began)}, talked {leg.billed_s} s{_through(leg)}")
    if not levels:
        print("  No level was charged.")
    for level in levels:
        _print_level(leg, level)


def _because(leg: LegRecord) -> str:
    if leg.reason is None:
        return ""
    return f" ({leg.reason}{f' of {leg.refused_by}' if leg.refused_by else ''})"


def _through(leg: LegRecord) -> str:
    through = f", by way of {leg.terminator}" if leg.terminator else ""
    ended = f", ended by {leg.ended_by}" if leg.ended_by else ""
    return through + ended + (", closed by expiry" if leg.marked else "")


def _print_level(leg: LegRecord, level: _Level) -> None:
    charge = level.charge
    print(f"\n  {charge.payer} pays {charge.seller} {format_amount(charge.amount)} {charge.currency}")
    lines = [
        ("pack", f"{charge.pack} (version {charge.pack_version} now), in {charge.pack_currency}"),
        ("code", f"{charge.code}, the longest of the pack that {leg.called} begins with; in force {level.in_force}"),
    ]
    if level.again is None:
        lines.append(("rerated", "not possible: a row of price is gone"))
    else:
        lines += arithmetic_of(charge, level.again, duration_s=leg.billed_s)
        lines.append(("rerated", _verdict(charge, level.again)))
    for name, line in lines:
        print(f"    {name:<9}{line}")


def _verdict(charge: ChargeRecord, again: Rerated) -> str:
    if again.agrees:
        return "agrees with what was charged"
    return f"DISAGREES: {format_amount(again.amount)} {charge.currency} is right by these rows and terms"
