"""The real node behind a real Kamailio: who is let in, who is charged, when calls are cut; SIPp is the witness."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .ports import free_port
from .real_parties import parties
from .real_switch import RealSwitch
from .sipp import Sipp, SippCall

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


def originator(scenario: str, proxy: Address, directory: Path, **options: object) -> Sipp:
    return Sipp(scenario, remote=proxy, directory=directory, port=free_port(), **options)


def talk_s(call: SippCall) -> float:
    return call.seconds_between(call.received("200")[0], call.received("BYE")[0])


async def test_an_originator_calls_out_and_every_level_is_charged(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=1_500)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert (call.result, call.terminator, call.called, call.caller, call.billed_s) == (
        "answered",
        "t1",
        "447911123456",
        "442070000001",
        2,
    )
    assert await switch.charges() == [
        ("p1", "d2", "0.100000"),
        ("d2", "d1", "0.060000"),
        ("d1", "owner", "0.040000"),
        ("owner", "t1", "0.020000"),
    ]
    assert await switch.money("p1") == ("99.900000", "0.000000")


async def test_hunting_goes_on_and_the_one_that_answered_is_paid(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=500)
    with Sipp("callee_refuses", directory=tmp_path) as first, Sipp("callee", directory=tmp_path) as second:
        async with switch.running(parties(terminators=(first.address, second.address), originator=caller.address)):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert call.terminator == "t2"
    assert (await switch.charges())[-1] == ("owner", "t2", "0.010000")


REFUSALS = {
    "no credit at the peer": ({"p1_balance": "0"}, "402", "no_credit", "p1"),
    "no credit two levels up": ({"d1_balance": "0"}, "402", "no_credit", "d1"),
    "no price at a level": ({"d2_pack": ""}, "503", "no_price", "d2"),
    "call limit": ({"p1_extra": "call_limit = 0"}, "503", "call_limit", "p1"),
}
CAUSES = {"402": 'Q.850;cause=21;text="No credit"', "no_price": 58, "call_limit": 34}


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals_have_their_code_and_reason(
    switch: RealSwitch, proxy: Address, tmp_path: Path, name: str
) -> None:
    options, status, reason, refused_by = REFUSALS[name]
    caller = originator("caller_refused", proxy, tmp_path, values={"status": status})
    async with switch.running(
        parties(terminators=(Address("127.0.0.1", free_port()),), originator=caller.address, **options)
    ):
        result = await asyncio.to_thread(caller.run)
        (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    told = result.calls[0].received(status)[0].header("Reason")
    if status == "402":
        assert told == CAUSES["402"], "the same, whichever level ran dry"
    else:
        assert told is not None
        assert f"cause={CAUSES[reason]};" in told
    assert (call.result, call.reason, call.refused_by) == ("refused", reason, refused_by)
    assert await switch.charges() == []


async def test_a_blocked_peer_hears_403_and_a_number_without_a_route_404(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"status": "404", "called": "14155550100"})
    blocked = Sipp("caller_refused", remote=proxy, directory=tmp_path, port=caller.port, values={"status": "403"})
    async with switch.running(parties(originator=caller.address)):
        result = await asyncio.to_thread(caller.run)
        await switch.connection.execute("UPDATE dealer SET is_blocked = true WHERE key = 'd1'")
        await asyncio.sleep(1)
        second = await asyncio.to_thread(blocked.run)
        calls = await switch.calls(2)
    assert (result.successful, second.successful) == (1, 1), result.errors + second.errors
    assert [(call.reason, call.refused_by) for call in calls] == [("no_route", None), ("blocked", "d1")]


async def test_a_call_is_cut_exactly_when_its_money_ends_and_both_sides_hear_bye(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_waits", proxy, tmp_path)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address, d1_balance="0.06")):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
            assert await switch.money("d1") == ("0.000000", "0.000000")
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert (call.ended_by, call.billed_s) == ("credit", 3)
    assert talk_s(result.calls[0]) == pytest.approx(3, abs=0.3)
    assert 'text="Credit exhausted"' in (result.calls[0].received("BYE")[0].header("Reason") or "")


async def test_a_top_up_during_the_call_lengthens_it(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    caller = originator("caller_waits", proxy, tmp_path)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address, p1_balance="0.15")):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await asyncio.sleep(1.5)
            await switch.top_up("p1", "0.10")
            result = await calling
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.ended_by, call.billed_s) == ("credit", 5)
    assert talk_s(result.calls[0]) == pytest.approx(5, abs=0.3)


async def test_blocking_a_dealer_cuts_the_calls_below_within_two_seconds(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_waits", proxy, tmp_path)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await asyncio.sleep(1)
            await switch.connection.execute("UPDATE dealer SET is_blocked = true WHERE key = 'd1'")
            blocked = asyncio.get_running_loop().time()
            result = await calling
            lasted_s = asyncio.get_running_loop().time() - blocked
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert call.ended_by == "block"
    assert lasted_s < 2


async def test_a_call_that_the_caller_cancels_costs_nothing(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    caller = originator("caller_cancels", proxy, tmp_path)
    with Sipp("callee_cancelled", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.result, call.sip_status) == ("unanswered", 487)
    assert await switch.money("p1") == ("100.000000", "0.000000")


async def test_busy_is_passed_on_and_ends_the_hunting(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"status": "486"})
    with (
        Sipp("callee_refuses", directory=tmp_path, values={"status": "486"}) as busy,
        Sipp("callee", directory=tmp_path) as never,
    ):
        async with switch.running(parties(terminators=(busy.address, never.address), originator=caller.address)):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        assert never.messages() == ()
    assert result.successful == 1, result.errors
    assert (call.result, call.sip_status) == ("unanswered", 486)


async def test_a_denied_address_is_a_stranger(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"status": "407"})
    deny = f', {{ network = "127.0.0.1/32", port = {caller.port}, action = "deny" }}'
    async with switch.running(parties(originator=caller.address, deny=deny)):
        result = await asyncio.to_thread(caller.run)
        assert await switch.calls(0) == []
    assert result.successful == 1, result.errors


async def test_a_node_that_is_killed_in_mid_call_takes_the_call_up_again(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_waits", proxy, tmp_path)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address, p1_balance="0.30")):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await asyncio.sleep(1.5)
            await switch.kill()
            await switch.start()
            await asyncio.sleep(0.5)
            await switch.top_up("p1", "0.10")
            result = await calling
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.result, call.ended_by, call.billed_s, call.terminator) == ("answered", "credit", 8, "t1")
    assert talk_s(result.calls[0]) == pytest.approx(8, abs=0.3)
    assert await switch.money("p1") == ("0.000000", "0.000000")


async def test_a_node_killed_before_the_answer_is_stored_charges_the_call_once(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=1_000)
    with Sipp("callee", directory=tmp_path, values={"ring_ms": "700"}) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await asyncio.sleep(0.4)
            await switch.kill()
            result = await calling
            await switch.start()
            (call,) = await switch.calls(1, timeout_s=15)
    assert result.successful == 1, result.errors
    assert (call.result, call.billed_s) == ("answered", 2)
    assert [seller for _, seller, _ in await switch.charges()] == ["d2", "d1", "owner", "t1"]


async def test_while_the_database_is_stuck_calls_are_refused_in_time_and_then_go_again(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"status": "503"})
    later = Sipp("caller", remote=proxy, directory=tmp_path, port=caller.port)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            async with switch.connection.transaction():
                await switch.connection.execute("LOCK TABLE balance IN ACCESS EXCLUSIVE MODE")
                refused = await asyncio.to_thread(caller.run)
            (first,) = refused.calls
            waited_s = first.seconds_between(first.sent("INVITE")[0], first.received("503")[0])
            assert waited_s < 3.5
            passed = await asyncio.to_thread(later.run)
            await switch.calls(1)
            assert await switch.money("p1") == ("99.950000", "0.000000")
    assert (refused.successful, passed.successful) == (1, 1), refused.errors + passed.errors
