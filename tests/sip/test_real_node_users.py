"""Users of the real node: registration and digest, calls between extensions, calls out, calls from outside to a number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from smartswitch.core.digest import Algorithm
from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .baresip import Baresip
from .digest_phone import register
from .ports import free_port
from .real_parties import parties
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)
ANNA = {"user": "anna", "password": "correct-horse"}


def anna_calls(called: str, proxy: Address, directory: Path) -> Sipp:
    """Anna's phone calls; SIPp signs another URI than it calls unless it is told (and the switch takes no such thing)."""
    return Sipp(
        "caller_authenticates",
        remote=proxy,
        directory=directory,
        talk_ms=500,
        values={**ANNA, "called": called},
        arguments=("-auth_uri", f"{called}@{proxy}"),
    )


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


@asynccontextmanager
async def signed_in(proxy: Address, contact: Address) -> AsyncIterator[None]:
    """Boris' phone is registered at a contact; afterwards no longer, for Kamailio outlives the test's database."""
    for expires_s in (60, 0):
        statuses = await asyncio.to_thread(
            register, proxy, username="boris", password="battery-staple", contact=contact, expires_s=expires_s
        )
        assert statuses == ["401 Unauthorized", "200 OK"]
        if expires_s:
            yield


@pytest.mark.parametrize("algorithm", Algorithm)
async def test_a_phone_registers_by_digest(switch: RealSwitch, proxy: Address, algorithm: Algorithm) -> None:
    contact = Address("127.0.0.1", free_port())
    async with switch.running(parties()):
        for password, last in (("correct-horse", "200 OK"), ("wrong", "401 Unauthorized")):
            statuses = await asyncio.to_thread(
                register, proxy, username="anna", password=password, contact=contact, algorithm=algorithm
            )
            assert statuses == ["401 Unauthorized", last]
        unknown = await asyncio.to_thread(register, proxy, username="nobody", password="wrong", contact=contact)
        assert unknown == ["401 Unauthorized", "401 Unauthorized"], "the same as a wrong password"


async def test_a_user_calls_out_by_digest_and_pays(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,))):
            caller = anna_calls("447911123456", proxy, tmp_path)
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert [charge[0] for charge in await switch.charges()] == ["u1", "d2", "d1", "owner"]
    invite = heard.calls[0].received("INVITE")[0]
    assert invite.header("Proxy-Authorization") is None, "credentials were for us alone"
    assert "anna" not in (invite.header("From") or ""), "a user does not show a number that is not his"
    assert call.caller == ""


async def test_extensions_call_each_other_free_at_zero_balance(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee", directory=tmp_path) as boris:
        async with switch.running(parties(d2_balance="0", d1_balance="0")), signed_in(proxy, boris.address):
            caller = anna_calls("102", proxy, tmp_path)
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(boris.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert (call.direction, call.caller, call.called, call.billed_s) == ("internal", "101", "102", 1)
    assert await switch.charges() == []


async def test_a_terminator_calls_a_number_of_ours_and_the_called_side_pays(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    port = free_port()
    with Sipp("callee", directory=tmp_path) as boris:
        text = parties(terminators=(Address("127.0.0.1", free_port()),))
        text += f'addresses = [ {{ network = "127.0.0.1/32", port = {port} }} ]\n'
        async with switch.running(text), signed_in(proxy, boris.address):
            values = {"called": "12123388100"}
            caller = Sipp("caller", remote=proxy, directory=tmp_path, port=port, talk_ms=500, values=values)
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(boris.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert (call.leg, call.direction, call.caller, call.called) == (1, "inbound", "442070000001", "12123388100")
    assert await switch.charges() == [("u2", "d2", "0.010000")]


async def test_an_originator_calls_a_number_of_ours_and_both_legs_are_charged(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    values = {"called": "12123388100"}
    caller = Sipp("caller", remote=proxy, directory=tmp_path, port=free_port(), talk_ms=500, values=values)
    with Sipp("callee", directory=tmp_path) as boris:
        text = parties(originator=caller.address).replace("virtual_pbx = true", "")
        async with switch.running(text), signed_in(proxy, boris.address):
            result = await asyncio.to_thread(caller.run)
            calls = await switch.calls(2)
    assert result.successful == 1, result.errors
    assert [(call.leg, call.direction) for call in calls] == [(0, "outbound"), (1, "inbound")]
    assert await switch.charges() == [
        ("p1", "d2", "0.050000"),
        ("d2", "d1", "0.030000"),
        ("d1", "owner", "0.020000"),
        ("u2", "d2", "0.010000"),
    ]


async def test_a_user_who_is_not_registered_is_not_reached(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    port = free_port()
    values = {"called": "12123388100", "status": "480"}
    caller = Sipp("caller_refused", remote=proxy, directory=tmp_path, port=port, values=values)
    async with switch.running(parties(originator=caller.address)):
        result = await asyncio.to_thread(caller.run)
        (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.result, call.sip_status) == ("unanswered", 480)


async def test_two_softphones_talk_through_the_switch(switch: RealSwitch, proxy: Address, tmp_path: Path) -> None:
    async with switch.running(parties()):
        with (
            Baresip(
                directory=tmp_path / "boris", user="boris", password="battery-staple", registrar=proxy, answers=True
            ) as boris,
            Baresip(directory=tmp_path / "anna", user="anna", password="correct-horse", registrar=proxy) as anna,
        ):
            await asyncio.to_thread(boris.wait_for_output, "200 OK")
            await asyncio.to_thread(anna.wait_for_output, "200 OK")
            anna.command("dial", f"sip:102@{proxy}")
            await asyncio.to_thread(boris.wait_for_output, "Call established")
            await asyncio.sleep(1)
            anna.command("hangup")
            (call,) = await switch.calls(1)
            for phone in (anna, boris):
                phone.command("quit")
            await asyncio.sleep(0.5)
    assert (call.direction, call.result, call.ended_by) == ("internal", "answered", "caller")


async def test_a_phone_that_vanishes_is_hung_up_by_its_missing_media(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    """SIPp sends no media, so rtpengine forgets the session; neither side ever says BYE."""
    caller = Sipp("caller_waits", remote=proxy, directory=tmp_path, port=free_port(), timeout_s=100)
    with Sipp("callee", directory=tmp_path, timeout_s=100) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            async with switch.rtpengine_client() as client:
                before = set(await client.list_calls())
                calling = asyncio.create_task(asyncio.to_thread(caller.run))
                await asyncio.sleep(1)
                (relayed,) = set(await client.list_calls()) - before
                await client.delete(relayed)
            result = await calling
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert call.ended_by == "media_timeout"
    assert 20 <= call.billed_s <= 32
