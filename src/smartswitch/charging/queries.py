"""The named queries of the charging plane: one file each in ``sql/``, read once."""

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of ``sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.charging").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
