"""Profit control: does each dealer on the way, and the owner, get at least what he pays for this call?

Between two neighbouring levels of a chain stands a dealer who sells at one tariff and buys at another; the owner sells to
the top dealer and buys from the terminator of a route. A dealer's *control* says what he accepts: any loss, no loss, or
profit only. Two figures are compared, both without tax and in the dealer's own currency, and both must pass:

- what a call of the reference length costs (60 s: it holds the connect fee, the first block and the increments);
- the price per minute at the start of the call (what every further minute earns).

Comparing one figure alone was rejected: a dear first block hides a loss per minute, and a fair price per minute hides a
connect fee that makes every short call a loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from smartswitch.core.chain import RATE_UNIT
from smartswitch.core.pack import TAX_UNIT, Tariff, TaxMode
from smartswitch.core.rating import rate_call

REFERENCE_S = 60


class ProfitControl(Enum):
    """What a dealer accepts."""

    ALLOW_LOSSES = "allow_losses"
    NO_LOSSES = "no_losses"
    PROFIT_ONLY = "profit_only"


@dataclass(frozen=True, slots=True)
class Trade:
    """One dealer's two sides of a call: the tariff at which he sells and that at which he buys.

    The rates (10^-9) convert from the currency of each pack to one common currency, as the dealer's own.
    """

    dealer: str
    control: ProfitControl
    income: Tariff
    outgo: Tariff
    income_rate: int = RATE_UNIT
    outgo_rate: int = RATE_UNIT


class Measure(Enum):
    """By which figure a trade fails."""

    REFERENCE_CALL = "reference_call"
    PRICE_PER_MINUTE = "price_per_minute"


@dataclass(frozen=True, slots=True)
class Violation:
    """The first dealer whose control forbids the call; ``level`` is the index of his trade."""

    level: int
    dealer: str
    measure: Measure


def first_violation(trades: Sequence[Trade], *, at_ms: int, reference_s: int = REFERENCE_S) -> Violation | None:
    """Check the trades in order, the peer's dealer first; None: the call may go by this route."""
    for level, trade in enumerate(trades):
        measure = _failing_measure(trade, at_ms, reference_s)
        if measure is not None:
            return Violation(level, trade.dealer, measure)
    return None


def _failing_measure(trade: Trade, at_ms: int, reference_s: int) -> Measure | None:
    if trade.control is ProfitControl.ALLOW_LOSSES:
        return None
    income = rate_call(trade.income, answered_at_ms=at_ms, duration_s=reference_s).numerator
    outgo = rate_call(trade.outgo, answered_at_ms=at_ms, duration_s=reference_s).numerator
    if not _is_accepted(trade, income * _untaxed(trade.outgo), outgo * _untaxed(trade.income)):
        return Measure.REFERENCE_CALL
    income = trade.income.price_at(at_ms).price_per_minute * _untaxed_price(trade.outgo)
    outgo = trade.outgo.price_at(at_ms).price_per_minute * _untaxed_price(trade.income)
    if not _is_accepted(trade, income, outgo):
        return Measure.PRICE_PER_MINUTE
    return None


def _is_accepted(trade: Trade, income: int, outgo: int) -> bool:
    """Both sides come over one denominator: each was multiplied by the tax divisor of the other."""
    left, right = income * trade.income_rate, outgo * trade.outgo_rate
    return left > right if trade.control is ProfitControl.PROFIT_ONLY else left >= right


def _untaxed(tariff: Tariff) -> int:
    """A cost that has tax in it, divided by this (over TAX_UNIT), is what the seller keeps."""
    return TAX_UNIT + (tariff.terms.tax_ppm if tariff.terms.tax_mode is not TaxMode.NONE else 0)


def _untaxed_price(tariff: Tariff) -> int:
    """The same for a price: only a pack that includes tax has it in its prices."""
    return TAX_UNIT + (tariff.terms.tax_ppm if tariff.terms.tax_mode is TaxMode.INCLUDED else 0)
