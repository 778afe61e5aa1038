"""Price lists for the demonstration: several thousand codes, always the same.

The codes are those of codes.csv, which tools/make_demo_codes.py makes from the public numbering plans. What a call
costs at its source follows from the country and the kind of number; each seller on the way adds his margin. The figures are
invented, but lie where real ones lie.
"""

import csv
import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from smartswitch.cli.party.values import PriceRow

PRICE_STEP = 10_000
"""Prices have four decimals: 10^-8 times this is 0.0001."""

FIXED_PRICE = {
    "US": 40, "CA": 40, "GB": 45, "DE": 50, "FR": 55, "ES": 55, "IT": 60, "NL": 60, "PL": 90, "SE": 60, "CH": 110,
    "AT": 95, "BE": 80, "IE": 60, "PT": 60, "CZ": 90, "CN": 120, "IN": 140, "JP": 190, "KR": 150, "AU": 110, "NZ": 120,
    "BR": 130, "MX": 70, "AR": 110, "ZA": 350, "NG": 900, "EG": 1100, "RU": 420, "UA": 900, "TR": 380, "IL": 90,
}  # fmt: skip
"""What a minute to a fixed line costs at its source, in 0.0001."""

CHEAPEST, DEAREST = 300, 2_800
"""Of the countries that are not listed, in 0.0001."""

KIND_PERCENT = {"fixed": 100, "mobile": 240, "voip": 130, "shared cost": 400, "premium": 2_500, "toll-free": 100}
CHEAP_MOBILE_COUNTRIES = frozenset(("US", "CA", "CN", "IN"))


@cache
def demo_codes() -> tuple[tuple[str, str, str], ...]:
    """Every code with its country (ISO 3166) and its kind."""
    text = files("smartswitch.cli").joinpath("demo", "codes.csv").read_text(encoding="utf-8")
    return tuple((row["code"], row["country"], row["kind"]) for row in csv.DictReader(text.splitlines()))


def source_price(code: str, country: str, kind: str, *, carrier: str) -> int:
    """What a carrier takes for a minute (10^-8): the country's price, the kind's share, up to 12 % of its own opinion."""
    steps = FIXED_PRICE.get(country) or CHEAPEST + _draw(country) % (DEAREST - CHEAPEST)
    percent = 100 if kind == "mobile" and country in CHEAP_MOBILE_COUNTRIES else KIND_PERCENT[kind]
    opinion = 100 + _draw(f"{carrier} {country} {kind}") % 13
    return -(-steps * percent * opinion // 10_000) * PRICE_STEP


def carrier_prices(carrier: str) -> tuple[PriceRow, ...]:
    """A carrier's list, by the second."""
    return tuple(_row(code, source_price(code, country, kind, carrier=carrier)) for code, country, kind in demo_codes())


def selling_prices(
    margin_percent: int, *, min_s: int = 1, increment_s: int = 1, connect_fee: int = 0
) -> tuple[PriceRow, ...]:
    """A list for sale: the dearer of both carriers and a margin."""
    rows = []
    for code, country, kind in demo_codes():
        cost = max(source_price(code, country, kind, carrier=carrier) for carrier in ("a", "b"))
        row = _row(code, _with_margin(cost, margin_percent))
        rows.append(replace(row, min_s=min_s, increment_s=increment_s, connect_fee=connect_fee))
    return tuple(rows)


def cheaper_in_band(rows: tuple[PriceRow, ...], *, band: str, percent: int) -> tuple[PriceRow, ...]:
    """The same codes at a share of their price, for a time band."""
    return tuple(
        replace(
            row,
            band=band,
            price_per_minute=_with_margin(row.price_per_minute, percent - 100),
            first_price_per_minute=_with_margin(row.first_price_per_minute, percent - 100),
        )
        for row in rows
    )


def _row(code: str, price: int) -> PriceRow:
    return PriceRow(code=code, price_per_minute=price, first_price_per_minute=price)


def _with_margin(price: int, margin_percent: int) -> int:
    return -(-price * (100 + margin_percent) // (100 * PRICE_STEP)) * PRICE_STEP


def _draw(name: str) -> int:
    """A number that looks like chance and is always the same."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
