"""What the web account asks of a real node that carries calls: to end one, and what one would do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio
from smartswitch.switch.rtpengine import Rtpengine

from ..conftest import Database
from ..web.house import web_account_at
from .real_callers import answered, originator
from .real_parties import parties
from .real_switch import RealSwitch
from .sipp import Sipp

pytestmark = pytest.mark.timeout(60)

WEB = "smartswitch_web"
SAID_IN_THE_BYE = 'Q.850;cause=31;text="Ended by operator"'


@pytest.fixture
async def switch(
    database: Database, kamailio: Kamailio, rtpengine: Rtpengine, tmp_path: Path
) -> AsyncIterator[RealSwitch]:
    async with RealSwitch(database, kamailio, rtpengine, tmp_path) as made:
        yield made


async def hang_up(switch: RealSwitch, database: Database, dealer: str, call_id: UUID) -> bool:
    """Ask for the end of a call as the web account of a dealer does."""
    dealer_id = await switch.connection.fetchval("SELECT id FROM dealer WHERE key = $1", dealer)
    web = await asyncpg.connect(database.url_for(WEB))
    try:
        await web.execute("SELECT set_config('smartswitch.dealer', $1, false)", str(dealer_id))
        return await web.fetchval("SELECT request_hangup($1)", call_id)
    finally:
        await web.close()


async def open_call(switch: RealSwitch) -> UUID:
    """The one call that is in progress."""
    async with asyncio.timeout(5):
        while True:
            call_id = await switch.connection.fetchval("SELECT call_id FROM open_leg")
            if call_id is not None:
                return call_id
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("dealer", ["d2", "owner"])
async def test_a_call_that_is_ended_from_the_web_account_ends_on_both_sides_and_is_charged_for_the_time_talked(
    switch: RealSwitch, database: Database, proxy: Address, tmp_path: Path, dealer: str
) -> None:
    caller = originator("caller_waits", proxy, tmp_path)
    with Sipp("callee", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await answered(callee)
            await asyncio.sleep(1.2)
            asked = asyncio.get_running_loop().time()
            assert await hang_up(switch, database, dealer, await open_call(switch)) is True
            result = await calling
            lasted_s = asyncio.get_running_loop().time() - asked
            (call,) = await switch.calls(1)
            money = await switch.money("p1")
        heard = await asyncio.to_thread(callee.finish)
    assert (result.successful, heard.successful) == (1, 1), result.errors
    assert result.calls[0].received("BYE")[0].header("Reason") == SAID_IN_THE_BYE
    assert (call.result, call.ended_by, call.terminator, call.billed_s) == ("answered", "operator", "t1", 2)
    assert 1_200 <= call.duration_ms <= 2_000
    assert await switch.charges() == [
        ("p1", "d2", "0.100000"),
        ("d2", "d1", "0.060000"),
        ("d1", "owner", "0.040000"),
        ("owner", "t1", "0.020000"),
    ]
    assert money == ("99.900000", "0.000000")
    assert lasted_s < 2


async def test_a_call_that_rings_is_given_up_and_costs_nothing(
    switch: RealSwitch, database: Database, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller_refused", proxy, tmp_path, values={"status": "480"})
    with Sipp("callee_cancelled", directory=tmp_path) as callee:
        async with switch.running(parties(terminators=(callee.address,), originator=caller.address)):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            call_id = await open_call(switch)
            await asyncio.sleep(0.5)
            assert await hang_up(switch, database, "d1", call_id) is True
            result = await calling
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.result, call.sip_status, call.billed_s) == ("unanswered", 480, 0)
    assert await switch.money("p1") == ("100.000000", "0.000000")


async def test_a_call_that_nobody_may_end_goes_on(
    switch: RealSwitch, database: Database, proxy: Address, tmp_path: Path
) -> None:
    caller = originator("caller", proxy, tmp_path, talk_ms=1_500)
    with Sipp("callee", directory=tmp_path) as callee:
        text = parties(terminators=(callee.address,), originator=caller.address)
        text += '\n[[dealer]]\nid = "stranger"\npack = "owner-to-d1"\n'
        async with switch.running(text):
            calling = asyncio.create_task(asyncio.to_thread(caller.run))
            await answered(callee)
            assert await hang_up(switch, database, "stranger", await open_call(switch)) is False
            # Whoever may speak to the database says nonsense: the node goes on.
            await switch.connection.execute("SELECT pg_notify('hangup', 'no call'), pg_notify('question', '')")
            result = await calling
            (call,) = await switch.calls(1)
    assert result.successful == 1, result.errors
    assert (call.ended_by, call.billed_s) == ("caller", 2)


async def test_a_running_node_answers_a_question_over_a_new_connection_too(
    switch: RealSwitch, database: Database
) -> None:
    async with switch.running(parties(terminators=(Address("127.0.0.1", 9),))):
        first = await asyncio.to_thread(simulate, database.url)
        await switch.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'smartswitch_switch'"
        )
        again = await asyncio.to_thread(simulate, database.url)
        left = await switch.connection.fetchval("SELECT count(*) FROM node_question")
    assert first == again
    assert first[0] == "outside"
    assert first[1] == [("p1", 50_000), ("d2", 30_000), ("d1", 20_000)]
    assert left == 0


async def test_a_switch_that_does_not_run_is_told(switch: RealSwitch, database: Database) -> None:
    from smartswitch.web.routes.ask_node import NodeSilentError

    async with switch.running(parties()):
        pass
    began = asyncio.get_running_loop().time()
    with pytest.raises(NodeSilentError, match="did not answer within 3 seconds"):
        await asyncio.to_thread(simulate, database.url)
    assert asyncio.get_running_loop().time() - began < 5


def simulate(url: str) -> tuple[str, list[tuple[str, int | None]]]:
    """What the owner is told of a second of a call: where it goes, and who pays how much."""
    from datetime import UTC, datetime

    from django.db import connections, transaction

    from smartswitch.web.login.viewer import act_for, read_viewer
    from smartswitch.web.peers.models import Peer
    from smartswitch.web.routes.simulation import simulate_call

    with web_account_at(url):
        try:
            with transaction.atomic():
                login_id = login_of_the_owner(url)
                viewer = read_viewer(login_id, "ann", "")
                assert viewer is not None
                act_for(viewer, request_id="a test")
                found = simulate_call(
                    viewer,
                    peer_id=Peer.objects.get(key="p1").pk,
                    called="447911123456",
                    caller="",
                    at=datetime.now(UTC),
                    duration_s=1,
                )
        finally:
            connections["default"].close()
    assert found is not None
    return found.where, [(level.payer, level.amount) for level in found.levels]


def login_of_the_owner(url: str) -> int:
    """Make a login, as the schema's owner."""
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute(
            "INSERT INTO login (username, password, dealer_id) SELECT 'ann-' || count(*), 'x',"
            " (SELECT id FROM dealer WHERE key = 'owner') FROM login RETURNING id"
        ).fetchone()
    assert row is not None
    return row[0]
