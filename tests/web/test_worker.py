"""The worker's jobs, each in a real queue in PostgreSQL, done by the real worker of procrastinate."""

import json
from datetime import UTC, datetime, timedelta

import pytest

ROLE = "smartswitch_worker"
WEB = "smartswitch_web"


@pytest.fixture
def work_off(database):
    """Do what waits in the queue, in this process."""
    from smartswitch.web.worker.serve import work_off

    async def work() -> None:
        await work_off(database.url)

    return work


def put_in_queue(tree, task: str) -> int:
    """A job that waits, as the worker puts it there itself when it is time."""
    return tree.value(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
        " VALUES ('default', %s, %s, '{\"timestamp\": 0}') RETURNING id",
        task, task,
    )  # fmt: skip


def keep_verdict(tree, *, age: timedelta, duration_ms: int = 20, look_back=timedelta(hours=6), violations=()) -> None:
    """A verdict of an earlier check."""
    checked_at = datetime.now(UTC) - age
    tree.run(
        "INSERT INTO ledger_verdict (checked_at, since, duration_ms, ok, violations) VALUES (%s, %s, %s, %s, %s)",
        checked_at, checked_at - look_back, duration_ms, not violations, json.dumps(violations),
    )  # fmt: skip


async def test_a_month_that_has_no_partition_gets_one_at_the_start(tree, work_off):
    (newest,) = tree.values("SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'cdr'::regclass")
    tree.run(f"DROP TABLE {newest}")

    await work_off()

    assert newest in tree.values("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'cdr'::regclass")


async def test_a_ledger_in_order_gets_a_clean_verdict(tree, work_off):
    tree.dealer("owner")
    put_in_queue(tree, "check_ledger")

    await work_off()

    assert tree.values("SELECT violations FROM ledger_verdict WHERE ok")[0] == []
    assert tree.value("SELECT count(*) FROM ledger_verdict WHERE NOT ok") == 0


async def test_money_from_nowhere_is_found_told_and_kept(tree, work_off, caplog):
    owner = tree.dealer("owner")
    tree.run("UPDATE balance SET amount = 5000000 WHERE dealer_id = %s", owner)
    put_in_queue(tree, "check_ledger")

    await work_off()

    found = tree.values("SELECT violations FROM ledger_verdict WHERE NOT ok")[0]
    assert found == [
        {"check": "balances", "subject": "dealer owner USD", "message": "is 5.000000, its entries sum to 0.000000"}
    ]
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert errors[0].startswith('ledger_violated check=balances subject="dealer owner USD" message="is 5.00')


@pytest.mark.parametrize(
    ("age_s", "duration_ms", "look_back_h", "is_checked"),
    [
        (60, 20, 6, True),
        (60, 6_000, 6, True),
        (60, 7_000, 6, False),
        (290, 30_000, 6, False),
        (300, 30_000, 6, True),
        # The daily check takes long, and does not put the others off.
        (60, 300_000, 72, True),
    ],
)
async def test_a_check_that_takes_long_rests_longer(
    tree, work_off, age_s: int, duration_ms: int, look_back_h: int, is_checked: bool
):
    keep_verdict(tree, age=timedelta(seconds=age_s), duration_ms=duration_ms, look_back=timedelta(hours=look_back_h))
    put_in_queue(tree, "check_ledger")

    await work_off()

    assert (tree.value("SELECT count(*) FROM ledger_verdict") > 1) is is_checked


async def test_the_last_days_are_checked_once_a_day(tree, work_off):
    put_in_queue(tree, "check_last_days")

    await work_off()

    assert timedelta(days=3) in tree.values("SELECT checked_at - since FROM ledger_verdict")


async def test_old_verdicts_and_failed_jobs_are_forgotten(tree, work_off):
    violated = [{"check": "balances", "subject": "dealer owner USD", "message": "is 5.00"}]
    for days in (1, 8, 89, 91):
        keep_verdict(tree, age=timedelta(days=days))
        keep_verdict(tree, age=timedelta(days=days), violations=violated)
    kept, forgotten = put_in_queue(tree, "make_partitions"), put_in_queue(tree, "check_last_days")
    for job, days in ((kept, 6), (forgotten, 8)):
        tree.run("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", job)
        tree.run("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", job)
        tree.run("UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s", days, job)
    put_in_queue(tree, "purge")

    await work_off()

    ages = "SELECT extract(day FROM now() - checked_at)::int FROM ledger_verdict WHERE ok = %s AND id <= 8 ORDER BY 1"
    assert tree.values(ages, True) == [1]
    assert tree.values(ages, False) == [1, 8, 89]
    assert tree.values("SELECT id FROM procrastinate_jobs WHERE id = ANY (%s)", [kept, forgotten]) == [kept]


async def test_a_job_whose_worker_died_is_begun_anew(tree, work_off):
    dead = tree.value("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h') RETURNING id")
    job = put_in_queue(tree, "check_last_days")
    tree.run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", dead, job)
    put_in_queue(tree, "retry_stalled_jobs")

    await work_off()

    assert timedelta(days=3) in tree.values("SELECT checked_at - since FROM ledger_verdict")
    assert tree.values("SELECT id FROM procrastinate_jobs WHERE id = %s", job) == []


async def test_a_job_whose_worker_died_gives_way_to_the_next_one(tree, work_off):
    dead = tree.value("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h') RETURNING id")
    old = put_in_queue(tree, "check_last_days")
    tree.run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", dead, old)
    next_one = put_in_queue(tree, "check_last_days")
    tree.run("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 h' WHERE id = %s", next_one)
    put_in_queue(tree, "retry_stalled_jobs")

    await work_off()

    assert tree.values("SELECT id FROM procrastinate_jobs WHERE id IN (%s, %s)", old, next_one) == [next_one]


def test_verdicts_are_for_the_owner(tree):
    owner = tree.dealer("owner")
    east = tree.dealer("east", owner)
    keep_verdict(tree, age=timedelta(minutes=1))

    with tree.acting_as(WEB, owner) as web:
        assert web.execute("SELECT ok FROM ledger_verdict").fetchall() == [(True,)]
    with tree.acting_as(WEB, east) as web:
        assert web.execute("SELECT ok FROM ledger_verdict").fetchall() == []


def test_the_worker_sees_the_whole_ledger(tree):
    tree.dealer("owner")
    with tree.acting_as(ROLE) as worker:
        assert worker.execute("SELECT party FROM balance").fetchall() == [("owner",)]
