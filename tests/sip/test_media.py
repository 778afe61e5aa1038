"""Voice: through rtpengine, heard at the other end, and stopped with the call."""

import asyncio
from pathlib import Path

import pytest

from smartswitch.protocol.wire import Answered, Ended, Hangup, Media, Register, Registered, Route, registered_uri
from smartswitch.runtime.config import Address
from smartswitch.switch.rtpengine import Rtpengine, RtpengineClient, RtpengineError

from .baresip import Baresip
from .ports import free_port
from .scripted_node import ScriptedNode
from .sipp import Sipp
from .tone import read_samples, tone_share, write_tone

pytestmark = pytest.mark.timeout(60)


def register_everybody(node: ScriptedNode) -> None:
    node.on_register = lambda asked: Registered(tindex=asked.tindex, tlabel=asked.tlabel, aor=asked.from_user)
    node.on_invite = lambda invite: node.route(
        invite, Route(uri=registered_uri(invite.ruri_user), pdd_timeout_ms=5000), media=Media.RELAY
    )


async def test_what_one_softphone_plays_another_hears(
    node: ScriptedNode, proxy: Address, rtpengine: Rtpengine, tmp_path: Path
) -> None:
    register_everybody(node)
    tone = write_tone(tmp_path / "tone.wav", 941, 10)
    with (
        Baresip(directory=tmp_path / "bob", user="bob", registrar=proxy, answers=True) as bob,
        Baresip(directory=tmp_path / "alice", user="alice", registrar=proxy, play=tone) as alice,
    ):
        await node.wait_for(Register, 2)
        await asyncio.sleep(0.3)
        alice.command("dial", f"sip:bob@{proxy}")
        answered = await node.wait_for(Answered)
        async with RtpengineClient(rtpengine.settings.control) as client:
            assert await client.list_calls() == [answered.ci]
            await asyncio.sleep(3)
            known = await client.query(answered.ci)
            node.link.send(Hangup(h_entry=answered.h_entry, h_id=answered.h_id, ci=answered.ci))
            ended = await node.wait_for(Ended)
            await asyncio.sleep(0.3)
            assert await client.list_calls() == []

    assert ended.call_id == answered.call_id
    assert known["totals"]["RTP"]["packets"] > 100
    samples = read_samples(bob.heard)
    assert len(samples) > 8_000
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4]
    assert tone_share(middle, 941) > 0.8
    assert tone_share(middle, 440) < 0.05


async def test_media_of_a_call_that_fails_is_forgotten(
    node: ScriptedNode, proxy: Address, rtpengine: Rtpengine, tmp_path: Path
) -> None:
    with Sipp("callee_refuses", directory=tmp_path) as first, Sipp("callee_refuses", directory=tmp_path) as second:
        node.route_all_to(first.address, second.address, media=Media.RELAY)
        caller = await asyncio.to_thread(Sipp("caller_refused", remote=proxy, directory=tmp_path).run)
        offered = [each.finish().calls[0].received("INVITE")[0].text for each in (first, second)]
    assert caller.successful == 1, caller.errors
    ports = {line for text in offered for line in text.splitlines() if line.startswith("m=audio")}
    settings = rtpengine.settings
    assert all(settings.first_media_port <= int(line.split()[1]) <= settings.last_media_port for line in ports)
    async with RtpengineClient(settings.control) as client:
        assert await client.list_calls() == []


async def test_the_client_tells_what_is_wrong(rtpengine: Rtpengine) -> None:
    async with RtpengineClient(rtpengine.settings.control) as client:
        await client.ping()
        with pytest.raises(RtpengineError, match="refuses query"):
            await client.query("unknown")
        await client.delete("unknown")
    async with RtpengineClient(Address("127.0.0.1", free_port())) as nobody:
        with pytest.raises(RtpengineError, match="does not answer ping"):
            await nobody.ping()
