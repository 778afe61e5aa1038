"""A bar chart as plain shapes: the calls of a day by the hour, drawn on the server, without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from smartswitch.web.dashboard.selectors.today import Hour

WIDTH = 480
HEIGHT = 96
GAP = 4
LEAST_HEIGHT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One hour. Lengths are units of the drawing; `top` is that of all calls, `answered_top` that of the answered part."""

    hour: int
    calls: int
    answered: int
    left: int
    top: int
    height: int
    answered_top: int
    answered_height: int
    is_present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The bars, and the size of the drawing."""

    bars: tuple[Bar, ...]
    bar_width: int
    width: int = WIDTH
    height: int = HEIGHT


def bars_of(hours: Sequence[Hour], *, present_hour: int) -> Chart:
    """The highest bar fills the height."""
    highest = max((hour.calls for hour in hours), default=0) or 1
    step = WIDTH // len(hours)
    bars = []
    for place, hour in enumerate(hours):
        height = max(LEAST_HEIGHT, hour.calls * HEIGHT // highest)
        answered_height = hour.answered * HEIGHT // highest
        bars.append(
            Bar(
                hour=hour.hour,
                calls=hour.calls,
                answered=hour.answered,
                left=place * step + GAP // 2,
                top=HEIGHT - height,
                height=height,
                answered_top=HEIGHT - answered_height,
                answered_height=answered_height,
                is_present=hour.hour == present_hour,
            )
        )
    return Chart(bars=tuple(bars), bar_width=step - GAP)
