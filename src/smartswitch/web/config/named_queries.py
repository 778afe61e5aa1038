"""Runs the queries that lie in an application's `sql/`: each is named, described, and takes its parameters by name.

Rule: a query is put together from texts of our own only; whatever a person wrote is a parameter.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection


class NamedQueries:
    """The queries of one folder; each application has one, in its `queries` module."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.text = cache(self._read)
        """The text of a query, for who runs it on another connection."""

    def rows(self, name: str, parameters: Mapping[str, object], **pieces: str) -> list[dict[str, Any]]:
        """The rows of a query, by the names of its columns. A piece takes the place of the comment with its name."""
        text = self.text(name)
        for piece, wording in pieces.items():
            text = text.replace(f"/* {piece} */", wording)
        with connection.cursor() as cursor:
            cursor.execute(text, parameters)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, name: str, parameters: Mapping[str, object]) -> None:
        """Execute a query that answers nothing."""
        with connection.cursor() as cursor:
            cursor.execute(self.text(name), parameters)

    def _read(self, name: str) -> str:
        return (self._folder / f"{name}.sql").read_text(encoding="utf-8")
