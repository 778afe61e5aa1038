"""Runs the named queries of the applications' `sql` folders: each is described there, and takes its parameters by name."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

_WEB = Path(__file__).parents[1]


@cache
def query(name: str) -> str:
    """The text of a query, given as `application/file`."""
    application, _, file = name.partition("/")
    return (_WEB / application / "sql" / f"{file}.sql").read_text(encoding="utf-8")


def read_rows(name: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
    """The rows of a query, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(query(name), parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def run(name: str, parameters: Mapping[str, object]) -> None:
    """Execute a query that answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(query(name), parameters)
