"""`smartswitch up`: the whole system on this host, until Ctrl-C: PostgreSQL, Kamailio, rtpengine, node, web, worker.

Everything listens on the loopback address unless the environment says otherwise. With --demo a hierarchy, price lists,
two SIP accounts, a carrier that answers and a trickle of calls come along.
"""

import asyncio
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import click

from smartswitch.cli.demo.hierarchy import DemoPorts
from smartswitch.cli.demo.start import DemoSecrets, choose_ports, prepare_demo
from smartswitch.cli.demo.summary import summary_lines
from smartswitch.cli.demo.traffic import has_sipp, traffic_children
from smartswitch.cli.output import Unavailable, json_option, print_json
from smartswitch.cli.supervisor.children import ChildError
from smartswitch.cli.supervisor.free_ports import PortError, free_address
from smartswitch.cli.supervisor.machines import (
    environment_of,
    kamailio_child,
    program_children,
    rtpengine_child,
)
from smartswitch.cli.supervisor.supervisor import Supervisor
from smartswitch.runtime.config import Config, ConfigurationError, read_config
from smartswitch.runtime.connection import open_connection
from smartswitch.runtime.log import start_logging
from smartswitch.runtime.postgres import PostgresError, open_postgres

STATE_DIRECTORY_MODE = 0o711
"""The account of the embedded database has to reach its own directory in it."""


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line asked for."""

    is_demo: bool
    new_passwords: bool
    as_json: bool


@click.command(
    epilog="""Example: smartswitch up --demo

    \b
    SMARTSWITCH_SIP_ADDRESS=192.0.2.5:5060 smartswitch up
    """
)
@click.option("--demo", "is_demo", is_flag=True, help="Bring a hierarchy, price lists, a carrier and calls along.")
@click.option("--new-passwords", is_flag=True, help="With --demo: make new passwords for its logins and phones.")
@json_option
def up(*, is_demo: bool, new_passwords: bool, as_json: bool) -> None:
    """Run the whole system on this host until Ctrl-C.

    The database is embedded unless SMARTSWITCH_DATABASE_URL names one. Addresses, and the directory in which everything is
    kept, come from the environment (SMARTSWITCH_SIP_ADDRESS, SMARTSWITCH_WEB_ADDRESS, SMARTSWITCH_STATE_DIRECTORY...); a
    default port that is in use gives way to a free one. What dies is started again. Logs lie in the state directory.
    """
    wishes = _Wishes(is_demo, new_passwords, as_json)
    supervisor = Supervisor(tell)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.request_stop())
    try:
        _run(supervisor, wishes)
    except (ConfigurationError, PortError, PostgresError, ChildError) as error:
        raise Unavailable(str(error)) from error


def tell(line: str) -> None:
    """Print a line for whoever watches; standard output is for the summary."""
    print(line, file=sys.stderr, flush=True)


def _run(supervisor: Supervisor, wishes: _Wishes) -> None:
    started_ns = time.monotonic_ns()
    config = _with_free_ports(read_config())
    logs = _prepare_directories(config)
    with (logs / "up.log").open("a", encoding="utf-8") as log_stream:
        start_logging(config.log_level, log_stream)
        tell("Starting PostgreSQL, Kamailio and rtpengine ...")
        with open_postgres(config) as url:
            try:
                _start_servers(supervisor, config, url, is_demo=wishes.is_demo)
                secrets = _start_programs(supervisor, config, url, logs, wishes)
                if not supervisor.is_stopping:
                    _summarize(config, secrets, wishes, took_ms=(time.monotonic_ns() - started_ns) // 1_000_000)
                supervisor.keep()
                tell("Stopping ...")
            finally:
                supervisor.stop()


def _with_free_ports(config: Config) -> Config:
    """Move the defaults that are in use to free ports; an address that somebody chose is an error then."""
    environment = os.environ
    return replace(
        config,
        sip_address=free_address(config.sip_address, "SMARTSWITCH_SIP_ADDRESS", environment),
        evapi_address=free_address(config.evapi_address, "SMARTSWITCH_EVAPI_ADDRESS", environment),
        rtpengine_address=free_address(config.rtpengine_address, "SMARTSWITCH_RTPENGINE_ADDRESS", environment),
        web_address=free_address(config.web_address, "SMARTSWITCH_WEB_ADDRESS", environment),
    )


def _prepare_directories(config: Config) -> Path:
    """Make the state directory and the one for logs, which is returned."""
    try:
        config.state_directory.mkdir(mode=STATE_DIRECTORY_MODE, parents=True, exist_ok=True)
        logs = config.state_directory / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"SMARTSWITCH_STATE_DIRECTORY={config.state_directory} cannot be made: {error.strerror}"
        ) from error
    return logs


def _start_servers(supervisor: Supervisor, config: Config, url: str, *, is_demo: bool) -> None:
    """rtpengine starts while the schema is brought up to date; Kamailio looks for its table of registrations in it."""
    relay, proxy = rtpengine_child(config), kamailio_child(config, url, is_demo=is_demo)
    supervisor.adopt([relay, proxy])
    with ThreadPoolExecutor() as threads:
        beginning = threads.submit(relay.launch)
        _migrate(url)
        proxy.launch()
        beginning.result()


def _migrate(url: str) -> None:
    from smartswitch.web.config.migrate import migrate

    migrate(url)


def _start_programs(
    supervisor: Supervisor, config: Config, url: str, logs: Path, wishes: _Wishes
) -> DemoSecrets | None:
    """Load the demonstration if it is wanted, then start what needs the database, then the demonstration's calls."""
    ports = choose_ports()
    secrets = None
    if wishes.is_demo:
        tell("Preparing the demonstration ...")
        secrets = asyncio.run(_prepare_demo(url, ports, wishes))
    tell("Starting the node and the web account ...")
    supervisor.start(program_children(config, environment_of(config, url), logs))
    if wishes.is_demo and has_sipp():
        supervisor.start(traffic_children(ports, config.sip_address, config.state_directory / "demo"))
    elif wishes.is_demo:
        tell("SIPp is not installed: there are no carriers and no calls. The package is called sip-tester.")
    return secrets


async def _prepare_demo(url: str, ports: DemoPorts, wishes: _Wishes) -> DemoSecrets:
    async with open_connection(url) as connection:
        return await prepare_demo(connection, ports, new_passwords=wishes.new_passwords)


def _summarize(config: Config, secrets: DemoSecrets | None, wishes: _Wishes, *, took_ms: int) -> None:
    """Say where everything is; passwords are said once, when they are made."""
    if wishes.as_json:
        print_json(
            {
                "web": f"http://{config.web_address}/",
                "sip": str(config.sip_address),
                "state_directory": str(config.state_directory),
                "started_in_ms": took_ms,
                "logins": secrets.logins if secrets else {},
                "phones": secrets.phones if secrets else {},
            }
        )
        sys.stdout.flush()
        return
    for line in summary_lines(config, secrets, took_ms=took_ms):
        print(line, flush=True)
