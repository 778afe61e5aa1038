"""The walls between tenants and between processes, as the database keeps them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from psycopg import errors

WEB = "smartswitch_web"
FORBIDDEN = [
    (WEB, "UPDATE balance SET amount = 5"),
    (WEB, "UPDATE balance SET held = 0"),
    (WEB, "INSERT INTO charge DEFAULT VALUES"),
    (WEB, "UPDATE charge SET amount = 0"),
    (WEB, "INSERT INTO ledger_transfer DEFAULT VALUES"),
    (WEB, "INSERT INTO audit_entry (actor, table_name, action) VALUES ('x', 'x', 'x')"),
    (WEB, "DELETE FROM open_leg"),
    (WEB, "SELECT make_partitions(1)"),
    (WEB, "SELECT audit_write('x', 'x', 1, 'x', NULL, NULL)"),
    ("smartswitch_charging", "SELECT * FROM peer"),
    ("smartswitch_charging", "UPDATE balance SET credit_limit = NULL"),
    ("smartswitch_charging", "UPDATE price SET valid_to = now()"),
    ("smartswitch_charging", "DELETE FROM charge"),
    ("smartswitch_charging", "SELECT * FROM login"),
    ("smartswitch_switch", "UPDATE balance SET amount = 5"),
    ("smartswitch_switch", "UPDATE peer SET is_blocked = false"),
    ("smartswitch_switch", "INSERT INTO cdr DEFAULT VALUES"),
    ("smartswitch_switch", "SELECT * FROM login"),
    ("smartswitch_kamailio", "SELECT * FROM peer"),
    ("smartswitch_kamailio", "SELECT * FROM balance"),
    ("smartswitch_worker", "DROP TABLE cdr"),
    ("smartswitch_worker", "UPDATE balance SET amount = 5"),
    ("smartswitch_worker", "INSERT INTO charge DEFAULT VALUES"),
    ("smartswitch_worker", "UPDATE ledger_verdict SET ok = true"),
    ("smartswitch_worker", "SELECT * FROM login"),
    (WEB, "DELETE FROM ledger_verdict"),
]


@pytest.fixture
def family(tree) -> dict[str, int]:
    """owner > east > shop, and owner > west; each with a peer named after its dealer."""
    ids = {"owner": tree.dealer("owner")}
    ids["east"] = tree.dealer("east", ids["owner"])
    ids["west"] = tree.dealer("west", ids["owner"])
    ids["shop"] = tree.dealer("shop", ids["east"])
    for key in tuple(ids):
        tree.peer(f"{key}-phone", ids[key])
    return ids


def keys(connection, table: str) -> set[str]:
    return {row[0] for row in connection.execute(f"SELECT key FROM {table}")}


def test_a_dealer_sees_its_own_subtree_and_nothing_else(tree, family):
    with tree.acting_as(WEB, family["east"]) as web:
        assert keys(web, "dealer") == {"east", "shop"}
        assert keys(web, "peer") == {"east-phone", "shop-phone"}
        assert {row[0] for row in web.execute("SELECT party FROM balance")} == {
            "east",
            "shop",
            "east-phone",
            "shop-phone",
        }
    with tree.acting_as(WEB, family["owner"]) as web:
        assert keys(web, "dealer") == set(family)


def test_who_acts_for_nobody_sees_nothing(tree, family):
    with tree.acting_as(WEB) as web:
        assert keys(web, "dealer") == set()
        assert web.execute("SELECT count(*) FROM audit_entry").fetchone() == (0,)


def test_calls_are_seen_by_every_dealer_of_their_path(tree, family):
    path = [family["owner"], family["east"], family["shop"]]
    tree.run(
        "INSERT INTO cdr (tenant_id, created_at, call_id, leg, dealer_id, dealer_ids, direction, caller, called,"
        " authorized_at_ms, ended_at_ms, duration_ms, billed_s, result, node)"
        " VALUES (1, %s, %s, 0, %s, %s, 'outbound', '1', '2', 0, 0, 0, 0, 'answered', 'n')",
        datetime.now(UTC), uuid4(), family["shop"], path,
    )  # fmt: skip

    for key, count in {"owner": 1, "east": 1, "shop": 1, "west": 0}.items():
        with tree.acting_as(WEB, family[key]) as web:
            assert web.execute("SELECT count(*) FROM cdr").fetchone() == (count,), key


def test_nobody_reaches_into_another_subtree(tree, family):
    with tree.acting_as(WEB, family["west"]) as web:
        assert web.execute("UPDATE peer SET is_blocked = true WHERE key = 'shop-phone'").rowcount == 0
        assert web.execute("DELETE FROM peer WHERE key = 'shop-phone'").rowcount == 0
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute("UPDATE peer SET dealer_id = %s WHERE key = 'west-phone'", [family["shop"]])
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute("UPDATE dealer SET parent_id = %s WHERE key = 'west'", [family["east"]])

    assert tree.value("SELECT is_blocked FROM peer WHERE key = 'shop-phone'") is False


def test_a_dealer_makes_dealers_below_itself_only(tree, family):
    make_dealer = "INSERT INTO dealer (id, key, parent_id, currency, balance_id) VALUES (%s, %s, %s, 'USD', %s)"

    with tree.acting_as(WEB, family["east"]) as web:
        for parent in ("shop", "east"):
            with web.transaction():
                dealer_id = tree.value("SELECT nextval(pg_get_serial_sequence('dealer', 'id'))")
                balance_id = tree.value("SELECT nextval(pg_get_serial_sequence('balance', 'id'))")
                web.execute(
                    "INSERT INTO balance (id, dealer_id, kind, party, currency) VALUES (%s, %s, 'dealer', %s, 'USD')",
                    [balance_id, dealer_id, f"below-{parent}"],
                )
                web.execute(make_dealer, [dealer_id, f"below-{parent}", family[parent], balance_id])
        assert keys(web, "dealer") == {"east", "shop", "below-shop", "below-east"}
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(make_dealer, [999, "beside", family["west"], 1])


def test_a_dealer_does_not_set_its_own_terms(tree, family):
    with tree.acting_as(WEB, family["east"]) as web:
        for terms in ("is_blocked = true", "calls_per_second_limit = 99", "is_virtual_pbx = true", "key = 'far-east'"):
            with pytest.raises(errors.InsufficientPrivilege, match="set by the dealer above"):
                web.execute(f"UPDATE dealer SET {terms} WHERE key = 'east'")
        assert web.execute("UPDATE balance SET credit_limit = 9 WHERE kind = 'dealer' AND party = 'east'").rowcount == 0
        assert web.execute("UPDATE balance SET credit_limit = 9 WHERE kind = 'dealer' AND party = 'shop'").rowcount == 1
        assert web.execute("UPDATE dealer SET name = 'East', time_zone = 'Asia/Tokyo' WHERE key = 'east'").rowcount == 1
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute('INSERT INTO right_grant (dealer_id, "right") VALUES (%s, %s)', [family["east"], "dealers.add"])
        web.execute('INSERT INTO right_grant (dealer_id, "right") VALUES (%s, %s)', [family["shop"], "dealers.add"])


def test_what_is_shared_is_seen_below_and_changed_by_its_owner_only(tree, family):
    pack = tree.pack("wholesale", family["owner"])
    tree.price(pack, "44", "2999-01-01")
    tree.run(
        "INSERT INTO shared (noun, object_id, with_dealer_id) VALUES ('billing_pack', %s, %s)", pack, family["east"]
    )

    with tree.acting_as(WEB, family["shop"]) as web:
        assert keys(web, "billing_pack") == {"wholesale"}
        assert web.execute("SELECT code FROM price").fetchall() == [("44",)]
        assert web.execute("UPDATE price SET price_per_minute = 0").rowcount == 0
        assert web.execute("UPDATE billing_pack SET name = 'mine'").rowcount == 0
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute("INSERT INTO shared (noun, object_id, with_dealer_id) VALUES ('billing_pack', %s, %s)",
                        [pack, family["shop"]])  # fmt: skip
    with tree.acting_as(WEB, family["west"]) as web:
        assert keys(web, "billing_pack") == set()


def test_a_dealer_sees_the_pack_at_which_it_buys(tree, family):
    pack = tree.pack("owner-to-east", family["owner"])
    tree.price(pack, "44")
    tree.run("UPDATE dealer SET pack_id = %s WHERE key = 'east'", pack)

    with tree.acting_as(WEB, family["east"]) as web:
        assert keys(web, "billing_pack") == {"owner-to-east"}
    with tree.acting_as(WEB, family["shop"]) as web:
        assert keys(web, "billing_pack") == set()


def test_changes_are_seen_downward_only(tree, family):
    for key in ("owner", "east", "shop"):
        with tree.acting_as(WEB, family[key]) as web:
            web.execute("UPDATE peer SET name = %s WHERE key = 'shop-phone'", [f"by {key}"])

    seen = "SELECT after ->> 'name' FROM audit_entry WHERE action = 'update' ORDER BY id"
    for key, expected in {
        "owner": ["by owner", "by east", "by shop"],
        "east": ["by east", "by shop"],
        "west": [],
    }.items():
        with tree.acting_as(WEB, family[key]) as web:
            assert [row[0] for row in web.execute(seen)] == expected, key


def test_a_login_is_found_before_anybody_acts(tree, family):
    tree.run("INSERT INTO login (username, password, dealer_id) VALUES ('ann', 'x', %s)", family["east"])

    with tree.acting_as(WEB) as web:
        assert web.execute("SELECT username FROM login").fetchall() == [("ann",)]
    with tree.acting_as(WEB, family["west"]) as web:
        assert web.execute("SELECT username FROM login").fetchall() == []


def test_a_process_may_do_no_more_than_it_must(tree, family):
    for role, statement in FORBIDDEN:
        with tree.acting_as(role, family["owner"]) as session:
            try:
                session.execute(statement)
            except errors.InsufficientPrivilege:
                continue
        pytest.fail(f"{role} may {statement}")


def test_each_process_may_do_what_it_must(tree, family):
    with tree.acting_as("smartswitch_charging") as charging:
        rows = charging.execute("SELECT id FROM balance ORDER BY id FOR NO KEY UPDATE").fetchall()
        assert len(rows) == 2 * len(family)
        assert charging.execute("UPDATE balance SET amount = 1, held = 0, live_calls = 0, version = 1").rowcount == len(
            rows
        )
    with tree.acting_as("smartswitch_switch") as switch:
        assert len(keys(switch, "peer")) == len(family)
    with tree.acting_as("smartswitch_kamailio") as kamailio:
        kamailio.execute("INSERT INTO location (ruid, username, contact) VALUES ('r', 'u', 'sip:u@127.0.0.1')")
        versions = dict(kamailio.execute("SELECT table_name, table_version FROM version").fetchall())
        assert versions["location"] == 9
    with tree.acting_as("smartswitch_worker") as worker:
        assert worker.execute("SELECT make_partitions(4)").fetchone() == (3,)
        assert worker.execute("SELECT * FROM audit_chain_breaks()").fetchall() == []


def test_a_new_balance_is_empty(tree, family):
    with tree.acting_as(WEB, family["east"]) as web, pytest.raises(errors.InsufficientPrivilege):
        web.execute("INSERT INTO balance (dealer_id, kind, party, currency, amount) VALUES (%s, 'peer', 'rich', 'USD', 5)",
                    [family["east"]])  # fmt: skip
