"""The named queries of routes: one file each in `sql/`."""

from pathlib import Path

from smartswitch.web.config.named_queries import NamedQueries

query = NamedQueries(Path(__file__).parent / "sql").text
