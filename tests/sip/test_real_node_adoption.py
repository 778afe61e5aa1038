"""A node that starts again in the middle of calls: they end at the right terminator, and count there meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .real_callers import ANSWER_TIMEOUT_S, answered, originator, parties_of, with_setting
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)
ALL_LEVELS = ["d2", "d1", "owner"]


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


async def ringing(callee: Sipp) -> None:
    """Return when this SIPp rings."""
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        while True:
            if any(message.name == "180" for message in callee.messages()):
                return
            await asyncio.sleep(0.02)


async def killed_while_the_second_rings(
    switch: RealSwitch, proxy: Address, directory: Path, *changes: str
) -> tuple[str | None, list[str]]:
    """A call that t1 refuses rings at t2 when the node dies; things change; a node starts, and then t2 answers.

    Gives the terminator of the CDR and the sellers of its charges.
    """
    caller = originator("caller", proxy, directory, talk_ms=300)
    with (
        Sipp("callee_refuses", directory=directory) as first,
        Sipp("callee", directory=directory, values={"ring_ms": "2500"}) as second,
    ):
        async with switch.running(parties_of(caller, terminators=(first.address, second.address))):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await ringing(second)
            await switch.kill()
            for change in changes:
                await switch.connection.execute(change)
            await switch.start()
            result = await calling
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert call.result == "answered"
    return call.terminator, [seller for _, seller, _ in await switch.charges()]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE terminator SET is_active = false WHERE host = '127.0.0.1' AND priority = 1",
        "UPDATE route SET priority = 9 - priority",
        "DELETE FROM route",
    ],
    ids=["the first is inactive", "they have changed places", "there are no routes"],
)
async def test_the_terminator_that_answered_is_paid_whatever_routes_say_now(
    switch: RealSwitch, proxy: Address, tmp_path: Path, change: str
) -> None:
    terminator, sellers = await killed_while_the_second_rings(switch, proxy, tmp_path, change)
    assert (terminator, sellers) == ("t2", [*ALL_LEVELS, "t2"])


async def test_a_terminator_that_is_gone_is_reported_and_nobody_else_is_paid(
    switch: RealSwitch, proxy: Address, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        terminator, sellers = await killed_while_the_second_rings(
            switch, proxy, tmp_path,
            "DELETE FROM route WHERE terminator_id = (SELECT id FROM peer WHERE key = 't2')",
            "DELETE FROM terminator WHERE peer_id = (SELECT id FROM peer WHERE key = 't2')",
        )  # fmt: skip
    assert (terminator, sellers) == ("t2", ALL_LEVELS)
    assert "target_without_price" in caplog.text


async def test_a_call_that_was_taken_over_fills_its_terminator_until_it_ends(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    """The limit of t1 is one call: during the one that was taken over t2 gets the next, and after it t1 again."""
    talking = originator("caller", proxy, tmp_path, talk_ms=5_000)
    during, after = (originator("caller", proxy, tmp_path, talk_ms=200) for _ in range(2))
    with Sipp("callee", directory=tmp_path, calls=2) as first, Sipp("callee", directory=tmp_path) as second:
        text = parties_of(talking, during, after, terminators=(first.address, second.address))
        async with switch.running(with_setting(text, "t1", "call_limit = 1")):
            talk = asyncio.create_task(asyncio.to_thread(talking.run))
            await answered(first)
            await asyncio.sleep(0.3)
            await switch.kill()
            await switch.start()
            results = [await asyncio.to_thread(during.run), await talk]
            await switch.calls(2)
            results.append(await asyncio.to_thread(after.run))
            calls = await switch.calls(3)
    assert [each.successful for each in results] == [1, 1, 1], [each.errors for each in results]
    assert [call.terminator for call in calls] == ["t1", "t2", "t1"]


async def test_a_call_that_rang_when_the_node_died_fills_the_terminator_that_answers_it(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    """t1 refuses it and t2, whose limit is one call, rings; so the next call goes to t3."""
    ringing_long = originator("caller", proxy, tmp_path, talk_ms=3_000)
    during = originator("caller", proxy, tmp_path, talk_ms=200)
    with (
        Sipp("callee_refuses", directory=tmp_path, calls=2) as first,
        Sipp("callee", directory=tmp_path, values={"ring_ms": "2500"}) as second,
        Sipp("callee", directory=tmp_path) as third,
    ):
        text = parties_of(ringing_long, during, terminators=(first.address, second.address, third.address))
        async with switch.running(with_setting(text, "t2", "call_limit = 1")):
            talk = asyncio.create_task(asyncio.to_thread(ringing_long.run))
            await ringing(second)
            await switch.kill()
            await switch.start()
            await answered(second)
            await asyncio.sleep(0.3)
            results = [await asyncio.to_thread(during.run), await talk]
            calls = await switch.calls(2)
        assert sum(message.name == "INVITE" for message in second.messages()) == 1, "t2 was left out, not tried"
    assert [each.successful for each in results] == [1, 1], [each.errors for each in results]
    assert [call.terminator for call in calls] == ["t2", "t3"]
