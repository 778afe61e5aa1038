"""Credit: how long a chain of levels can pay for a call, and what must be held at each level meanwhile.

The rule that bounds lost money at 0: before a second of a call may pass, every level has set aside what that second
costs it. A *grant* is a number of seconds counted from the answer; for a grant of g seconds each level holds the
greatest cost that any end of the call within g seconds could have. The smallest level decides; all levels hold, or
none does. See docs/algorithms/credit.md for worked tables.
"""

from dataclasses import dataclass

from smartswitch.core.chain import RATE_UNIT, Level
from smartswitch.core.money import Rounding, divide
from smartswitch.core.pack import IncrementFrom
from smartswitch.core.rating import RatedCall, amount_of_call, rate_call

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
    the cost can rise and fall, so the increments around the first block and each change of band are looked at as well.
    """
    amount = amount_of_call(level.tariff, answered_at_ms=answered_at_ms, duration_s=granted_s)
    dearest = max(0, convert(amount, level.exchange_rate))
    if level.tariff.never_falls:
        return dearest
    for moment_s in _turning_points(level, answered_at_ms=answered_at_ms, granted_s=granted_s):
        dearest = max(dearest, charge_of(level, answered_at_ms=answered_at_ms, duration_s=moment_s)[1])
    return dearest


def _turning_points(level: Level, *, answered_at_ms: int, granted_s: int) -> list[int]:
    """Lengths of call at which the cost may turn from rising to falling, where some price is negative.

    The cost is linear in the charged seconds except where they start, where the grace ends and where a band changes, and
    charged seconds come in whole increments: so the greatest cost is at the last increment before or the first one after
    such a place, or at the end of the grant.
    """
    pieces = level.tariff.pieces
    start = max((piece for piece in pieces if piece.from_ms <= answered_at_ms), key=lambda piece: piece.from_ms).price
    unpriced_s = start.min_s + start.free_s
    places = [unpriced_s] + [
        -(-(piece.from_ms - answered_at_ms) // 1000) for piece in pieces if piece.from_ms > answered_at_ms
    ]
    origin_s = unpriced_s if level.tariff.terms.increment_from is IncrementFrom.FIRST_BLOCK else 0
    points = {1, (start.grace_s or 0) + 1, unpriced_s}
    for place_s in places:
        before_s = origin_s + (place_s - origin_s) // start.increment_s * start.increment_s
        points.update((before_s, before_s + start.increment_s))
    return [point for point in points if 0 < point < granted_s]


def affordable_seconds(level: Level, *, available: int, answered_at_ms: int, wanted_s: int) -> int:
    """The longest grant, at most ``wanted_s``, whose hold is no more than ``available``; 0 if there is none."""
    return _affordable(level, available=available, answered_at_ms=answered_at_ms, wanted_s=wanted_s)[0]


def _affordable(level: Level, *, available: int, answered_at_ms: int, wanted_s: int) -> tuple[int, int]:
    """The longest grant and its hold."""
    hold = hold_of(level, answered_at_ms=answered_at_ms, granted_s=wanted_s)
    if hold <= available:
        return wanted_s, hold
    low, high, low_hold = 0, wanted_s, 0
    while high - low > 1:
        middle = (low + high) // 2
        hold = hold_of(level, answered_at_ms=answered_at_ms, granted_s=middle)
        if hold <= available:
            low, low_hold = middle, hold
        else:
            high = middle
    return low, low_hold


def grant_chain(
    levels: tuple[Level, ...],
    *,
    available: tuple[int, ...],
    answered_at_ms: int,
    already_granted_s: int,
    wanted_s: int,
) -> Grant | CannotPay:
    """Decide a grant of up to ``wanted_s`` seconds in total, of which ``already_granted_s`` are held already.

    ``available`` is, for each level, balance + credit limit - what *other* calls hold. No two levels of a chain share a
    balance. CannotPay if not one further second can be paid at a level.
    """
    granted_s, limited_by = wanted_s, None
    holds: list[tuple[int, int]] = []
    for index, level in enumerate(levels):
        affordable_s, hold = _affordable(
            level, available=available[index], answered_at_ms=answered_at_ms, wanted_s=granted_s
        )
        if affordable_s <= already_granted_s:
            return CannotPay(index)
        if affordable_s < granted_s:
            granted_s, limited_by = affordable_s, index
        holds.append((affordable_s, hold))
    held = tuple(
        hold if seconds == granted_s else hold_of(level, answered_at_ms=answered_at_ms, granted_s=granted_s)
        for level, (seconds, hold) in zip(levels, holds, strict=True)
    )
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
