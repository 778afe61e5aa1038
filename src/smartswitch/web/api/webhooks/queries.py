"""The named queries of the API's jobs: one file each in `sql/`."""

from functools import cache
from pathlib import Path

SQL = Path(__file__).parents[1] / "sql"


@cache
def query(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
