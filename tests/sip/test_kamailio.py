"""The generated settings, the start and the stop of Kamailio, and the link to it."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
import uvloop

from smartswitch.protocol.wire import Alive, Event, Hello
from smartswitch.runtime.config import Address
from smartswitch.switch.evapi_link import EvapiLink
from smartswitch.switch.kamailio import Kamailio, KamailioError, KamailioSettings, render_local_configuration

from ..conftest import Database
from .ports import free_port
from .scripted_node import ScriptedNode
from .sipp import Sipp

pytestmark = pytest.mark.timeout(40)


def settings_in(directory: Path) -> KamailioSettings:
    return KamailioSettings(
        run_directory=directory,
        udp=(Address("127.0.0.1", free_port()),),
        evapi=Address("127.0.0.1", free_port()),
        shared_memory_mib=32,
        udp_children=1,
    )


def test_kamailio_accepts_the_configuration(kamailio_settings: KamailioSettings, tmp_path: Path) -> None:
    Kamailio(settings_in(tmp_path)).check()
    Kamailio(replace(kamailio_settings, run_directory=tmp_path)).check()


def test_a_broken_configuration_is_refused_in_kamailios_words(tmp_path: Path) -> None:
    with pytest.raises(KamailioError, match="could not resolve nowhere"):
        Kamailio(replace(settings_in(tmp_path), udp=(Address("nowhere.invalid", 5060),))).check()


@pytest.mark.parametrize("value", ['x"\nloadmodule "exec.so', "a b", "a!b", "$(sht)", "a;b"])
def test_no_setting_smuggles_a_line(value: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        render_local_configuration(replace(settings_in(tmp_path), instance=value))
    with pytest.raises(ValueError, match="cannot hold"):
        render_local_configuration(replace(settings_in(tmp_path), tcp=(Address(value, 5060),)))


def test_settings_that_cannot_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="emergency number"):
        replace(settings_in(tmp_path), emergency_numbers=("112|.*",))
    for network in ("10.0.0.0/8,0.0.0.0/0", "10.0.0.1/8", "everybody", ""):
        with pytest.raises(ValueError, match="emergency network"):
            replace(settings_in(tmp_path), emergency_networks=(network,))
    with pytest.raises(ValueError, match="certificate"):
        replace(settings_in(tmp_path), tls=(Address("127.0.0.1", 5061),))
    with pytest.raises(ValueError, match="keepalive"):
        replace(settings_in(tmp_path), keepalive_interval_s=5)


def test_the_settings_are_for_the_eyes_of_their_owner(tmp_path: Path) -> None:
    kamailio = Kamailio(settings_in(tmp_path))
    kamailio.check()
    assert kamailio.configuration_path.stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        kamailio = Kamailio(replace(settings_in(tmp_path), udp=(Address("127.0.0.1", port),)))
        with pytest.raises(KamailioError, match="ended while starting"):
            kamailio.start()
    assert kamailio.pid is None


async def test_registrations_outlive_a_restart_in_postgresql(
    database: Database, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    settings = replace(settings_in(tmp_path_factory.mktemp("location")), location_database_url=database.url)
    kamailio = Kamailio(settings)
    await kamailio.start_async()
    try:
        async with ScriptedNode(settings.evapi):
            values = {"user": "eve", "contact_port": str(free_port()), "status": "200"}
            phone = await asyncio.to_thread(
                Sipp("register", remote=settings.udp[0], directory=tmp_path, values=values).run
            )
            assert phone.successful == 1
        connection = await asyncpg.connect(database.url)
        assert await connection.fetchval("SELECT username FROM location") == "eve"
        await connection.close()
    finally:
        await kamailio.stop_async()


async def _count_hellos(evapi: Address, count: int) -> int:
    hellos: list[Event] = []

    async def on_events(events: list[Event]) -> None:
        hellos.extend(each for each in events if isinstance(each, Hello))

    link = EvapiLink(address=evapi, node="burst", on_events=on_events)
    link.start()
    await link.wait_connected(5)
    for _ in range(count):
        assert link.send(Alive(is_first=True))
    for _ in range(100):
        await asyncio.sleep(0.1)
        if len(hellos) > count:
            break
    await link.close()
    return len(hellos)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_burst_of_orders_loses_none(run: object, kamailio: Kamailio) -> None:
    assert callable(run)
    assert run(_count_hellos(kamailio.settings.evapi, 5_000)) == 5_001


async def test_the_link_connects_again_by_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = settings_in(tmp_path_factory.mktemp("again"))
    kamailio = Kamailio(settings)
    async with asyncio.timeout(35):
        await kamailio.start_async()
        try:
            async with ScriptedNode(settings.evapi) as node:
                await asyncio.to_thread(kamailio.kill)
                await asyncio.sleep(0.3)
                assert not node.link.is_connected
                assert not node.link.send(Alive())
                await kamailio.start_async()
                await node.link.wait_connected(5)
        finally:
            await kamailio.stop_async()
