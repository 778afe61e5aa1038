"""A whole billing pack in memory: from a number and a moment to the tariff of the longest code in force.

A node holds packs of a million codes, so a code is not an object but a row in parallel arrays: some 32 bytes, whatever its
price. Codes are kept in order as integers (the digits, padded with zeros to 15, times 16, plus the length), so that one
bisection finds the last code that is not after the number. Every code that is a prefix of the number is that one or a
prefix of it; the lengths of the prefixes of each code are kept as 16 bits, so the climb to shorter codes is direct.

The rules (SCENARIO.md, docs/algorithms/rating.md):

- the longest code that is in force at the start of the call wins; among its prices the newest one that is in force;
- where a pack has time bands, the choice is made for each band, and a price without a band stands in for the bands that
  have none of their own; a code that would leave a band without a price is refused when the pack is built;
- a blocked code has no price, and a shorter code does not take its place.

What is rare is shared: (first price, fee, minimum, increment, free, grace) and (band, validity, block) are numbers of
rows in two small tables. Rejected: a trie of dictionaries (over 200 bytes a code), one dictionary of prefixes (120 bytes
and up to 15 look-ups), a table of distinct whole prices (grows without bound when every price differs).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from smartswitch.core.pack import ALWAYS_MS, Piece, Price, Tariff, Terms
from smartswitch.core.sentence import SpokenError, say
from smartswitch.core.time_band import MS_PER_DAY, Timetable, band_at, band_changes

NEVER_MS = 2**62
"""The end of a validity that has no end."""
LONGEST_CODE = 15
LONGEST_CALL_MS = MS_PER_DAY
"""A tariff knows its time bands for so long after the day in which the call starts; the last one then stays."""
TARIFFS_REMEMBERED = 4_096
DAYS_REMEMBERED = 4

_SPAN = tuple(10 ** (LONGEST_CODE - length) for length in range(LONGEST_CODE + 1))


class PriceRow(NamedTuple):
    """One row of the price table. A named tuple, not a dataclass, because a million are read at once from a cursor."""

    price_id: int
    code: str
    band: str | None
    price_per_minute: int
    first_price_per_minute: int
    connect_fee: int = 0
    min_s: int = 1
    increment_s: int = 1
    free_s: int = 0
    grace_s: int | None = None
    valid_from_ms: int = ALWAYS_MS
    valid_to_ms: int = NEVER_MS
    is_blocked: bool = False


class Missing(Enum):
    """Why a pack has no tariff for a number."""

    UNKNOWN = "unknown"
    """No code in force is a prefix of the number."""
    BLOCKED = "blocked"
    """The longest code in force is blocked."""


class PackError(SpokenError):
    """A pack that cannot be used; the text names the pack and the code."""


class _Shape(NamedTuple):
    """What prices have in common; ``first_price_per_minute`` None: the same as the price."""

    first_price_per_minute: int | None
    connect_fee: int
    min_s: int
    increment_s: int
    free_s: int
    grace_s: int | None


class _Scope(NamedTuple):
    """When a price applies."""

    band: str | None
    valid_from_ms: int
    valid_to_ms: int
    is_blocked: bool


class PackIndex:
    """A pack, immutable once built; made by :meth:`build`."""

    __slots__ = (
        "_days",
        "_first_rows",
        "_keys",
        "_prefixes",
        "_price_ids",
        "_prices",
        "_scope_of",
        "_scopes",
        "_shape_of",
        "_shapes",
        "_tariffs",
        "terms",
        "timetable",
    )

    def __init__(self, terms: Terms, timetable: Timetable | None) -> None:
        """An empty pack."""
        self.terms = terms
        self.timetable = timetable if timetable is not None and timetable.bands else None
        self._keys = array("Q")
        self._prefixes = array("H")
        self._first_rows = array("I", [0])
        self._price_ids = array("q")
        self._prices = array("q")
        self._shape_of = array("I")
        self._scope_of = array("I")
        self._shapes: list[_Shape] = []
        self._scopes: list[_Scope] = []
        self._tariffs: dict[tuple[object, ...], Tariff] = {}
        self._days: dict[int, tuple[tuple[int, str | None], ...]] = {}

    @classmethod
    def build(cls, terms: Terms, timetable: Timetable | None, rows: Iterable[PriceRow]) -> "PackIndex":
        """Arrange a pack; raises PackError. Rows may come in any order; in order of code they are taken a little faster."""
        index = cls(terms, timetable)
        row_keys = index._take_in(rows)
        index._put_in_order(row_keys)
        index._mark_prefixes()
        index._check_codes(range(len(index._keys)))
        return index

    def __len__(self) -> int:
        """The number of codes."""
        return len(self._keys)

    @property
    def size_bytes(self) -> int:
        """What the arrays take, without the small shared tables and the bounded memory of tariffs."""
        columns = (
            self._keys, self._prefixes, self._first_rows, self._price_ids, self._prices, self._shape_of, self._scope_of,
        )  # fmt: skip
        return sum(column.itemsize * len(column) for column in columns)

    def find(self, number: str, at_ms: int) -> Tariff | None:
        """The tariff of a call to canonical digits that starts at ``at_ms``; None if the pack has no price for it."""
        found = self.look_up(number, at_ms)
        return found if isinstance(found, Tariff) else None

    def look_up(self, number: str, at_ms: int) -> Tariff | Missing:
        """As :meth:`find`, but says why there is no price."""
        for code in self._codes_of(number):
            tariff = self._tariff(code, at_ms)
            if tariff is not None:
                return tariff
        return Missing.UNKNOWN

    def codes_of(self, number: str) -> tuple[str, ...]:
        """Every code that is a prefix of the number, in force or not, the longest first: for "why this price"."""
        return tuple(_code_of(self._keys[code]) for code in self._codes_of(number))

    def _codes_of(self, number: str) -> Iterator[int]:
        number = number[:LONGEST_CODE]
        digits = int(number.ljust(LONGEST_CODE, "0"))
        nearest = bisect_right(self._keys, digits << 4 | len(number)) - 1
        if nearest < 0:
            return
        key = self._keys[nearest]
        length = key & 15
        if 0 <= digits - (key >> 4) < _SPAN[length]:
            yield nearest
        prefixes = self._prefixes[nearest]
        while prefixes:
            length = prefixes.bit_length() - 1
            prefixes ^= 1 << length
            span = _SPAN[length]
            start = digits - digits % span
            if (key >> 4) - start < span and key >> 4 >= start:
                yield bisect_left(self._keys, start << 4 | length)

    def _tariff(self, code: int, at_ms: int) -> Tariff | Missing | None:
        start, end = self._first_rows[code], self._first_rows[code + 1]
        if end - start == 1 and self.timetable is None:
            _, valid_from_ms, valid_to_ms, is_blocked = self._scopes[self._scope_of[start]]
            if not valid_from_ms <= at_ms < valid_to_ms:
                return None
            if is_blocked:
                return Missing.BLOCKED
            return self._tariffs.get((start,)) or self._remember((start,), code, ((ALWAYS_MS, start),))
        return self._tariff_by_band(code, at_ms, start, end)

    def _tariff_by_band(self, code: int, at_ms: int, start: int, end: int) -> Tariff | Missing | None:
        newest = self._newest(range(start, end), at_ms)
        if not newest:
            return None
        fallback = newest.get(None)
        if self.timetable is None or len(newest) == 1:
            day, row = 0, next(iter(newest.values()), None)
            pieces: tuple[tuple[int, int | None], ...] = ((ALWAYS_MS, row),)
        else:
            day = at_ms // MS_PER_DAY
            row = newest.get(band_at(self.timetable, at_ms), fallback)
            pieces = tuple((from_ms, newest.get(band, fallback)) for from_ms, band in self._changes_of(day))
        assert row is not None, "checked when the pack was built"
        if self._scopes[self._scope_of[row]].is_blocked:
            return Missing.BLOCKED
        known = (day, *sorted(newest.values()))
        return self._tariffs.get(known) or self._remember(known, code, pieces)

    def _newest(self, rows: Iterable[int], at_ms: int) -> dict[str | None, int]:
        """For each band the row that was in force last."""
        newest: dict[str | None, int] = {}
        for row in rows:
            scope = self._scopes[self._scope_of[row]]
            if scope.valid_from_ms <= at_ms < scope.valid_to_ms:
                other = newest.get(scope.band)
                if other is None or self._scopes[self._scope_of[other]].valid_from_ms < scope.valid_from_ms:
                    newest[scope.band] = row
        return newest

    def _changes_of(self, day: int) -> tuple[tuple[int, str | None], ...]:
        """The bands from the start of a UTC day to LONGEST_CALL_MS after its end."""
        changes = self._days.get(day)
        if changes is None:
            assert self.timetable is not None, "only asked where there are bands"
            start_ms = day * MS_PER_DAY
            first = (ALWAYS_MS, band_at(self.timetable, start_ms))
            changes = (first, *band_changes(self.timetable, start_ms, start_ms + MS_PER_DAY + LONGEST_CALL_MS))
            if len(self._days) >= DAYS_REMEMBERED:
                self._days.pop(next(iter(self._days)), None)
            self._days[day] = changes
        return changes

    def _remember(self, known: tuple[object, ...], code: int, pieces: tuple[tuple[int, int | None], ...]) -> Tariff:
        """Make a tariff and keep it; beyond TARIFFS_REMEMBERED the one made first is forgotten."""
        made: list[Piece] = []
        previous: int | None = None
        for from_ms, row in pieces:
            if row != previous:
                assert row is not None, "checked when the pack was built"
                made.append(Piece(from_ms, self._price(row, _code_of(self._keys[code]))))
                previous = row
        tariff = Tariff(self.terms, tuple(made))
        if len(self._tariffs) >= TARIFFS_REMEMBERED:
            self._tariffs.pop(next(iter(self._tariffs)), None)
        self._tariffs[known] = tariff
        return tariff

    def _price(self, row: int, code: str) -> Price:
        shape, price = self._shapes[self._shape_of[row]], self._prices[row]
        first, connect_fee, min_s, increment_s, free_s, grace_s = shape
        first = price if first is None else first
        band = self._scopes[self._scope_of[row]].band
        return Price(
            self._price_ids[row], code, price, first, connect_fee, min_s, increment_s, free_s, grace_s, band
        )  # fmt: skip

    # Building

    def _take_in(self, rows: Iterable[PriceRow]) -> "array[int]":
        """Append the columns of rows, in the order in which they come; give the key of each row's code."""
        shapes: dict[_Shape, int] = {shape: number for number, shape in enumerate(self._shapes)}
        scopes: dict[_Scope, int] = {scope: number for number, scope in enumerate(self._scopes)}
        row_keys = array("Q")
        put_key, put_id, put_price = row_keys.append, self._price_ids.append, self._prices.append
        put_shape, put_scope = self._shape_of.append, self._scope_of.append
        for price_id, code, band, price, first, fee, min_s, step_s, free_s, grace_s, from_ms, to_ms, blocked in rows:
            shape = (first if first != price else None, fee, min_s, step_s, free_s, grace_s)
            scope = (band, from_ms, to_ms, blocked)
            shape_number = shapes.get(shape)  # type: ignore[call-overload]  # a plain tuple equals the named one
            if shape_number is None:
                Price(price_id, code, price, first, fee, min_s, step_s, free_s, grace_s)
                shape_number = shapes[_Shape(*shape)] = len(shapes)
            scope_number = scopes.get(scope)  # type: ignore[call-overload]  # a plain tuple equals the named one
            if scope_number is None:
                self._check_scope(code, _Scope(*scope))
                scope_number = scopes[_Scope(*scope)] = len(scopes)
            if not (code.isdigit() and code.isascii() and len(code) <= LONGEST_CODE):
                raise PackError(
                    say(
                        "pack %(pack)s: '%(code)s' is not a code of 1 to %(most)s digits",
                        pack=self.terms.pack,
                        code=code,
                        most=LONGEST_CODE,
                    )
                )
            put_key(int(code.ljust(LONGEST_CODE, "0")) << 4 | len(code))
            put_id(price_id)
            put_price(price)
            put_shape(shape_number)
            put_scope(scope_number)
        self._shapes, self._scopes = list(shapes), list(scopes)
        return row_keys

    def _put_in_order(self, row_keys: "array[int]") -> None:
        """Sort the columns by code, and note for each code where its rows begin."""
        if any(later < earlier for earlier, later in pairwise(row_keys)):
            order = sorted(range(len(row_keys)), key=row_keys.__getitem__)
            row_keys = array("Q", map(row_keys.__getitem__, order))
            self._price_ids = array("q", map(self._price_ids.__getitem__, order))
            self._prices = array("q", map(self._prices.__getitem__, order))
            self._shape_of = array("I", map(self._shape_of.__getitem__, order))
            self._scope_of = array("I", map(self._scope_of.__getitem__, order))
        keys, first_rows = array("Q"), array("I")
        previous = -1
        for row, key in enumerate(row_keys):
            if key != previous:
                keys.append(key)
                first_rows.append(row)
                previous = key
        first_rows.append(len(row_keys))
        self._keys, self._first_rows = keys, first_rows

    def _mark_prefixes(self) -> None:
        """For each code, set the bit of the length of every shorter code that is its prefix."""
        open_ends: list[int] = [10**LONGEST_CODE]
        open_prefixes: list[int] = [0]
        append = self._prefixes.append
        for key in self._keys:
            digits, length = key >> 4, key & 15
            while digits >= open_ends[-1]:
                open_ends.pop()
                open_prefixes.pop()
            prefixes = open_prefixes[-1]
            append(prefixes)
            open_ends.append(digits + _SPAN[length])
            open_prefixes.append(prefixes | 1 << length)

    def _check_scope(self, code: str, scope: _Scope) -> None:
        names = self.timetable.names if self.timetable is not None else ()
        if scope.band is not None and scope.band not in names:
            raise PackError(
                say(
                    "pack %(pack)s: code %(code)s has a price for band '%(band)s', which the pack lacks",
                    pack=self.terms.pack,
                    code=code,
                    band=scope.band,
                )
            )
        if scope.valid_to_ms <= scope.valid_from_ms:
            raise PackError(
                say("pack %(pack)s: a price of code %(code)s ends before it begins", pack=self.terms.pack, code=code)
            )

    def _check_codes(self, codes: Iterable[int]) -> None:
        """Raise PackError for a code with two prices for one moment, or with a band that has none."""
        required: set[str | None] = set(self.timetable.names) if self.timetable is not None else set()
        if self.timetable is not None and self.timetable.has_gaps:
            required.add(None)
        first_rows = self._first_rows
        for code in codes:
            start, end = first_rows[code], first_rows[code + 1]
            if end - start > 1 or required:
                self._check_code(_code_of(self._keys[code]), range(start, end), required)

    def _check_code(self, code: str, rows: range, required: set[str | None]) -> None:
        scopes = [self._scopes[self._scope_of[row]] for row in rows]
        starts = {(scope.band, scope.valid_from_ms) for scope in scopes}
        if len(starts) < len(scopes):
            raise PackError(
                say(
                    "pack %(pack)s: code %(code)s has two prices for one band from the same moment",
                    pack=self.terms.pack,
                    code=code,
                )
            )
        if all(scope.band is None for scope in scopes):
            return
        for moment_ms in {scope.valid_from_ms for scope in scopes} | {scope.valid_to_ms for scope in scopes}:
            priced = self._newest(rows, moment_ms).keys()
            if priced and None not in priced and (lacking := required - priced):
                outside = say("the time outside all bands")
                raise PackError(
                    say(
                        "pack %(pack)s: code %(code)s has no price for %(bands)s; add one, or a price without a band",
                        pack=self.terms.pack,
                        code=code,
                        bands=tuple(outside if name is None else name for name in sorted(lacking, key=str)),
                    )
                )


def _code_of(key: int) -> str:
    return str(key >> 4).rjust(LONGEST_CODE, "0")[: key & 15]
