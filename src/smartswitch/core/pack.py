"""Billing packs as the charging plane sees them: the terms of a pack and the prices that apply to one call.

A *pack* is a price list. Its *terms* are what all of its prices share: currency, rounding, the meaning of the
increment, tax. A *tariff* is what one pack says about one number for one call: the terms and the price of the code
that won, or one price per time band with the moment from which it applies. A tariff is chosen once, when the call
starts, so that a later change of prices never changes a call that is in progress.
"""

from dataclasses import dataclass, field
from enum import Enum

from smartswitch.core.money import AMOUNT_DECIMALS, MoneyError, Rounding
from smartswitch.core.sentence import say

TAX_UNIT = 1_000_000
"""Tax is an integer of parts per million: 200_000 is 20 %."""

ALWAYS_MS = -(2**62)
"""The moment from which the first price of a tariff applies: before every call."""


class IncrementFrom(Enum):
    """From where a call is rounded up in increments (SCENARIO.md, "Meaning of minimum and increment")."""

    FIRST_BLOCK = "first-block"
    ZERO = "zero"


class TaxMode(Enum):
    """Whether a pack's prices carry tax."""

    NONE = "none"
    ADDED = "added"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all prices of one pack share. ``decimals`` is the rounding of a charge, 0 to 6."""

    pack_id: int
    pack: str
    currency: str
    decimals: int = AMOUNT_DECIMALS
    rounding: Rounding = Rounding.HALF_UP
    increment_from: IncrementFrom = IncrementFrom.FIRST_BLOCK
    tax_mode: TaxMode = TaxMode.NONE
    tax_ppm: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= AMOUNT_DECIMALS:
            raise MoneyError(
                say(
                    "pack %(pack)s: decimals must be from 0 to %(most)s, not %(decimals)s",
                    pack=self.pack,
                    most=AMOUNT_DECIMALS,
                    decimals=self.decimals,
                )
            )
        if not 0 <= self.tax_ppm <= TAX_UNIT:
            raise MoneyError(say("pack %(pack)s: tax must be from 0 to 100 %%", pack=self.pack))


@dataclass(frozen=True, slots=True)
class Price:
    """One row of a pack: the price of one code, in one time band (``None``: at all times).

    Prices are 10^-8 per minute, the connect fee is 10^-8 (the scale of prices, so that rating adds like to like).
    ``grace_s`` is None when there is no grace.
    """

    price_id: int
    code: str
    price_per_minute: int
    first_price_per_minute: int
    connect_fee: int = 0
    min_s: int = 1
    increment_s: int = 1
    free_s: int = 0
    grace_s: int | None = None
    band: str | None = None

    def __post_init__(self) -> None:
        if self.increment_s < 1:
            raise MoneyError(
                say(
                    "code %(code)s: increment must be at least 1 s, not %(increment_s)s",
                    code=self.code,
                    increment_s=self.increment_s,
                )
            )
        if self.min_s < 0 or self.free_s < 0 or (self.grace_s or 0) < 0:
            raise MoneyError(say("code %(code)s: min, free and grace must not be negative", code=self.code))

    @property
    def is_free(self) -> bool:
        """True when no call at this price can cost anything."""
        return self.price_per_minute == 0 and self.first_price_per_minute == 0 and self.connect_fee == 0


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``from_ms`` (UTC, milliseconds since 1970) the call is priced by ``price``."""

    from_ms: int
    price: Price


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one pack says about one number: its terms, and its price now and after each change of time band.

    The pieces are in order of time; the first one applies from before the call. ``never_falls`` says that a longer call
    never costs less, which is so unless a price is negative.
    """

    terms: Terms
    pieces: tuple[Piece, ...]
    never_falls: bool = field(init=False)

    def __post_init__(self) -> None:
        never_falls, previous_ms = True, None
        for piece in self.pieces:
            price = piece.price
            if price.price_per_minute < 0 or price.first_price_per_minute < 0:
                never_falls = False
            if piece.from_ms != ALWAYS_MS if previous_ms is None else piece.from_ms <= previous_ms:
                raise ValueError(f"pack {self.terms.pack}: the pieces of a tariff start at ALWAYS_MS and rise")
            previous_ms = piece.from_ms
        if not self.pieces:
            raise ValueError(f"pack {self.terms.pack}: a tariff has at least one piece")
        object.__setattr__(self, "never_falls", never_falls)

    def price_at(self, at_ms: int) -> Price:
        """The price in force at a moment: the first piece is *not* always that of the call's start."""
        return next(piece.price for piece in reversed(self.pieces) if piece.from_ms <= at_ms)

    @property
    def code(self) -> str:
        """The code that won, the same in every piece."""
        return self.pieces[0].price.code


def flat_tariff(terms: Terms, price: Price) -> Tariff:
    """The tariff of a pack without time bands."""
    return Tariff(terms, (Piece(ALWAYS_MS, price),))
