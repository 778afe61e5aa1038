"""Routes: which terminators may carry a call to a number, and why the others may not.

A *route class* is a list of routes by code. It may have a base class, whose routes it inherits, and so on; a class that is
its own ancestor is visited once. Every route whose code is a prefix of the number is *considered*, the nearer class first
and in it the longer code first, and is either taken or left for one named reason, so that "why" can always be shown.

A terminator carries one call once: of its routes that are in force, the nearest and then the longest decides for it, and
the others are left. So a blocked route for 4479 to a terminator bars it from those numbers although it serves 44.

*Percentage routing*: routes of one class and code with a weight share calls in the proportion of their weights. A draw
(a random integer that the caller brings) says which one stands first in its group, then which of the rest stands second,
and so on, each time by their weights: so whichever of them later proves unusable (no price, away, failed), the others
share its calls in proportion. The order among all taken routes is hunting's affair (``hunting.py``).
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from smartswitch.core.pack import ALWAYS_MS

NEVER_MS = 2**62
MINUTES_PER_WEEK = 7 * 1440
LONGEST_CODE = 15
MOST_BASE_CLASSES = 100
"""A chain of base classes longer than this is cut; the database refuses cycles, this bounds the work."""

_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


class Left(Enum):
    """Why a route that matches the number does not carry the call."""

    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    OUTSIDE_HOURS = "outside_hours"
    OVERRIDDEN = "overridden"
    """A nearer class or a longer code has a route to the same terminator."""
    BLOCKED = "blocked"
    ROUTE_LIMIT = "route_limit"
    TERMINATOR_LIMIT = "terminator_limit"


@dataclass(frozen=True, slots=True)
class Route:
    """Calls to numbers that begin with ``code`` ("" is every number) may go to a terminator.

    ``priority``: lower first. ``weight`` (1 to 100): its share, None for no percentage routing. ``week_minutes``: pairs of
    minutes of the UTC week (Monday 00:00 is 0), from and before; None: at all times. The two limits are counted by
    the caller, who names the routes that have reached theirs.
    """

    route_id: int
    code: str
    terminator_id: int
    priority: int = 10
    weight: int | None = None
    valid_from_ms: int = ALWAYS_MS
    valid_to_ms: int = NEVER_MS
    week_minutes: tuple[tuple[int, int], ...] | None = None
    call_limit: int | None = None
    calls_per_second_limit: int | None = None
    is_blocked: bool = False

    def __post_init__(self) -> None:
        if self.weight is not None and not 1 <= self.weight <= 100:
            raise ValueError(f"route {self.route_id}: a weight goes from 1 to 100, not {self.weight}")
        for start, end in self.week_minutes or ():
            if not 0 <= start < end <= MINUTES_PER_WEEK:
                raise ValueError(f"route {self.route_id}: minutes of the week go from 0 to {MINUTES_PER_WEEK}")


@dataclass(frozen=True, slots=True)
class RouteClass:
    """A list of routes by code, and the class whose routes it inherits. Made by :func:`build_route_class`."""

    route_class_id: int
    name: str
    routes_by_code: Mapping[str, tuple[Route, ...]] = field(repr=False)
    base_class_id: int | None = None


@dataclass(frozen=True, slots=True)
class ConsideredRoute:
    """A route that matches the number; ``left`` None: taken.

    ``depth`` is 0 in the class itself, 1 in its base. ``group`` numbers the percentage group, None outside one;
    ``group_rank`` is 0 for the one that the draw put first in it, 1 for the second, and so on.
    """

    route: Route
    route_class_id: int
    depth: int
    left: Left | None = None
    group: int | None = None
    group_rank: int = 0


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """Every route that matches the number, in order of consideration."""

    considered: tuple[ConsideredRoute, ...]

    @property
    def taken(self) -> tuple[ConsideredRoute, ...]:
        """The routes that may carry the call, for hunting to put in order; empty: no route."""
        return tuple(each for each in self.considered if each.left is None)


def build_route_class(
    route_class_id: int, name: str, routes: Iterable[Route], *, base_class_id: int | None = None
) -> RouteClass:
    """Arrange routes by code; their order within a code is kept."""
    by_code: dict[str, list[Route]] = {}
    for route in routes:
        by_code.setdefault(route.code, []).append(route)
    return RouteClass(route_class_id, name, {code: tuple(those) for code, those in by_code.items()}, base_class_id)


def select_routes(
    classes: Mapping[int, RouteClass],
    route_class_id: int,
    number: str,
    *,
    at_ms: int,
    draw: int,
    exhausted_routes: Set[int] = frozenset(),
    exhausted_terminators: Set[int] = frozenset(),
) -> RouteChoice:
    """Consider every route that matches canonical digits. ``draw`` is a random integer of at least 32 bits, >= 0."""
    considered: list[ConsideredRoute] = []
    decided: set[int] = set()
    for depth, route_class in enumerate(_lineage(classes, route_class_id)):
        for length in range(min(len(number), LONGEST_CODE), -1, -1):
            for route in route_class.routes_by_code.get(number[:length], ()):
                left = _out_of_force(route, at_ms)
                if left is None:
                    left = _unusable(route, decided, exhausted_routes, exhausted_terminators)
                    decided.add(route.terminator_id)
                considered.append(ConsideredRoute(route, route_class.route_class_id, depth, left))
    return RouteChoice(_draw_groups(considered, draw))


def _lineage(classes: Mapping[int, RouteClass], route_class_id: int) -> Iterable[RouteClass]:
    """The class, its base, the base of that; a class that is missing or comes again ends it."""
    seen: set[int] = set()
    following: int | None = route_class_id
    while following is not None and following not in seen and len(seen) < MOST_BASE_CLASSES:
        seen.add(following)
        route_class = classes.get(following)
        if route_class is None:
            return
        yield route_class
        following = route_class.base_class_id


def _out_of_force(route: Route, at_ms: int) -> Left | None:
    if at_ms < route.valid_from_ms:
        return Left.NOT_YET_VALID
    if at_ms >= route.valid_to_ms:
        return Left.NO_LONGER_VALID
    if route.week_minutes is not None:
        minute = week_minute(at_ms)
        if not any(start <= minute < end for start, end in route.week_minutes):
            return Left.OUTSIDE_HOURS
    return None


def week_minute(at_ms: int) -> int:
    """The minute of the UTC week: 0 is Monday 00:00.

    >>> week_minute(0)  # 1 January 1970 was a Thursday
    4320
    """
    monday_ms = (_MONDAY - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return (at_ms - monday_ms) // 60_000 % MINUTES_PER_WEEK


def _unusable(
    route: Route, decided: Set[int], exhausted_routes: Set[int], exhausted_terminators: Set[int]
) -> Left | None:
    if route.terminator_id in decided:
        return Left.OVERRIDDEN
    if route.is_blocked:
        return Left.BLOCKED
    if route.route_id in exhausted_routes:
        return Left.ROUTE_LIMIT
    if route.terminator_id in exhausted_terminators:
        return Left.TERMINATOR_LIMIT
    return None


def _draw_groups(considered: list[ConsideredRoute], draw: int) -> tuple[ConsideredRoute, ...]:
    """Number the percentage groups of the taken routes, and rank the members of each."""
    groups: dict[tuple[int, str], list[int]] = {}
    for position, each in enumerate(considered):
        if each.left is None and each.route.weight is not None:
            groups.setdefault((each.route_class_id, each.route.code), []).append(position)
    for group, members in enumerate(groups.values()):
        left_in_draw = draw
        for rank in range(len(members)):
            weights = [considered[position].route.weight or 0 for position in members]
            left_in_draw, point = divmod(left_in_draw, sum(weights))
            position = members.pop(_place_of(point, weights))
            each = considered[position]
            considered[position] = ConsideredRoute(each.route, each.route_class_id, each.depth, None, group, rank)
    return tuple(considered)


def _place_of(point: int, weights: list[int]) -> int:
    """Which place a point below the sum of the weights falls on, each being as wide as its weight."""
    for place, weight in enumerate(weights):
        if point < weight:
            return place
        point -= weight
    raise AssertionError("a point below the sum of the weights lies in one of them")
