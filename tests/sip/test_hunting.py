"""Hunting: which failure leads to the next route, and what the caller and the node are told."""

import asyncio
from pathlib import Path

import pytest

from smartswitch.protocol.wire import Answered, AttemptFailed, Credentials, Failed, Invite, Media, Order, Route
from smartswitch.runtime.config import Address

from .ports import free_port
from .scripted_node import ScriptedNode
from .sipp import Sipp

pytestmark = pytest.mark.timeout(40)


async def call(proxy: Address, directory: Path, scenario: str = "caller", **values: str) -> Sipp:
    return await asyncio.to_thread(lambda: Sipp(scenario, remote=proxy, directory=directory, values=values).start())


async def test_a_failed_route_leads_to_the_next(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee_refuses", directory=tmp_path) as first, Sipp("callee", directory=tmp_path) as second:
        node.route_all_to(first.address, second.address)
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
        assert (first.finish().successful, second.finish().successful) == (1, 1)

    assert caller.successful == 1
    assert [(each.index, each.status) for each in node.seen(AttemptFailed)] == [(0, 503)]
    assert (await node.wait_for(Answered)).index == 1


async def test_a_route_whose_address_answers_nothing_is_left_after_its_pdd_timeout(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee_silent", directory=tmp_path) as silent, Sipp("callee", directory=tmp_path) as second:
        node.on_invite = lambda invite: node.route(
            invite,
            Route(uri=f"sip:1@127.0.0.1:{free_port()}", pdd_timeout_ms=700),
            Route(uri=f"sip:2@{silent.address}", pdd_timeout_ms=800),
            Route(uri=f"sip:3@{second.address}", pdd_timeout_ms=5000),
        )
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
        assert silent.finish().calls[0].received("CANCEL")

    assert caller.successful == 1
    assert [(each.index, each.status) for each in node.seen(AttemptFailed)] == [(0, 0), (1, 0)]
    assert (await node.wait_for(Answered)).index == 2
    call = caller.calls[0]
    assert 1.3 <= call.seconds_between(call.sent("INVITE")[0], call.received("200")[0]) <= 2.5


async def test_a_route_that_rings_may_ring_longer_than_its_pdd_timeout(
    node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee", directory=tmp_path, values={"ring_ms": "1500"}) as callee:
        node.on_invite = lambda invite: node.route(
            invite, Route(uri=f"sip:1@{callee.address}", pdd_timeout_ms=600), ring_timeout_ms=5000
        )
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
    assert caller.successful == 1


async def test_a_route_that_rings_too_long_is_given_up(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee_cancelled", directory=tmp_path) as callee:
        node.on_invite = lambda invite: node.route(
            invite, Route(uri=f"sip:1@{callee.address}", pdd_timeout_ms=5000), ring_timeout_ms=1000
        )
        caller = await asyncio.to_thread(
            Sipp("caller_refused", remote=proxy, directory=tmp_path, values={"status": "408"}).run
        )
        assert callee.finish().successful == 1
    assert caller.successful == 1
    assert (await node.wait_for(Failed)).status == 408


@pytest.mark.parametrize(
    ("stop_codes", "is_second_tried", "status"), [((486,), False, "486"), ((), True, "503"), ((600, 603), True, "503")]
)
async def test_busy_ends_the_hunting_only_as_a_stop_code(
    stop_codes: tuple[int, ...],
    is_second_tried: bool,
    status: str,
    node: ScriptedNode,
    proxy: Address,
    tmp_path: Path,
) -> None:
    with (
        Sipp("callee_refuses", directory=tmp_path, values={"status": "486"}) as busy,
        Sipp("callee_refuses", directory=tmp_path, values={"status": "503"}) as second,
    ):
        node.on_invite = lambda invite: node.route(
            invite,
            *(Route(uri=f"sip:1@{each.address}", pdd_timeout_ms=5000) for each in (busy, second)),
            stop_codes=stop_codes,
        )
        caller = await asyncio.to_thread(
            Sipp("caller_refused", remote=proxy, directory=tmp_path, values={"status": status}).run
        )
        failed = await node.wait_for(Failed)
        assert bool(second.messages()) is is_second_tried

    assert caller.successful == 1, caller.errors
    assert failed.status == int(status)
    statuses = [each.status for each in node.seen(AttemptFailed)]
    assert statuses == ([486, 503] if is_second_tried else [486])


async def test_a_redirection_never_reaches_the_caller(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee_refuses", directory=tmp_path, values={"status": "302"}) as callee:
        node.route_all_to(callee.address)
        caller = await asyncio.to_thread(Sipp("caller_refused", remote=proxy, directory=tmp_path).run)
    assert caller.successful == 1
    assert (await node.wait_for(Failed)).status == 503


def _with_credentials(node: ScriptedNode, address: Address, password: str, realm: str) -> None:
    def decide(invite: Invite) -> Order:
        credentials = Credentials(username="us", password=password, realm=realm)
        return node.route(
            invite, Route(uri=f"sip:{invite.ruri_user}@{address}", pdd_timeout_ms=5000, credentials=credentials)
        )

    node.on_invite = decide


@pytest.mark.parametrize("realm", ["terminator", ""])
async def test_a_terminator_that_wants_our_password_gets_it(
    realm: str, node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee_challenges", directory=tmp_path) as terminator:
        _with_credentials(node, terminator.address, "secret", realm)
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(terminator.finish)

    assert (caller.successful, heard.successful) == (1, 1), caller.errors + heard.errors
    assert node.seen(AttemptFailed) == []
    cseqs = [each.header("CSeq") for each in heard.calls[0].messages if each.name in ("INVITE", "BYE")]
    assert cseqs == ["1 INVITE", "2 INVITE", "3 BYE"]


@pytest.mark.parametrize(("password", "realm"), [("secret", "another-realm"), (None, "")])
async def test_a_challenge_without_credentials_of_that_realm_is_a_failure(
    password: str | None, realm: str, node: ScriptedNode, proxy: Address, tmp_path: Path
) -> None:
    with Sipp("callee_challenges", directory=tmp_path) as terminator:
        if password:
            _with_credentials(node, terminator.address, password, realm)
        else:
            node.route_all_to(terminator.address)
        caller = await asyncio.to_thread(Sipp("caller_refused", remote=proxy, directory=tmp_path).run)
        assert len([each for each in terminator.messages() if each.name == "INVITE"]) == 1

    assert caller.successful == 1, caller.errors
    assert [each.status for each in node.seen(AttemptFailed)] == [401]
    assert (await node.wait_for(Failed)).status == 503


async def test_identity_is_what_the_node_says(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    forged = (
        "P-Asserted-Identity: <sip:president@example.org>\n    Remote-Party-ID : <sip:x@y>\n    x-secret:1\n    "
        "Diversion: <sip:z@y>\n    "
    )
    with Sipp("callee", directory=tmp_path) as callee:
        node.on_invite = lambda invite: node.route(
            invite,
            Route(
                uri=f"sip:49301234567@{callee.address}",
                pdd_timeout_ms=5000,
                from_uri="sip:442071111111@switch.invalid",
                from_display="Smith & Sons",
                headers="P-Asserted-Identity: <sip:442071111111@switch.invalid>\r\n",
            ),
        )
        caller = await asyncio.to_thread(
            Sipp("caller", remote=proxy, directory=tmp_path, values={"headers": forged}).run
        )
        heard = await asyncio.to_thread(callee.finish)

    assert (caller.successful, heard.successful) == (1, 1), caller.errors + heard.errors
    invite = heard.calls[0].received("INVITE")[0]
    assert invite.headers("P-Asserted-Identity") == ["<sip:442071111111@switch.invalid>"]
    assert "Diversion" not in invite.text
    assert "secret" not in invite.text
    assert "Remote-Party-ID" not in invite.text
    assert (invite.header("From") or "").startswith('"Smith & Sons" <sip:442071111111@switch.invalid>;tag=')
    assert "442070000001" not in (invite.header("Record-Route") or "")
    assert invite.first_line.startswith("INVITE sip:49301234567@")
    answer = caller.calls[0].received("200")[0]
    assert "442070000001" in (answer.header("From") or "")


async def test_media_none_leaves_the_sdp_alone(node: ScriptedNode, proxy: Address, tmp_path: Path) -> None:
    with Sipp("callee", directory=tmp_path) as callee:
        node.route_all_to(callee.address, media=Media.NONE)
        caller = await asyncio.to_thread(Sipp("caller", remote=proxy, directory=tmp_path).run)
        heard = await asyncio.to_thread(callee.finish)
    offered = caller.calls[0].sent("INVITE")[0].text.split("\n\n", 1)[-1].strip()
    assert offered in heard.calls[0].received("INVITE")[0].text.replace("\r", "")
