"""Time bands: peak, evening, weekend. Which band a moment lies in, and when it changes, exact across daylight saving.

A *timetable* is a pack's ordered list of bands in the pack's own time zone. The first band that covers the local minute
of the day wins. On a holiday the bands marked ``is_holiday`` (whatever their weekdays) are asked first; a minute that none
of them covers is priced as on an ordinary day of that weekday. A minute that no band covers has the band None.

The zone is handed in as a ``tzinfo``; nothing here reads a clock or a zone file. When clocks go back, the repeated hour
belongs twice to its band; when they go forward, the lost hour belongs to none. Moments are UTC milliseconds since 1970.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTES_PER_DAY = 1440
MS_PER_DAY = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class TimeBand:
    """A name for minutes of the local day, from ``start_minute`` to before ``end_minute``, on ISO weekdays (1 = Monday)."""

    name: str
    weekdays: frozenset[int]
    start_minute: int = 0
    end_minute: int = MINUTES_PER_DAY
    is_holiday: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_PER_DAY:
            raise ValueError(f"band {self.name}: minutes go from 0 to {MINUTES_PER_DAY}, the end after the start")
        if not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError(f"band {self.name}: weekdays go from 1 (Monday) to 7")


@dataclass(frozen=True, slots=True)
class Timetable:
    """The bands of one pack, in order, its zone and its holidays (local dates)."""

    bands: tuple[TimeBand, ...]
    zone: tzinfo
    holidays: frozenset[date] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Each band's name once, in order."""
        return tuple(dict.fromkeys(band.name for band in self.bands))

    @property
    def has_gaps(self) -> bool:
        """True if some minute of an ordinary week lies in no band."""
        for weekday in range(1, 8):
            covered_to = 0
            for band in sorted(self.bands, key=lambda band: band.start_minute):
                if weekday in band.weekdays and not band.is_holiday and band.start_minute <= covered_to:
                    covered_to = max(covered_to, band.end_minute)
            if covered_to < MINUTES_PER_DAY:
                return True
        return False


def band_at(timetable: Timetable, at_ms: int) -> str | None:
    """The name of the band in which a moment lies; None if none covers it."""
    local = (_EPOCH + at_ms * _MILLISECOND).astimezone(timetable.zone)
    minute = local.hour * 60 + local.minute
    weekday = local.isoweekday()
    if local.date() in timetable.holidays:
        for band in timetable.bands:
            if band.is_holiday and band.start_minute <= minute < band.end_minute:
                return band.name
    for band in timetable.bands:
        if not band.is_holiday and weekday in band.weekdays and band.start_minute <= minute < band.end_minute:
            return band.name
    return None


def band_changes(timetable: Timetable, from_ms: int, to_ms: int) -> tuple[tuple[int, str | None], ...]:
    """The moments after ``from_ms``, up to ``to_ms``, at which the band changes, each with the band that begins there."""
    changes: list[tuple[int, str | None]] = []
    current = band_at(timetable, from_ms)
    for moment_ms in sorted(set(_candidates(timetable, from_ms, to_ms))):
        if from_ms < moment_ms <= to_ms:
            band = band_at(timetable, moment_ms)
            if band != current:
                changes.append((moment_ms, band))
                current = band
    return tuple(changes)


def _candidates(timetable: Timetable, from_ms: int, to_ms: int) -> Iterator[int]:
    """Every moment at which the band could change: band edges of each local day, in both readings, and zone changes."""
    minutes = {0} | {band.start_minute for band in timetable.bands} | {band.end_minute for band in timetable.bands}
    edges = tuple(sorted(minutes - {MINUTES_PER_DAY}))
    day = (_EPOCH + from_ms * _MILLISECOND).astimezone(timetable.zone).date() - timedelta(days=1)
    last = (_EPOCH + to_ms * _MILLISECOND).astimezone(timetable.zone).date() + timedelta(days=1)
    while day <= last:
        midnight = datetime.combine(day, time.min, timetable.zone)
        for minute in edges:
            for fold in (0, 1):
                local = midnight.replace(hour=minute // 60, minute=minute % 60, fold=fold)
                yield _to_ms(local)
        day += timedelta(days=1)
    start_ms = from_ms
    while start_ms < to_ms:
        end_ms = min(start_ms + MS_PER_DAY, to_ms)
        if _offset(timetable.zone, start_ms) != _offset(timetable.zone, end_ms):
            yield _zone_change(timetable.zone, start_ms, end_ms)
        start_ms = end_ms


def _to_ms(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // _MILLISECOND


def _offset(zone: tzinfo, at_ms: int) -> timedelta | None:
    return (_EPOCH + at_ms * _MILLISECOND).astimezone(zone).utcoffset()


def _zone_change(zone: tzinfo, low_ms: int, high_ms: int) -> int:
    """The first moment with the new offset, found by halving: within a day a zone changes at most once."""
    before = _offset(zone, low_ms)
    while high_ms - low_ms > 1:
        middle_ms = (low_ms + high_ms) // 2
        if _offset(zone, middle_ms) == before:
            low_ms = middle_ms
        else:
            high_ms = middle_ms
    return high_ms
