"""The real node and its terminators: their credentials, the numbers as they want them, who is tried next and who is not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from .real_callers import originator, parties_of, with_setting
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)

CREDENTIALS = 'username = "us"\npassword = "{password}"\nrealm = "terminator"'
TRANSLATIONS_OF_PEER = (
    r"translations = [ { direction = 'from_peer', field = 'called', pattern = '8877(\d+)', replacement = '\1' } ]"
)
TRANSLATIONS_OF_TERMINATOR = r"""translations = [
    { direction = 'to_peer', field = 'called', pattern = '(\d+)', replacement = '5566\1' },
    { direction = 'to_peer', field = 'caller', pattern = '44(\d+)', replacement = '0\1' },
]"""
STOP_AT_503 = '\n[[hunting_class]]\nid = "careful"\nstop_codes = [503]\n'


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


async def attempts(switch: RealSwitch) -> list[tuple[str, int]]:
    """(terminator, SIP status) of what was tried for the one call."""
    text = await switch.connection.fetchval("SELECT attempts FROM cdr")
    return [(terminator, sip_status) for terminator, sip_status, _ in orjson.loads(text)]


async def test_a_terminator_that_wants_our_password_gets_its_own(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=300)
    with Sipp("callee_challenges", directory=tmp_path) as terminator:
        text = parties_of(caller, terminators=(terminator.address,))
        async with switch.running(with_setting(text, "t1", CREDENTIALS.format(password="secret"))):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
            stored = await switch.connection.fetchval("SELECT auth_password_encrypted FROM terminator")
        heard = await asyncio.to_thread(terminator.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors + heard.errors
    assert "secret" not in stored
    assert "secret" not in heard.calls[0].received("INVITE")[1].text
    assert (call.result, call.terminator, call.billed_s) == ("answered", "t1", 1)
    assert (await switch.charges())[-1] == ("owner", "t1", "0.010000")


async def test_a_terminator_that_does_not_take_our_password_is_left_for_the_next(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=300)
    with Sipp("callee_challenges", directory=tmp_path) as wary, Sipp("callee", directory=tmp_path) as second:
        text = parties_of(caller, terminators=(wary.address, second.address))
        async with switch.running(with_setting(text, "t1", CREDENTIALS.format(password="wrong"))):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(second.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert heard.calls[0].received("INVITE")[0].header("Authorization") is None, "they were for t1 alone"
    assert (call.result, call.terminator) == ("answered", "t2")
    assert await attempts(switch) == [("t1", 403), ("t2", 200)]


async def test_numbers_are_translated_on_both_sides_and_rated_as_they_are(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    values = {"called": "8877447911123456"}
    caller = originator("caller", proxy, tmp_path, talk_ms=300, values=values)
    with Sipp("callee", directory=tmp_path) as callee:
        text = with_setting(parties_of(caller, terminators=(callee.address,)), "p1", TRANSLATIONS_OF_PEER)
        async with switch.running(with_setting(text, "t1", TRANSLATIONS_OF_TERMINATOR)):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
            codes = await switch.connection.fetch("SELECT DISTINCT code FROM charge")
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    invite = heard.calls[0].received("INVITE")[0]
    assert invite.first_line.startswith(f"INVITE sip:5566447911123456@{callee.address}")
    assert "sip:5566447911123456@" in (invite.header("To") or "")
    assert "sip:02070000001@" in (invite.header("From") or "")
    assert (call.caller, call.called) == ("442070000001", "447911123456")
    assert [row["code"] for row in codes] == ["44"]
    ok = result.calls[0].received("200")[0]
    assert "sip:442070000001@" in (ok.header("From") or ""), "the caller sees its own numbers"
    assert "sip:8877447911123456@" in (ok.header("To") or "")


async def test_a_terminator_that_does_not_ring_in_time_is_left_for_the_next(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=300)
    with Sipp("callee_silent", directory=tmp_path) as silent, Sipp("callee", directory=tmp_path) as second:
        text = parties_of(caller, terminators=(silent.address, second.address))
        async with switch.running(with_setting(text, "t1", "pdd_timeout = 1")):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        heard = await asyncio.to_thread(silent.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors + heard.errors
    talk = result.calls[0]
    assert 0.9 <= talk.seconds_between(talk.sent("INVITE")[0], talk.received("180")[0]) <= 2.5
    assert (call.result, call.terminator) == ("answered", "t2")
    assert await attempts(switch) == [("t1", 0), ("t2", 200)]


async def test_a_stop_code_of_the_hunting_class_ends_the_hunting(
    switch: RealSwitch, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"status": "503"})
    with Sipp("callee_refuses", directory=tmp_path) as first, Sipp("callee", directory=tmp_path) as never:
        text = parties_of(caller, terminators=(first.address, never.address))
        text = with_setting(text, "d2", 'hunting_class = "careful"')
        async with switch.running(text + STOP_AT_503):
            result = await asyncio.to_thread(caller.run)
            (call,) = await switch.calls(1)
        assert never.messages() == ()
    assert result.successful == 1, result.errors
    assert (call.result, call.sip_status) == ("unanswered", 503)
    assert await attempts(switch) == [("t1", 503)]
    assert await switch.charges() == []
