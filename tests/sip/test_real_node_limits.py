"""Limits of the real node on the wire: calls at once and calls per second, of terminators, peers and dealers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .real_callers import answered, originator, parties_of, with_setting
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)

AT_ONCE = 1_000
"""Calls per second with which SIPp sends several INVITEs in the same moment."""


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


async def test_a_full_terminator_is_left_for_the_next_and_when_all_are_full_the_call_is_refused(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    callers = [originator("caller", proxy, tmp_path, talk_ms=2_000) for _ in range(2)]
    third = originator("caller_refused", proxy, tmp_path, values={"status": "503"})
    with Sipp("callee", directory=tmp_path) as first, Sipp("callee", directory=tmp_path) as second:
        text = parties_of(*callers, third, terminators=(first.address, second.address))
        for terminator in ("t1", "t2"):
            text = with_setting(text, terminator, "call_limit = 1")
        async with switch.running(text):
            talks = []
            for caller, callee in zip(callers, (first, second), strict=True):
                talks.append(asyncio.create_task(asyncio.to_thread(caller.run)))
                await answered(callee)
            refused = await asyncio.to_thread(third.run)
            results = [await talk for talk in talks]
            calls = await switch.calls(3)
    assert [each.successful for each in (*results, refused)] == [1, 1, 1], refused.errors
    assert "cause=34;" in (refused.calls[0].received("503")[0].header("Reason") or "")
    assert [call.terminator for call in calls] == ["t1", "t2", None]
    assert (calls[2].result, calls[2].reason, calls[2].refused_by) == ("refused", "call_limit", "owner")


@pytest.mark.parametrize("limit", ["call_limit = 1", "calls_per_second = 1"])
async def test_calls_that_come_in_one_moment_do_not_pass_the_limit_of_a_terminator_together(
    switch: RealSwitch, proxy: Address, tmp_path: Path, limit: str
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=300, calls=3, rate=AT_ONCE)
    with Sipp("callee", directory=tmp_path, calls=3) as first, Sipp("callee", directory=tmp_path, calls=2) as second:
        text = parties_of(caller, terminators=(first.address, second.address))
        async with switch.running(with_setting(text, "t1", limit)):
            result = await asyncio.to_thread(caller.run)
            calls = await switch.calls(3)
    assert result.successful == 3, result.errors
    assert sorted(call.terminator or "" for call in calls) == ["t1", "t2", "t2"]


PAYING_PARTIES = ("p1", "d2", "d1")


@pytest.mark.parametrize("party", PAYING_PARTIES)
async def test_the_second_call_of_a_second_is_refused_by_the_party_that_may_have_one(
    switch: RealSwitch, proxy: Address, tmp_path: Path, party: str
) -> None:
    """SIPp cannot expect two different ends of one scenario, so the call that passes ends in 503 as well: at t1."""
    caller = originator("caller_refused", proxy, tmp_path, calls=2, rate=AT_ONCE, values={"status": "503"})
    with Sipp("callee_refuses", directory=tmp_path) as callee:
        text = parties_of(caller, terminators=(callee.address,))
        async with switch.running(with_setting(text, party, "calls_per_second = 1")):
            result = await asyncio.to_thread(caller.run)
            calls = await switch.calls(2)
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (2, 1), result.errors
    assert {(call.result, call.reason, call.refused_by) for call in calls} == {
        ("unanswered", None, None),
        ("refused", "rate_limit", party),
    }
    refusals = [call.received("503")[0] for call in result.calls]
    (told,) = [each for each in refusals if each.header("Retry-After") is not None]
    assert told.header("Reason") == 'Q.850;cause=42;text="Rate limit"', "the same, whoever's limit it is"
    assert told.header("Retry-After") == "1"
    assert await switch.money("p1") == ("100.000000", "0.000000")


@pytest.mark.parametrize("party", PAYING_PARTIES)
async def test_a_call_beside_the_one_that_a_party_may_have_is_refused(
    switch: RealSwitch, proxy: Address, tmp_path: Path, party: str
) -> None:
    talking = originator("caller", proxy, tmp_path, talk_ms=1_500)
    another = originator("caller_refused", proxy, tmp_path, values={"status": "503"})
    with Sipp("callee", directory=tmp_path) as callee:
        text = parties_of(talking, another, terminators=(callee.address,))
        async with switch.running(with_setting(text, party, "call_limit = 1")):
            talk = asyncio.create_task(asyncio.to_thread(talking.run))
            await answered(callee)
            refused = await asyncio.to_thread(another.run)
            result = await talk
            calls = await switch.calls(2)
            live = await switch.connection.fetchval("SELECT max(live_calls) FROM balance")
    assert (result.successful, refused.successful) == (1, 1), result.errors + refused.errors
    assert refused.calls[0].received("503")[0].header("Reason") == 'Q.850;cause=34;text="Call limit"'
    assert [(call.result, call.reason, call.refused_by) for call in calls] == [
        ("answered", None, None),
        ("refused", "call_limit", party),
    ]
    assert live == 0
