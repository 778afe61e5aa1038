"""What terminators did lately, from CDRs in the real database to the order in which they are tried."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from smartswitch.core.hunting import TerminatorStatistics
from smartswitch.switch.directory import statistics
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.read import read_tables
from smartswitch.switch.directory.statistics import FORGOTTEN_AFTER_MS, read_statistics, refresh_statistics
from smartswitch.switch.planning.call_plan import CallPlan, Invitation, Question
from smartswitch.switch.planning.call_planner import CallPlanner
from smartswitch.switch.planning.limits import CallRate, Load

from ..conftest import Database
from .parties import PARTIES, START, load
from .past_calls import note_past_calls

AT_MS = int(START.timestamp()) * 1000
WITH_ASR = (
    PARTIES.replace(
        '[[pack]]\nid = "owner-to-d1"',
        '[[hunting_class]]\nid = "quality"\nmetrics = ["asr", "acd"]\n\n[[pack]]\nid = "owner-to-d1"',
        1,
    ).replace('id = "d1"\npack', 'id = "d1"\nhunting_class = "quality"\npack', 1)
    + """
[[terminator]]
id = "t2"
pack = "vendor"
codes = ["44"]
host = "192.0.2.201"
priority = 20

[[terminator]]
id = "t3"
pack = "vendor"
codes = ["44"]
host = "192.0.2.202"
priority = 30
"""
)


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute("SELECT make_partitions_between('2025-12-01', '2026-01-31')")
        await load(connection, WITH_ASR)
        yield connection
    finally:
        await connection.close()


async def directory_of(connection: asyncpg.Connection) -> Directory:
    return Directory(await read_tables(connection))


def known(directory: Directory) -> dict[str, TerminatorStatistics]:
    keys = {each.peer_id: each.key for each in directory.tables.terminators.values()}
    return {keys[peer_id]: each for peer_id, each in directory.statistics.by_terminator.items()}


def order(directory: Directory, at_ms: int = AT_MS) -> list[str]:
    peer = directory.peer_by_key("p1")
    invitation = Invitation(
        call_id=UUID(int=7), at_ms=at_ms, question=Question(1, 1, "x"), caller=peer, dialled="447911123456"
    )
    plan = CallPlanner(directory, load=Load(), rate=CallRate()).plan(invitation, now_ms=0)
    assert isinstance(plan, CallPlan)
    return [target.key for target in plan.targets]


async def test_each_attempt_counts_at_its_terminator(owner: asyncpg.Connection) -> None:
    await note_past_calls(owner, 40, ("t1", 503), ("t2", 200), talked_ms=90_500, before=START)
    await note_past_calls(owner, 10, ("t1", 200), talked_ms=30_000, before=START)
    await note_past_calls(owner, 5, ("t2", 487), before=START)
    await note_past_calls(owner, 3, terminator="t3", talked_ms=7_000, before=START)
    await note_past_calls(owner, 9, ("u1", 200), talked_ms=1_000, before=START)

    directory = await directory_of(owner)
    await refresh_statistics(directory, owner, at_ms=AT_MS)

    assert known(directory) == {
        "t1": TerminatorStatistics(attempts=50, answered=10, talked_ms=300_000),
        "t2": TerminatorStatistics(attempts=45, answered=40, talked_ms=3_620_000),
        "t3": TerminatorStatistics(attempts=3, answered=3, talked_ms=21_000),
    }
    assert order(directory) == ["t2", "t3", "t1"], "t3 is not known yet, so it counts as the best"


async def test_only_the_newest_outbound_calls_of_the_window_count(
    owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age in (timedelta(minutes=61), timedelta(days=20), -timedelta(seconds=1)):
        await note_past_calls(owner, 30, ("t1", 503), before=START, age=age)
    await note_past_calls(owner, 30, ("t1", 503), before=START, direction="internal")
    await note_past_calls(owner, 2, ("t1", 503), before=START, age=timedelta(minutes=59))
    await note_past_calls(owner, 1, ("t1", 200), before=START, talked_ms=1)

    directory = await directory_of(owner)
    await refresh_statistics(directory, owner, at_ms=AT_MS)
    assert known(directory) == {"t1": TerminatorStatistics(attempts=3, answered=1, talked_ms=1)}

    monkeypatch.setattr(statistics, "MOST_CALLS", 2)
    await refresh_statistics(directory, owner, at_ms=AT_MS)
    assert known(directory) == {"t1": TerminatorStatistics(attempts=2, answered=1, talked_ms=1)}


async def test_the_order_follows_them_and_forgets_what_is_old(owner: asyncpg.Connection) -> None:
    for terminator, failed in (("t1", 50), ("t2", 10), ("t3", 30)):
        await note_past_calls(owner, failed, (terminator, 503), before=START)
        await note_past_calls(owner, 60 - failed, (terminator, 200), before=START, talked_ms=1_000)
    directory = await directory_of(owner)
    assert order(directory) == ["t1", "t2", "t3"], "nothing is known, and the routes stand as they came"

    epoch = directory.epoch
    await refresh_statistics(directory, owner, at_ms=AT_MS)
    assert directory.epoch == epoch
    assert order(directory) == ["t2", "t3", "t1"]
    assert order(directory, AT_MS + FORGOTTEN_AFTER_MS) == ["t2", "t3", "t1"]
    assert order(directory, AT_MS + FORGOTTEN_AFTER_MS + 1) == ["t1", "t2", "t3"]


async def test_what_cannot_be_read_stays_and_is_not_fatal(owner: asyncpg.Connection, database: Database) -> None:
    await note_past_calls(owner, 60, ("t1", 503), ("t2", 200), talked_ms=1_000, before=START)
    directory = await directory_of(owner)
    await refresh_statistics(directory, owner, at_ms=AT_MS)
    async with asyncpg.create_pool(database.url_for("smartswitch_switch"), min_size=1, max_size=1) as pool:
        await owner.execute("BEGIN; LOCK TABLE cdr IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.create_task(refresh_statistics(directory, pool, at_ms=AT_MS + 1))
        await asyncio.sleep(0.05)
        assert order(directory) == ["t2", "t3", "t1"], "calls are planned while the database is slow"
        await owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        with pytest.raises(asyncpg.PostgresError):
            await reading
        await owner.execute("ROLLBACK")
    assert directory.statistics.read_at_ms == AT_MS
    assert order(directory) == ["t2", "t3", "t1"]


async def test_nobody_asks_the_database_while_no_hunting_class_wants_them(owner: asyncpg.Connection) -> None:
    await owner.execute("UPDATE hunting_class SET metrics = '{price}'")
    await note_past_calls(owner, 60, ("t1", 503), before=START)
    directory = await directory_of(owner)
    await refresh_statistics(directory, owner, at_ms=AT_MS)
    assert not directory.statistics.by_terminator
    assert (await read_statistics(owner, at_ms=AT_MS)).by_terminator
