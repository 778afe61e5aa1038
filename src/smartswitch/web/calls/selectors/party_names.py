"""What the parties of charges are called: charges, and answers of nodes, name them by their keys."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from smartswitch.web.config.named_queries import NamedQueries

_QUERIES = NamedQueries(Path(__file__).parent / "sql")


def names_of_parties(keys: Iterable[str]) -> Mapping[str, str]:
    """Names by key; a party that has none, or that the session may not see, is left out."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    return {row["key"]: row["name"] for row in _QUERIES.rows("names_of_parties", {"keys": wanted})}
