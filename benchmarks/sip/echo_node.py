"""The least a node can do: send every call to one address, acknowledge every report.

python benchmarks/sip/echo_node.py --evapi 127.0.0.1:8448 --target 127.0.0.1:5080
"""

import argparse
import asyncio
import signal
import uuid

import uvloop

from smartswitch.protocol.wire import Acknowledge, Answered, Ended, Event, Failed, Invite, Media, Route, RouteCall
from smartswitch.runtime.config import Address
from smartswitch.runtime.log import start_logging
from smartswitch.switch.evapi_link import EvapiLink


async def serve(evapi: Address, target: Address) -> None:
    """Answer until SIGTERM."""

    async def on_events(events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Invite):
                route = Route(uri=f"sip:{event.ruri_user}@{target}", pdd_timeout_ms=5_000)
                link.send(
                    RouteCall(
                        tindex=event.tindex,
                        tlabel=event.tlabel,
                        call_id=uuid.uuid4(),
                        granted_s=60,
                        routes=(route,),
                        media=Media.NONE,
                    )
                )
            elif isinstance(event, Answered | Failed | Ended):
                link.send(Acknowledge(report=event.report))

    link = EvapiLink(address=evapi, node="echo", on_events=on_events)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    link.start()
    await stop.wait()
    await link.close()


def main() -> None:
    """Read the two addresses and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evapi", type=Address.parse, required=True)
    parser.add_argument("--target", type=Address.parse, required=True)
    arguments = parser.parse_args()
    start_logging("warning")
    uvloop.run(serve(arguments.evapi, arguments.target))


if __name__ == "__main__":
    main()
