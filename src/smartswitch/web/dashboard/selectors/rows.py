"""The queries of this application."""

from collections.abc import Mapping
from pathlib import Path

from smartswitch.web.config.named_queries import NamedQueries

_QUERIES = NamedQueries(Path(__file__).parents[1] / "sql")


def read_rows(name: str, parameters: Mapping[str, object], *, order: str | None = None) -> list[dict[str, object]]:
    """The rows of a query, by the names of its columns. `order` is one of the module's own texts, never a person's."""
    return _QUERIES.rows(name, parameters, **({} if order is None else {"order": order}))
