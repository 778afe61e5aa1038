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


def payment(family: Family, dealer: int, relation: str) -> int:
    """A payment of the dealer; it has no page of its own."""
    balance = family.value("SELECT balance_id FROM dealer WHERE id = %s", dealer)
    counter = family.value(
        "INSERT INTO balance (dealer_id, kind, party, currency) VALUES (%s, 'payments', %s, 'USD') RETURNING id",
        dealer, family.key("payments", relation),
    )  # fmt: skip
    family.run(
        "INSERT INTO ledger_transfer (id, tenant_id, created_at, kind, debit_balance_id, credit_balance_id, amount,"
        " currency, actor) VALUES (gen_random_uuid(), 0, now(), 'payment', %s, %s, 1, 'USD', 'test')", counter, balance,
    )  # fmt: skip
    return 0


FACTORIES: dict[str, Factory] = {
    "companies": company,
    "dealers": dealer,
    "packs": pack,
    "payments": payment,
}
"""By the name of the noun."""
