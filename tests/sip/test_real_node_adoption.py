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
from .real_callers import ANSWER_TIMEOUT_S, originator, parties_of
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
