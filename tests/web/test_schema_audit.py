"""The audit log is written by the database, chained, and tells nodes what changed."""

import threading

import psycopg
import pytest

SET_WHO = (
    "SELECT set_config('smartswitch.actor', 'ann', false), set_config('smartswitch.origin', 'web', false),"
    " set_config('smartswitch.request_id', 'r-1', false), set_config('smartswitch.acting_for', 'shop', false)"
)

TAMPERING = [
    ("UPDATE audit_entry SET after = jsonb_set(after, '{credit_limit}', '1') WHERE id = 3", "the entry was altered"),
    ("UPDATE audit_entry SET actor = 'postgret' WHERE id = 3", "the entry was altered"),
    ("UPDATE audit_entry SET created_at = created_at + interval '1 microsecond' WHERE id = 3", "the entry was altered"),
    (
        "UPDATE audit_chain SET hash = set_byte(hash, 31, 255 - get_byte(hash, 31)) WHERE entry_id = 3",
        "the entry was altered",
    ),
    ("DELETE FROM audit_entry WHERE id = 3", "the entry is missing"),
    ("DELETE FROM audit_chain WHERE entry_id = 3", "the entry was never chained"),
    (
        "INSERT INTO audit_entry (id, actor, table_name, action) VALUES (-1, 'x', 'x', 'x')",
        "the entry was never chained",
    ),
]


def entries(tree, table: str) -> list[tuple]:
    return tree.connection.execute(
        "SELECT action, before, after FROM audit_entry WHERE table_name = %s ORDER BY id", [table]
    ).fetchall()


@pytest.fixture
def owner(tree) -> int:
    return tree.dealer("owner")


def test_a_change_shows_the_fields_before_and_after_and_who_made_it(tree, owner):
    peer = tree.peer("phone", owner)
    tree.run(SET_WHO)
    tree.run("UPDATE peer SET name = 'Phone', is_blocked = true WHERE id = %s", peer)
    tree.run("UPDATE peer SET name = 'Phone' WHERE id = %s", peer)

    assert entries(tree, "peer")[1:] == [
        ("update", {"name": "", "is_blocked": False}, {"name": "Phone", "is_blocked": True})
    ]
    who = tree.connection.execute(
        "SELECT actor, origin, request_id, acting_for, row_id, dealer_id FROM audit_entry ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert who == ("ann", "web", "r-1", "shop", str(peer), owner)


def test_secrets_are_never_written(tree, owner):
    peer = tree.peer("phone", owner)
    tree.run("UPDATE peer SET auth_username = 'u', digest_realm = 'r', ha1_md5 = %s WHERE id = %s", "0" * 32, peer)
    tree.run("UPDATE peer SET ha1_md5 = %s WHERE id = %s", "1" * 32, peer)

    assert entries(tree, "peer")[-1] == ("update", {"ha1_md5": "(secret)"}, {"ha1_md5": "(secret)"})
    assert tree.value("SELECT count(*) FROM audit_entry AS e WHERE e::text LIKE '%%' || repeat('1', 32) || '%%'") == 0


def test_a_removed_row_is_kept_in_the_log(tree, owner):
    tree.run("INSERT INTO role (key, dealer_id, name) VALUES ('agent', %s, 'Agent')", owner)
    tree.run("DELETE FROM role")

    action, before, after = entries(tree, "role")[-1]
    assert (action, before["key"], before["name"], after) == ("delete", "agent", "Agent", None)


def test_limits_are_audited_and_what_calls_move_is_not(tree, owner):
    tree.run("UPDATE balance SET amount = 7, held = 3, live_calls = 1, version = 9")
    tree.run("UPDATE balance SET credit_limit = 50, call_limit = 4")

    assert entries(tree, "balance")[1:] == [
        ("update", {"credit_limit": 0, "call_limit": None}, {"credit_limit": 50, "call_limit": 4})
    ]


def test_many_prices_at_once_are_one_entry(tree, owner):
    pack = tree.pack("retail", owner)
    tree.run(
        "INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute)"
        " SELECT %s, (10000 + n)::text, 1, 1 FROM generate_series(1, 1500) AS n",
        pack,
    )
    tree.run("UPDATE price SET valid_to = '2030-01-01'")

    (first, _, inserted), (second, _, ended) = entries(tree, "price")
    assert (first, inserted["rows"], inserted["pack_id"]) == ("insert", 1500, pack)
    assert (second, ended["rows"], ended["valid_to"]) == ("update", 1500, "2030-01-01T00:00:00+00:00")


def test_a_whole_chain_has_no_breaks(tree, owner):
    for number in range(3):
        tree.dealer(f"d{number}", owner)

    assert tree.values("SELECT entry_id FROM audit_chain_breaks()") == []
    assert tree.values("SELECT position FROM audit_chain ORDER BY 1") == list(range(1, 9))


def test_a_change_of_one_byte_is_found(tree, owner):
    tree.dealer("shop", owner)
    tree.run("SET session_replication_role = replica")

    for tampering, problem in TAMPERING:
        with tree.connection.transaction(force_rollback=True):
            tree.connection.execute(tampering)
            assert problem in tree.values("SELECT problem FROM audit_chain_breaks()"), tampering


def test_two_transactions_at_once_neither_deadlock_nor_fork_the_chain(tree, owner):
    first, second = tree.peer("a", owner), tree.peer("b", owner)
    with psycopg.connect(tree.database.url) as one, psycopg.connect(tree.database.url) as other:
        one.execute("UPDATE peer SET name = '1' WHERE id = %s", [first])
        other.execute("UPDATE peer SET name = '2' WHERE id = %s", [second])
        waiting = threading.Thread(
            target=lambda: (one.execute("UPDATE peer SET name = '3' WHERE id = %s", [second]), one.commit())
        )
        waiting.start()
        other.commit()
        waiting.join(timeout=10)

    assert tree.value("SELECT name FROM peer WHERE id = %s", second) == "3"
    assert tree.values("SELECT entry_id FROM audit_chain_breaks()") == []


def test_what_is_rolled_back_leaves_no_entry(tree, owner):
    with tree.connection.transaction(force_rollback=True):
        tree.run("UPDATE dealer SET name = 'x'")

    assert [action for action, *_ in entries(tree, "dealer")] == ["insert"]


def test_nodes_are_told_what_changed(tree, owner):
    pack = tree.pack("retail", owner)
    with psycopg.connect(tree.database.url, autocommit=True) as listener:
        listener.execute("LISTEN directory; LISTEN balance")
        tree.price(pack, "44")
        tree.run("UPDATE dealer SET name = 'x'")
        tree.run("UPDATE dealer SET name = 'y' WHERE false")
        tree.run("UPDATE balance SET credit_limit = 5")
        tree.run("UPDATE balance SET amount = 5")
        told = [(notice.channel, notice.payload) for notice in listener.notifies(timeout=0.3)]

    balance = tree.value("SELECT id FROM balance")
    assert told == [("directory", f"price:{pack}"), ("directory", "dealer"), ("balance", str(balance))]
    assert tree.value("SELECT version FROM billing_pack") == 1
