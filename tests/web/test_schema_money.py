"""What the database refuses in matters of money: overdrafts, changed ledgers, changed past prices."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg import errors

CALL = UUID(int=7)
APPEND_ONLY = {
    "cdr": "marked", "charge": "amount", "ledger_transfer": "amount", "audit_entry": "actor", "audit_chain": "hash",
}  # fmt: skip


@pytest.fixture
def balance(tree) -> int:
    """A balance of 5.00 with a credit limit of 10.00."""
    owner = tree.dealer("owner")
    return tree.value(
        "INSERT INTO balance (dealer_id, kind, party, currency, amount, credit_limit)"
        " VALUES (%s, 'peer', 'p', 'USD', 5000000, 10000000) RETURNING id",
        owner,
    )


def write_call(tree, *, at: datetime | None = None) -> None:
    """One call that cost its payer 1.20, of which 0.20 are tax, and a payment of 3.00."""
    at = at or datetime.now(UTC)
    tree.run(
        "INSERT INTO cdr (tenant_id, created_at, call_id, leg, dealer_id, dealer_ids, direction, caller, called,"
        " authorized_at_ms, ended_at_ms, duration_ms, billed_s, result, node)"
        " VALUES (2, %s, %s, 0, 2, '{1,2}', 'outbound', '1', '2', 0, 60000, 60000, 60, 'answered', 'n1')",
        at, CALL,
    )  # fmt: skip
    tree.run(
        "INSERT INTO charge (tenant_id, created_at, call_id, leg, level, dealer_id, seller_dealer_id, payer, seller,"
        " debit_balance_id, credit_balance_id, tax_balance_id, amount, tax, currency, pack_amount, pack_currency,"
        " exchange_rate, pack_id, price_id, code, billed_s, answered_at_ms, explanation)"
        " VALUES (2, %s, %s, 0, 0, 2, 1, 'p', 'owner', 101, 102, 103, 1200000, 200000, 'USD', 1200000, 'USD',"
        " 1000000000, 1, 1, '44', 60, 0, '{}')",
        at, CALL,
    )  # fmt: skip


def test_a_balance_is_never_beyond_its_limit(tree, balance):
    tree.run("UPDATE balance SET held = 15000000 WHERE id = %s", balance)

    for overdraft in ("held = held + 1", "amount = amount - 1", "credit_limit = credit_limit - 1"):
        with pytest.raises(errors.CheckViolation, match="balance_within_limit"):
            tree.connection.execute(f"UPDATE balance SET {overdraft} WHERE id = %s", [balance])
    tree.run("UPDATE balance SET credit_limit = NULL WHERE id = %s", balance)
    tree.run("UPDATE balance SET held = 99000000 WHERE id = %s", balance)

    assert tree.value("SELECT amount FROM balance WHERE id = %s", balance) == 5_000_000


def test_every_change_of_a_balance_raises_its_version_whoever_makes_it(tree, balance):
    version = tree.value("SELECT version FROM balance WHERE id = %s", balance)

    tree.run("UPDATE balance SET credit_limit = 20000000 WHERE id = %s", balance)
    tree.run("UPDATE balance SET amount = 7000000 WHERE id = %s", balance)
    tree.run("UPDATE balance SET held = 1000000, version = version + 1 WHERE id = %s", balance)

    assert tree.value("SELECT version FROM balance WHERE id = %s", balance) == version + 3


def test_one_call_more_than_the_limit_is_refused_but_the_limit_may_be_lowered(tree, balance):
    tree.run("UPDATE balance SET call_limit = 2, live_calls = 2 WHERE id = %s", balance)

    with pytest.raises(errors.CheckViolation, match="3 live calls exceed the limit of 2"):
        tree.run("UPDATE balance SET live_calls = 3 WHERE id = %s", balance)
    tree.run("UPDATE balance SET call_limit = 0 WHERE id = %s", balance)
    tree.run("UPDATE balance SET live_calls = 1 WHERE id = %s", balance)

    assert tree.value("SELECT live_calls FROM balance WHERE id = %s", balance) == 1


def test_what_is_only_summed_never_runs(tree):
    owner = tree.dealer("owner")

    with pytest.raises(errors.CheckViolation, match="balance_summed_kinds_do_not_run"):
        tree.run(
            "INSERT INTO balance (dealer_id, kind, party, currency, amount) VALUES (%s, 'sales', 'owner', 'USD', 1)",
            owner,
        )


def test_updates_of_a_balance_touch_no_index(tree, balance):
    for _ in range(20):
        tree.run(
            "UPDATE balance SET amount = amount + 1, held = held + 1, live_calls = live_calls + 1 WHERE id = %s",
            balance,
        )
    tree.run("SELECT pg_stat_force_next_flush()")

    updated, hot = tree.connection.execute(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'balance'"
    ).fetchone()
    assert updated - hot <= 1


def test_the_ledger_is_append_only(tree, balance):
    write_call(tree)
    counter = tree.value(
        "INSERT INTO balance (dealer_id, kind, party, currency)"
        " SELECT id, 'payments', 'owner', 'USD' FROM dealer RETURNING id"
    )
    tree.run(
        "INSERT INTO ledger_transfer (id, tenant_id, created_at, kind, debit_balance_id, credit_balance_id, amount,"
        " currency, actor)"
        " VALUES (gen_random_uuid(), 2, now(), 'payment', %s, %s, 3, 'USD', 'test')",
        counter, balance,
    )  # fmt: skip

    for table, column in APPEND_ONLY.items():
        before = tree.value(f"SELECT count(*) FROM {table}")
        for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(errors.RestrictViolation, match="is append-only"):
                tree.connection.execute(change)
        assert tree.value(f"SELECT count(*) FROM {table}") == before > 0


def test_the_ledger_is_append_only_in_its_partitions_too(tree):
    write_call(tree)
    partition = "charge" + datetime.now(UTC).strftime("_%Y_%m")

    for change in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(errors.RestrictViolation, match="is append-only"):
            tree.connection.execute(f"{change} {partition}")


def test_all_entries_of_a_charge_sum_to_nothing(tree):
    write_call(tree)

    rows = tree.connection.execute("SELECT balance_id, amount, source FROM ledger_entry ORDER BY balance_id").fetchall()

    assert rows == [(101, -1_200_000, "charge"), (102, 1_000_000, "charge"), (103, 200_000, "charge")]


def test_a_call_outside_the_months_that_exist_is_refused_by_name(tree):
    with pytest.raises(errors.CheckViolation, match='no partition of relation "cdr" found'):
        write_call(tree, at=datetime(2001, 5, 5, tzinfo=UTC))


def test_partitions_are_made_once(tree):
    next_year = (datetime.now(UTC) + timedelta(days=400)).date()

    assert tree.value("SELECT make_partitions(3)") == 0
    assert tree.value("SELECT make_partitions(4)") == 3
    assert tree.value("SELECT make_partitions_between(%s, %s)", next_year, next_year) == 3

    write_call(tree, at=datetime(next_year.year, next_year.month, next_year.day, tzinfo=UTC))


def test_a_price_that_was_in_force_can_only_be_ended(tree):
    pack = tree.pack("retail", tree.dealer("owner"))
    price = tree.price(pack, "44")

    for change in ("price_per_minute = 2", "is_blocked = true", "valid_from = now()", "code = '45'"):
        with pytest.raises(errors.CheckViolation, match="can only be ended"):
            tree.connection.execute(f"UPDATE price SET {change} WHERE id = %s", [price])
    with pytest.raises(errors.CheckViolation, match="can only be ended"):
        tree.run("DELETE FROM price WHERE id = %s", price)

    tree.run("UPDATE price SET valid_to = now() WHERE id = %s", price)
    assert tree.value("SELECT price_per_minute FROM price") == 1_000_000


def test_a_price_of_the_future_may_change_and_go(tree):
    price = tree.price(tree.pack("retail", tree.dealer("owner")), "44", "2999-01-01")

    tree.run("UPDATE price SET price_per_minute = 2 WHERE id = %s", price)
    tree.run("DELETE FROM price WHERE id = %s", price)

    assert tree.values("SELECT action FROM audit_entry WHERE table_name = 'price' ORDER BY id") == [
        "insert", "update", "delete",
    ]  # fmt: skip


def test_a_price_belongs_to_a_pack_that_exists_and_stays(tree):
    pack = tree.pack("retail", tree.dealer("owner"))

    with pytest.raises(errors.ForeignKeyViolation, match="does not exist"):
        tree.price(pack + 1, "44")
    tree.price(pack, "44")
    with pytest.raises(errors.ForeignKeyViolation, match="billing pack retail has prices"):
        tree.run("DELETE FROM billing_pack")

    assert tree.values("SELECT pack_id FROM price") == [pack]


def test_a_code_has_one_price_at_a_moment(tree):
    pack = tree.pack("retail", tree.dealer("owner"))
    tree.price(pack, "44")

    with pytest.raises(errors.UniqueViolation, match="price_of_code"):
        tree.price(pack, "44")
    tree.price(pack, "44", "2999-01-01")


def test_a_leg_holds_on_each_balance_or_on_none(tree):
    with pytest.raises(errors.CheckViolation, match="open_leg_holds_once_per_balance"):
        tree.run(
            "INSERT INTO open_leg (tenant_id, call_id, leg, node, dealer_id, seq, state, granted_s, slice_s,"
            " authorized_at_ms, confirmed_at_ms, balance_ids, held, meter_ids, dealer_ids, chain, facts, answers)"
            " VALUES (2, %s, 0, 'n', 2, 0, 'authorized', 60, 60, 0, 0, '{1,2}', '{5}', '{}', '{1,2}', '', '', '')",
            CALL,
        )
