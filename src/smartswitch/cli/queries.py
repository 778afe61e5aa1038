"""The named queries of the command line: one file each in ``sql/`` or ``loading/sql/``, read once."""

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of ``sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.cli").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


@cache
def loading_query(name: str) -> str:
    """The text of ``loading/sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.cli").joinpath("loading", "sql", f"{name}.sql").read_text(encoding="utf-8")


@cache
def playing_query(name: str) -> str:
    """The text of ``playing/sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.cli").joinpath("playing", "sql", f"{name}.sql").read_text(encoding="utf-8")
