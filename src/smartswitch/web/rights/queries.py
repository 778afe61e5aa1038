"""The named queries of rights: one file each in `sql/`."""

from pathlib import Path

from smartswitch.web.config.named_queries import NamedQueries

QUERIES = NamedQueries(Path(__file__).parent / "sql")
