"""Fixtures of the system suite: one rtpengine a session, a whole switch a test."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.rtpengine import Rtpengine, RtpengineSettings

from ..conftest import Database
from ..sip.ports import free_port, free_port_range
from ..sip.sipp import started
from .installation import Installation


@pytest.fixture
def system_directory() -> Iterator[Path]:
    """A directory for run files, short enough for UNIX sockets; SMARTSWITCH_KEEP_LOGS=1 leaves it, to be read."""
    directory = Path(tempfile.mkdtemp(prefix="smartswitch-system-"))
    yield directory
    if not os.environ.get("SMARTSWITCH_KEEP_LOGS"):
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def rtpengine() -> Iterator[Rtpengine]:
    """A running rtpengine on loopback."""
    directory = Path(tempfile.mkdtemp(prefix="smartswitch-rtp-"))
    first, last = free_port_range(4_000)
    settings = RtpengineSettings(
        run_directory=directory,
        control=Address("127.0.0.1", free_port()),
        first_media_port=first,
        last_media_port=last,
    )
    running = Rtpengine(settings)
    running.start()
    yield running
    running.stop()
    shutil.rmtree(directory)


@pytest.fixture
async def switch(database: Database, rtpengine: Rtpengine, system_directory: Path) -> AsyncIterator[Installation]:
    """A switch without Kamailio, node or parties; each drill adds its own."""
    async with Installation(database, rtpengine, system_directory) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_sipp_is_left() -> Iterator[None]:
    """A test that fails half-way leaves no SIPp behind."""
    yield
    while started:
        started.pop().stop()
