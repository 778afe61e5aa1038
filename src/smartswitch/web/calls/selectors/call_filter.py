"""What people look for among calls, read from the words of a form or an address. Nothing here asks the database.

A number is found by its beginning: whole, or its first digits. By its last digits it cannot be found: no index serves
that, and a look through a million calls takes seconds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

Value = TypeVar("Value")

RESULTS = ("answered", "unanswered", "refused")
DIRECTIONS = ("outbound", "inbound", "internal")
LONGEST_NUMBER = 32
LONGEST_NAME = 64
LONGEST_CALL_S = 7 * 24 * 60 * 60
HIGHEST_ID = 2**63 - 1
WRITTEN_BETWEEN_DIGITS = re.compile(r"[\s().+/-]+")
DIGITS = re.compile(r"[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are meant; None is any. `since` is included, `until` is not. `min_s` are whole seconds talked."""

    number: str | None = None
    peer_id: int | None = None
    company_id: int | None = None
    dealer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    result: str | None = None
    direction: str | None = None
    terminator: str | None = None
    min_s: int | None = None


ANY_CALL = CallFilter()


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """A filter as it could be read. A field with an error is left out of it; `errors` has what is wrong, by field."""

    filter: CallFilter
    errors: Mapping[str, str] = field(default_factory=dict)


def read_call_filter(values: Mapping[str, str], *, zone: ZoneInfo, sees_terminators: bool) -> ReadFilter:
    """Read a filter from the fields number, peer, company, dealer, since, until, result, direction, terminator, min_s.

    Days and moments (`2026-11-28`, `2026-11-28T14:30`) are those of `zone`; a day in `until` is meant as a whole.
    """
    errors: dict[str, str] = {}

    def read(name: str, how: Callable[[str], Value]) -> Value | None:
        text = values.get(name, "").replace("\0", "").strip()
        if not text:
            return None
        try:
            return how(text)
        except ValueError as error:
            errors[name] = str(error)
            return None

    found = CallFilter(
        number=read("number", _number),
        peer_id=read("peer", _id),
        company_id=read("company", _id),
        dealer_id=read("dealer", _id),
        since=read("since", lambda text: _moment(text, zone, is_end=False)),
        until=read("until", lambda text: _moment(text, zone, is_end=True)),
        result=read("result", lambda text: _one_of(text, RESULTS)),
        direction=read("direction", lambda text: _one_of(text, DIRECTIONS)),
        terminator=read("terminator", _name if sees_terminators else _hidden),
        min_s=read("min_s", _seconds),
    )
    if found.since is not None and found.until is not None and found.since >= found.until:
        errors["until"] = _("The end lies before the beginning.")
    return ReadFilter(found, errors)


def _number(text: str) -> str:
    digits = WRITTEN_BETWEEN_DIGITS.sub("", text)
    if not DIGITS.fullmatch(digits) or len(digits) > LONGEST_NUMBER:
        raise ValueError(_("A number is written with digits: the whole number, or the first digits of it."))
    return digits


def _id(text: str) -> int:
    if not DIGITS.fullmatch(text) or len(text) > len(str(HIGHEST_ID)) or int(text) > HIGHEST_ID:
        raise ValueError(_("There is nothing with this id."))
    return int(text)


def _moment(text: str, zone: ZoneInfo, *, is_end: bool) -> datetime:
    try:
        if len(text) == len("2026-11-28"):
            day = date.fromisoformat(text) + timedelta(days=1 if is_end else 0)
            return datetime.combine(day, time(), tzinfo=zone)
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        moment.astimezone(ZoneInfo("UTC"))  # The first and the last year have moments that other zones cannot name.
    except (ValueError, OverflowError) as error:
        raise ValueError(_("Write a day as 2026-11-28, a moment as 2026-11-28T14:30.")) from error
    return moment


def _one_of(text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        raise ValueError(_("Choose one of the list."))
    return text


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ValueError(_("No terminator has a key that long."))
    return text


def _hidden(_text: str) -> str:
    raise ValueError(_("By whose line a call left is not open to you."))


def _seconds(text: str) -> int:
    if not DIGITS.fullmatch(text) or len(text) > len(str(LONGEST_CALL_S)) or int(text) > LONGEST_CALL_S:
        raise ValueError(_("Write whole seconds, up to a week."))
    return int(text)
