"""REGISTER is decided by the node; routes to registered users ring their contacts."""

import asyncio
from pathlib import Path

import pytest

from smartswitch.protocol.wire import Answered, AttemptFailed, Challenge, Failed, Register, Route, registered_uri
from smartswitch.runtime.config import Address

from .ports import free_port
from .scripted_node import ScriptedNode
from .sipp import Sipp, SippResult

pytestmark = pytest.mark.timeout(40)


async def register(
    proxy: Address, directory: Path, *, user: str, port: int, status: str = "200", headers: str = ""
) -> SippResult:
    values = {"user": user, "contact_port": str(port), "status": status, "headers": headers}
    return await asyncio.to_thread(Sipp("register", remote=proxy, directory=directory, values=values).run)


async def test_a_registered_user_is_called_at_his_contact(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as phone:
        assert (await register(proxy, tmp_path, user="alice", port=phone.port)).successful == 1
        node.on_invite = lambda invite: node.route(invite, Route(uri=registered_uri("alice"), pdd_timeout_ms=5000))
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(phone.finish)

    assert (caller.successful, heard.successful) == (1, 1), caller.errors
    asked = node.seen(Register)[0]
    assert asked.from_user == "alice"


async def test_every_contact_rings_and_the_first_to_answer_wins(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with (
        Sipp("callee", directory=tmp_path, values={"ring_ms": "300"}) as desk,
        Sipp("callee_cancelled", directory=tmp_path) as mobile,
    ):
        for phone in (desk, mobile):
            assert (await register(proxy, tmp_path, user="bob", port=phone.port)).successful == 1
        node.on_invite = lambda invite: node.route(invite, Route(uri=registered_uri("bob"), pdd_timeout_ms=5000))
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
        assert (desk.finish().successful, mobile.finish().successful) == (1, 1)
    assert caller.successful == 1, caller.errors


async def test_a_user_who_is_not_registered_leads_to_the_next_route(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee", directory=tmp_path) as voicemail:
        node.on_invite = lambda invite: node.route(
            invite,
            Route(uri=registered_uri("nobody"), pdd_timeout_ms=5000),
            Route(uri=f"sip:voicemail@{voicemail.address}", pdd_timeout_ms=5000),
        )
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
    assert caller.successful == 1, caller.errors
    assert [(each.index, each.status) for each in node.seen(AttemptFailed)] == [(0, 480)]
    assert (await node.wait_for(Answered)).index == 1


async def test_a_registered_user_is_reached_as_the_second_route(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee_refuses", directory=tmp_path) as first, Sipp("callee", directory=tmp_path) as phone:
        await register(proxy, tmp_path, user="carol", port=phone.port)
        node.on_invite = lambda invite: node.route(
            invite,
            Route(uri=f"sip:1@{first.address}", pdd_timeout_ms=5000),
            Route(uri=registered_uri("carol"), pdd_timeout_ms=5000),
        )
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
    assert caller.successful == 1, caller.errors
    assert (await node.wait_for(Answered)).index == 1


async def test_nobody_to_reach_is_480(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    node.on_invite = lambda invite: node.route(invite, Route(uri=registered_uri("nobody"), pdd_timeout_ms=5000))
    caller = await asyncio.to_thread(
        Sipp("caller_refused", remote=proxy, directory=tmp_path, values={"status": "480"}).run
    )
    assert caller.successful == 1, caller.errors
    assert (await node.wait_for(Failed)).status == 480


async def test_the_challenge_of_the_node_reaches_the_phone_and_its_answer_the_node(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    offers = (
        'WWW-Authenticate: Digest realm="switch", nonce="n1", qop="auth", algorithm=SHA-256\r\n'
        'WWW-Authenticate: Digest realm="switch", nonce="n1", qop="auth", algorithm=MD5\r\n'
    )
    node.on_register = lambda asked: Challenge(tindex=asked.tindex, tlabel=asked.tlabel, status=401, headers=offers)
    credentials = 'Digest username="a%62\\"c", realm="switch", nonce="n1", uri="sip:x", response="00"'
    phone = await register(
        proxy, tmp_path, user="dave", port=free_port(), status="401", headers=f"Authorization: {credentials}\n    "
    )
    assert phone.successful == 1
    challenges = phone.calls[0].received("401")[0].headers("WWW-Authenticate")
    assert [each.rsplit("=", 1)[-1] for each in challenges] == ["SHA-256", "MD5"]
    assert node.seen(Register)[0].authorization == credentials
