"""A family of dealers seen from one of them: who is above, beside, below, and a stranger's house.

owner > parent > me > child > grandchild
               > sibling
owner > stranger > stranger's child
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from smartswitch.core.rights import ALL_RIGHTS

from ..conftest import Tree

VISIBLE = ("own", "child", "grandchild")
HIDDEN = ("sibling", "parent", "stranger")
RELATIONS = (*VISIBLE, *HIDDEN)


@dataclass
class Family:
    """The dealers by their relation to `me` (own), and what factories made for each."""

    tree: Tree
    dealers: dict[str, int]
    made: dict[tuple[str, str], Any] = field(default_factory=dict)

    def run(self, statement: Any, *values: object) -> None:
        """Execute one statement as the schema's owner."""
        self.tree.run(statement, *values)

    def value(self, statement: Any, *values: object) -> Any:
        """The first column of the first row."""
        return self.tree.value(statement, *values)

    def key(self, noun: str, relation: str) -> str:
        """A key that is nobody else's."""
        return f"{noun}-of-{relation}"


def make_family(tree: Tree) -> Family:
    """The dealers, each with all rights; `me` and the owner can log in."""
    owner = tree.dealer("owner")
    parent = tree.dealer("parent", owner)
    own = tree.dealer("me", parent)
    child = tree.dealer("child", own)
    dealers = {
        "owner": owner,
        "parent": parent,
        "own": own,
        "child": child,
        "grandchild": tree.dealer("grandchild", child),
        "sibling": tree.dealer("sibling", parent),
        "stranger": tree.dealer("stranger", owner),
    }
    tree.run(
        'INSERT INTO right_grant (dealer_id, "right") SELECT d.id, v FROM dealer AS d, unnest(%s::text[]) AS v'
        " WHERE d.parent_id IS NOT NULL",
        sorted(ALL_RIGHTS),
    )
    return Family(tree, dealers)


@contextmanager
def tree_at(database: Any) -> Iterator[Tree]:
    """A tree in a database of its own."""
    with psycopg.connect(database.url, autocommit=True, row_factory=dict_row) as connection:
        yield Tree(database, connection)
