"""Calls through a real Kamailio, decided by a scripted node: set-up, time limits, ends."""

import asyncio
from pathlib import Path

import pytest

from smartswitch.protocol.wire import (
    Answered,
    AttemptFailed,
    CallEnder,
    Cancel,
    Ended,
    Extend,
    Failed,
    Hangup,
    Invite,
    Route,
)
from smartswitch.runtime.config import Address

from .scripted_node import ScriptedNode
from .sipp import Sipp
from .tls_tunnel import TlsTunnel

pytestmark = pytest.mark.timeout(40)


async def test_a_call_goes_through_and_is_reported(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path, talk_ms=500).run)
        heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, caller.failed, heard.successful, heard.failed) == (1, 0, 1, 0)
    invite = heard.calls[0].received("INVITE")[0]
    assert f"<sip:{proxy};lr" in (invite.header("Record-Route") or "")
    asked, answered, ended = node.seen(Invite)[0], node.seen(Answered)[0], await node.wait_for(Ended)
    assert (asked.ruri_user, asked.from_user, asked.transport) == ("447911123456", "442070000001", "udp")
    assert (answered.call_id, answered.index, answered.ci) == (ended.call_id, 0, asked.ci)
    assert ended.by is CallEnder.CALLER
    assert 400 <= ended.at_ms - answered.at_ms <= 900


async def test_bye_of_the_called_side_is_told_from_the_callers(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee_hangs_up", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = await asyncio.to_thread(Sipp("caller_waits", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, heard.successful) == (1, 1)
    assert (await node.wait_for(Ended)).by is CallEnder.CALLED


async def test_a_call_is_cut_at_its_granted_time(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address, granted_s=2)
        caller = await asyncio.to_thread(Sipp("caller_waits", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, heard.successful) == (1, 1)
    for result in (caller, heard):
        call = result.calls[0]
        start = next(each for each in call.messages if each.name == "200")
        assert 1.0 <= call.seconds_between(start, call.received("BYE")[0]) <= 3.2
    assert (await node.wait_for(Ended)).by is CallEnder.TIMEOUT


async def test_extend_lengthens_a_live_call(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address, granted_s=2)
        caller = Sipp("caller_waits", remote=proxy, directory=tmp_path).start()
        answered = await node.wait_for(Answered)
        await asyncio.sleep(1)
        node.link.send(Extend(h_entry=answered.h_entry, h_id=answered.h_id, timeout_s=3))
        ended = await node.wait_for(Ended)
        result = await asyncio.to_thread(caller.finish)

    assert result.successful == 1
    assert ended.by is CallEnder.TIMEOUT
    assert 3_000 <= ended.at_ms - answered.at_ms <= 5_000


async def test_hangup_sends_bye_both_ways_with_a_reason(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = Sipp("caller_waits", remote=proxy, directory=tmp_path).start()
        answered = await node.wait_for(Answered)
        await asyncio.sleep(0.2)
        reason = 'Q.850;cause=21;text="Blocked"'
        node.link.send(Hangup(h_entry=answered.h_entry, h_id=answered.h_id, ci=answered.ci, reason=reason))
        result, heard = await asyncio.to_thread(caller.finish), await asyncio.to_thread(callee.finish)

    assert (result.successful, heard.successful) == (1, 1)
    assert [each.calls[0].received("BYE")[0].header("Reason") for each in (result, heard)] == [reason, reason]
    assert (await node.wait_for(Ended)).by is CallEnder.NODE


async def test_cancel_while_it_rings(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee_cancelled", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = await asyncio.to_thread(Sipp("caller_cancels", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, heard.successful) == (1, 1)
    assert (await node.wait_for(Failed)).status == 487
    assert [each.status for each in node.seen(AttemptFailed)] == [487]
    assert node.seen(Answered) == []


async def test_cancel_while_the_node_is_still_deciding(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    late = []
    node.on_invite = lambda invite: late.append(invite)
    caller = await asyncio.to_thread(Sipp("caller_cancels_early", remote=proxy, directory=tmp_path).run)
    assert caller.successful == 1

    with Sipp("callee", directory=tmp_path) as callee:
        order = node.route(late[0], Route(uri=f"sip:1@{callee.address}", pdd_timeout_ms=5000))
        node.link.send(order)
        failed = await node.wait_for(Failed)
        assert callee.messages() == ()
    assert (failed.call_id, failed.status) == (order.call_id, 487)


async def rings(callee: Sipp) -> None:
    """Return when the call to this SIPp rings."""
    async with asyncio.timeout(5):
        while True:
            if any(message.name == "180" for message in callee.messages()):
                return
            await asyncio.sleep(0.02)


async def test_the_node_gives_up_a_ringing_call(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee_cancelled", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = Sipp("caller_refused", remote=proxy, directory=tmp_path, values={"status": "480"}).start()
        await rings(callee)
        asked = node.seen(Invite)[0]
        node.link.send(Cancel(tindex=asked.tindex, tlabel=asked.tlabel, ci=asked.ci, cseq=asked.cseq))
        result, heard = await asyncio.to_thread(caller.finish), await asyncio.to_thread(callee.finish)

    assert (result.successful, heard.successful) == (1, 1)
    assert (await node.wait_for(Failed)).status == 480


async def test_hold_info_update_and_transfer_within_a_call(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee_follows", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = await asyncio.to_thread(Sipp("caller_reinvite", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, heard.successful) == (1, 1), caller.errors + heard.errors
    assert heard.calls[0].received("REFER") == []
    assert (await node.wait_for(Ended)).by is CallEnder.CALLER


async def test_a_caller_who_never_acknowledges_is_cut(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = Sipp("caller_no_ack", remote=proxy, directory=tmp_path, timeout_s=30).start()
        ended = await node.wait_for(Ended, timeout_s=25)
        caller.stop()

    assert ended.by is CallEnder.KEEPALIVE
    assert ended.at_ms - node.seen(Answered)[0].at_ms <= 8_000


@pytest.mark.timeout(90)
async def test_a_caller_who_vanished_is_noticed_by_keepalive(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee", directory=tmp_path, timeout_s=80, arguments=("-aa",)) as callee:
        node.route_all_to(callee.address, granted_s=600)
        caller = Sipp("caller_waits", remote=proxy, directory=tmp_path, timeout_s=80).start()
        await node.wait_for(Answered)
        await asyncio.sleep(0.3)
        caller.stop()
        ended = await node.wait_for(Ended, timeout_s=65)
        assert (await asyncio.to_thread(callee.finish, 5)).successful == 1

    assert ended.by is CallEnder.KEEPALIVE


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_a_call_over_tcp_and_tls(
    transport: str, node: ScriptedNode, proxy: Address, kamailio_tls: Address, tmp_path: Path
) -> None:
    async with TlsTunnel(kamailio_tls) as tunnel:
        remote = proxy if transport == "tcp" else tunnel.address
        with Sipp("callee", directory=tmp_path) as callee:
            node.route_all_to(callee.address)
            caller = await asyncio.to_thread(Sipp("caller", remote=remote, directory=tmp_path, transport="t1").run)
            heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, heard.successful) == (1, 1), caller.errors
    assert node.seen(Invite)[0].transport == transport
