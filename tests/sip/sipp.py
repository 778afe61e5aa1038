"""Runs SIPp with one of the scenarios beside this file and tells what happened, call by call.

    with Sipp("callee", remote=proxy, directory=tmp_path, values={"ring_ms": "50"}) as callee:
        result = Sipp("caller", remote=proxy, directory=tmp_path, talk_ms=500).run()
    assert (result.successful, result.failed) == (1, 0)
    assert callee.finish().calls[0].received("BYE")

`{{name}}` in a scenario is replaced from `values`.
"""

import csv
import re
import signal
import subprocess
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from smartswitch.runtime.config import Address

from .ports import free_media_port, free_port

SCENARIOS = Path(__file__).parent / "scenarios"
DEFAULT_VALUES = {
    "caller": "442070000001",
    "called": "447911123456",
    "headers": "",
    "status": "503",
    "ring_ms": "30",
    "realm": "terminator",
    "username": "us",
    "password": "secret",
}
SIPP_STOP_TIMEOUT_S = 10
started: list["Sipp"] = []
_numbers = count(1)
_MESSAGE = re.compile(
    r"-{20,} (\d{4}-\d\d-\d\d)\s+(\d\d:\d\d:\d\d\.\d+)\n\w+ message (sent|received) [^\n]*:\n\n(.*?)(?=\n-{20,} \d{4}|\Z)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class SippMessage:
    """One SIP message as SIPp saw it."""

    at: datetime
    is_sent: bool
    text: str

    @property
    def first_line(self) -> str:
        """The request line or the status line."""
        return self.text.split("\n", 1)[0].strip()

    @property
    def name(self) -> str:
        """The method of a request, the status of a reply as text."""
        words = self.first_line.split()
        return words[1] if words[0] == "SIP/2.0" else words[0]

    def header(self, name: str) -> str | None:
        """The value of the first header of that name."""
        match = re.search(rf"^{re.escape(name)}\s*:\s*(.*?)\s*$", self.text, re.MULTILINE | re.IGNORECASE)
        return match[1] if match else None

    def headers(self, name: str) -> list[str]:
        """The values of all headers of that name."""
        return re.findall(rf"^{re.escape(name)}\s*:\s*(.*?)\s*$", self.text, re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SippCall:
    """All messages of one Call-ID, in order."""

    call_id: str
    messages: tuple[SippMessage, ...]

    def received(self, name: str) -> list[SippMessage]:
        """What came in: a method (`BYE`) or a status (`487`)."""
        return [each for each in self.messages if not each.is_sent and each.name == name]

    def sent(self, name: str) -> list[SippMessage]:
        """What went out: a method or a status."""
        return [each for each in self.messages if each.is_sent and each.name == name]

    def seconds_between(self, first: SippMessage, second: SippMessage) -> float:
        """The time from one message to another."""
        return (second.at - first.at).total_seconds()


@dataclass(frozen=True, slots=True)
class SippResult:
    """How a run ended. `screen` is what SIPp printed, `errors` what it complained of."""

    successful: int
    failed: int
    calls: tuple[SippCall, ...]
    screen: str
    errors: str


class Sipp:
    """One SIPp process. Use `run()` for a side that ends by itself, `with` and `finish()` for one that waits for calls."""

    def __init__(
        self,
        scenario: str,
        *,
        remote: Address | None = None,
        directory: Path,
        port: int | None = None,
        calls: int = 1,
        rate: int = 10,
        transport: str = "u1",
        talk_ms: int = 200,
        timeout_s: int = 20,
        values: dict[str, str] | None = None,
        arguments: tuple[str, ...] = (),
        scenarios: Path = SCENARIOS,
        is_traced: bool = True,
    ) -> None:
        self.port = port or free_port()
        self._timeout_s = timeout_s
        self._stem = directory / f"{scenario}-{next(_numbers)}"
        text = (scenarios / f"{scenario}.xml").read_text()
        for name, value in {**DEFAULT_VALUES, "contact_port": str(self.port), **(values or {})}.items():
            text = text.replace("{{" + name + "}}", value)
        self._stem.with_suffix(".xml").write_text(text)
        self._command = [
            "sipp", *([str(remote)] if remote else []),
            "-sf", f"{self._stem}.xml", "-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1",
            "-mp", str(free_media_port()), "-t", transport, "-m", str(calls), "-r", str(rate), "-d", str(talk_ms),
            "-nostdin", "-cid_str", f"%u-%p-{next(_numbers)}@%s",
            "-timeout", f"{timeout_s}s", "-timeout_error", "-recv_timeout", str(timeout_s * 1000),
            "-trace_err", "-error_file", f"{self._stem}.errors",
            "-trace_stat", "-stf", f"{self._stem}.csv", "-fd", "1",
            *(["-trace_msg", "-message_file", f"{self._stem}.messages"] if is_traced else []),
            *arguments,
        ]  # fmt: skip
        self._child: subprocess.Popen[str] | None = None

    @property
    def address(self) -> Address:
        """Where this SIPp listens."""
        return Address("127.0.0.1", self.port)

    def start(self) -> Self:
        """Start it; a side that waits for calls listens within some 100 ms."""
        with self._stem.with_suffix(".screen").open("w") as screen:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=screen, stderr=subprocess.STDOUT, text=True
            )
        started.append(self)
        return self

    def run(self) -> SippResult:
        """Start it and wait for its end."""
        return self.start().finish()

    def finish(self, timeout_s: float | None = None) -> SippResult:
        """Wait until all its calls are over, and tell how they went."""
        assert self._child is not None, "start it first"
        try:
            self._child.wait(timeout_s if timeout_s is not None else self._timeout_s + 5)
        except subprocess.TimeoutExpired:
            self.stop()
        return self._result()

    def stop(self) -> None:
        """End it now, calls or no calls."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait(SIPP_STOP_TIMEOUT_S)

    def __enter__(self) -> Self:
        self.start()
        self._wait_until_bound()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def messages(self) -> tuple[SippMessage, ...]:
        """Every message so far."""
        path = self._stem.with_suffix(".messages")
        text = path.read_text(errors="replace") if path.exists() else ""
        return tuple(
            SippMessage(datetime.fromisoformat(f"{day} {time}"), direction == "sent", body.lstrip("\n"))
            for day, time, direction, body in _MESSAGE.findall(text)
        )

    def _result(self) -> SippResult:
        successful, failed = self._counts()
        return SippResult(
            successful=successful,
            failed=failed,
            calls=_calls(self.messages()),
            screen=_text(self._stem.with_suffix(".screen")),
            errors=_text(self._stem.with_suffix(".errors")),
        )

    def _counts(self) -> tuple[int, int]:
        path = self._stem.with_suffix(".csv")
        if not path.exists():
            return 0, 0
        rows = list(csv.DictReader(path.read_text().splitlines(), delimiter=";"))
        if not rows:
            return 0, 0
        return int(rows[-1]["SuccessfulCall(C)"] or 0), int(rows[-1]["FailedCall(C)"] or 0)

    def _wait_until_bound(self) -> None:
        """Wait until the port is taken: SIPp prints nothing when it is ready."""
        assert self._child is not None
        wanted = f"{self.port:04X}"
        for _ in range(200):
            sockets = Path("/proc/net/udp").read_text() + Path("/proc/net/tcp").read_text()
            if re.search(rf": [0-9A-F]{{8}}:{wanted} ", sockets):
                return
            if self._child.poll() is not None:
                raise RuntimeError(f"SIPp ended at once:\n{_text(self._stem.with_suffix('.screen'))}")
            try:
                self._child.wait(0.02)
            except subprocess.TimeoutExpired:
                continue


def _calls(messages: tuple[SippMessage, ...]) -> tuple[SippCall, ...]:
    by_call_id: dict[str, list[SippMessage]] = {}
    for message in messages:
        by_call_id.setdefault(message.header("Call-ID") or "", []).append(message)
    return tuple(SippCall(call_id, tuple(each)) for call_id, each in by_call_id.items())


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
