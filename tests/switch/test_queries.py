"""Every named query of the switch is planned by the real database, in the role that asks it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files

import asyncpg
import pytest

from smartswitch.switch.directory.load import query
from smartswitch.switch.directory.statistics import MOST_CALLS

from ..conftest import Database
from .parties import START
from .past_calls import note_past_calls

ASKED_BY_CHARGING = {"make_counters"}
QUERIES = {
    file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
    for package in ("smartswitch.switch", "smartswitch.switch.directory")
    for file in files(package).joinpath("sql").iterdir()
    if file.name.endswith(".sql")
}


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("name", sorted(QUERIES))
async def test_it_can_be_planned(owner: asyncpg.Connection, name: str) -> None:
    role = "smartswitch_charging" if name in ASKED_BY_CHARGING else "smartswitch_switch"
    await owner.execute(f"SET ROLE {role}")
    await owner.execute(f"EXPLAIN (GENERIC_PLAN) {QUERIES[name]}")


async def test_statistics_read_no_month_and_no_row_outside_their_window(owner: asyncpg.Connection) -> None:
    await owner.execute("SELECT make_partitions_between('2025-11-01', '2026-02-28')")
    for days in range(1, 5):
        await note_past_calls(owner, 1000, ("t1", 503), before=START, age=timedelta(days=days))
    await note_past_calls(owner, 20, ("t1", 503), before=START)
    await owner.execute("ANALYZE cdr")
    lines = await owner.fetch(
        f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {query('read_statistics')}",
        START - timedelta(hours=1),
        START,
        MOST_CALLS,
    )
    plan = "\n".join(line[0] for line in lines)
    assert "cdr_2026_01" in plan
    assert not any(month in plan for month in ("cdr_2025_11", "cdr_2025_12", "cdr_2026_02")), plan
    # By which index is the planner's affair: of one dealer's calls, that of the dealer is as good.
    assert re.search(
        r"Index Scan (Backward )?using cdr_2026_01_\w+ on cdr_2026_01 .*\n\s+Index Cond: \(\(created_at >=", plan
    ), plan
    assert "Rows Removed by Filter" not in plan, plan
