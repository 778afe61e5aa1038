"""The units of deploy/systemd: systemd finds no fault in them, and the commands in them start a whole system."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartswitch.cli.supervisor.free_ports import free_even_port, free_port
from smartswitch.cli.supervisor.machines import accepts
from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio, KamailioSettings

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
PATIENCE_S = 40
# The higher, the less a unit is walled in (0 to 100); a unit without any wall has 96.
HIGHEST_EXPOSURE = 20
EVERY_SERVICE = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "Restart": "always",
    "EnvironmentFile": "/etc/smartswitch/smartswitch.env",
    "PartOf": "smartswitch.target",
    "WantedBy": "smartswitch.target",
}


def read_unit(name: str) -> dict[str, list[str]]:
    """Every setting of a unit with its values, in order; the paths are those of this checkout."""
    settings: dict[str, list[str]] = {}
    for line in here(name).splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            settings.setdefault(key, []).append(value)
    return settings


def here(name: str) -> str:
    """The text of a unit for this checkout instead of /opt/smartswitch."""
    text = (UNITS / name).read_text()
    return text.replace("/opt/smartswitch/.venv/bin/python", sys.executable).replace("/opt/smartswitch", str(ROOT))


@pytest.mark.parametrize("name", SERVICES)
def test_every_machine_is_walled_in_and_kept_alive(name: str):
    unit = read_unit(name)

    assert {key: unit.get(key, ["absent"])[-1] for key in EVERY_SERVICE} == EVERY_SERVICE
    assert unit["User"] != ["root"]
    assert int(unit["LimitNOFILE"][0]) >= 65536
    assert set(unit["RestrictAddressFamilies"][0].split()) <= {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"}


def test_the_target_wants_every_machine():
    assert sorted(read_unit("smartswitch.target")["Wants"][0].split()) == SERVICES


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_no_fault(tmp_path: Path):
    files = []
    for name in [*SERVICES, "smartswitch.target"]:
        files.append(tmp_path / name)
        files[-1].write_text(here(name))

    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (verified.stderr, verified.returncode) == ("", 0)

    for file in files[:-1]:
        walls = ["systemd-analyze", "security", "--offline=true", f"--threshold={HIGHEST_EXPOSURE}", file]
        assert subprocess.run(walls, capture_output=True, check=False).returncode == 0, file.name


def test_kamailio_gets_the_options_that_it_gets_from_the_supervisor(tmp_path: Path):
    settings = KamailioSettings(run_directory=tmp_path, udp=(), evapi=Address("127.0.0.1", 1))
    expected = Kamailio(settings)._arguments()

    command = shlex.split(read_unit("smartswitch-kamailio.service")["ExecStart"][0])

    assert [word.replace("${RUNTIME_DIRECTORY}", str(tmp_path)) for word in command][-len(expected) :] == expected


class Host:
    """Does what systemd does with the services, as far as their commands and environment go."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.directory = directory
        self.environment = environment
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str) -> None:
        """Start a service; its log is in the directory."""
        unit = read_unit(f"smartswitch-{name}.service")
        environment = {
            "PATH": os.environ["PATH"],
            **dict(word.split("=", 1) for line in unit.get("Environment", []) for word in shlex.split(line)),
            **self.environment,
            "RUNTIME_DIRECTORY": str(self.directory / f"run-{name}"),
        }
        if unit["Type"] == ["notify"]:
            environment["NOTIFY_SOCKET"] = str(self.directory / "notify")
        Path(environment["RUNTIME_DIRECTORY"]).mkdir()
        for command in unit.get("ExecStartPre", []):
            subprocess.run(expand(command, environment), env=environment, check=True)
        with (self.directory / f"{name}.log").open("wb") as log:
            command = expand(unit["ExecStart"][0], environment)
            self.started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    def wait_for(self, name: str, words: str) -> None:
        """Wait until the log of a service has these words."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in (log := (self.directory / f"{name}.log").read_text()):
            assert time.monotonic() < deadline, log
            time.sleep(0.1)

    def stop(self) -> None:
        """End all, the last first."""
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            process.wait(PATIENCE_S)


def expand(command: str, environment: dict[str, str]) -> list[str]:
    """The words of a command: ${NAME} stands for one word, $NAME for any number of them (systemd.service(5))."""
    words: list[str] = []
    for word in shlex.split(command):
        if word.startswith("$") and not word.startswith("${"):
            words += environment[word[1:]].split()
        else:
            words.append(re.sub(r"\$\{(\w+)\}", lambda name: environment[name[1]], word))
    return words


@pytest.fixture
def host(database, tmp_path: Path) -> Iterator[Host]:
    """A host with an environment file as the example has it, but for this machine."""
    names = (UNITS / "smartswitch.env.example").read_text()
    media_port = free_even_port()
    environment = {
        "SMARTSWITCH_DATABASE_URL": database.url,
        "SMARTSWITCH_SIP_ADDRESS": f"127.0.0.1:{free_port()}",
        "SMARTSWITCH_NODE_NAME": "node-1",
        "SMARTSWITCH_LOG_LEVEL": "info",
        "SMARTSWITCH_WEB_ADDRESS": "switch.example.com:443",
        "RTPENGINE_INTERFACE": "127.0.0.1",
        "KAMAILIO_OPTIONS": "--emergency-number=112 --emergency-gateway=192.0.2.9:5060",
    }
    assert all(re.search(rf"^#?{name}=", names, re.M) for name in environment)
    running = Host(
        tmp_path,
        environment
        | {
            "SMARTSWITCH_STATE_DIRECTORY": str(tmp_path),
            "SMARTSWITCH_EVAPI_ADDRESS": f"127.0.0.1:{free_port()}",
            "SMARTSWITCH_RTPENGINE_ADDRESS": f"127.0.0.1:{free_port()}",
            "GRANIAN_PORT": str(free_port()),
            "RTPENGINE_PORT_MIN": str(media_port),
            "RTPENGINE_PORT_MAX": str(media_port + 3),
        },
    )
    yield running
    running.stop()


def test_the_commands_of_the_units_start_a_whole_system(host: Host):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(host.directory / "notify"))
        systemd.settimeout(PATIENCE_S)
        for name in ("rtpengine", "kamailio", "node", "web", "worker"):
            host.start(name)

        told = [b""]
        while told.count(b"READY=1") < 2:  # rtpengine and the node
            told.append(systemd.recv(100).strip())
        host.wait_for("node", "node_started node=node-1")
        host.wait_for("worker", "partitions_made")
        web = accepts(Address("127.0.0.1", int(host.environment["GRANIAN_PORT"])))
        kamailio = accepts(Address.parse(host.environment["SMARTSWITCH_SIP_ADDRESS"]))
        deadline = time.monotonic() + PATIENCE_S
        while not (web() and kamailio()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert all(process.poll() is None for process in host.started)


def test_a_certificate_is_used_where_systemd_puts_it(tmp_path: Path):
    certificate, key = tmp_path / "sip.crt", tmp_path / "sip.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=switch.example.com",
         "-keyout", key, "-out", certificate], check=True, capture_output=True,
    )  # fmt: skip
    drop_in = (UNITS / "smartswitch-kamailio-tls.conf").read_text()
    options = re.search(r'Environment="KAMAILIO_TLS_OPTIONS=(.*)"', drop_in)[1]
    options = options.replace("%d", str(tmp_path)).replace("192.0.2.5:5061", f"127.0.0.1:{free_port()}")
    write = [sys.executable, UNITS / "write_kamailio_config.py", "--run-directory", tmp_path, *options.split()]

    subprocess.run(write, check=True)
    assert "listen=tls:127.0.0.1:" in (tmp_path / "local.cfg").read_text()

    key.unlink()
    refused = subprocess.run(write, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "sip.key" in refused.stderr
