"""The week of a pack as a picture: a row for each day, a rectangle for each time that belongs to a band.

Drawn as SVG with attributes only, since the pages allow no styles inside them. Units are minutes across.
"""

from dataclasses import dataclass
from itertools import pairwise

from smartswitch.core.time_band import MINUTES_PER_DAY, TimeBand, Timetable
from smartswitch.web.nouns.times import MINUTES_PER_HOUR, WEEKDAYS, minute_text

COLOURS = 6
"""Bands beyond these begin again with the first colour."""
ROW_HEIGHT = 60
HOURS_BETWEEN_LABELS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Minutes of a day, from and before, that belong to one band. `colour` counts from 0."""

    band: str
    colour: int
    start: int
    end: int

    @property
    def width(self) -> int:
        """Its length in minutes."""
        return self.end - self.start

    @property
    def words(self) -> str:
        """For people who point at it."""
        return f"{self.band} {minute_text(self.start)}-{minute_text(self.end)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One row of the picture; `label` is None for holidays."""

    label: object
    top: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPicture:
    """All rows, and the colours of the bands by name, in the order in which bands are asked."""

    days: tuple[Day, ...]
    colours: tuple[tuple[str, int], ...]
    height: int

    @property
    def hours(self) -> list[dict[str, object]]:
        """The scale above the days."""
        return [{"x": hour * MINUTES_PER_HOUR, "label": f"{hour:02d}"} for hour in range(0, 24, HOURS_BETWEEN_LABELS)]


def week_picture(timetable: Timetable) -> WeekPicture:
    """Draw a timetable: the first band that covers a minute has it."""
    colours = {name: place % COLOURS for place, name in enumerate(timetable.names)}
    ordinary = [band for band in timetable.bands if not band.is_holiday]
    on_holidays = [band for band in timetable.bands if band.is_holiday]
    rows: list[tuple[object, list[TimeBand]]] = [
        (label, [band for band in ordinary if number in band.weekdays]) for number, label in WEEKDAYS
    ]
    if on_holidays:
        rows.append((None, on_holidays))
    days = tuple(
        Day(label=label, top=place * ROW_HEIGHT, stretches=_stretches(bands, colours))
        for place, (label, bands) in enumerate(rows)
    )
    return WeekPicture(days=days, colours=tuple(colours.items()), height=len(days) * ROW_HEIGHT)


def _stretches(bands: list[TimeBand], colours: dict[str, int]) -> tuple[Stretch, ...]:
    edges = sorted({0, MINUTES_PER_DAY} | {band.start_minute for band in bands} | {band.end_minute for band in bands})
    found: list[Stretch] = []
    for start, end in pairwise(edges):
        name = next((band.name for band in bands if band.start_minute <= start < band.end_minute), None)
        if name is None:
            continue
        if found and found[-1].band == name and found[-1].end == start:
            start = found.pop().start  # noqa: PLW2901 - the stretch before goes on
        found.append(Stretch(band=name, colour=colours[name], start=start, end=end))
    return tuple(found)
