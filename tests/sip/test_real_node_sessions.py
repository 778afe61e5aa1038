"""What happens inside a call of the real node: hold, session timers; each call is charged once, for all of its time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .real_callers import originator, parties_of
from .real_switch import RealSwitch
from .sipp import Sipp, SippCall

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


def session_expires(call: SippCall, name: str) -> list[str | None]:
    """The session timer in each message of that name that came in."""
    return [message.header("Session-Expires") for message in call.received(name)]


async def test_session_timers_are_refreshed_from_both_sides_and_the_call_is_charged_once(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_refreshes", proxy, tmp_path, talk_ms=1_000)
    with Sipp("callee_refreshes", directory=tmp_path) as callee:
        async with switch.running(parties_of(caller, terminators=(callee.address,))):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors + heard.errors
    (there,), (back,) = heard.calls, result.calls
    assert session_expires(there, "INVITE") == session_expires(there, "UPDATE") == ["1800;refresher=uac"]
    assert session_expires(back, "200")[:2] == ["1800;refresher=uac"] * 2
    assert session_expires(back, "INVITE") == session_expires(there, "200")[:1] == ["1800;refresher=uas"]
    assert (call.result, call.ended_by, call.billed_s) == ("answered", "caller", 2)
    assert await switch.charges() == [
        ("p1", "d2", "0.100000"),
        ("d2", "d1", "0.060000"),
        ("d1", "owner", "0.040000"),
        ("owner", "t1", "0.020000"),
    ]


async def test_a_call_on_hold_goes_on_and_is_charged_once(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    caller = originator("caller_reinvite", proxy, tmp_path)
    with Sipp("callee_follows", directory=tmp_path) as callee:
        async with switch.running(parties_of(caller, terminators=(callee.address,))):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors + heard.errors
    held = heard.calls[0].received("INVITE")[1]
    assert "a=sendonly" in held.text
    assert f"m=audio {held.text.split('m=audio ')[1].split()[0]}" in heard.calls[0].received("INVITE")[0].text, (
        "relayed"
    )
    assert (call.result, call.ended_by, call.billed_s) == ("answered", "caller", 1)
    assert [seller for _, seller, _ in await switch.charges()] == ["d2", "d1", "owner", "t1"]
