"""Rates a past charge again, from the price rows and the terms frozen with it, and writes the arithmetic out.

Rule: nothing is taken on trust but the facts of the call (when it was answered, how long it lasted) and the terms; the
amount that was charged is only compared with the result. Pure: no database.
"""

from dataclasses import dataclass
from math import gcd

from smartswitch.cli.history.call_records import ChargeRecord
from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.credit import convert
from smartswitch.core.money import Rounding, format_amount, format_price, format_scaled
from smartswitch.core.pack import ALWAYS_MS, TAX_UNIT, IncrementFrom, Piece, Price, Tariff, TaxMode, Terms
from smartswitch.core.rating import COST_DENOMINATOR, RatedCall, rate_call

RATE_DECIMALS = 9
SHOWN_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Rerated:
    """The rating made again, and whether it is what was charged."""

    rated: RatedCall
    amount: int
    agrees: bool


def rerate(charge: ChargeRecord, prices: dict[int, Price], *, duration_s: int) -> Rerated:
    """Rate again a call of so many whole seconds; ``prices`` has the row of the charge and of every part."""
    tariff = _tariff(charge, prices)
    rated = rate_call(tariff, answered_at_ms=charge.answered_at_ms, duration_s=duration_s)
    amount = convert(rated.amount, charge.exchange_rate)
    agrees = (rated.code, rated.billed_s, rated.amount, amount) == (
        charge.code,
        charge.billed_s,
        charge.pack_amount,
        charge.amount,
    )
    return Rerated(rated, amount, agrees)


def _tariff(charge: ChargeRecord, prices: dict[int, Price]) -> Tariff:
    """The tariff of the call, its changes of band where the parts of the charge say that they were."""
    decimals, rounding, increment_from, tax_mode, tax_ppm = charge.terms
    terms = Terms(
        pack_id=charge.pack_id,
        pack=charge.pack,
        currency=charge.pack_currency,
        decimals=decimals,
        rounding=Rounding(rounding),
        increment_from=IncrementFrom(increment_from),
        tax_mode=TaxMode(tax_mode),
        tax_ppm=tax_ppm,
    )
    pieces: list[Piece] = []
    cursor_ms = ALWAYS_MS
    for price_id, _, first_block_s, charged_s, _ in charge.parts:
        price = prices[price_id]
        pieces.append(Piece(cursor_ms, price))
        if cursor_ms == ALWAYS_MS:
            cursor_ms = charge.answered_at_ms + (first_block_s + price.free_s) * 1000
        cursor_ms += charged_s * 1000
    return Tariff(terms, tuple(pieces) or (Piece(ALWAYS_MS, prices[charge.price_id]),))


def arithmetic_of(charge: ChargeRecord, again: Rerated, *, duration_s: int) -> list[tuple[str, str]]:
    """The steps from the seconds to the amount, each a name and a line that a person can follow."""
    decimals, rounding, increment_from, tax_mode, tax_ppm = charge.terms
    lines = [("billed", _billed(again.rated, increment_from, duration_s))]
    lines += [("price", _price(part.price)) for part in again.rated.parts]
    lines.append(("cost", _cost(again.rated, charge.pack_currency)))
    if tax_mode == TaxMode.ADDED.value:
        lines.append(("tax", f"{_percent(tax_ppm)} added: times 1 + {_percent(tax_ppm)}"))
    elif tax_mode == TaxMode.INCLUDED.value:
        lines.append(("tax", f"{_percent(tax_ppm)} is included in the price: {format_amount(again.rated.tax)}"))
    exact = _exact(again.rated.numerator)
    lines.append(("rounded", f"{exact} by {rounding} to {decimals} decimals = {format_amount(again.rated.amount)}"))
    if charge.exchange_rate != RATE_UNIT:
        rate = format_scaled(charge.exchange_rate, decimals=RATE_DECIMALS).rstrip("0").rstrip(".")
        step = f"{format_amount(again.rated.amount)} {charge.pack_currency} x {rate}"
        lines.append(("exchange", f"{step} = {format_amount(again.amount)} {charge.currency}"))
    return lines


def _billed(rated: RatedCall, increment_from: str, duration_s: int) -> str:
    if not rated.parts:
        return f"talked {duration_s} s: nothing is charged (0 s, or within the grace)"
    price = rated.parts[0].price
    first_s = sum(part.first_block_s for part in rated.parts)
    rest_s = sum(part.charged_s for part in rated.parts)
    free = f", {price.free_s} s free" if price.free_s else ""
    start = "after the first block" if increment_from == IncrementFrom.FIRST_BLOCK.value else "from 0"
    steps = f"steps of {price.increment_s} s counted {start}"
    return f"talked {duration_s} s: first block {first_s} s{free}, then {rest_s} s ({steps}) = {rated.billed_s} s"


def _price(price: Price) -> str:
    band = f" in band {price.band}" if price.band else ""
    fee = f", connect fee {format_price(price.connect_fee)}" if price.connect_fee else ""
    first = price.first_price_per_minute
    extra = f" (first block {format_price(first)})" if first != price.price_per_minute else ""
    grace = f", up to {price.grace_s} s free of charge" if price.grace_s is not None else ""
    return f"{format_price(price.price_per_minute)} a minute{extra}{band}{fee}{grace}"


def _cost(rated: RatedCall, currency: str) -> str:
    terms = []
    for part in rated.parts:
        if part.connect_fee:
            terms.append(format_price(part.connect_fee))
        if part.first_block_s:
            terms.append(f"{part.first_block_s} s x {format_price(part.price.first_price_per_minute)} / 60")
        if part.charged_s:
            terms.append(f"{part.charged_s} s x {format_price(part.price.price_per_minute)} / 60")
    return f"{' + '.join(terms) or '0'} ({currency})"


def _exact(numerator: int) -> str:
    """The exact cost in decimals, or as a fraction where decimals do not end."""
    sign = "-" if numerator < 0 else ""
    over = abs(numerator) * 10**SHOWN_DECIMALS
    if over % COST_DENOMINATOR == 0:
        text = format_scaled(over // COST_DENOMINATOR, decimals=SHOWN_DECIMALS)
        return sign + text.rstrip("0").rstrip(".")
    common = gcd(abs(numerator), COST_DENOMINATOR)
    shown = format_scaled(over // COST_DENOMINATOR, decimals=SHOWN_DECIMALS)
    return f"{sign}{abs(numerator) // common}/{COST_DENOMINATOR // common} ({sign}{shown}...)"


def _percent(tax_ppm: int) -> str:
    return f"{format_scaled(tax_ppm * 100, decimals=len(str(TAX_UNIT)) - 1).rstrip('0').rstrip('.')} %"
