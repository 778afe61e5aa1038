"""Reads the SQL files of migrations. A file that was released is never edited: a later migration brings the next one."""

from pathlib import Path

from django.db.migrations import RunSQL

_WEB = Path(__file__).parents[1]


def run_sql_file(name: str) -> RunSQL:
    """The operation that runs `application/sql/file.sql`, given as `application/file`."""
    application, _, file = name.partition("/")
    return RunSQL((_WEB / application / "sql" / f"{file}.sql").read_text())
