"""Calls added up by the quarter of an hour: the same figures as of the calls themselves, for whoever may see them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ..house import NOW, House

HOUSES = ["owner", "north", "city", "south"]
LEG_AGAIN = (
    "INSERT INTO cdr SELECT (jsonb_populate_record(c, to_jsonb(c) || %s::jsonb)).* FROM cdr AS c"
    " WHERE c.call_id = %s AND c.leg = 0"
)


def roll_up(house: House, look_back: str = "2 minutes") -> int:
    """As the worker does; the seeded calls lie at noon, be it past or not, and count as complete."""
    rolled = house.row("SELECT roll_up_calls(%s::interval) AS quarters", look_back)["quarters"]
    house.run("UPDATE roll_up SET rolled_until = %s", NOW + timedelta(hours=1))
    return rolled


def figures(person) -> tuple:
    """All that the dashboard says of the day, and of the week before."""
    from smartswitch.web.dashboard.selectors.outlook import compared
    from smartswitch.web.dashboard.selectors.today import today

    day = today(person, now=NOW)
    return (
        replace(day, rolled_until=None),
        compared(person, day, now=NOW),
        compared(person, day, now=NOW + timedelta(days=7)),
    )


@pytest.mark.parametrize("dealer", HOUSES)
def test_the_figures_are_those_of_the_calls_themselves(house, viewer, dealer) -> None:
    house.run("UPDATE roll_up SET rolled_until = '-infinity'")
    before = figures(viewer(dealer))

    assert roll_up(house, "26 hours") > 0
    assert figures(viewer(dealer)) == before
    assert before[0].calls > 0


def test_what_is_added_up_is_not_read_again(house, viewer) -> None:
    roll_up(house, "26 hours")
    before = figures(viewer("north"))[0]

    house.run("UPDATE calls_of_quarter SET calls = calls + 100 WHERE dealer_id = %s", house.seeded.dealers["north"])
    house.run("UPDATE money_of_quarter SET sold = sold + 5 WHERE dealer_id = %s", house.seeded.dealers["north"])
    after = figures(viewer("north"))[0]

    assert after.calls > before.calls
    assert after.margins[0].sold > before.margins[0].sold
    house.run("UPDATE roll_up SET rolled_until = %s", NOW - timedelta(hours=2))
    assert figures(viewer("north"))[0] == before


def test_a_call_that_is_told_late_is_added_once(house, viewer) -> None:
    roll_up(house, "26 hours")
    before = figures(viewer("city"))[0]

    late = house.seeded.calls["busy"]
    ended_at_ms = int((datetime.now(UTC) + timedelta(days=1)).timestamp() * 1000)
    other = "00000000-0000-7000-8000-000000000001"
    house.run(LEG_AGAIN, f'{{"call_id": "{other}", "ended_at_ms": {ended_at_ms}}}', late)
    assert [roll_up(house), roll_up(house)] == [1, 1]

    assert figures(viewer("city"))[0].calls == before.calls + 1


def test_a_call_with_two_legs_is_one_call(house, viewer) -> None:
    roll_up(house, "26 hours")
    before = figures(viewer("north"))[0]

    house.run(LEG_AGAIN, '{"leg": 1, "duration_ms": 999000}', house.seeded.calls["sold at every level"])
    roll_up(house, "26 hours")
    after = figures(viewer("north"))[0]

    assert (after.calls, after.answered) == (before.calls, before.answered)
    assert after.duration_ms > before.duration_ms


@pytest.mark.parametrize("table", ["calls_of_quarter", "money_of_quarter"])
def test_each_sees_the_quarters_of_his_own_house(house, viewer, table) -> None:
    from django.db import connection

    roll_up(house, "26 hours")
    ids = {key: house.seeded.dealers[key] for key in HOUSES}
    seen = {}
    for dealer in HOUSES:
        viewer(dealer)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT dealer_id FROM {table}")
            seen[dealer] = {row[0] for row in cursor.fetchall()}

    assert seen["owner"] == {ids[key] for key in HOUSES}
    assert seen["north"] == {ids["north"], ids["city"]}
    assert seen["city"] == {ids["city"]}
    assert seen["south"] <= {ids["south"]}


def test_quarters_are_for_whole_ones_that_are_complete() -> None:
    from smartswitch.web.dashboard.selectors.today import span_of

    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-01T{text}:00+00:00")

    def added_up(since: datetime, until: datetime, *, rolled_until: datetime | None) -> datetime:
        return span_of(since, until, rolled_until=rolled_until).rolled

    since, until = at("00:00"), at("23:00")
    assert added_up(since, until, rolled_until=None) == since
    assert added_up(since, until, rolled_until=at("10:15")) == at("10:15")
    assert added_up(since, at("09:40"), rolled_until=at("10:15")) == at("09:30")
    assert added_up(since, at("09:45"), rolled_until=at("10:15")) == at("09:45")
    assert added_up(at("10:30"), until, rolled_until=at("10:15")) == at("10:30")


async def test_the_worker_adds_up_by_itself(tree) -> None:
    from smartswitch.web.worker.serve import work_off

    for task in ("roll_up", "roll_up_late"):
        tree.run(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
            " VALUES ('default', %s, %s, '{\"timestamp\": 0}')", task, task,
        )  # fmt: skip

    await work_off(tree.database.url)

    assert tree.value("SELECT rolled_until > now() - interval '20 minutes' AND looked_until_ms > 0 FROM roll_up")
    assert tree.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name ~ '^roll_up'") == 0
