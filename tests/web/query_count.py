"""Counts what a page asks the database, so that a query for every row shows itself in a test.

with counted() as queries:
    client.get("/calls")
assert len(queries) == 10, queries
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def counted() -> Iterator[list[str]]:
    """A list that has, at the end, the text of each statement that Django's connection sent."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    queries: list[str] = []
    with CaptureQueriesContext(connection) as asked:
        yield queries
    queries += [query["sql"] for query in asked]
