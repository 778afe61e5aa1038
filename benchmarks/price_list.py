"""A price list of a million codes in a node: time to build, bytes for each code, look-ups a second.

    python benchmarks/price_list.py [--codes 1000000] [--json]

The baseline, in the same run, is what one would write first: a dictionary from code to a price object, asked for every
prefix of the number from the longest to the shortest.
"""

import argparse
import gc
import json
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import TypeVar

from smartswitch.core.pack import Price, Terms
from smartswitch.core.pack_index import LONGEST_CODE, PackIndex, PriceRow

LOOKUPS = 200_000
HOT_NUMBERS = 1_000
START_MS = 1_767_614_400_000
BAR_BYTES_A_CODE = 60

Built = TypeVar("Built")


def make_codes(draw: random.Random, count: int) -> list[str]:
    """Different codes of 2 to 9 digits, in order, as a database hands them out."""
    codes: set[str] = set()
    while len(codes) < count:
        length = draw.randint(1, 8)
        codes.add(f"{draw.randint(1, 9)}{draw.randrange(10**length):0{length}d}")
    return sorted(codes)


def rows_of(codes: list[str]) -> Iterator[PriceRow]:
    """A different price for every code: nothing to share."""
    draw = random.Random(1)
    for place, code in enumerate(codes):
        price = draw.randint(1, 10**8)
        yield PriceRow(place + 10**12, code, None, price, price, 0, draw.choice((1, 30, 60)), draw.choice((1, 6, 60)))


def build_index(codes: list[str]) -> PackIndex:
    """What a node holds."""
    return PackIndex.build(Terms(1, "pack", "USD"), None, rows_of(codes))


def build_dictionary(codes: list[str]) -> dict[str, Price]:
    """The baseline."""
    return {
        row.code: Price(
            row.price_id, row.code, row.price_per_minute, row.first_price_per_minute, 0, row.min_s, row.increment_s
        )
        for row in rows_of(codes)
    }


def ask_dictionary(prices: dict[str, Price], number: str) -> Price | None:
    """The longest prefix, by trying all."""
    for length in range(min(len(number), LONGEST_CODE), 0, -1):
        price = prices.get(number[:length])
        if price is not None:
            return price
    return None


def milliseconds_to_build(build: Callable[[list[str]], Built], codes: list[str]) -> tuple[Built, int]:
    """Build once, without the time of making the rows."""
    began_ns = time.perf_counter_ns()
    for _ in rows_of(codes):
        pass
    rows_ns = time.perf_counter_ns() - began_ns
    began_ns = time.perf_counter_ns()
    built = build(codes)
    return built, (time.perf_counter_ns() - began_ns - rows_ns) // 10**6


def bytes_held(build: Callable[[list[str]], object], codes: list[str]) -> int:
    """What stays allocated after building, the codes themselves not counted; a tenth of the codes is enough."""
    gc.collect()
    tracemalloc.start()
    built = build(codes)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert built is not None
    return held // len(codes)


def lookups_per_second(ask: Callable[[str], object], numbers: list[str]) -> int:
    """Ask for each number in turn."""
    began_ns = time.perf_counter_ns()
    for number in numbers:
        ask(number)
    return len(numbers) * 10**9 // (time.perf_counter_ns() - began_ns)


def measure(count: int) -> dict[str, int | float]:
    """All figures."""
    draw = random.Random(2026)
    codes = make_codes(draw, count)
    numbers = [str(draw.randint(10**10, 10**12)) for _ in range(LOOKUPS)]
    hot = numbers[:HOT_NUMBERS] * (LOOKUPS // HOT_NUMBERS)
    some = codes[:: max(1, len(codes) // 100_000)]
    figures: dict[str, int | float] = {"codes": count, "bytes_per_code_baseline": bytes_held(build_dictionary, some)}
    figures["bytes_per_code"] = bytes_held(build_index, some)
    figures["bytes_per_code_bar"] = BAR_BYTES_A_CODE
    index, figures["build_ms"] = milliseconds_to_build(build_index, codes)
    figures["lookups_per_second"] = lookups_per_second(lambda number: index.find(number, START_MS), numbers)
    figures["lookups_per_second_hot"] = lookups_per_second(lambda number: index.find(number, START_MS), hot)
    prices, figures["build_ms_baseline"] = milliseconds_to_build(build_dictionary, codes)
    figures["lookups_per_second_baseline"] = lookups_per_second(lambda number: ask_dictionary(prices, number), numbers)
    figures["lookups_per_second_hot_baseline"] = lookups_per_second(lambda number: ask_dictionary(prices, number), hot)
    for number in numbers[:10_000]:
        found, expected = index.find(number, START_MS), ask_dictionary(prices, number)
        assert (found.code if found else None) == (expected.code if expected else None)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.codes)
    if options.json:
        print(json.dumps(figures))
        return
    print(f"a price list of {figures['codes']:,} codes         sorted arrays   dictionary")
    for words, name in (
        ("milliseconds to build", "build_ms"),
        ("bytes for each code", "bytes_per_code"),
        ("look-ups a second, all different", "lookups_per_second"),
        ("look-ups a second, 1,000 numbers", "lookups_per_second_hot"),
    ):
        print(f"{words:42}{figures[name]:>14,}{figures[name + '_baseline']:>13,}")
    print(f"bar: at most {BAR_BYTES_A_CODE} bytes a code")


if __name__ == "__main__":
    main()
