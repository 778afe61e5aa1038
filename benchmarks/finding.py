"""Finding things in a big database: the search box, and calls by what is known of them, for people at three levels.

    python benchmarks/finding.py [--times 5] [--keep DIRECTORY]

The database is that of `big_house.py`, the same that `pages.py` keeps. What is measured are the selectors, with their
queries under row-level security, as a page would call them. The bars: the search box under 200 ms, calls by number under
500. The baseline of the same run is one `SELECT 1`.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from big_house import PEOPLE, make_big_house

from smartswitch.runtime.postgres import EmbeddedPostgres

DATABASE = "big"
TEXTS = (
    "c000123", "c", "ba", "bakery", "river bakery 1", "d0999", "u050000", "апт", "line", "extension 1", "44", "44207",
    "44791", "448001234567", "10.1.2.3", "nothing at all", "%", "x" * 10_000,
)  # fmt: skip
"""Written into the search box: keys, single letters, words that thousands have, numbers, addresses, nonsense."""

Work = Callable[[], object]


def works(viewer: Any, url: str) -> Iterator[tuple[str, Work]]:
    """What is measured, by its name, for one person."""
    from django.db import connection
    from django.utils import timezone

    from smartswitch.web.calls.selectors.search import find_calls
    from smartswitch.web.search.selectors import search_everything

    now = timezone.now()

    def baseline() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    yield "SELECT 1", baseline
    for text in TEXTS:
        yield f"search {text[:20]!r}", lambda text=text: search_everything(viewer, text, now=now)
    for name, wanted in filters(viewer, url, now).items():
        yield f"calls by {name}", lambda wanted=wanted: find_calls(viewer, wanted, now=now, most=50)


def filters(viewer: Any, url: str, now: datetime) -> dict[str, Any]:
    """Filters for calls that there are in the person's house, and for some that there are not."""
    from smartswitch.web.calls.selectors.call_filter import CallFilter

    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT caller, called, peer_id FROM cdr WHERE dealer_ids @> ARRAY[%s]::bigint[]"
            " AND called <> '448001234567' ORDER BY created_at LIMIT 1",
            [viewer.dealer_id],
        ).fetchone()
    assert row is not None
    caller, called, peer_id = row
    return {
        "nothing": CallFilter(),
        "number of a caller": CallFilter(number=caller),
        "number of a called": CallFilter(number=called),
        "a number of everybody": CallFilter(number="448001234567"),
        "two digits": CallFilter(number=called[:2]),
        "five digits": CallFilter(number=called[:5]),
        "seven digits": CallFilter(number=called[:7]),
        "a number of nobody": CallFilter(number="999999999"),
        "peer": CallFilter(peer_id=peer_id),
        "result": CallFilter(result="refused"),
        "length": CallFilter(min_s=590),
        "a length of none": CallFilter(min_s=3600),
        "number and result": CallFilter(number=called[:7], result="refused"),
        "day": CallFilter(since=now - timedelta(days=30), until=now - timedelta(days=29)),
    }


def measure(url: str, *, times: int) -> Iterator[tuple[str, str, list[float]]]:
    """Person, work, and the milliseconds of each time, after one that is not counted."""
    from django.db import transaction

    from smartswitch.web.login.viewer import act_for, read_viewer

    with psycopg.connect(url) as connection:
        logins = dict(connection.execute("SELECT username, id FROM login").fetchall())
    for person in PEOPLE:
        with transaction.atomic():
            viewer = read_viewer(logins[person], person, "")
            assert viewer is not None
            act_for(viewer, request_id="benchmark")
            for name, work in works(viewer, url):
                work()
                yield person, name, [_milliseconds(work) for _ in range(times)]


def _milliseconds(work: Work) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def run(directory: Path, *, times: int) -> None:
    """Seed if need be, measure, print."""
    import django

    directory.mkdir(exist_ok=True)
    directory.chmod(0o711)
    with EmbeddedPostgres(directory) as server, tempfile.TemporaryDirectory() as state:
        url = server.database_url(DATABASE)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "smartswitch.web.config.settings",
            "SMARTSWITCH_DATABASE_URL": url,
            "SMARTSWITCH_STATE_DIRECTORY": state,
        }
        if not server.has_database(DATABASE):
            make_big_house(server, DATABASE)
        django.setup()
        groups: dict[tuple[str, str], list[float]] = {}
        print(f"{'':6} {'':32} {'p50 ms':>8} {'max ms':>8}")
        for person, name, taken_ms in measure(url, times=times):
            print(f"{person:6} {name:32} {statistics.median(taken_ms):8.1f} {max(taken_ms):8.1f}")
            groups.setdefault((person, name.partition(" ")[0]), []).extend(taken_ms)
        for (person, group), taken_ms in groups.items():
            p95 = statistics.quantiles(taken_ms, n=20, method="inclusive")[-1]
            print(
                f"{person:6} all of {group!r}: p50 {statistics.median(taken_ms):.1f}, p95 {p95:.1f}, max {max(taken_ms):.1f}"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument(
        "--keep", metavar="DIRECTORY", type=Path, help="Keep the seeded database here for the next run."
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(arguments.keep or Path(name), times=arguments.times)


if __name__ == "__main__":
    main()
