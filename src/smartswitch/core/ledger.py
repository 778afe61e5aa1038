"""The ledger in the abstract: an entry moves an amount from one balance to another, and nothing is made or lost.

One row is one transfer: ``amount`` leaves the debit balance and comes to the credit balance (a negative amount runs the
other way). So the sum over all balances of a currency is always 0, and a balance is the sum of its entries. These are the
checks; the rows live in the database, which lets nobody change one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer, in 10^-6 of the currency. ``entry_id`` says which row it is, in the words of its table."""

    entry_id: str
    debit_balance_id: int
    credit_balance_id: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class BalanceFact:
    """What a balance claims: its currency and its running amount."""

    balance_id: int
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class LedgerViolation:
    """One thing that does not agree; ``rule`` is a stable name, ``subject`` the row, ``detail`` the words."""

    rule: str
    subject: str
    detail: str


def balance_of(balance_id: int, entries: Iterable[Entry]) -> int:
    """The sum of a balance's entries: credits less debits.

    >>> balance_of(1, [Entry("a", 9, 1, 50, "USD"), Entry("b", 1, 2, 20, "USD")])
    30
    """
    return sum(
        entry.amount * ((entry.credit_balance_id == balance_id) - (entry.debit_balance_id == balance_id))
        for entry in entries
    )


def sums_of(entries: Iterable[Entry]) -> dict[int, int]:
    """The sum of every balance that occurs."""
    sums: dict[int, int] = {}
    for entry in entries:
        sums[entry.debit_balance_id] = sums.get(entry.debit_balance_id, 0) - entry.amount
        sums[entry.credit_balance_id] = sums.get(entry.credit_balance_id, 0) + entry.amount
    return sums


def check_entries(entries: Iterable[Entry], balances: Mapping[int, BalanceFact]) -> list[LedgerViolation]:
    """Every entry joins two different known balances of its own currency."""
    violations: list[LedgerViolation] = []
    for entry in entries:
        if entry.debit_balance_id == entry.credit_balance_id:
            violations.append(LedgerViolation("entry_to_itself", entry.entry_id, "debit and credit are one balance"))
        for balance_id in (entry.debit_balance_id, entry.credit_balance_id):
            balance = balances.get(balance_id)
            if balance is None:
                violations.append(
                    LedgerViolation("unknown_balance", entry.entry_id, f"there is no balance {balance_id}")
                )
            elif balance.currency != entry.currency:
                violations.append(
                    LedgerViolation(
                        "currency", entry.entry_id,
                        f"an entry in {entry.currency} touches balance {balance_id} in {balance.currency}",
                    )
                )  # fmt: skip
    return violations


def check_balances(entries: Iterable[Entry], balances: Iterable[BalanceFact]) -> list[LedgerViolation]:
    """Every running amount equals the sum of its entries."""
    sums = sums_of(entries)
    return [
        LedgerViolation(
            "balance_differs", str(balance.balance_id),
            f"the balance says {balance.amount}, its entries {sums.get(balance.balance_id, 0)}",
        )
        for balance in balances
        if balance.amount != sums.get(balance.balance_id, 0)
    ]  # fmt: skip


def check_zero_sum(balances: Iterable[BalanceFact]) -> list[LedgerViolation]:
    """All balances of one currency, *their amounts summed from entries*, give 0."""
    totals: dict[str, int] = {}
    for balance in balances:
        totals[balance.currency] = totals.get(balance.currency, 0) + balance.amount
    return [
        LedgerViolation("zero_sum", currency, f"all balances in {currency} sum to {total}, not 0")
        for currency, total in sorted(totals.items())
        if total
    ]
