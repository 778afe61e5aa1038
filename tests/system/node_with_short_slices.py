"""The real node, with slices of a few seconds, so that a drill need not last minutes. Started as a process of its own."""

import asyncio
import signal

import uvloop

from smartswitch.runtime.config import read_config
from smartswitch.runtime.log import start_logging
from smartswitch.switch.calls.call_ports import CallSettings
from smartswitch.switch.node import Node

FIRST_SLICE_S = 4
EXTEND_LEAD_MS = 1_500


async def serve() -> None:
    """Run until SIGTERM."""
    config = read_config()
    assert config.database_url is not None, "a test gives its database"
    settings = CallSettings(first_slice_s=FIRST_SLICE_S, extend_lead_ms=EXTEND_LEAD_MS)
    node = Node(config, config.database_url, settings=settings)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, node.stop)
    await node.run()


if __name__ == "__main__":
    start_logging("info")
    uvloop.run(serve())
