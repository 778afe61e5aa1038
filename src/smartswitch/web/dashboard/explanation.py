"""Why this price: a charge taken apart, from the seconds that people talked to the amount that was paid, in words.

Everything that is not a price per minute was frozen with the charge. Prices are read from the rows of the price list,
which are never changed once in force; where the viewer may not see them any more, the words say so, and what was paid
is explained without them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.money import format_scaled
from smartswitch.core.pack import IncrementFrom, TaxMode
from smartswitch.web.calls.selectors.legs import ChargeFact, LegFact
from smartswitch.web.dashboard.selectors.rows import read_rows
from smartswitch.web.ui.arithmetic import plain_price, sixtieths, trimmed
from smartswitch.web.ui.money_format import money_text, price_text

RATE_DECIMALS = 9
PERCENT_DECIMALS = 4
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the arithmetic: what it is, and how it goes."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The seconds that one price covers."""

    price_id: int
    band: str | None
    first_block_s: int
    charged_s: int
    connect_fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A charge with its reasons. `pack` is None where the viewer may not see the price list (any more)."""

    charge: ChargeFact
    pack: str | None
    steps: tuple[Step, ...]


def explain(leg: LegFact) -> list[Explanation]:
    """Explain every charge of a leg that the viewer may see."""
    parts = [_parts(charge) for charge in leg.charges]
    ids = {charge.price_id for charge in leg.charges} | {part.price_id for each in parts for part in each}
    prices = {row["id"]: row for row in read_rows("prices_by_id", {"ids": list(ids)})} if ids else {}
    return [_explanation(leg, charge, each, prices) for charge, each in zip(leg.charges, parts, strict=True)]


def _frozen(charge: ChargeFact) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(charge.explanation)
    return value


def _parts(charge: ChargeFact) -> tuple[Part, ...]:
    return tuple(
        Part(price_id=price_id, band=band, first_block_s=first_s, charged_s=charged_s, connect_fee=fee)
        for price_id, band, first_s, charged_s, fee in _frozen(charge)["parts"]
    )


def _explanation(
    leg: LegFact, charge: ChargeFact, parts: Sequence[Part], prices: Mapping[int, dict[str, Any]]
) -> Explanation:
    row = prices.get(charge.price_id)
    decimals, rounding, increment_from, tax_mode, tax_ppm = _frozen(charge)["terms"]
    steps = [
        Step(_("Price list"), _pack(row)),
        Step(_("Code"), _code(leg, charge)),
        Step(_("Seconds"), _seconds(leg, charge, parts, row, increment_from)),
        *_prices(charge, parts, prices),
        *_cost(charge, parts, prices),
        *_tax(charge, tax_mode, tax_ppm),
        Step(_("Rounding"), _rounding(charge, rounding, decimals)),
        *_exchange(charge),
    ]
    pack = None if row is None else row["pack_name"] or row["pack"]
    return Explanation(charge=charge, pack=pack, steps=tuple(steps))


def _pack(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return _("Not open to you any more. The seconds, the fee and the amount below were kept with the charge.")
    name = f"{row['pack_name']} ({row['pack']})" if row["pack_name"] else row["pack"]
    if row["valid_from"] is None:
        return _("%(pack)s; the price was in force from the beginning") % {"pack": name}
    return _("%(pack)s; the price was in force from %(moment)s") % {
        "pack": name,
        "moment": row["valid_from"].strftime("%Y-%m-%d %H:%M UTC"),
    }


def _code(leg: LegFact, charge: ChargeFact) -> str:
    return _("%(code)s: the longest code of the price list with which %(number)s begins") % {
        "code": charge.code,
        "number": leg.called,
    }


def _seconds(
    leg: LegFact, charge: ChargeFact, parts: Sequence[Part], row: Mapping[str, Any] | None, increment_from: str
) -> str:
    if not parts:
        return _("Talked %(talked)d s: within the grace, so nothing is charged") % {"talked": leg.billed_s}
    first_s = sum(part.first_block_s for part in parts)
    rest_s = sum(part.charged_s for part in parts)
    text = _("Talked %(talked)d s. First block %(first)d s, then %(rest)d s") % {
        "talked": leg.billed_s,
        "first": first_s,
        "rest": rest_s,
    }
    if row is not None:
        origin = (
            _("after the first block") if increment_from == IncrementFrom.FIRST_BLOCK.value else _("from the start")
        )
        text += _(" in steps of %(step)d s counted %(origin)s") % {"step": row["increment_s"], "origin": origin}
        if row["free_s"]:
            text += _(", %(free)d s free") % {"free": row["free_s"]}
    return text + _(": charged %(charged)d s") % {"charged": charge.billed_s}


def _prices(charge: ChargeFact, parts: Sequence[Part], prices: Mapping[int, dict[str, Any]]) -> list[Step]:
    steps = []
    for part in parts:
        row = prices.get(part.price_id)
        if row is None:
            continue
        text = _("%(price)s a minute") % {"price": price_text(row["price_per_minute"], charge.pack_currency)}
        if row["first_price_per_minute"] != row["price_per_minute"]:
            first = price_text(row["first_price_per_minute"], charge.pack_currency)
            text += _("; %(price)s a minute in the first block") % {"price": first}
        if part.connect_fee:
            text += _("; connect fee %(fee)s") % {"fee": price_text(part.connect_fee, charge.pack_currency)}
        name = _("Price in band %(band)s") % {"band": part.band} if part.band else _("Price, at all times")
        steps.append(Step(name, text))
    return steps


def _cost(charge: ChargeFact, parts: Sequence[Part], prices: Mapping[int, dict[str, Any]]) -> list[Step]:
    if not parts or any(part.price_id not in prices for part in parts):
        return []
    terms, total = [], 0
    for part in parts:
        row = prices[part.price_id]
        if part.connect_fee:
            terms.append(plain_price(part.connect_fee))
        for seconds, price in (
            (part.first_block_s, row["first_price_per_minute"]),
            (part.charged_s, row["price_per_minute"]),
        ):
            if seconds:
                terms.append(f"{seconds} s × {plain_price(price)} / {SECONDS_PER_MINUTE}")
                total += seconds * price
        total += part.connect_fee * SECONDS_PER_MINUTE
    return [Step(_("Cost"), f"{' + '.join(terms) or '0'} = {sixtieths(total)} {charge.pack_currency}")]


def _tax(charge: ChargeFact, tax_mode: str, tax_ppm: int) -> list[Step]:
    percent = trimmed(format_scaled(tax_ppm, decimals=PERCENT_DECIMALS))
    if tax_mode == TaxMode.NONE.value:
        return []
    words = {"percent": percent, "tax": money_text(charge.tax, charge.currency)}
    if tax_mode == TaxMode.ADDED.value:
        return [Step(_("Tax"), _("%(percent)s %% is added to the cost; %(tax)s of the amount is tax") % words)]
    return [Step(_("Tax"), _("%(percent)s %% is included in the price; %(tax)s of the amount is tax") % words)]


def _rounding(charge: ChargeFact, rounding: str, decimals: int) -> str:
    rules = {
        "up": _("up"),
        "down": _("down"),
        "half-up": _("to the nearest, halves up"),
        "half-even": _("to the nearest, halves to even"),
    }
    return _("Once, %(rule)s, to %(decimals)d decimals = %(amount)s") % {
        "rule": rules.get(rounding, rounding),
        "decimals": decimals,
        "amount": money_text(charge.pack_amount, charge.pack_currency),
    }


def _exchange(charge: ChargeFact) -> list[Step]:
    if charge.exchange_rate == RATE_UNIT:
        return []
    rate = trimmed(format_scaled(charge.exchange_rate, decimals=RATE_DECIMALS))
    before = money_text(charge.pack_amount, charge.pack_currency)
    return [Step(_("Exchange"), f"{before} × {rate} = {money_text(charge.amount, charge.currency)}")]
