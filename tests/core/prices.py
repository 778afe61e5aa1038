"""Prices, tariffs and levels for tests: short to write, and strategies that make all kinds of them."""

from hypothesis import strategies as st

from smartswitch.core.chain import RATE_UNIT, Level
from smartswitch.core.money import Rounding, parse_price
from smartswitch.core.pack import ALWAYS_MS, IncrementFrom, Piece, Price, Tariff, TaxMode, Terms, flat_tariff

NOON_MS = 1_767_614_400_000
"""5 January 2026, 12:00 UTC, a Monday."""


def price(per_minute: str = "0.06", *, first: str | None = None, fee: str = "0", code: str = "44", **rest) -> Price:
    """A price in words of the price list."""
    return Price(1, code, parse_price(per_minute), parse_price(first or per_minute), parse_price(fee), **rest)


def terms(**rest) -> Terms:
    return Terms(1, "pack", "USD", **rest)


def tariff(of: Price | None = None, **rest) -> Tariff:
    return flat_tariff(terms(**rest), of or price())


def level(of: Tariff, *, exchange_rate: int = RATE_UNIT) -> Level:
    return Level("p1", "d1", 1, 1, 1, 2, 3, "USD", of, exchange_rate)


def prices(*, lowest: int = -500_000_000, code: str = "44") -> st.SearchStrategy[Price]:
    amounts = st.integers(lowest, 500_000_000) | st.sampled_from([0, 1, 59, 60, 1_234_567])
    seconds = st.integers(0, 90)
    return st.builds(
        Price,
        price_id=st.integers(1, 9),
        code=st.just(code),
        price_per_minute=amounts,
        first_price_per_minute=amounts,
        connect_fee=amounts,
        min_s=seconds,
        increment_s=st.integers(1, 70),
        free_s=seconds,
        grace_s=st.none() | st.integers(0, 20),
    )


def some_terms() -> st.SearchStrategy[Terms]:
    return st.builds(
        Terms,
        pack_id=st.just(1),
        pack=st.just("pack"),
        currency=st.just("USD"),
        decimals=st.integers(0, 6),
        rounding=st.sampled_from(Rounding),
        increment_from=st.sampled_from(IncrementFrom),
        tax_mode=st.sampled_from(TaxMode),
        tax_ppm=st.integers(0, 1_000_000),
    )


@st.composite
def tariffs(draw: st.DrawFn, *, lowest: int = -500_000_000) -> Tariff:
    """Tariffs with up to three changes of band within some minutes after NOON_MS, at odd milliseconds too."""
    changes = sorted(draw(st.sets(st.integers(-5_000, 240_000), max_size=3)))
    moments = [ALWAYS_MS, *(NOON_MS + change for change in changes)]
    return Tariff(draw(some_terms()), tuple(Piece(moment, draw(prices(lowest=lowest))) for moment in moments))
