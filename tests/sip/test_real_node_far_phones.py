"""Phones that cannot be reached where they say they are: in a browser, and behind a NAT. All that is theirs arrives."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .real_callers import originator, parties_of
from .real_parties import parties
from .real_switch import RealSwitch
from .scripted_phone import ScriptedPhone, phone_behind_nat, phone_in_browser
from .sipp import Sipp

RPC_TIMEOUT_S = 5

FarPhone = Callable[..., AbstractAsyncContextManager[ScriptedPhone]]

pytestmark = [
    pytest.mark.timeout(30),
    pytest.mark.parametrize("far_phone", [phone_in_browser, phone_behind_nat], ids=["browser", "nat"]),
]


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


def ask(kamailio: Kamailio, method: str) -> str:
    """The answer of Kamailio's own commands, as JSON."""
    directory = kamailio.settings.run_directory
    own = directory / "test_rpc.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(own))
        channel.settimeout(RPC_TIMEOUT_S)
        channel.sendto(
            json.dumps({"jsonrpc": "2.0", "method": method, "id": 1}).encode(), str(directory / "kamailio_rpc.sock")
        )
        answer = channel.recv(65_535).decode()
    own.unlink()
    return answer


@asynccontextmanager
async def boris_at(far_phone: FarPhone, proxy: Address) -> AsyncIterator[ScriptedPhone]:
    """Boris' phone, registered; afterwards no longer, for Kamailio outlives the test's database."""
    async with far_phone(proxy, user="boris", password="battery-staple") as phone:
        assert await phone.register() == ["401", "200"]
        yield phone
        assert await phone.register(expires_s=0) == ["401", "200"]


async def test_it_is_called_and_hears_all_that_the_caller_says(
    switch: RealSwitch, proxy: Address, tmp_path: Path, far_phone: FarPhone
) -> None:
    caller = originator("caller_reinvite", proxy, tmp_path, values={"called": "12123388100"})
    async with switch.running(parties_of(caller, terminators=())), boris_at(far_phone, proxy) as boris:
        calling = asyncio.create_task(asyncio.to_thread(caller.run))
        dialog = await boris.answer()
        await boris.expect_within(dialog, "INVITE")
        await boris.expect("ACK")
        for method in ("INFO", "UPDATE", "BYE"):
            await boris.expect_within(dialog, method)
        result = await calling
        (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.direction, call.result, call.ended_by) == ("internal", "answered", "caller")


async def test_it_hangs_up_a_call_that_came(
    switch: RealSwitch, proxy: Address, tmp_path: Path, far_phone: FarPhone
) -> None:
    caller = originator("caller_waits", proxy, tmp_path, values={"called": "12123388100"})
    async with switch.running(parties_of(caller, terminators=())), boris_at(far_phone, proxy) as boris:
        calling = asyncio.create_task(asyncio.to_thread(caller.run))
        dialog = await boris.answer()
        assert (await boris.follow(dialog, "BYE")).name == "200"
        result = await calling
        (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.direction, call.result, call.ended_by) == ("internal", "answered", "called")


async def test_two_of_them_call_each_other_and_both_change_the_call(
    switch: RealSwitch, proxy: Address, far_phone: FarPhone
) -> None:
    async with (
        switch.running(parties()),
        boris_at(far_phone, proxy) as boris,
        far_phone(proxy, user="anna", password="correct-horse") as anna,
    ):
        there, here = await asyncio.gather(boris.answer(), anna.call("102"))
        for one, its, other, others in ((anna, here, boris, there), (boris, there, anna, here)):
            changing = asyncio.create_task(one.follow(its, "INVITE"))
            await other.expect_within(others, "INVITE")
            assert (await changing).name == "200"
            await other.expect("ACK")
        ending = asyncio.create_task(boris.follow(there, "BYE"))
        await anna.expect_within(here, "BYE")
        assert (await ending).name == "200"
        (call,) = await switch.calls(1)
    assert (call.direction, call.result, call.ended_by) == ("internal", "answered", "called")


async def test_it_calls_and_hears_the_other_side_hang_up(
    switch: RealSwitch, proxy: Address, tmp_path: Path, far_phone: FarPhone
) -> None:
    with Sipp("callee_hangs_up", directory=tmp_path, talk_ms=300) as callee:
        async with (
            switch.running(parties(terminators=(callee.address,))),
            far_phone(proxy, user="anna", password="correct-horse") as anna,
        ):
            dialog = await anna.call("447911123456")
            await anna.expect_within(dialog, "BYE")
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(callee.finish)
    assert heard.successful == 1, heard.errors
    assert (call.result, call.ended_by, call.billed_s) == ("answered", "called", 1)


async def test_it_hears_that_its_money_is_over(
    switch: RealSwitch, proxy: Address, tmp_path: Path, far_phone: FarPhone
) -> None:
    """The BYE is Kamailio's own. Two seconds at 0.03 are all that d2 has."""
    with Sipp("callee", directory=tmp_path) as callee:
        async with (
            switch.running(parties(terminators=(callee.address,), d2_balance="0.06")),
            far_phone(proxy, user="anna", password="correct-horse") as anna,
        ):
            dialog = await anna.call("447911123456")
            await anna.expect_within(dialog, "BYE")
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(callee.finish)
    assert heard.successful == 1, heard.errors
    assert (call.result, call.ended_by, call.billed_s) == ("answered", "credit", 2)


async def test_its_way_through_the_nat_is_kept_open(
    switch: RealSwitch, kamailio: Kamailio, proxy: Address, far_phone: FarPhone
) -> None:
    """Contacts with flags 6 and 7 get a packet every 30 s at the address where they came from; a browser pings besides."""
    async with switch.running(parties()), boris_at(far_phone, proxy):
        contacts = await asyncio.to_thread(ask, kamailio, "ul.dump")
    assert re.findall(r'"CFlags":\s*(\d+)', contacts) == [str(1 << 6 | 1 << 7)]
