"""The named queries of dealers: one file each in `sql/`."""

from pathlib import Path

from smartswitch.web.config.named_queries import NamedQueries

QUERIES = NamedQueries(Path(__file__).parent / "sql")
