"""Runs baresip, a real softphone without a head: plays a file into a call, or answers and records what it hears.

with Baresip(directory=tmp_path / "a", user="alice", play=tone) as phone:
    phone.command("/dial sip:bob@127.0.0.1:5060")
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from smartswitch.runtime.config import Address

from .ports import free_port, free_port_range
from .tone import write_tone

MODULE_DIRECTORIES = (Path("/usr/lib/baresip/modules"), Path("/usr/local/lib/baresip/modules"))
STOP_TIMEOUT_S = 5
START_TIMEOUT_S = 5


class Baresip:
    """One softphone on loopback. `play` is what it says into a call (WAV); what it hears is kept, see `heard`."""

    def __init__(
        self,
        *,
        directory: Path,
        user: str,
        play: Path | None = None,
        registrar: Address | None = None,
        password: str = "none",
        answers: bool = False,
        transport: str = "udp",
    ) -> None:
        self.port = free_port()
        self._control_port = free_port()
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        first, last = free_port_range(20)
        modules = next(each for each in MODULE_DIRECTORIES if each.is_dir())
        source = play or write_tone(directory / "silence.wav", frequency=0, seconds=30)
        lines = [
            f"module_path {modules}",
            f"sip_listen 127.0.0.1:{self.port}",
            f"audio_source aufile,{source}",
            "audio_player aubridge,nobody",
            "audio_alert aubridge,nobody",
            f"snd_path {directory}",
            "audio_srate 8000-8000",
            "audio_channels 1-1",
            f"rtp_ports {first}-{last}",
            f"ctrl_tcp_listen 127.0.0.1:{self._control_port}",
            *(f"module {name}.so" for name in ("g711", "aufile", "aubridge", "sndfile")),
            "module_app account.so",
            "module_app menu.so",
            "module_app ctrl_tcp.so",
        ]
        (directory / "config").write_text("\n".join(lines) + "\n")
        host = registrar or Address("127.0.0.1", self.port)
        account = (
            f"<sip:{user}@{host};transport={transport}>;auth_pass={password};"
            f"answermode={'auto' if answers else 'manual'};regint={60 if registrar else 0};audio_codecs=PCMA/8000/1"
        )
        (directory / "accounts").write_text(account + "\n")
        (directory / "contacts").write_text("")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        """Where it takes calls."""
        return Address("127.0.0.1", self.port)

    @property
    def output(self) -> str:
        """What it printed so far."""
        return (self._directory / "output").read_text(errors="replace")

    @property
    def heard(self) -> Path:
        """The WAV file of what it heard in its first call."""
        return min(self._directory.glob("dump-*-dec.wav"))

    def command(self, command: str, argument: str = "") -> None:
        """Give it a command of its menu: `dial`, `accept`, `hangup`, `hold`."""
        token = f'{{"command":"{command}","params":"{argument}","token":"t"}}'
        with socket.create_connection(("127.0.0.1", self._control_port), timeout=2) as control:
            control.sendall(f"{len(token)}:{token},".encode())
            control.settimeout(2)
            with contextlib.suppress(TimeoutError):
                control.recv(65536)

    def wait_for_output(self, text: str, timeout_s: float = 5) -> None:
        """Wait until it has printed `text`. Raises `TimeoutError`."""
        deadline = time.monotonic() + timeout_s
        while text not in self.output:
            if time.monotonic() > deadline:
                raise TimeoutError(f"baresip did not print {text!r} but:\n{self.output[-2000:]}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        with (self._directory / "output").open("wb") as output:
            self._child = subprocess.Popen(
                ["baresip", "-4", "-f", str(self._directory)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for_output("baresip is ready", START_TIMEOUT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child is not None
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
