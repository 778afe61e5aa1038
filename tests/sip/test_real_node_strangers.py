"""What strangers get from the real node: nothing useful, slowly, and no line of the log that grows with them."""

import asyncio
import logging
import random
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.access.registrar import CHALLENGES_PER_SECOND
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .real_callers import answered, originator, parties_of
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)

LONGEST_LOG_GROWTH_BYTES = 20_000
LARGEST_PACKET_BYTES = 8_192
JUNK_PACKETS = 500
STRANGERS_CALLS = 200


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


def invite(proxy: Address, number: int, port: int, *, extra: bytes = b"") -> bytes:
    """An INVITE of somebody unknown."""
    return (
        f"INVITE sip:447911123456@{proxy} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKstranger{number};rport\r\n"
        f"From: <sip:{1000 + number}@{proxy}>;tag={number}\r\nTo: <sip:447911123456@{proxy}>\r\n"
        f"Call-ID: stranger-{number}-{port}\r\nCSeq: 1 INVITE\r\nContact: <sip:x@127.0.0.1:{port}>\r\n"
        "Max-Forwards: 70\r\n"
    ).encode() + b"%bContent-Length: 0\r\n\r\n" % extra


def junk(proxy: Address) -> Iterator[bytes]:
    """Packets that no honest phone sends: random bytes, broken headers, headers of 8 kB."""
    generator = random.Random(7)
    for number in range(JUNK_PACKETS):
        noise = generator.randbytes(generator.randrange(1, 400))
        whole = invite(proxy, number, 9)
        cut = generator.randrange(10, len(whole))
        yield (
            noise,
            whole[:cut] + noise,
            whole[:cut] + whole[cut + 9 :],
            whole.replace(b"Content-Length: 0", b"Content-Length: 99999"),
            invite(proxy, number, 9, extra=b"X-Long: " + b"a" * LARGEST_PACKET_BYTES + b"\r\n"),
        )[number % 5]


async def replies(channel: socket.socket, quiet_s: float) -> list[bytes]:
    """What comes in until nothing has come for so long."""
    loop, found = asyncio.get_running_loop(), list[bytes]()
    while True:
        try:
            found.append(await asyncio.wait_for(loop.sock_recv(channel, 65_535), quiet_s))
        except TimeoutError:
            return found


async def test_a_stranger_hears_challenges_and_then_not_even_those(
    switch: RealSwitch,
    kamailio: Kamailio,
    proxy: Address,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Sipp("callee", directory=tmp_path) as never, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)
        channel.bind(("127.0.0.1", 0))
        port = channel.getsockname()[1]
        text = parties_of(originator("caller", proxy, tmp_path), terminators=(never.address,))
        async with switch.running(text):
            before, lines = kamailio.log_path.stat().st_size, len(caplog.records)
            for number in range(STRANGERS_CALLS):
                channel.sendto(invite(proxy, number, port), (proxy.host, proxy.port))
            heard = await replies(channel, quiet_s=0.4)
            assert await switch.calls(0) == []
            grown, lines = kamailio.log_path.stat().st_size - before, len(caplog.records) - lines
        assert never.messages() == ()
    first_reply = {}
    for reply in heard:
        call_id = re.search(rb"Call-ID: (\S+)", reply)
        if call_id and not reply.startswith(b"SIP/2.0 100"):
            first_reply.setdefault(call_id[1], reply.split()[1])
    statuses = Counter(first_reply.values())
    assert set(statuses) <= {b"407", b"403"}
    assert 1 <= statuses[b"407"] <= 3 * CHALLENGES_PER_SECOND, "no faster than that many in a second"
    assert statuses[b"403"] > statuses[b"407"]
    assert not any(b"t1" in reply or b"p1" in reply for reply in heard), "who is here is not told"
    assert grown <= LONGEST_LOG_GROWTH_BYTES
    assert lines <= CHALLENGES_PER_SECOND


async def test_junk_does_not_disturb_a_call_in_progress(
    switch: RealSwitch,
    kamailio: Kamailio,
    proxy: Address,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    caller = originator("caller", proxy, tmp_path, talk_ms=1_500)
    with Sipp("callee", directory=tmp_path) as callee, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        async with switch.running(parties_of(caller, terminators=(callee.address,))):
            talk = asyncio.create_task(asyncio.to_thread(caller.run))
            await answered(callee)
            before, lines = kamailio.log_path.stat().st_size, len(caplog.records)
            for number, packet in enumerate(junk(proxy)):
                channel.sendto(packet, (proxy.host, proxy.port))
                if number % 50 == 0:
                    await asyncio.sleep(0.01)
            result = await talk
            (call,) = await switch.calls(1)
            grown, lines = kamailio.log_path.stat().st_size - before, len(caplog.records) - lines
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert (call.result, call.ended_by, call.billed_s) == ("answered", "caller", 2)
    assert await switch.money("p1") == ("99.900000", "0.000000")
    assert grown <= LONGEST_LOG_GROWTH_BYTES
    assert lines <= CHALLENGES_PER_SECOND
