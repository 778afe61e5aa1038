"""Balances: the viewer's own, and those of the parties that he sells to."""

from dataclasses import dataclass
from enum import Enum

from smartswitch.web.dashboard.selectors.rows import read_rows
from smartswitch.web.login.viewer import Viewer

PAGE_ROWS = 20
MOST_PAGES = 5_000
MOST_COUNTED = 1_000
LONGEST_SEARCH = 64


class Order(Enum):
    """By what the parties may be sorted. The values are our own SQL; a person names only a member."""

    PARTY = ""  # a query of its own, party_balances_by_name
    AMOUNT = "v.amount, v.key"
    AMOUNT_FALLING = "v.amount DESC, v.key"
    AVAILABLE = "available NULLS LAST, v.key"
    HELD_FALLING = "v.held DESC, v.key"
    LIVE_FALLING = "v.live_calls DESC, v.key"

    @classmethod
    def named(cls, name: str) -> "Order":
        """The order that an address names; any other word means by party."""
        return cls.__members__.get(name.upper().replace("-", "_"), cls.PARTY)

    @property
    def word(self) -> str:
        """Its name in an address."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Money on one balance, or on several of one currency; no credit limit is an unlimited credit."""

    currency: str
    amount: int
    held: int
    credit_limit: int | None
    parties: int

    @property
    def available(self) -> int | None:
        """What calls may still use; None is any amount."""
        return None if self.credit_limit is None else self.amount + self.credit_limit - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBalance:
    """One party of the viewer, and its balance."""

    balance_id: int
    party_id: int
    kind: str
    key: str
    name: str | None
    is_blocked: bool
    currency: str
    amount: int
    held: int
    credit_limit: int | None
    available: int | None
    live_calls: int
    call_limit: int | None

    @property
    def noun(self) -> str:
        """The noun of which it is one: a user and an originator are peers."""
        return {"dealer": "dealers", "company": "companies"}.get(self.kind, "peers")

    @property
    def is_empty(self) -> bool:
        """Nothing is left for another call."""
        return self.available is not None and self.available <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPage:
    """One page of parties; pages count from 1. `total` is None if there are more than are counted."""

    parties: tuple[PartyBalance, ...]
    total: int | None
    has_next: bool
    number: int
    search: str
    order: Order

    @property
    def first(self) -> int:
        """The place of the first party of the page among all."""
        return (self.number - 1) * PAGE_ROWS + 1

    @property
    def last(self) -> int:
        """The place of the last one."""
        return self.first + len(self.parties) - 1

    @property
    def most_counted(self) -> int:
        """How many there are at least where nobody counted all of them."""
        return MOST_COUNTED

    @property
    def next(self) -> int:
        """The number of the page after this."""
        return self.number + 1

    @property
    def previous(self) -> int:
        """The number of the page before this."""
        return self.number - 1


def own_holdings(viewer: Viewer) -> tuple[Holding, ...]:
    """The viewer's own balance; the owner, who buys from nobody, sees what all his direct parties have with him."""
    if viewer.is_owner:
        rows = read_rows("party_totals", {"dealer": viewer.dealer_id})
    else:
        rows = read_rows("own_balance", {"dealer": viewer.dealer_id, "balance": viewer.balance_id})
    return tuple(Holding(**row) for row in rows)


def party_balances(viewer: Viewer, *, search: str = "", order: Order = Order.PARTY, page: int = 1) -> PartyPage:
    """A page of the parties whose key or name contains the words."""
    search = search.strip()[:LONGEST_SEARCH]
    number = min(max(page, 1), MOST_PAGES)
    rows = read_rows(
        _query(search, order),
        {
            "dealer": viewer.dealer_id,
            "words": f"%{_literal(search)}%",
            "most": PAGE_ROWS + 1,
            "skipped": (number - 1) * PAGE_ROWS,
            "counted": MOST_COUNTED + 1,
        },
        order=order.value,
    )
    total = rows[0]["total"] if rows else 0
    for row in rows:
        del row["total"]
    return PartyPage(
        parties=tuple(PartyBalance(**row) for row in rows[:PAGE_ROWS]),
        total=total if total <= MOST_COUNTED else None,
        has_next=len(rows) > PAGE_ROWS,
        number=number,
        search=search,
        order=order,
    )


def _query(search: str, order: Order) -> str:
    if not order.value:
        return "party_balances_by_name"
    return "party_balances" if search else "party_balances_by_money"


def _literal(search: str) -> str:
    """The text as LIKE takes it: nothing in it is a wildcard. PostgreSQL has no NUL in text."""
    return search.replace("\0", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
