"""What must hold among the facts of a leg, and among the entries of the ledger."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.cdr import CallResult, Cdr, faults_of, whole_seconds
from smartswitch.core.ledger import (
    BalanceFact,
    Entry,
    balance_of,
    check_balances,
    check_entries,
    check_zero_sum,
    sums_of,
)

ANSWERED = Cdr("c1", 0, "12123388100", "447911123456", CallResult.ANSWERED, 1_000, 5_000, 65_000, 60_000, 60)
UNANSWERED = replace(ANSWERED, result=CallResult.UNANSWERED, answered_at_ms=None, duration_ms=0, billed_s=0)
REFUSED = replace(UNANSWERED, result=CallResult.REFUSED, reason="no_credit", refused_by="d1")


@pytest.mark.parametrize(("duration_ms", "seconds"), [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (-5, 0)])
def test_every_second_that_has_begun_counts(duration_ms, seconds):
    assert whole_seconds(duration_ms) == seconds


def test_a_sound_cdr_has_no_faults():
    assert [faults_of(cdr) for cdr in (ANSWERED, UNANSWERED, REFUSED)] == [(), (), ()]


@pytest.mark.parametrize(
    ("cdr", "fault"),
    [
        (replace(ANSWERED, answered_at_ms=None), "only an answered leg"),
        (replace(UNANSWERED, answered_at_ms=5_000), "only an answered leg"),
        (replace(UNANSWERED, billed_s=1), "billed for 0 s"),
        (replace(REFUSED, reason=None), "a refused leg has a reason"),
        (replace(ANSWERED, reason="no_credit"), "a refused leg has a reason"),
        (replace(ANSWERED, duration_ms=-1), "negative"),
        (replace(ANSWERED, answered_at_ms=999), "before it was authorized"),
    ],
)
def test_a_cdr_that_contradicts_itself_is_found(cdr, fault):
    (found,) = faults_of(cdr)
    assert fault in found


PAYMENT, CALL = Entry("payment 1", 9, 1, 10_000_000, "USD"), Entry("charge c1/0/0", 1, 2, 60_000, "USD")
BALANCES = {key: BalanceFact(key, "USD", amount) for key, amount in ((9, -10_000_000), (1, 9_940_000), (2, 60_000))}


def test_a_balance_is_the_sum_of_its_entries():
    assert balance_of(1, [PAYMENT, CALL]) == 9_940_000
    assert sums_of([PAYMENT, CALL]) == {9: -10_000_000, 1: 9_940_000, 2: 60_000}
    assert check_entries([PAYMENT, CALL], BALANCES) == []
    assert check_balances([PAYMENT, CALL], BALANCES.values()) == []
    assert check_zero_sum(BALANCES.values()) == []


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        (replace(CALL, credit_balance_id=1), "entry_to_itself"),
        (replace(CALL, credit_balance_id=77), "unknown_balance"),
        (replace(CALL, currency="EUR"), "currency"),
    ],
)
def test_a_wrong_entry_is_named(entry, rule):
    found = check_entries([entry], BALANCES)
    assert {violation.rule for violation in found} == {rule}
    assert {violation.subject for violation in found} == {"charge c1/0/0"}


def test_a_balance_that_differs_and_money_from_nowhere_are_named():
    wrong = [replace(BALANCES[1], amount=9_940_001), BALANCES[2], BALANCES[9]]
    (differs,) = check_balances([PAYMENT, CALL], wrong)
    assert (differs.rule, differs.subject, differs.detail) == (
        "balance_differs", "1", "the balance says 9940001, its entries 9940000",
    )  # fmt: skip
    (made,) = check_zero_sum(wrong)
    assert (made.rule, made.subject) == ("zero_sum", "USD")


ENTRIES = st.builds(
    Entry, st.just("e"), st.integers(1, 5), st.integers(1, 5), st.integers(-(10**9), 10**9), st.just("USD")
)


@given(st.lists(ENTRIES, max_size=20))
def test_transfers_make_and_lose_nothing(entries):
    sums = sums_of(entries)
    assert sum(sums.values()) == 0
    assert all(balance_of(balance, entries) == amount for balance, amount in sums.items())
