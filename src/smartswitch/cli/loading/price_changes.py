"""Which rows of price change when a file is loaded again: a pure comparison of what is stored with what is wanted.

Rule: the past stays. A price that changed ends now and a new row begins now; a price that is gone from the file ends
now; a row that never came into force is simply taken away. What is equal is left alone, so that a second load of the
same file changes nothing. A new pack takes its rows as they stand in the file, from ever.

| stored, in force      | in the file           | what happens                                  |
|-----------------------|-----------------------|-----------------------------------------------|
| 44 at 0.02            | 44 at 0.02            | nothing                                       |
| 44 at 0.02            | 44 at 0.03            | the first row ends now, a second begins now   |
| 44 at 0.02            | (none)                | the row ends now                              |
| (none)                | 44 at 0.02            | a row begins now, or when the file says       |
| 44 at 0.02 from March | 44 at 0.03 from March | the future row is taken away, a new one stands|
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from smartswitch.cli.party.values import PriceRow


@dataclass(frozen=True, slots=True)
class StoredPrice:
    """A row of the database that is in force or will be."""

    id: int
    row: PriceRow


@dataclass(frozen=True, slots=True)
class PriceChanges:
    """What to do: ids to close now, ids to delete (never in force), rows to add; and how many stay as they are."""

    close: tuple[int, ...]
    delete: tuple[int, ...]
    add: tuple[PriceRow, ...]
    unchanged: int


def compare_prices(
    stored: Iterable[StoredPrice], wanted: Iterable[PriceRow], *, now: datetime, is_new_pack: bool
) -> PriceChanges:
    """Compare the rows of one pack. ``stored`` has none that ended before now."""
    if is_new_pack:
        return PriceChanges((), (), tuple(wanted), 0)
    left: dict[tuple[str, str | None], list[StoredPrice]] = defaultdict(list)
    for each in stored:
        left[each.row.code, each.row.band].append(each)
    add: list[PriceRow] = []
    unchanged = 0
    for row in wanted:
        if row.valid_to <= now:
            continue
        same = next((each for each in left[row.code, row.band] if _is_same(each.row, row, now)), None)
        if same is None:
            add.append(row if row.valid_from > now else replace(row, valid_from=now))
        else:
            left[row.code, row.band].remove(same)
            unchanged += 1
    gone = [each for rows in left.values() for each in rows]
    return PriceChanges(
        close=tuple(each.id for each in gone if each.row.valid_from <= now),
        delete=tuple(each.id for each in gone if each.row.valid_from > now),
        add=tuple(add),
        unchanged=unchanged,
    )


def _is_same(stored: PriceRow, wanted: PriceRow, now: datetime) -> bool:
    """Equal from now on: what both began before now does not matter any more."""
    begins_alike = stored.valid_from == wanted.valid_from or max(stored.valid_from, wanted.valid_from) <= now
    return begins_alike and replace(stored, valid_from=wanted.valid_from) == wanted
