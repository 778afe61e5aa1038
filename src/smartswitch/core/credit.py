"""Credit: how long a chain of levels can pay for a call, and what must be held at each level meanwhile.

The rule that bounds lost money at 0: before a second of a call may pass, every level has set aside what that second
costs it. A *grant* is a number of seconds counted from the answer; for a grant of g seconds each level holds the
greatest cost that any end of the call within g seconds could have. The smallest level decides; all levels hold, or
none does. See docs/algorithms/credit.md for worked tables.
"""

from dataclasses import dataclass

from smartswitch.core.chain import RATE_UNIT, Level
from smartswitch.core.money import Rounding, divide
from smartswitch.core.pack import ALWAYS_MS
from smartswitch.core.rating import RatedCall, rate_call

FIRST_SLICE_S = 60
LONGEST_SLICE_S = 300
SHORTEST_SLICE_S = 10
AMPLE_SLICES = 4
"""A balance is ample when it can pay this many further slices of the doubled length."""

UNLIMITED = 2**62
"""The available amount of a balance without a limit."""


@dataclass(frozen=True, slots=True)
class Grant:
    """So many seconds from the answer, and what each level holds for them in total (10^-6 of the level's currency).

    ``limited_by`` is the index of the level that shortened the grant, None if none did.
    """

    granted_s: int
    held: tuple[int, ...]
    limited_by: int | None


@dataclass(frozen=True, slots=True)
class CannotPay:
    """No level is held; ``level`` is the index of the first that cannot pay another second."""

    level: int


def convert(amount: int, exchange_rate: int) -> int:
    """An amount of the pack's currency in the currency of the balance, half-up to 10^-6."""
    return amount if exchange_rate == RATE_UNIT else divide(amount * exchange_rate, RATE_UNIT, Rounding.HALF_UP)


def charge_of(level: Level, *, answered_at_ms: int, duration_s: int) -> tuple[RatedCall, int, int]:
    """What the level pays for a call: (rating in the pack's currency, amount, tax in the balance's currency)."""
    rated = rate_call(level.tariff, answered_at_ms=answered_at_ms, duration_s=duration_s)
    return rated, convert(rated.amount, level.exchange_rate), convert(rated.tax, level.exchange_rate)


def hold_of(level: Level, *, answered_at_ms: int, granted_s: int) -> int:
    """The greatest amount that a call answered at the moment can cost the level if it ends within the grant; never < 0.

    Where no price is negative the cost never falls with time and the end of the grant is the dearest. Where one is,
    the cost can rise and fall, so the end of the first block and of every band is looked at as well.
    """
    dearest = charge_of(level, answered_at_ms=answered_at_ms, duration_s=granted_s)[1]
    for moment_s in _turning_points(level, answered_at_ms=answered_at_ms, granted_s=granted_s):
        dearest = max(dearest, charge_of(level, answered_at_ms=answered_at_ms, duration_s=moment_s)[1])
    return max(0, dearest)


def _turning_points(level: Level, *, answered_at_ms: int, granted_s: int) -> list[int]:
    pieces = level.tariff.pieces
    if all(piece.price.price_per_minute >= 0 and piece.price.first_price_per_minute >= 0 for piece in pieces):
        return []
    points: set[int] = set()
    for piece in pieces:
        price = piece.price
        points.update((1, (price.grace_s or 0) + 1, price.min_s, price.min_s + price.free_s))
        if piece.from_ms != ALWAYS_MS:
            change_s = (piece.from_ms - answered_at_ms) // 1000
            around = price.increment_s + price.min_s + price.free_s
            points.update(range(change_s - around, change_s + around + 1, max(1, around // 32)))
    points.update(point + step for point in tuple(points) for step in (-1, 1))
    return [point for point in points if 0 < point < granted_s]


def affordable_seconds(level: Level, *, available: int, answered_at_ms: int, wanted_s: int) -> int:
    """The longest grant, at most ``wanted_s``, whose hold is no more than ``available``; 0 if there is none."""
    if hold_of(level, answered_at_ms=answered_at_ms, granted_s=wanted_s) <= available:
        return wanted_s
    low, high = 0, wanted_s
    while high - low > 1:
        middle = (low + high) // 2
        if hold_of(level, answered_at_ms=answered_at_ms, granted_s=middle) <= available:
            low = middle
        else:
            high = middle
    return low


def grant_chain(
    levels: tuple[Level, ...],
    *,
    available: tuple[int, ...],
    answered_at_ms: int,
    already_granted_s: int,
    wanted_s: int,
) -> Grant | CannotPay:
    """Decide a grant of up to ``wanted_s`` seconds in total, of which ``already_granted_s`` are held already.

    ``available`` is, for each level, balance + credit limit - what *other* calls hold. Two levels may share one balance
    only if the caller has seen to that (a chain never does). CannotPay if not one further second can be paid at a level.
    """
    granted_s, limited_by = wanted_s, None
    for index, level in enumerate(levels):
        affordable = affordable_seconds(
            level, available=available[index], answered_at_ms=answered_at_ms, wanted_s=granted_s
        )
        if affordable <= already_granted_s:
            return CannotPay(index)
        if affordable < granted_s:
            granted_s, limited_by = affordable, index
    held = tuple(hold_of(level, answered_at_ms=answered_at_ms, granted_s=granted_s) for level in levels)
    return Grant(granted_s, held, limited_by)


def next_slice_s(
    levels: tuple[Level, ...], *, available: tuple[int, ...], answered_at_ms: int, granted_s: int, slice_s: int
) -> int:
    """The length of the next slice: doubled while every balance is ample, halved when one is nearly dry.

    A balance is ample when it could hold the call for AMPLE_SLICES further slices of twice the length, and poor when it
    could not pay two more of the present length: then slices shrink, so that its parallel calls share what is left.
    """
    longer = min(2 * slice_s, LONGEST_SLICE_S)
    if _can_hold(levels, available, answered_at_ms, granted_s + AMPLE_SLICES * longer):
        return longer
    if _can_hold(levels, available, answered_at_ms, granted_s + 2 * slice_s):
        return slice_s
    return max(min(SHORTEST_SLICE_S, slice_s), slice_s // 2)


def _can_hold(levels: tuple[Level, ...], available: tuple[int, ...], answered_at_ms: int, granted_s: int) -> bool:
    return all(
        hold_of(level, answered_at_ms=answered_at_ms, granted_s=granted_s) <= amount
        for level, amount in zip(levels, available, strict=True)
    )
