"""How to make one object of each noun for a dealer, as the schema's owner. A noun without a factory fails the tests.

A factory takes the family, the dealer's id and the relation's name (for keys that are nobody else's), and returns the id.
"""

from collections.abc import Callable

from .family import Family

Factory = Callable[[Family, int, str], int]


def company(family: Family, dealer: int, relation: str) -> int:
    """A company with its balance."""
    key = family.key("company", relation)
    balance = family.value(
        "INSERT INTO balance (dealer_id, kind, party, currency) VALUES (%s, 'company', %s, 'USD') RETURNING id",
        dealer,
        key,
    )
    return family.value(
        "INSERT INTO company (key, dealer_id, balance_id) VALUES (%s, %s, %s) RETURNING id", key, dealer, balance
    )


def dealer(_family: Family, dealer: int, _relation: str) -> int:
    """The dealer itself."""
    return dealer


def pack(family: Family, dealer: int, relation: str) -> int:
    """An empty billing pack."""
    return family.tree.pack(family.key("pack", relation), dealer)


FACTORIES: dict[str, Factory] = {
    "companies": company,
    "dealers": dealer,
    "packs": pack,
}
"""By the name of the noun."""
