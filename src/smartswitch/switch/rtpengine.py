"""rtpengine as a child of ours, and a client for its ng control protocol (bencoded dictionaries over UDP).

Kamailio itself makes the offers and answers. A node asks for what Kamailio cannot know: is rtpengine there, which calls
does it still relay, when did the last packet of a call come; and it deletes what no call owns any more.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from smartswitch.protocol.bencode import BencodeError, decode_bencode, encode_bencode
from smartswitch.runtime.config import Address

CONFIGURATION_PATH = Path(__file__).parents[3] / "deploy" / "rtpengine" / "rtpengine.conf"
START_TIMEOUT_S = 10
STOP_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 0.5
ATTEMPTS = 3
POLL_S = 0.05
LONGEST_LIST = 10_000


class RtpengineError(Exception):
    """rtpengine does not answer, does not start, or refused a command. The message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpengineSettings:
    """Where it is controlled, on which address and ports it relays. `run_directory` must exist."""

    run_directory: Path
    control: Address
    media_address: str = "127.0.0.1"
    first_media_port: int = 30_000
    last_media_port: int = 39_999
    threads: int = 2


class Rtpengine:
    """One rtpengine of ours. `start` and `stop` block; use `asyncio.to_thread` inside a loop."""

    def __init__(self, settings: RtpengineSettings) -> None:
        self.settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def log_path(self) -> Path:
        """Where rtpengine's own words go."""
        return self.settings.run_directory / "rtpengine.log"

    @property
    def pid(self) -> int | None:
        """Its pid while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def start(self) -> None:
        """Start it and return when it answers a ping. Raises `RtpengineError`."""
        if self.pid is not None:
            raise RtpengineError("rtpengine runs already")
        program = shutil.which("rtpengine", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise RtpengineError("rtpengine is not installed; install the Debian package rtpengine-daemon")
        self._log = self.log_path.open("ab")
        self._child = subprocess.Popen(
            [program, *self._arguments()],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it: SIGTERM, then SIGKILL after STOP_TIMEOUT_S."""
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
        """End it as a crash would."""
        if self._child is not None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
            self.stop()

    def _arguments(self) -> list[str]:
        settings = self.settings
        return [
            "--foreground",
            "--log-stderr",
            f"--config-file={CONFIGURATION_PATH}",
            "--config-section=rtpengine",
            f"--interface={settings.media_address}",
            f"--listen-ng={settings.control}",
            f"--port-min={settings.first_media_port}",
            f"--port-max={settings.last_media_port}",
            f"--num-threads={settings.threads}",
            f"--pidfile={settings.run_directory / 'rtpengine.pid'}",
        ]

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not asyncio.run(_answers_ping(self.settings.control)):
            if self.pid is None:
                raise RtpengineError(f"rtpengine ended while starting:\n{self.log_path.read_text(errors='replace')}")
            if time.monotonic() > deadline:
                raise RtpengineError(f"rtpengine does not answer on {self.settings.control}")
            time.sleep(POLL_S)


class RtpengineClient:
    """Asks rtpengine over UDP; a question is repeated ATTEMPTS times under the same cookie.

    async with RtpengineClient(Address("127.0.0.1", 2223)) as client:
        await client.ping()
    """

    def __init__(self, control: Address) -> None:
        self._control = control
        self._transport: asyncio.DatagramTransport | None = None
        self._answers: dict[bytes, asyncio.Future[bytes]] = {}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _NgProtocol(self._answers), remote_addr=(self._control.host, self._control.port)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport is not None:
            self._transport.close()

    async def ping(self) -> None:
        """Return when rtpengine answers. Raises `RtpengineError`."""
        answer = await self.ask({"command": "ping"})
        if answer.get("result") != "pong":
            raise RtpengineError(f"rtpengine answers a ping with {answer}")

    async def list_calls(self, limit: int = LONGEST_LIST) -> list[str]:
        """Return the Call-IDs of the calls it relays."""
        answer = await self.ask({"command": "list", "limit": limit})
        return [str(call_id) for call_id in answer.get("calls", [])]

    async def query(self, call_id: str) -> dict[str, Any]:
        """Return all that rtpengine knows of a call: tags, streams, packets. Raises `RtpengineError` if it knows none."""
        return await self.ask({"command": "query", "call-id": call_id})

    async def delete(self, call_id: str) -> None:
        """Stop relaying a call. A call it does not know is no error."""
        with contextlib.suppress(RtpengineError):
            await self.ask({"command": "delete", "call-id": call_id, "delete-delay": 0})

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send any command and return the answer. Raises `RtpengineError` on silence and on `result: error`."""
        assert self._transport is not None, "use it inside async with"
        cookie = secrets.token_hex(8).encode()
        answer = asyncio.get_running_loop().create_future()
        self._answers[cookie] = answer
        try:
            for _ in range(ATTEMPTS):
                self._transport.sendto(cookie + b" " + encode_bencode(command))
                with contextlib.suppress(TimeoutError):
                    return _read_answer(await asyncio.wait_for(asyncio.shield(answer), ANSWER_TIMEOUT_S), command)
        finally:
            del self._answers[cookie]
        raise RtpengineError(f"rtpengine at {self._control} does not answer {command['command']}")


class _NgProtocol(asyncio.DatagramProtocol):
    """Gives each answer to the question with its cookie."""

    def __init__(self, answers: dict[bytes, "asyncio.Future[bytes]"]) -> None:
        self._answers = answers

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        cookie, _, body = data.partition(b" ")
        answer = self._answers.get(cookie)
        if answer is not None and not answer.done():
            answer.set_result(body)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now: the question is repeated, then given up."""


def _read_answer(body: bytes, command: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = decode_bencode(body)
    except BencodeError as error:
        raise RtpengineError(f"rtpengine's answer to {command['command']} is not bencoded: {error}") from None
    if not isinstance(answer, dict):
        raise RtpengineError(f"rtpengine answers {command['command']} with {answer!r}")
    if answer.get("result") == "error":
        raise RtpengineError(f"rtpengine refuses {command['command']}: {answer.get('error-reason')}")
    return answer


async def _answers_ping(control: Address) -> bool:
    try:
        async with RtpengineClient(control) as client:
            await client.ping()
    except RtpengineError:
        return False
    return True
