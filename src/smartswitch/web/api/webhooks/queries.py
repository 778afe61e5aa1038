"""The named queries of the API's jobs: one file each in `sql/`."""

from pathlib import Path

from smartswitch.web.config.named_queries import NamedQueries

query = NamedQueries(Path(__file__).parents[1] / "sql").text
