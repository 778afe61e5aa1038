"""The worker proves the chain, keeps the verdict and raises an alarm; and every entry says where it comes from."""

from typing import Any

import pytest

from ..test_worker import put_in_queue, work_off

__all__ = ["work_off"]


async def test_a_whole_log_gets_a_clean_verdict(tree: Any, work_off: Any) -> None:
    tree.dealer("owner")
    put_in_queue(tree, "check_audit")

    await work_off()

    row = tree.connection.execute("SELECT ok, entries, place, breaks FROM audit_verdict").fetchone()
    end = tree.value("SELECT v.hash = c.hash FROM audit_verdict AS v JOIN audit_chain AS c ON c.position = v.place")
    assert row == (True, 2, 2, [])
    assert end is True


async def test_a_broken_log_is_told_and_kept(tree: Any, work_off: Any, caplog: pytest.LogCaptureFixture) -> None:
    tree.dealer("owner")
    tree.run("SET session_replication_role = replica")
    tree.run("UPDATE audit_entry SET actor = 'somebody else' WHERE id = 2")
    put_in_queue(tree, "check_audit")

    await work_off()

    assert tree.value("SELECT breaks FROM audit_verdict WHERE NOT ok") == [
        {"place": 2, "entry_id": 2, "problem": "the entry was altered"}
    ]
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert errors[0].startswith("audit_broken place=2 entry=2 ")


async def test_a_check_that_takes_long_rests_longer_and_old_verdicts_go(tree: Any, work_off: Any) -> None:
    keep = (
        "INSERT INTO audit_verdict (checked_at, duration_ms, entries, place, hash, ok, breaks)"
        " VALUES (now() - make_interval(days => %s, secs => 60), 7000, 0, 0, '', %s, '[]')"
    )
    for days, ok in ((0, True), (8, True), (8, False), (91, False)):
        tree.run(keep, days, ok)
    put_in_queue(tree, "check_audit")
    put_in_queue(tree, "purge_audit")

    await work_off()

    assert tree.values("SELECT extract(day FROM now() - checked_at)::int FROM audit_verdict ORDER BY 1") == [0, 8]


@pytest.mark.parametrize(
    ("role", "origin"), [("smartswitch_worker", "worker"), ("smartswitch_web", "web"), (None, "database")]
)
def test_a_change_that_says_nothing_comes_from_the_process_of_its_role(
    tree: Any, role: str | None, origin: str
) -> None:
    tree.dealer("owner")
    with tree.connection.transaction():
        tree.run("GRANT SELECT, UPDATE ON dealer TO smartswitch_worker")
        if role is not None:
            tree.run(f"SET LOCAL ROLE {role}")  # type: ignore[arg-type]  # one of three
        tree.run("SELECT set_config('smartswitch.dealer', '1', true)")
        tree.run("UPDATE dealer SET name = 'x'")

    assert tree.value("SELECT origin FROM audit_entry ORDER BY id DESC LIMIT 1") == origin


def test_the_api_says_that_it_is_the_api(tree: Any) -> None:
    tree.dealer("owner")
    tree.run("SELECT set_config('smartswitch.origin', 'api', false)")
    tree.run("UPDATE dealer SET name = 'x'")

    assert tree.value("SELECT origin FROM audit_entry ORDER BY id DESC LIMIT 1") == "api"
