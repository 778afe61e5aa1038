"""Kamailio as a child of ours: renders its settings, checks them, starts it, waits until it listens, stops it by pid.

The configuration itself stands in `deploy/kamailio` and is not generated. What differs between installations is one
generated file, `local.cfg` in the run directory: a definition per value and a `listen` line per socket; it ends by
including the configuration. Rule: a value that reaches `local.cfg` is checked here, so that a setting cannot smuggle
a line into the configuration.
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from smartswitch.runtime.config import Address

CONFIGURATION_DIRECTORY = Path(__file__).parents[3] / "deploy" / "kamailio"
CHECK_TIMEOUT_S = 20
START_TIMEOUT_S = 15
STOP_TIMEOUT_S = 10
POLL_S = 0.05
LOCATION_ROLE = "smartswitch_kamailio"
# Kamailio takes no shorter one.
SHORTEST_KEEPALIVE_INTERVAL_S = 30
_HARMLESS = re.compile(r"[^\s\"'!#$;{}\\\x00-\x1f\x7f]*")
_NUMBER = re.compile(r"[0-9]{2,15}")
NOBODY = "255.255.255.255/32"
LOCAL_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
"""This host and private networks: addresses that nobody has on the Internet (RFC 1918, RFC 4193)."""


class KamailioError(Exception):
    """Kamailio refuses its configuration, does not start, or is not installed. The message carries its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KamailioSettings:
    """Everything that differs between two installations.

    `run_directory` must exist. `udp`, `tcp` and `tls` are where it listens; TLS needs both certificate paths.
    `rtpengine` is rtpengine's ng control port. With `location_database_url` registrations outlive a restart: they are
    written through to PostgreSQL by the role LOCATION_ROLE; without it they live in memory. Sources in
    `flood_exempt_networks` are never counted as floods. Emergency calls pass unasked from `emergency_networks`, and from
    addresses that a node accepted within the hour before; from anywhere else they are ordinary calls.
    """

    run_directory: Path
    udp: tuple[Address, ...]
    evapi: Address
    tcp: tuple[Address, ...] = ()
    tls: tuple[Address, ...] = ()
    tls_certificate: Path | None = None
    tls_private_key: Path | None = None
    rtpengine: Address = field(default_factory=lambda: Address("127.0.0.1", 2223))
    location_database_url: str | None = None
    emergency_numbers: tuple[str, ...] = ("112",)
    emergency_gateway: Address | None = None
    emergency_networks: tuple[str, ...] = LOCAL_NETWORKS
    flood_exempt_networks: tuple[str, ...] = ()
    flood_requests_per_2s: int = 60
    udp_children: int = 4
    tcp_children: int = 2
    tcp_connections: int = 4096
    shared_memory_mib: int = 128
    private_memory_mib: int = 16
    decision_timeout_ms: int = 3000
    node_silence_s: int = 3
    retry_after_s: int = 5
    silence_after_junk_s: int = 10
    report_interval_s: int = 5
    reports_per_round: int = 2000
    longest_call_s: int = 14400
    no_ack_timeout_s: int = 22
    keepalive_interval_s: int = 30
    keepalive_failures: int = 2
    log_level: int = -1
    instance: str = "kamailio"

    def __post_init__(self) -> None:
        if self.tls and not (self.tls_certificate and self.tls_private_key):
            raise ValueError("a TLS listener needs tls_certificate and tls_private_key")
        for number in self.emergency_numbers:
            if not _NUMBER.fullmatch(number):
                raise ValueError(f"emergency number {number!r} is not 2 to 15 digits")
        for network in self.emergency_networks:
            _require_network(network)
        if self.keepalive_interval_s < SHORTEST_KEEPALIVE_INTERVAL_S:
            raise ValueError(
                f"keepalive_interval_s {self.keepalive_interval_s} is below {SHORTEST_KEEPALIVE_INTERVAL_S}"
            )


def _require_network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError(f"emergency network {text!r} is no network such as 192.0.2.0/24: {error}") from error


def render_local_configuration(settings: KamailioSettings) -> str:
    """Return the text of `local.cfg`. Raises `ValueError` for a value that could break out of its place."""
    lines = ["#!KAMAILIO", "# Generated from KamailioSettings: a change here is lost."]
    lines += [f'#!substdef "!{name}!{_harmless(name, value)}!g"' for name, value in _definitions(settings).items()]
    for transport, addresses in (("udp", settings.udp), ("tcp", settings.tcp), ("tls", settings.tls)):
        lines += [f"listen={transport}:{_harmless(transport, address)}" for address in addresses]
    lines.append(f"enable_tls={'yes' if settings.tls else 'no'}")
    if not settings.tcp and not settings.tls:
        lines.append("disable_tcp=yes")
    lines.append(f'include_file "{_harmless("configuration", CONFIGURATION_DIRECTORY / "kamailio.cfg")}"')
    if settings.tls:
        lines.append(f'include_file "{_harmless("configuration", CONFIGURATION_DIRECTORY / "tls.cfg")}"')
    return "\n".join(lines) + "\n"


def _definitions(settings: KamailioSettings) -> dict[str, object]:
    """Return what each upper-case word of the configuration stands for."""
    gateway = settings.emergency_gateway
    numbers = settings.emergency_numbers if gateway else ()
    return {
        "LOG_LEVEL": settings.log_level,
        "UDP_CHILDREN": settings.udp_children,
        "TCP_CHILDREN": settings.tcp_children,
        "TCP_CONNECTIONS": settings.tcp_connections,
        "LONGEST_CALL_S": settings.longest_call_s,
        "NO_ACK_TIMEOUT_S": settings.no_ack_timeout_s,
        "KEEPALIVE_INTERVAL_S": settings.keepalive_interval_s,
        "KEEPALIVE_FAILURES": settings.keepalive_failures,
        "LOCATION_DB_MODE": 1 if settings.location_database_url else 0,
        "LOCATION_DB_URL": _location_url(settings.location_database_url),
        "FLOOD_REQUESTS_PER_2S": settings.flood_requests_per_2s,
        "FLOOD_EXEMPT": ",".join(settings.flood_exempt_networks) or NOBODY,
        "EVAPI_ADDRESS": settings.evapi,
        "RTPENGINE_SOCKET": f"udp:{settings.rtpengine}",
        "RUN_DIRECTORY": settings.run_directory,
        "DECISION_TIMEOUT_MS": settings.decision_timeout_ms,
        "NODE_SILENCE_S": settings.node_silence_s,
        "RETRY_AFTER_S": settings.retry_after_s,
        "SILENCE_AFTER_JUNK_S": settings.silence_after_junk_s,
        "REPORT_INTERVAL_S": settings.report_interval_s,
        "REPORTS_PER_ROUND": settings.reports_per_round,
        "EMERGENCY_NUMBERS": ",".join(numbers) or "none",
        "EMERGENCY_GATEWAY": gateway or "emergency.invalid",
        "EMERGENCY_NETWORKS": ",".join(settings.emergency_networks) or NOBODY,
        "INSTANCE": settings.instance,
        "MEDIA_FLAGS": "replace-origin replace-session-connection trust-address ICE=remove RTP/AVP",
        "TLS_CERTIFICATE": settings.tls_certificate or "none",
        "TLS_PRIVATE_KEY": settings.tls_private_key or "none",
    }


def _location_url(database_url: str | None) -> str:
    """Return the URL in the form that Kamailio can read: what it cannot, the environment says (see `_environment`)."""
    if database_url is None:
        return "postgres://nobody@localhost/none"
    parts = urlsplit(database_url)
    return f"postgres://{parts.netloc.rpartition('@')[0] or 'postgres'}@{parts.hostname or ''}{parts.path}"


def _environment(settings: KamailioSettings) -> dict[str, str]:
    """Return libpq's variables for a socket directory, a port, and the role with Kamailio's few grants."""
    # The moments in its table `location` have no zone; the web account reads them as UTC.
    environment = dict(os.environ, TZ="UTC")
    if settings.location_database_url:
        parts = urlsplit(settings.location_database_url)
        hosts = parse_qs(parts.query).get("host", [])
        if hosts:
            environment["PGHOST"] = hosts[0]
        if parts.port:
            environment["PGPORT"] = str(parts.port)
        environment["PGOPTIONS"] = f"-c role={LOCATION_ROLE}"
    return environment


def _harmless(name: str, value: object) -> str:
    """Return the value as text when it stays inside its quotes; MEDIA_FLAGS alone may hold spaces."""
    text = str(value)
    if not _HARMLESS.fullmatch(text.replace(" ", "") if name == "MEDIA_FLAGS" else text):
        raise ValueError(f"{name} has a character that the configuration cannot hold: {text!r}")
    return text


class Kamailio:
    """One Kamailio of ours. `start` and `stop` block; use `asyncio.to_thread` inside a loop."""

    def __init__(self, settings: KamailioSettings) -> None:
        self.settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def configuration_path(self) -> Path:
        """The generated file, `local.cfg`."""
        return self.settings.run_directory / "local.cfg"

    @property
    def log_path(self) -> Path:
        """Where Kamailio's own words go."""
        return self.settings.run_directory / "kamailio.log"

    @property
    def pid(self) -> int | None:
        """The pid of the main process while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def check(self) -> None:
        """Render the configuration and let Kamailio check it. Raises `KamailioError` with its complaint."""
        self._render()
        answer = subprocess.run(
            [_program(), "-c", *self._arguments()], capture_output=True, text=True, timeout=CHECK_TIMEOUT_S, check=False
        )
        if answer.returncode != 0:
            raise KamailioError(f"kamailio -c refuses {self.configuration_path}:\n{answer.stderr[-4000:]}")

    def start(self) -> None:
        """Start it and return when it listens on every address. Raises `KamailioError`."""
        if self.pid is not None:
            raise KamailioError("Kamailio runs already")
        self._render()
        self._log = self.log_path.open("ab")
        self._child = subprocess.Popen(
            [_program(), "-DD", "-E", "-x", "fm", "-X", "fm", *self._arguments()],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            env=_environment(self.settings),
        )
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it: SIGTERM, then SIGKILL to its process group after STOP_TIMEOUT_S."""
        child, self._child = self._child, None
        if child is not None:
            child.terminate()
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    def kill(self) -> None:
        """End it as a crash would: SIGKILL to its process group."""
        if self._child is not None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
            self.stop()

    async def start_async(self) -> None:
        """`start` from inside an event loop."""
        await asyncio.to_thread(self.start)

    async def stop_async(self) -> None:
        """`stop` from inside an event loop."""
        await asyncio.to_thread(self.stop)

    def _render(self) -> None:
        text = render_local_configuration(self.settings)
        self.configuration_path.touch(mode=0o600)
        self.configuration_path.write_text(text)

    def _arguments(self) -> list[str]:
        settings = self.settings
        return [
            *("-f", str(self.configuration_path)),
            *("-m", str(settings.shared_memory_mib)),
            *("-M", str(settings.private_memory_mib)),
            *("-w", str(settings.run_directory)),
            *("-Y", str(settings.run_directory)),
            *("-P", str(settings.run_directory / "kamailio.pid")),
        ]

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        waiting = [("udp", address) for address in self.settings.udp]
        waiting += [("tcp", address) for address in (*self.settings.tcp, *self.settings.tls, self.settings.evapi)]
        while waiting:
            if self.pid is None:
                raise KamailioError(f"Kamailio ended while starting:\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise KamailioError(f"Kamailio does not listen on {waiting[0][1]} after {START_TIMEOUT_S} s")
            waiting = [(transport, address) for transport, address in waiting if not _answers(transport, address)]
            if waiting:
                time.sleep(POLL_S)

    def _last_words(self) -> str:
        return self.log_path.read_text(errors="replace")[-4000:]


def _program() -> str:
    program = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise KamailioError("kamailio is not installed; install the Debian package kamailio")
    return program


def _answers(transport: str, address: Address) -> bool:
    """Whether the socket is served: TCP accepts, UDP answers an OPTIONS."""
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        probe.settimeout(0.3)
        try:
            probe.connect((address.host, address.port))
            if transport == "tcp":
                return True
            probe.send(_options_request(probe.getsockname(), address))
            return probe.recv(4096).startswith(b"SIP/2.0 ")
        except OSError:
            return False


def _options_request(local: tuple[str, int], address: Address) -> bytes:
    host = Address(local[0], local[1])
    lines = (
        f"OPTIONS sip:{address} SIP/2.0",
        f"Via: SIP/2.0/UDP {host};branch=z9hG4bKprobe{time.monotonic_ns()};rport",
        f"From: <sip:probe@{host}>;tag=probe",
        f"To: <sip:probe@{address}>",
        f"Call-ID: probe-{time.monotonic_ns()}@{host}",
        "CSeq: 1 OPTIONS",
        "Max-Forwards: 1",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode()
