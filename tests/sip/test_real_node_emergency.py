"""Emergency numbers go through, whatever the balance, the blocks and the node say, and cost nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smartswitch.protocol.wire import Invite
from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio, KamailioSettings
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .ports import free_port
from .real_callers import originator, parties_of
from .real_switch import RealSwitch
from .scripted_node import ScriptedNode
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


@pytest.fixture
def gateway(kamailio: Kamailio) -> Address:
    """Where emergency calls go."""
    address = kamailio.settings.emergency_gateway
    assert address is not None
    return address


@pytest.fixture(scope="module")
def without_gateway(
    kamailio_settings: KamailioSettings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kamailio]:
    """A Kamailio as it is without settings for emergencies, and without a node."""
    settings = replace(
        kamailio_settings,
        run_directory=tmp_path_factory.mktemp("no-gateway"),
        udp=(Address("127.0.0.1", free_port()),),
        tcp=(),
        tls=(),
        evapi=Address("127.0.0.1", free_port()),
        emergency_gateway=None,
    )
    running = Kamailio(settings)
    running.start()
    yield running
    running.stop()


async def test_an_emergency_number_passes_at_zero_balance_and_blocked_and_costs_nothing(
    switch: RealSwitch, proxy: Address, gateway: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=300, values={"called": "112"})
    ordinary = originator("caller_refused", proxy, tmp_path, values={"status": "403"})
    text = parties_of(
        caller, ordinary, terminators=(Address("127.0.0.1", free_port()),), p1_balance="0", d1_balance="0"
    )
    with Sipp("callee", directory=tmp_path, port=gateway.port) as answering:
        async with switch.running(text):
            await switch.connection.execute("UPDATE dealer SET is_blocked = true WHERE key = 'd1'")
            await asyncio.sleep(0.5)
            refused = await asyncio.to_thread(ordinary.run)
            result = await asyncio.to_thread(caller.run)
            calls = await switch.calls(1)
        heard = await asyncio.to_thread(answering.finish)
    assert (refused.successful, result.successful, heard.successful) == (1, 1, 1), refused.errors + result.errors
    invite = heard.calls[0].received("INVITE")[0]
    assert invite.first_line.startswith(f"INVITE sip:112@{gateway}")
    assert "sip:442070000001@" in (invite.header("From") or ""), "help must be able to call back"
    assert [call.called for call in calls] == ["447911123456"], "the ordinary call alone has a CDR"
    assert await switch.charges() == []
    assert await switch.money("p1") == ("0.000000", "0.000000")


async def test_an_emergency_number_needs_no_password_and_gives_none_away(
    switch: RealSwitch, proxy: Address, gateway: Address, tmp_path: Path
) -> None:
    values = {"called": "999", "headers": 'Proxy-Authorization: Digest username="anna", response="0"\n    '}
    stranger = originator("caller", proxy, tmp_path, values=values)
    with Sipp("callee", directory=tmp_path, port=gateway.port) as answering:
        async with switch.running(parties_of(originator("caller", proxy, tmp_path), terminators=())):
            result = await asyncio.to_thread(stranger.run)
            assert await switch.calls(0) == []
        heard = await asyncio.to_thread(answering.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    invite = heard.calls[0].received("INVITE")[0]
    assert invite.header("Proxy-Authorization") is None


async def test_an_emergency_number_passes_while_the_node_is_dead(
    switch: RealSwitch, proxy: Address, gateway: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, values={"called": "112"})
    with Sipp("callee", directory=tmp_path, port=gateway.port) as answering:
        async with switch.running(parties_of(caller, terminators=())):
            await switch.kill()
            result = await asyncio.to_thread(caller.run)
            await switch.start()
        heard = await asyncio.to_thread(answering.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors


async def test_a_number_that_only_begins_like_an_emergency_number_is_an_ordinary_one(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"called": "1120", "status": "404"})
    async with switch.running(parties_of(caller, terminators=())):
        result = await asyncio.to_thread(caller.run)
        (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.result, call.reason) == ("refused", "no_route")


@pytest.mark.parametrize("called", ["112", "none"])
async def test_without_a_gateway_an_emergency_number_is_an_ordinary_one(
    without_gateway: Kamailio, tmp_path: Path, called: str
) -> None:
    """No node is there to say where it goes."""
    values = {"called": called, "status": "503"}
    caller = originator("caller_refused", without_gateway.settings.udp[0], tmp_path, values=values)
    result = await asyncio.to_thread(caller.run)
    assert result.successful == 1, result.errors


OUTSIDE, INSIDE = "127.0.0.3", "127.0.0.2"


def caller_at(host: str, kamailio: Kamailio, directory: Path, called: str = "112", *, refused: bool = False) -> Sipp:
    """A caller at one of loopback's many addresses, who is answered, or refused with 404."""
    return Sipp(
        "caller_refused" if refused else "caller",
        remote=kamailio.settings.udp[0],
        directory=directory,
        values={"called": called, "status": "404"},
        arguments=("-i", host),
    )


@pytest.fixture(scope="module")
def for_some(kamailio_settings: KamailioSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    """A Kamailio that lets one address, and private networks of version 6, make emergency calls."""
    settings = replace(
        kamailio_settings,
        run_directory=tmp_path_factory.mktemp("for-some"),
        udp=(Address("127.0.0.1", free_port()), Address("::1", free_port())),
        tcp=(),
        tls=(),
        evapi=Address("127.0.0.1", free_port()),
        emergency_gateway=Address("127.0.0.1", free_port()),
        emergency_networks=("10.0.0.0/8", "::1/128", f"{INSIDE}/32"),
    )
    running = Kamailio(settings)
    running.start()
    yield running
    running.stop()


async def test_an_emergency_call_from_outside_the_networks_is_an_ordinary_call(
    for_some: Kamailio, tmp_path: Path
) -> None:
    gateway = for_some.settings.emergency_gateway
    assert gateway is not None
    async with ScriptedNode(for_some.settings.evapi) as node:
        with Sipp("callee", directory=tmp_path, port=gateway.port) as answering:
            refused = await asyncio.to_thread(caller_at(OUTSIDE, for_some, tmp_path, refused=True).run)
            asked = [(each.source_ip, each.ruri_user) for each in node.seen(Invite)]
            passed = await asyncio.to_thread(caller_at(INSIDE, for_some, tmp_path).run)
            heard = await asyncio.to_thread(answering.finish)
    assert (refused.successful, passed.successful, heard.successful) == (1, 1, 1), refused.errors + passed.errors
    assert asked == [(OUTSIDE, "112")] == [(each.source_ip, each.ruri_user) for each in node.seen(Invite)]
    assert len(heard.calls) == 1


async def test_whose_call_was_accepted_before_may_make_an_emergency_call(for_some: Kamailio, tmp_path: Path) -> None:
    gateway = for_some.settings.emergency_gateway
    assert gateway is not None
    customer = "127.0.0.4"
    async with ScriptedNode(for_some.settings.evapi) as node:
        with Sipp("callee", directory=tmp_path) as callee, Sipp("callee", directory=tmp_path, port=gateway.port):
            before = await asyncio.to_thread(caller_at(customer, for_some, tmp_path, refused=True).run)
            node.route_all_to(callee.address)
            ordinary = await asyncio.to_thread(caller_at(customer, for_some, tmp_path, "447911123456").run)
            after = await asyncio.to_thread(caller_at(customer, for_some, tmp_path).run)
    assert [each.successful for each in (before, ordinary, after)] == [1, 1, 1], ordinary.errors + after.errors
    assert [each.ruri_user for each in node.seen(Invite)] == ["112", "447911123456"]


async def test_networks_of_version_6_are_known(for_some: Kamailio, tmp_path: Path) -> None:
    """Nobody waits at the gateway, which has an address of version 4: what matters is that the node is not asked."""
    async with ScriptedNode(for_some.settings.evapi) as node:
        caller = Sipp(
            "caller_refused",
            remote=for_some.settings.udp[1],
            directory=tmp_path,
            values={"called": "112"},
            arguments=("-i", "::1"),
        )
        result = await asyncio.to_thread(caller.run)
    assert [message.name for message in result.calls[0].messages] == ["INVITE", "100", "408", "ACK"]
    assert node.seen(Invite) == []
