"""How many calls a second one thread rates at four levels; the baseline is a plain rater on fractions, in the same run.

    python benchmarks/rating.py [--calls 200000] [--json]

Four levels, each with its own price list of several thousand codes, so a call is four look-ups and four ratings, as when a
month is recalculated: 1,000,000 calls x 4 levels are to take at most 20 s on two cores.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from smartswitch.core.pack import IncrementFrom, Tariff, Terms
from smartswitch.core.pack_index import PackIndex, PriceRow
from smartswitch.core.rating import rate_call
from smartswitch.runtime.compiled import is_compiled

LEVELS = 4
CODES = 5_000
START_MS = 1_767_614_400_000
BAR_SECONDS = 20
BAR_CALLS = 1_000_000
BAR_CORES = 2

Call = tuple[str, int, int]


def make_packs(draw: random.Random) -> list[PackIndex]:
    """Price lists with one code for each first digit, so that every number has a price."""
    codes = sorted({str(digit) for digit in range(1, 10)} | {str(draw.randint(10, 99_999)) for _ in range(CODES)})
    packs = []
    for pack_id in range(1, LEVELS + 1):
        rows = [
            PriceRow(place, code, None, (price := draw.randint(10**5, 10**8)), price, 0, draw.choice((1, 30, 60)),
                     draw.choice((1, 6, 60)))
            for place, code in enumerate(codes)
        ]  # fmt: skip
        packs.append(PackIndex.build(Terms(pack_id, f"pack-{pack_id}", "USD"), None, rows))
    return packs


def make_calls(draw: random.Random, count: int) -> list[Call]:
    """Calls to 20,000 different numbers, of 0 to 20 minutes."""
    numbers = [str(draw.randint(10**10, 10**12)) for _ in range(20_000)]
    return [(draw.choice(numbers), START_MS + place, draw.randint(0, 1_200)) for place in range(count)]


def rate_whole_call(packs: Sequence[PackIndex], call: Call) -> int:
    """The sum of what all levels pay."""
    number, at_ms, duration_s = call
    total = 0
    for pack in packs:
        tariff = pack.find(number, at_ms)
        assert tariff is not None, "every number has a price"
        total += rate_call(tariff, answered_at_ms=at_ms, duration_s=duration_s).amount
    return total


def rate_with_fractions(packs: Sequence[PackIndex], call: Call) -> int:
    """The same by the formula on fractions, as one would write it first."""
    number, at_ms, duration_s = call
    total = 0
    for pack in packs:
        tariff = pack.find(number, at_ms)
        assert tariff is not None, "every number has a price"
        total += _fraction_amount(tariff, duration_s)
    return total


def _fraction_amount(tariff: Tariff, duration_s: int) -> int:
    price = tariff.pieces[0].price
    if duration_s == 0:
        return 0
    assert tariff.terms.increment_from is IncrementFrom.FIRST_BLOCK, "the packs of this benchmark"
    rest = max(0, duration_s - price.min_s)
    rest += -rest % price.increment_s
    cost = Fraction(price.connect_fee, 10**8) + price.min_s * Fraction(price.first_price_per_minute, 60 * 10**8)
    cost += rest * Fraction(price.price_per_minute, 60 * 10**8)
    return int(cost * 10**6 + Fraction(1, 2))


def calls_per_second(
    rate: Callable[[Sequence[PackIndex], Call], int], packs: Sequence[PackIndex], calls: list[Call]
) -> int:
    """Rate all calls in one thread."""
    began_ns = time.perf_counter_ns()
    for call in calls:
        rate(packs, call)
    return len(calls) * 10**9 // (time.perf_counter_ns() - began_ns)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    draw = random.Random(2026)
    packs, calls = make_packs(draw), make_calls(draw, options.calls)
    sample = calls[: len(calls) // 10]
    assert all(rate_whole_call(packs, call) == rate_with_fractions(packs, call) for call in sample[:1_000])
    baseline = calls_per_second(rate_with_fractions, packs, sample)
    rate = calls_per_second(rate_whole_call, packs, calls)
    figures = {
        "compiled": is_compiled(),
        "levels": LEVELS,
        "calls_per_second": rate,
        "ratings_per_second": rate * LEVELS,
        "baseline_calls_per_second": baseline,
        "times_baseline": round(rate / baseline, 2),
        "recalculation_seconds_on_two_cores": round(BAR_CALLS / rate / BAR_CORES, 1),
        "recalculation_bar_seconds": BAR_SECONDS,
    }
    if options.json:
        print(json.dumps(figures))
    else:
        print(f"compiled: {'yes' if is_compiled() else 'no'}")
        print(f"rating, {LEVELS} levels, one thread: {rate:,} calls/s ({rate * LEVELS:,} ratings/s)")
        print(f"baseline (fractions, same look-ups): {baseline:,} calls/s; {figures['times_baseline']} times as fast")
        print(f"1,000,000 calls on two cores: {figures['recalculation_seconds_on_two_cores']} s (bar: {BAR_SECONDS} s)")


if __name__ == "__main__":
    main()
