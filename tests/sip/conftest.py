"""Fixtures of the SIP suite: one Kamailio and one rtpengine a session, a scripted node a test."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio, KamailioSettings
from smartswitch.switch.rtpengine import Rtpengine, RtpengineSettings

from .certificates import make_certificate
from .ports import free_port, free_port_range
from .scripted_node import ScriptedNode
from .sipp import started


@pytest.fixture(scope="session")
def sip_directory() -> Iterator[Path]:
    """A directory for run files, short enough for UNIX sockets."""
    directory = Path(tempfile.mkdtemp(prefix="smartswitch-sip-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def rtpengine(sip_directory: Path) -> Iterator[Rtpengine]:
    """A running rtpengine on loopback."""
    first, last = free_port_range(200)
    settings = RtpengineSettings(
        run_directory=sip_directory,
        control=Address("127.0.0.1", free_port()),
        media_address="127.0.0.1",
        first_media_port=first,
        last_media_port=last,
    )
    running = Rtpengine(settings)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def kamailio_settings(sip_directory: Path, rtpengine: Rtpengine) -> KamailioSettings:
    """Settings of the Kamailio that most tests share: UDP, TCP and TLS, loopback exempt from flood counting."""
    certificate, private_key = make_certificate(sip_directory)
    udp_and_tcp = Address("127.0.0.1", free_port())
    return KamailioSettings(
        run_directory=sip_directory,
        udp=(udp_and_tcp,),
        tcp=(udp_and_tcp,),
        tls=(Address("127.0.0.1", free_port()),),
        tls_certificate=certificate,
        tls_private_key=private_key,
        evapi=Address("127.0.0.1", free_port()),
        rtpengine=rtpengine.settings.control,
        flood_exempt_networks=("127.0.0.0/8",),
        emergency_numbers=("112", "999"),
        emergency_gateway=Address("127.0.0.1", free_port()),
        no_ack_timeout_s=1,
        keepalive_failures=1,
        shared_memory_mib=64,
        udp_children=2,
        log_level=0,
    )


@pytest.fixture(scope="session")
def kamailio(kamailio_settings: KamailioSettings) -> Iterator[Kamailio]:
    """A running Kamailio."""
    running = Kamailio(kamailio_settings)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def proxy(kamailio: Kamailio) -> Address:
    """Where Kamailio takes SIP over UDP and TCP."""
    return kamailio.settings.udp[0]


@pytest.fixture
async def node(kamailio: Kamailio) -> AsyncIterator[ScriptedNode]:
    """A connected node that refuses every call until the test says otherwise."""
    async with ScriptedNode(kamailio.settings.evapi) as connected:
        yield connected


@pytest.fixture
def kamailio_tls(kamailio: Kamailio) -> Address:
    """Where Kamailio takes SIP over TLS."""
    return kamailio.settings.tls[0]


@pytest.fixture(autouse=True)
def _no_sipp_is_left() -> Iterator[None]:
    """A test that fails half-way leaves no SIPp behind."""
    yield
    while started:
        started.pop().stop()
