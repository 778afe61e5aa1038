"""What happens when something is missing, frozen, lost or malformed."""

import asyncio
import random
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smartswitch.protocol.wire import Answered, Ended, Invite, Refuse
from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio, KamailioSettings

from .ports import free_port
from .scripted_node import ScriptedNode
from .sipp import Sipp

pytestmark = pytest.mark.timeout(40)


async def refused(proxy: Address, directory: Path, status: str, called: str = "447911123456") -> float:
    """Make a call that must be refused with `status` and Retry-After; return after how many seconds."""
    values = {"status": status, "called": called}
    caller = await asyncio.to_thread(Sipp("caller_refused", remote=proxy, directory=directory, values=values).run)
    assert caller.successful == 1, caller.errors
    call = caller.calls[0]
    answer = call.received(status)[0]
    assert answer.header("Retry-After") == "5"
    return call.seconds_between(call.sent("INVITE")[0], answer)


async def test_without_a_node_calls_are_refused_at_once(kamailio: Kamailio, proxy: Address, tmp_path: Path) -> None:
    await asyncio.sleep(kamailio.settings.node_silence_s + 1.5)
    assert await refused(proxy, tmp_path, "503") < 0.5


async def test_a_node_that_does_not_decide_in_time_is_not_waited_for(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    node.on_invite = lambda invite: None
    assert 2.8 <= await refused(proxy, tmp_path, "503") <= 3.5


async def test_emergency_numbers_pass_without_a_decision(
    node: ScriptedNode, kamailio: Kamailio, proxy: Address, tmp_path: Path
) -> None:
    node.on_invite = lambda invite: None
    gateway = kamailio.settings.emergency_gateway
    assert gateway is not None
    with Sipp("callee", directory=tmp_path, port=gateway.port) as answering:
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path, values={"called": "112"}).run)
        heard = await asyncio.to_thread(answering.finish)
    assert (caller.successful, heard.successful) == (1, 1), caller.errors
    assert heard.calls[0].received("INVITE")[0].first_line.startswith(f"INVITE sip:112@{gateway}")


async def test_emergency_numbers_pass_without_a_node(kamailio: Kamailio, proxy: Address, tmp_path: Path) -> None:
    await asyncio.sleep(kamailio.settings.node_silence_s + 1.5)
    gateway = kamailio.settings.emergency_gateway
    assert gateway is not None
    with Sipp("callee", directory=tmp_path, port=gateway.port):
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path, values={"called": "999"}).run)
    assert caller.successful == 1, caller.errors


async def test_a_report_is_repeated_until_it_is_acknowledged(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    node.is_acknowledging = False
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
    await node.wait_for(Ended, 2, timeout_s=8)
    first, second = node.seen(Answered)[:2], node.seen(Ended)[:2]
    assert first[0] == first[1]
    assert second[0] == second[1]

    node.is_acknowledging = True
    await node.wait_for(Ended, 3, timeout_s=8)
    count = len(node.events)
    await asyncio.sleep(6)
    assert len(node.events) == count


async def test_reports_wait_for_a_node_that_comes_back(kamailio: Kamailio, proxy: Address, tmp_path: Path) -> None:
    async with ScriptedNode(kamailio.settings.evapi) as node:
        with Sipp("callee", directory=tmp_path) as callee:
            node.route_all_to(callee.address)
            caller = Sipp("caller", remote=proxy, directory=tmp_path, talk_ms=1500).start()
            answered = await node.wait_for(Answered)
            await node.link.close()
            assert (await asyncio.to_thread(caller.finish)).successful == 1
    async with ScriptedNode(kamailio.settings.evapi, calls=[answered.call_id]) as again:
        ended = await again.wait_for(Ended, timeout_s=8)
    assert ended.call_id == answered.call_id


async def test_a_node_that_comes_back_at_once_is_asked_at_once(
    kamailio: Kamailio, proxy: Address, tmp_path: Path
) -> None:
    for _ in range(5):
        async with ScriptedNode(kamailio.settings.evapi) as node:
            caller = await asyncio.to_thread(
                Sipp("caller_refused", remote=proxy, directory=tmp_path, values={"status": "404"}).run
            )
            assert caller.successful == 1, caller.errors
            assert len(node.seen(Invite)) == 1


async def test_a_second_node_takes_over_from_one_that_fell_silent(
    kamailio: Kamailio, proxy: Address, tmp_path: Path
) -> None:
    async with ScriptedNode(kamailio.settings.evapi, name="first") as first:
        await asyncio.sleep(kamailio.settings.node_silence_s + 2)
        async with ScriptedNode(kamailio.settings.evapi, name="second") as second:
            for each in (first, second):
                each.on_invite = lambda invite: Refuse(
                    tindex=invite.tindex, tlabel=invite.tlabel, status=603, reason="Decline"
                )
            values = {"status": "603"}
            for asked in (first, second):
                caller = await asyncio.to_thread(
                    Sipp("caller_refused", remote=proxy, directory=tmp_path, values=values).run
                )
                assert caller.successful == 1, caller.errors
                assert len(asked.seen(Invite)) == 1
                if asked is first:
                    await first.link.close()
                    await asyncio.sleep(kamailio.settings.node_silence_s + 2)


async def test_junk_is_survived_without_filling_the_log(
    node: ScriptedNode, kamailio: Kamailio, proxy: Address, tmp_path: Path
) -> None:
    generator = random.Random(1)
    before = kamailio.log_path.stat().st_size
    invite = b"INVITE sip:1@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(2_000):
            junk = generator.randbytes(generator.randrange(1, 300))
            kind = number % 4
            packet = (junk, b"INVITE " + junk, invite + junk, invite + b"To: <sip:\r\nContent-Length: 99999\r\n\r\n")[
                kind
            ]
            sender.sendto(packet, (proxy.host, proxy.port))
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address)
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
    assert caller.successful == 1
    assert kamailio.log_path.stat().st_size - before < 50_000


async def test_a_request_within_an_unknown_call_goes_nowhere(node: ScriptedNode, proxy: Address) -> None:
    trap = free_port()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        victim.bind(("127.0.0.1", trap))
        sender.bind(("127.0.0.1", 0))
        sender.settimeout(2)
        victim.settimeout(0.5)
        port = sender.getsockname()[1]
        sender.sendto(
            (
                f"INVITE sip:00882@127.0.0.1:{trap} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKx\r\n"
                f"Route: <sip:{proxy};lr>\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: thief\r\n"
                f"CSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
            ).encode(),
            (proxy.host, proxy.port),
        )
        assert sender.recv(4096).startswith(b"SIP/2.0 481")
        with pytest.raises(TimeoutError):
            victim.recv(4096)
    assert node.seen(Invite) == []


@pytest.fixture
def guarded(kamailio_settings: KamailioSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    """A Kamailio for which loopback is a stranger like any other."""
    settings = replace(
        kamailio_settings,
        run_directory=tmp_path_factory.mktemp("guarded"),
        udp=(Address("127.0.0.1", free_port()),),
        tcp=(),
        tls=(),
        evapi=Address("127.0.0.1", free_port()),
        flood_exempt_networks=(),
        flood_requests_per_2s=30,
    )
    running = Kamailio(settings)
    running.start()
    yield running
    running.stop()


async def test_a_flood_from_an_unknown_source_is_not_answered(guarded: Kamailio) -> None:
    proxy = guarded.settings.udp[0]
    async with ScriptedNode(guarded.settings.evapi) as node:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(600):
                sender.sendto(
                    (
                        f"INVITE sip:1@{proxy} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{number}\r\n"
                        f"From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: flood{number}\r\nCSeq: 1 INVITE\r\n"
                        "Contact: <sip:a@127.0.0.1:9>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
                    ).encode(),
                    (proxy.host, proxy.port),
                )
                if number % 50 == 0:
                    await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        assert 0 < len(node.seen(Invite)) <= 200


async def test_a_reply_to_nothing_we_sent_is_not_passed_on(proxy: Address) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        victim.bind(("127.0.0.1", 0))
        victim.settimeout(0.5)
        sender.sendto(
            (
                f"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {proxy};branch=z9hG4bK7c5a.1\r\n"
                f"Via: SIP/2.0/UDP 127.0.0.1:{victim.getsockname()[1]};branch=z9hG4bKx\r\n"
                "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: stray\r\nCSeq: 1 INVITE\r\n"
                "Contact: <sip:c@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n"
            ).encode(),
            (proxy.host, proxy.port),
        )
        with pytest.raises(TimeoutError):
            victim.recv(4096)
