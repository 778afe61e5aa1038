"""The tree of dealers: paths are always true, cycles are impossible, there is one owner."""

import psycopg
import pytest
from psycopg import errors

from smartswitch.web.config.migrate import migrate


def test_a_path_leads_from_the_owner_down(tree):
    owner = tree.dealer("owner")
    reseller = tree.dealer("reseller", owner)
    shop = tree.dealer("shop", reseller)

    assert tree.path(owner) == [owner]
    assert tree.path(shop) == [owner, reseller, shop]
    assert tree.values("SELECT tenant_id FROM dealer ORDER BY id") == [owner, reseller, reseller]


def test_what_is_written_into_a_path_does_not_count(tree):
    owner = tree.dealer("owner")
    shop = tree.dealer("shop", owner)

    tree.run("UPDATE dealer SET path = '{7,8,9}', tenant_id = 7 WHERE id = %s", shop)

    assert tree.path(shop) == [owner, shop]


def test_a_move_takes_the_whole_subtree_and_all_that_it_owns(tree):
    owner = tree.dealer("owner")
    east, west = tree.dealer("east", owner), tree.dealer("west", owner)
    shop = tree.dealer("shop", east)
    stall = tree.dealer("stall", shop)
    peer = tree.peer("phone", stall)

    tree.run("UPDATE dealer SET parent_id = %s WHERE id = %s", west, shop)

    assert tree.path(stall) == [owner, west, shop, stall]
    assert tree.value("SELECT tenant_id FROM peer WHERE id = %s", peer) == west
    assert tree.values("SELECT DISTINCT tenant_id FROM balance WHERE dealer_id = ANY (%s)", [shop, stall]) == [west]


def test_a_dealer_cannot_be_moved_below_itself(tree):
    owner = tree.dealer("owner")
    shop = tree.dealer("shop", owner)
    stall = tree.dealer("stall", shop)

    with pytest.raises(errors.CheckViolation, match="cannot be moved below itself"):
        tree.run("UPDATE dealer SET parent_id = %s WHERE id = %s", stall, shop)

    assert tree.path(stall) == [owner, shop, stall]


def test_there_is_one_owner_and_it_is_called_owner(tree):
    tree.dealer("owner")

    with pytest.raises(errors.CheckViolation, match="dealer_only_the_owner_has_no_parent"):
        tree.dealer("second")
    with pytest.raises(errors.UniqueViolation):
        tree.dealer("owner")


def test_a_parent_must_exist(tree):
    tree.dealer("owner")

    with pytest.raises(errors.ForeignKeyViolation, match="there is no dealer 99 to be its parent"):
        tree.dealer("orphan", 99)


def test_a_move_waits_for_a_dealer_that_is_being_made_below(tree):
    owner = tree.dealer("owner")
    east, west = tree.dealer("east", owner), tree.dealer("west", owner)
    with psycopg.connect(tree.database.url) as other:
        other.execute(
            "INSERT INTO company (key, dealer_id, balance_id) SELECT 'c', id, balance_id FROM dealer WHERE id = %s",
            [east],
        )

        tree.run("SET lock_timeout = '50ms'")
        with pytest.raises(errors.LockNotAvailable):
            tree.run("UPDATE dealer SET parent_id = %s WHERE id = %s", west, east)
        other.commit()

    tree.run("UPDATE dealer SET parent_id = %s WHERE id = %s", west, east)
    assert tree.value("SELECT tenant_id FROM company WHERE key = 'c'") == west


def test_base_classes_form_no_cycle(tree):
    owner = tree.dealer("owner")
    for key in ("a", "b", "c"):
        tree.run("INSERT INTO route_class (key, dealer_id) VALUES (%s, %s)", key, owner)
    set_base = "UPDATE route_class SET base_class_id = (SELECT id FROM route_class WHERE key = %s) WHERE key = %s"
    tree.run(set_base, "b", "a")
    tree.run(set_base, "c", "b")

    with pytest.raises(errors.CheckViolation, match="lead back to itself"):
        tree.run(set_base, "a", "c")

    assert tree.value("SELECT base_class_id FROM route_class WHERE key = 'c'") is None


def test_a_company_pays_only_for_peers_of_its_dealer(tree):
    owner = tree.dealer("owner")
    shop = tree.dealer("shop", owner)
    peer = tree.peer("phone", shop)
    tree.run(
        "INSERT INTO company (key, dealer_id, balance_id) SELECT 'c', id, balance_id FROM dealer WHERE id = %s", owner
    )

    with pytest.raises(errors.ForeignKeyViolation, match="peer_company_of_same_dealer"):
        tree.run("UPDATE peer SET company_id = (SELECT id FROM company WHERE key = 'c') WHERE id = %s", peer)


def test_a_peer_keeps_its_kind_and_only_a_terminator_terminates(tree):
    peer = tree.peer("phone", tree.dealer("owner"))

    with pytest.raises(errors.CheckViolation, match="never becomes a terminator"):
        tree.run("UPDATE peer SET kind = 'terminator' WHERE id = %s", peer)
    with pytest.raises(errors.CheckViolation, match="is no terminator"):
        tree.run("INSERT INTO terminator (peer_id, host) VALUES (%s, '127.0.0.1')", peer)


def test_a_key_is_one_word(tree):
    owner = tree.dealer("owner")

    for key in ("", "two words", "-dash", "x" * 65, "semi;colon", "line\n"):
        with pytest.raises(errors.CheckViolation, match="dealer_key_is_well_formed"):
            tree.dealer(key, owner)


def test_the_schema_can_be_migrated_again_and_is_what_the_models_say(tree):
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    migrate(tree.database.url)

    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    assert detector.changes(graph=loader.graph) == {}
