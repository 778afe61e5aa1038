"""The real node hunts by what terminators did lately: it reads that by itself, and calls show it on the wire."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from ..switch.past_calls import note_past_calls
from .real_callers import originator, parties_of, with_setting
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)
QUALITY = """
[[hunting_class]]
id = "quality"
metrics = ["asr"]
"""


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


async def test_the_terminator_that_answered_more_lately_is_tried_first(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=200)
    with Sipp("callee", directory=tmp_path) as worse, Sipp("callee", directory=tmp_path) as better:
        text = parties_of(caller, terminators=(worse.address, better.address)) + QUALITY
        async with switch.running(with_setting(text, "d1", 'hunting_class = "quality"')):
            await switch.stop()
            now = datetime.now(UTC)
            await note_past_calls(switch.connection, 40, ("t1", 503), before=now)
            await note_past_calls(switch.connection, 40, ("t2", 200), before=now, talked_ms=1_000)
            await switch.start()
            await asyncio.sleep(0.2)
            result = await asyncio.to_thread(caller.run)
            calls = await switch.calls(81)
    assert result.successful == 1, result.errors
    assert calls[-1].terminator == "t2"
