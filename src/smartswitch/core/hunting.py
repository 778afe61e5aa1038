"""Hunting: in which order routes are tried, and when trying stops (docs/algorithms/hunting.md).

A *hunting class* names metrics in order of importance. In **strict** mode the first metric that differs decides. In
**rounded** mode small differences do not: every value is measured by how many whole steps it is worse than the best one,
prices in steps of ``price_step``, ratios in steps of ``ratio_step_percent`` per cent; what is less than a step worse counts
as the best, and the next metric decides. (Steps from the best, because "within 5 % of each other" is not transitive and
gives no order, and because a fixed grid would part 0.0149 from 0.0151.) Ties keep the order in which the routes came,
which is the nearer class and the longer code first: the order is stable and complete.

A route without statistics (fewer than FEWEST_ATTEMPTS of its terminator lately) counts as the best that is known, or it
would never get a call and never any statistics; one that did badly rests in the last place until what is known of it has
aged, and is then tried anew. Routes of one percentage group keep the places that they won together, but stand in them in
the order of their draw. Chance comes in as a number; the same number gives the same order.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import Enum

RATIO_UNIT = 1_000_000
"""A ratio (ASR) is an integer of parts per million: 550_000 is 55 %."""
FEWEST_ATTEMPTS = 30
"""Fewer attempts than these say nothing about a terminator: its ASR and ACD are not known."""
NO_ANSWER = 0
"""The status of an attempt to which no final answer came."""
CANCELLED = 487
_MASK = 2**64 - 1


class Metric(Enum):
    """What routes are compared by; each has one better end."""

    PRICE = "price"
    """What the owner pays per minute: lower first."""
    PRIORITY = "priority"
    """Lower first."""
    CODE_LENGTH = "code_length"
    """The more specific route first."""
    ASR = "asr"
    """Answer-seizure ratio: higher first."""
    ACD = "acd"
    """Average call duration: higher first."""
    RANDOM = "random"
    """By the draw."""


class Mode(Enum):
    """Whether small differences decide."""

    STRICT = "strict"
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class HuntingClass:
    """How to hunt. ``price_step`` is 10^-8 per minute.

    ``stop_codes`` are the final SIP statuses after which nobody else is tried; 487 always is one.
    """

    metrics: tuple[Metric, ...] = (Metric.PRIORITY, Metric.CODE_LENGTH, Metric.PRICE)
    mode: Mode = Mode.STRICT
    price_step: int = 0
    ratio_step_percent: int = 0
    max_attempts: int = 5
    stop_codes: frozenset[int] = frozenset({486, 600, 603, 604, 606})
    pdd_timeout_s: int = 15

    def __post_init__(self) -> None:
        if len(set(self.metrics)) < len(self.metrics):
            raise ValueError("a hunting class names each metric once")
        if self.max_attempts < 1 or self.pdd_timeout_s < 1 or self.price_step < 0 or self.ratio_step_percent < 0:
            raise ValueError("a hunting class allows at least one attempt of at least 1 s; steps are not negative")


DEFAULT_HUNTING = HuntingClass()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route that may carry the call, and what it is measured by.

    ``price_per_minute`` is what the owner pays, 10^-8, all candidates in one currency. ``asr_ppm`` is a ratio (RATIO_UNIT
    is 100 %), ``acd_ms`` milliseconds, None where nothing is known. ``group`` and ``group_rank`` are those of a
    ConsideredRoute.
    """

    route_id: int
    terminator_id: int
    price_per_minute: int
    priority: int = 10
    code_length: int = 0
    asr_ppm: int | None = None
    acd_ms: int | None = None
    group: int | None = None
    group_rank: int = 0


@dataclass(frozen=True, slots=True)
class TerminatorStatistics:
    """What one terminator did with the calls that it was offered lately: attempts, answers, and how long they talked."""

    attempts: int
    answered: int
    talked_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.answered <= self.attempts or self.talked_ms < 0:
            raise ValueError(
                f"{self.answered} of {self.attempts} attempts cannot be answered and talk {self.talked_ms} ms"
            )

    @property
    def asr_ppm(self) -> int | None:
        """Answer-seizure ratio; None if there were too few attempts to tell."""
        return None if self.attempts < FEWEST_ATTEMPTS else self.answered * RATIO_UNIT // self.attempts

    @property
    def acd_ms(self) -> int | None:
        """Average call duration; 0 where enough was tried and nothing answered; None if there were too few attempts."""
        return None if self.attempts < FEWEST_ATTEMPTS else self.talked_ms // max(1, self.answered)


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate in its place, and why it is not one place higher: the metric that decided, None for the order of arrival.

    ``is_drawn`` says that by its metrics it would not stand there: percentage routing put it, or the one above it, in that
    place. ``is_tried`` is False beyond max_attempts.
    """

    position: int
    candidate: Candidate
    decided_by: Metric | None
    is_drawn: bool
    is_tried: bool


def order_candidates(
    candidates: Sequence[Candidate], hunting: HuntingClass = DEFAULT_HUNTING, *, draw: int = 0
) -> tuple[Candidate, ...]:
    """All candidates in the order in which they are to be tried (max_attempts is applied by :func:`hunt`)."""
    keys = _keys(candidates, hunting, draw)
    ranked = sorted(range(len(candidates)), key=keys.__getitem__)
    return tuple(candidates[place] for place in _put_drawn_first(candidates, ranked))


def explain_order(
    candidates: Sequence[Candidate], hunting: HuntingClass = DEFAULT_HUNTING, *, draw: int = 0
) -> tuple[Placed, ...]:
    """The same order, and for each place the metric that put it below the one above."""
    keys = _keys(candidates, hunting, draw)
    ranked = sorted(range(len(candidates)), key=keys.__getitem__)
    placed: list[Placed] = []
    above: int | None = None
    for position, place in enumerate(_put_drawn_first(candidates, ranked)):
        decided_by = None
        is_drawn = ranked[0] != place if above is None else keys[above] > keys[place]
        if above is not None and not is_drawn:
            compared = zip(hunting.metrics, keys[above], keys[place], strict=True)
            decided_by = next((metric for metric, upper, lower in compared if upper != lower), None)
        placed.append(Placed(position, candidates[place], decided_by, is_drawn, position < hunting.max_attempts))
        above = place
    return tuple(placed)


def _keys(candidates: Sequence[Candidate], hunting: HuntingClass, draw: int) -> list[tuple[int, ...]]:
    cheapest = min((each.price_per_minute for each in candidates), default=0)
    best_asr_ppm = max((each.asr_ppm for each in candidates if each.asr_ppm is not None), default=0)
    best_acd_ms = max((each.acd_ms for each in candidates if each.acd_ms is not None), default=0)
    price_step, ratio_step, acd_scale = 1, 1, 1
    if hunting.mode is Mode.ROUNDED:
        price_step = max(1, hunting.price_step)
        if hunting.ratio_step_percent:
            ratio_step = hunting.ratio_step_percent * RATIO_UNIT // 100
            acd_scale = ratio_step * best_acd_ms
    keys: list[tuple[int, ...]] = []
    for each in candidates:
        asr_ppm = each.asr_ppm if each.asr_ppm is not None else best_asr_ppm
        shorter_ms = best_acd_ms - each.acd_ms if each.acd_ms is not None else 0
        values = {
            Metric.PRICE: (each.price_per_minute - cheapest) // price_step,
            Metric.PRIORITY: each.priority,
            Metric.CODE_LENGTH: -each.code_length,
            Metric.ASR: (best_asr_ppm - asr_ppm) // ratio_step,
            Metric.ACD: shorter_ms * RATIO_UNIT // acd_scale if acd_scale > 1 else shorter_ms,
            Metric.RANDOM: _mix(draw, each.route_id),
        }
        keys.append(tuple(values[metric] for metric in hunting.metrics))
    return keys


def _mix(draw: int, route_id: int) -> int:
    """A number that looks random, from the draw and the route (the finaliser of SplitMix64)."""
    mixed = (draw + (route_id + 1) * 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    return mixed ^ mixed >> 31


def _put_drawn_first(candidates: Sequence[Candidate], ranked: list[int]) -> list[int]:
    """Within the places of each percentage group, move the drawn one to the first."""
    groups: dict[int, list[int]] = {}
    for position, place in enumerate(ranked):
        group = candidates[place].group
        if group is not None:
            groups.setdefault(group, []).append(position)
    ordered = list(ranked)
    for positions in groups.values():
        members = sorted((ranked[position] for position in positions), key=lambda place: candidates[place].group_rank)
        for position, place in zip(positions, members, strict=True):
            ordered[position] = place
    return ordered


@dataclass(frozen=True, slots=True)
class Attempt:
    """Try this candidate now; the index counts from 0."""

    index: int
    candidate: Candidate


class HuntingEnd(Enum):
    """Why hunting is over."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    """A final status that no other route can better (busy, declined, cancelled)."""
    EXHAUSTED = "exhausted"
    """No candidate is left."""
    MOST_ATTEMPTS = "most_attempts"
    """The hunting class allows no further attempt."""


@dataclass(frozen=True, slots=True)
class HuntingResult:
    """How hunting ended: the attempts with their final statuses, and the one that answered."""

    end: HuntingEnd
    attempts: tuple[tuple[Candidate, int], ...]

    @property
    def answered_by(self) -> Candidate | None:
        """The candidate that took the call."""
        return self.attempts[-1][0] if self.end is HuntingEnd.ANSWERED else None

    @property
    def sip_status(self) -> int:
        """The last final status; NO_ANSWER if none came."""
        return self.attempts[-1][1] if self.attempts else NO_ANSWER


def hunt(
    ordered: Sequence[Candidate], hunting: HuntingClass = DEFAULT_HUNTING
) -> Generator[Attempt, int, HuntingResult]:
    """Yield what to try, receive its final SIP status (NO_ANSWER for a time-out), return how it ended."""
    attempts: list[tuple[Candidate, int]] = []
    for index, candidate in enumerate(ordered):
        if index == hunting.max_attempts:
            return HuntingResult(HuntingEnd.MOST_ATTEMPTS, tuple(attempts))
        sip_status = yield Attempt(index, candidate)
        attempts.append((candidate, sip_status))
        if 200 <= sip_status < 300:
            return HuntingResult(HuntingEnd.ANSWERED, tuple(attempts))
        if sip_status == CANCELLED or sip_status in hunting.stop_codes:
            return HuntingResult(HuntingEnd.STOPPED, tuple(attempts))
    return HuntingResult(HuntingEnd.EXHAUSTED, tuple(attempts))
