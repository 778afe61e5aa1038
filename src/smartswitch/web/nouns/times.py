"""Form fields for times of the day and of the week, and for codes: what price lists and routes are made of.

Minutes count from midnight, those of a week from Monday 00:00. People write `08:30`, and `Mon-Fri 08:00-18:00`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from smartswitch.core.time_band import MINUTES_PER_DAY
from smartswitch.web.nouns.fields import LineField

DAYS_PER_WEEK = 7
MINUTES_PER_WEEK = DAYS_PER_WEEK * MINUTES_PER_DAY
MINUTES_PER_HOUR = 60
LONGEST_CODE = 15
MOST_WEEK_TIMES = 50
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = (
    (1, pgettext_lazy("weekday", "Mon")),
    (2, pgettext_lazy("weekday", "Tue")),
    (3, pgettext_lazy("weekday", "Wed")),
    (4, pgettext_lazy("weekday", "Thu")),
    (5, pgettext_lazy("weekday", "Fri")),
    (6, pgettext_lazy("weekday", "Sat")),
    (7, pgettext_lazy("weekday", "Sun")),
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
_WEEK_TIME = re.compile(
    r"(?:([a-z]{2,9})(?:\s*-\s*([a-z]{2,9}))?\s+)?([0-9]{1,2}:[0-9]{2})\s*-\s*([0-9]{1,2}:[0-9]{2})", re.ASCII
)


def minute_text(minute: int) -> str:
    """A minute of the day as 08:30; the end of the day is 24:00."""
    return f"{minute // MINUTES_PER_HOUR:02d}:{minute % MINUTES_PER_HOUR:02d}"


def _minute(text: str) -> int | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match.group(1)), int(match.group(2))
    total = hour * MINUTES_PER_HOUR + minute
    return total if minute < MINUTES_PER_HOUR and total <= MINUTES_PER_DAY else None


class CodeField(LineField):
    """A code: the first digits of numbers. A plus sign before it is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"label": gettext_lazy("Code"), "max_length": LONGEST_CODE + 1, "empty_value": "", **options}
        )
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value).removeprefix("+")
        if text and (len(text) > LONGEST_CODE or not (text.isascii() and text.isdigit())):
            raise forms.ValidationError(_("A code is 1 to 15 digits, like 4479."), code="invalid")
        return text


class MinuteField(LineField):
    """A time of the day, kept as minutes since midnight; 24:00 is its end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": len("00:00"), **options})
        self.widget.attrs.update({"placeholder": "08:00", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MINUTES_PER_DAY:
            return value
        text = super().to_python(value)
        if not text:
            return None
        minute = _minute(text)
        if minute is None:
            raise forms.ValidationError(
                _("A time is hours and minutes from 00:00 to 24:00, like 08:30."), code="invalid"
            )
        return minute

    def prepare_value(self, value: Any) -> Any:
        return minute_text(value) if isinstance(value, int) else value

    def run_validators(self, value: Any) -> None:
        """What it validates are texts; by now the value is a number."""


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week as checkboxes, kept as ISO numbers: 1 is Monday."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"choices": WEEKDAYS, "coerce": int, "empty_value": [], **options})


class WeekTimesField(LineField):
    """Times of the week, kept as pairs of minutes, from and before; None is always.

    `Mon-Fri 08:00-18:00, Sat 09:00-13:00`; without days it is every day; an end that is not after the start is on the
    next day.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 1000, **options})

    def to_python(self, value: Any) -> tuple[tuple[int, int], ...] | None:
        text = super().to_python(value).lower()
        if not text:
            return None
        parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
        if len(parts) > MOST_WEEK_TIMES:
            raise forms.ValidationError(_("These are too many times; at most %d.") % MOST_WEEK_TIMES, code="invalid")
        pieces = [piece for part in parts for piece in self._pieces(part)]
        return joined(pieces) or None

    def _pieces(self, text: str) -> list[tuple[int, int]]:
        match = _WEEK_TIME.fullmatch(text)
        days = _days(match.group(1), match.group(2)) if match is not None else None
        start = _minute(match.group(3)) if match is not None else None
        end = _minute(match.group(4)) if match is not None else None
        if days is None or start is None or end is None or start == MINUTES_PER_DAY:
            raise forms.ValidationError(
                _("“%(text)s” is not a time of the week, like Mon-Fri 08:00-18:00.") % {"text": text[:40]},
                code="invalid",
            )
        length = end - start if end > start else end - start + MINUTES_PER_DAY
        return [(day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + start + length) for day in days]

    def prepare_value(self, value: Any) -> Any:
        return week_text(value) if isinstance(value, tuple | list) else value

    def run_validators(self, value: Any) -> None:
        """What it validates are texts; by now the value is a tuple."""


def _days(first: str | None, last: str | None) -> list[int] | None:
    if first is None:
        return list(range(DAYS_PER_WEEK))
    numbers = [_day(name) for name in (first, last or first)]
    if None in numbers:
        return None
    start, end = numbers
    assert start is not None
    assert end is not None
    return [(start + step) % DAYS_PER_WEEK for step in range((end - start) % DAYS_PER_WEEK + 1)]


def _day(name: str) -> int | None:
    found = [place for place, day in enumerate(DAY_NAMES) if day.startswith(name[:3]) and len(name) > 1]
    return found[0] if len(found) == 1 else None


def joined(pieces: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Pieces of the week in order, without overlaps; what goes beyond Sunday night goes on on Monday."""
    laid: list[tuple[int, int]] = []
    for start, end in pieces:
        laid.append((start, min(end, MINUTES_PER_WEEK)))
        if end > MINUTES_PER_WEEK:
            laid.append((0, end - MINUTES_PER_WEEK))
    whole: list[tuple[int, int]] = []
    for start, end in sorted(laid):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return tuple(whole)


def week_text(pieces: Sequence[tuple[int, int]]) -> str:
    """Pieces of the week as people write them: one of each day, days with the same times together."""
    by_time: dict[tuple[int, int], list[int]] = {}
    for start, end in pieces:
        for day in range(start // MINUTES_PER_DAY, -(-end // MINUTES_PER_DAY)):
            midnight = day * MINUTES_PER_DAY
            times = max(start - midnight, 0), min(end - midnight, MINUTES_PER_DAY)
            by_time.setdefault(times, []).append(day)
    return ", ".join(
        f"{run} {minute_text(start)}-{minute_text(end)}"
        for (start, end), days in by_time.items()
        for run in _runs(days)
    )


def _runs(days: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [name.capitalize() for name in DAY_NAMES]
    return [names[run[0]] if len(run) == 1 else f"{names[run[0]]}-{names[run[-1]]}" for run in runs]


def code_bounds(prefix: str) -> tuple[str, str | None]:
    """The codes that begin with digits lie from the first up to, not including, the second of these (None: no end)."""
    stem = prefix.rstrip("9")
    return prefix, f"{stem[:-1]}{int(stem[-1]) + 1}" if stem else None


def digits_of(typed: str) -> str | None:
    """What was typed into a search for a number or code, without its plus sign and separators; None if it is neither."""
    digits = re.sub(r"[\s().+-]", "", typed)
    return digits if digits.isascii() and digits.isdigit() else None
