"""Runs the queries of `sql/`: each is named, described, and takes its parameters by name."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.db import connection

SQL = Path(__file__).parents[1] / "sql"


@cache
def query(name: str) -> str:
    """The text of a query."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def read_rows(name: str, parameters: Mapping[str, object], *, order: str | None = None) -> list[dict[str, object]]:
    """The rows of a query, by the names of its columns. `order` is one of the module's own texts, never a person's."""
    text = query(name) if order is None else query(name).replace("/* order */", order)
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
