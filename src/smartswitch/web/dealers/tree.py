"""The tree below a viewer, one branch at a time: a branch is one page of the dealers directly below one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from smartswitch.web.dealers.models import Dealer

BRANCH_ROWS = 100
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Dealers below one, by key. `after` is the key after which the next page begins, empty if this was the last."""

    of: Any
    dealers: tuple[Any, ...]
    after: str


def branch_of(dealer: Any, *, after: str = "") -> Branch:
    """A page of the dealers directly below a dealer; each says by `has_branch` whether there is anybody below it."""
    rows = with_branch(Dealer.objects.filter(parent_id=dealer.pk))
    if after:
        rows = rows.filter(key__gt=after[:LONGEST_KEY].replace("\0", ""))
    found = list(rows.order_by("key")[: BRANCH_ROWS + 1])
    shown = tuple(found[:BRANCH_ROWS])
    return Branch(of=dealer, dealers=shown, after=shown[-1].key if len(found) > BRANCH_ROWS else "")


def with_branch(rows: QuerySet[Dealer]) -> QuerySet[Dealer]:
    """Dealers with their balances, and whether there is anybody below them."""
    below = Dealer.objects.filter(parent_id=OuterRef("pk"))
    return rows.select_related("balance").annotate(has_branch=Exists(below))
