"""What happens to the rows of a pack when its file is loaded again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartswitch.cli.loading.price_changes import PriceChanges, StoredPrice, compare_prices
from smartswitch.cli.party.values import BEFORE_EVERYTHING, PriceRow

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 4, 1, tzinfo=UTC)
EARLIER = datetime(2026, 2, 1, tzinfo=UTC)
UK = PriceRow(code="44", price_per_minute=2_000_000, first_price_per_minute=2_000_000)
DEARER = replace(UK, price_per_minute=3_000_000)


def compare(stored: list[PriceRow], wanted: list[PriceRow]) -> PriceChanges:
    rows = [StoredPrice(number, row) for number, row in enumerate(stored, start=1)]
    return compare_prices(rows, wanted, now=NOW, is_new_pack=False)


def test_a_new_pack_takes_its_rows_as_they_stand() -> None:
    assert compare_prices([], [UK], now=NOW, is_new_pack=True) == PriceChanges((), (), (UK,), 0)


@pytest.mark.parametrize(
    ("stored", "wanted", "changes"),
    [
        pytest.param([UK], [UK], PriceChanges((), (), (), 1), id="equal"),
        pytest.param([replace(UK, valid_from=EARLIER)], [UK], PriceChanges((), (), (), 1), id="equal-from-now-on"),
        pytest.param([UK], [DEARER], PriceChanges((1,), (), (replace(DEARER, valid_from=NOW),), 0), id="changed"),
        pytest.param([UK], [], PriceChanges((1,), (), (), 0), id="gone"),
        pytest.param([], [UK], PriceChanges((), (), (replace(UK, valid_from=NOW),), 0), id="new-code"),
        pytest.param(
            [UK, replace(DEARER, valid_from=LATER)],
            [UK, replace(DEARER, valid_from=LATER)],
            PriceChanges((), (), (), 2),
            id="equal-in-future",
        ),
        pytest.param(
            [UK, replace(DEARER, valid_from=LATER)],
            [UK, replace(DEARER, valid_from=LATER, connect_fee=1)],
            PriceChanges((), (2,), (replace(DEARER, valid_from=LATER, connect_fee=1),), 1),
            id="changed-in-future",
        ),
        pytest.param(
            [UK],
            [UK, replace(UK, band="night")],
            PriceChanges((), (), (replace(UK, band="night", valid_from=NOW),), 1),
            id="another-band",
        ),
        pytest.param(
            [], [replace(UK, valid_from=BEFORE_EVERYTHING, valid_to=EARLIER)], PriceChanges((), (), (), 0), id="over"
        ),
    ],
)
def test_the_past_stays(stored: list[PriceRow], wanted: list[PriceRow], changes: PriceChanges) -> None:
    assert compare(stored, wanted) == changes
