"""The machines of one host, as children: what each is started with, and how one sees that it is ready.

Order of start: rtpengine needs nobody; Kamailio needs the database, with its table of registrations; the node needs the
database and Kamailio; web and worker need the database. A machine that this version does not have is left out.
"""

import socket
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from smartswitch.cli.supervisor.children import Child, ProgramChild, ServerChild
from smartswitch.runtime.config import Address, Config
from smartswitch.switch.kamailio import Kamailio, KamailioError, KamailioSettings
from smartswitch.switch.rtpengine import Rtpengine, RtpengineError, RtpengineSettings

CONNECT_TIMEOUT_S = 0.3
LOOPBACK_NETWORK = "127.0.0.0/8"
NODE_MODULE = "smartswitch.switch.node"
NODE_READY_WORDS = " node_started "
"""What the node writes to its log when it takes calls."""
WEB_MODULE = "smartswitch.web.config.wsgi"
WORKER_MODULE = "smartswitch.web.worker"


def environment_of(config: Config, database_url: str) -> dict[str, str]:
    """What every machine is told: where the others are."""
    return {
        "SMARTSWITCH_STATE_DIRECTORY": str(config.state_directory),
        "SMARTSWITCH_DATABASE_URL": database_url,
        "SMARTSWITCH_NODE_NAME": config.node_name,
        "SMARTSWITCH_LOG_LEVEL": config.log_level,
        "SMARTSWITCH_SIP_ADDRESS": str(config.sip_address),
        "SMARTSWITCH_EVAPI_ADDRESS": str(config.evapi_address),
        "SMARTSWITCH_RTPENGINE_ADDRESS": str(config.rtpengine_address),
        "SMARTSWITCH_WEB_ADDRESS": str(config.web_address),
        "PYTHONUNBUFFERED": "1",
    }


def rtpengine_child(config: Config) -> ServerChild:
    """The relay of media."""
    directory = _directory(config.state_directory / "rtpengine")
    settings = RtpengineSettings(
        run_directory=directory, control=config.rtpengine_address, media_address=config.sip_address.host
    )
    return ServerChild("rtpengine", Rtpengine(settings), RtpengineError)


def kamailio_child(config: Config, database_url: str, *, is_demo: bool) -> ServerChild:
    """The SIP proxy, which keeps registrations in the database: there the web account sees them, and a restart loses none.

    In a demonstration this host's own calls are never counted as a flood.
    """
    directory = _directory(config.state_directory / "kamailio")
    settings = KamailioSettings(
        run_directory=directory,
        udp=(config.sip_address,),
        tcp=(config.sip_address,),
        evapi=config.evapi_address,
        rtpengine=config.rtpengine_address,
        location_database_url=database_url,
        flood_exempt_networks=(LOOPBACK_NETWORK,) if is_demo else (),
    )
    return ServerChild("kamailio", Kamailio(settings), KamailioError)


def node_child(config: Config, environment: Mapping[str, str], logs: Path) -> ProgramChild:
    """Call control and charging."""
    command = [sys.executable, "-m", NODE_MODULE]
    return ProgramChild("node", command, logs / "node.log", environment=environment, ready_words=NODE_READY_WORDS)


def web_child(config: Config, environment: Mapping[str, str], logs: Path) -> ProgramChild:
    """The web account."""
    address = config.web_address
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", address.host, "--port", str(address.port)),
        *("--workers", "1", "--blocking-threads", "4", "--no-ws", f"{WEB_MODULE}:application"),
    ]
    return ProgramChild("web", command, logs / "web.log", environment=environment, is_ready=accepts(address))


def worker_child(config: Config, environment: Mapping[str, str], logs: Path) -> ProgramChild:
    """Jobs: partitions ahead, invoices, imports, mail."""
    return ProgramChild("worker", [sys.executable, "-m", WORKER_MODULE], logs / "worker.log", environment=environment)


def program_children(config: Config, environment: Mapping[str, str], logs: Path) -> list[Child]:
    """Node, web and worker, those that this version has."""
    makers: tuple[tuple[str, Callable[[Config, Mapping[str, str], Path], ProgramChild]], ...] = (
        (NODE_MODULE, node_child),
        (WEB_MODULE, web_child),
        (WORKER_MODULE, worker_child),
    )
    return [make(config, environment, logs) for module, make in makers if _exists(module)]


def accepts(address: Address) -> Callable[[], bool]:
    """Return a question: does somebody accept TCP connections at the address?"""

    def ask() -> bool:
        try:
            with socket.create_connection((address.host, address.port), timeout=CONNECT_TIMEOUT_S):
                return True
        except OSError:
            return False

    return ask


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _directory(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
