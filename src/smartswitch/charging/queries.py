"""The named queries of the charging plane: one file each in ``sql/``, read once."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    """A connection, or what a pool lends."""
else:
    Connection = asyncpg.Connection


@cache
def query(name: str) -> str:
    """The text of ``sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.charging").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
