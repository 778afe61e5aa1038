"""The queries of this application."""

from collections.abc import Mapping
from pathlib import Path

from smartswitch.web.calls.selectors.legs import PARTY_CALLS
from smartswitch.web.config.named_queries import NamedQueries
from smartswitch.web.login.viewer import Viewer

_QUERIES = NamedQueries(Path(__file__).parents[1] / "sql")


def read_rows(name: str, parameters: Mapping[str, object], **pieces: str) -> list[dict[str, object]]:
    """The rows of a query, by the names of its columns. Pieces of it are texts of our own, never a person's."""
    return _QUERIES.rows(name, parameters, **pieces)


def party_calls(viewer: Viewer) -> str:
    """The piece `party` of queries of calls: for a customer, only those of his own phones."""
    return "" if viewer.is_of_dealer else PARTY_CALLS
