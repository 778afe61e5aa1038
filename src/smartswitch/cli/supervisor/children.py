"""The processes that `smartswitch up` keeps alive, all alike: start, stop, a number while it runs.

Rule: a child has a log file of its own and a session of its own, so that Ctrl-C reaches the supervisor alone, which
then stops everything in order. A child dies with the supervisor, even if that is killed.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

STOP_TIMEOUT_S = 10
READY_TIMEOUT_S = 20
POLL_S = 0.05
LONGEST_LOG_BYTES = 10_000_000
LAST_LOG_BYTES = 2_000


class ChildError(Exception):
    """A child does not start. The message has its last words."""


class Child(Protocol):
    """What the supervisor keeps alive."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        ...

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        ...

    def launch(self) -> None:
        """Start it; raise ChildError if it cannot be started."""
        ...

    def wait_until_ready(self) -> None:
        """Return when it is ready; raise ChildError if it will not be."""
        ...

    def stop(self) -> None:
        """End it, gently at first; nothing happens if it does not run."""
        ...


class Server(Protocol):
    """A machine that another module starts and stops: Kamailio, rtpengine."""

    @property
    def pid(self) -> int | None: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class ServerChild:
    """A child around such a machine; `faults` are the exceptions by which it says that it does not start."""

    def __init__(self, name: str, server: Server, faults: type[Exception]) -> None:
        self.name = name
        self._server = server
        self._faults = faults

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return self._server.pid

    def launch(self) -> None:
        """Start it; the machine itself waits until it is ready."""
        self._server.stop()
        try:
            self._server.start()
        except self._faults as error:
            raise ChildError(f"{self.name}: {error}") from error

    def wait_until_ready(self) -> None:
        """Return: it was ready when it had started."""

    def stop(self) -> None:
        """End it."""
        self._server.stop()


class ProgramChild:
    """A child that is a command.

    It is ready when `is_ready` says so, and when it has written `ready_words` to its log; without either at once.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_path: Path,
        *,
        environment: Mapping[str, str] | None = None,
        is_ready: Callable[[], bool] | None = None,
        ready_words: str = "",
    ) -> None:
        self.name = name
        self.log_path = log_path
        self._command = list(command)
        self._environment = {**os.environ, **(environment or {})}
        self._is_ready = is_ready or (lambda: True)
        self._ready_words = ready_words.encode()
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def launch(self) -> None:
        """Start it."""
        self.stop()
        self._open_log()
        try:
            self._process = subprocess.Popen(
                [*_dying_with_us(), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=self._environment,
                start_new_session=True,
            )
        except OSError as error:
            raise ChildError(f"{self.name}: {self._command[0]} cannot be started: {error.strerror}") from error

    def wait_until_ready(self) -> None:
        """Wait until it is ready; ChildError with its last words if it ends, or takes too long."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not (self._is_ready() and self._ready_words in self._words()):
            if self.pid is None:
                raise ChildError(f"{self.name} ended while starting:\n{self._last_words()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ChildError(f"{self.name} is not ready after {READY_TIMEOUT_S} s:\n{self._last_words()}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End it: SIGTERM, then SIGKILL to its process group after STOP_TIMEOUT_S."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    def _open_log(self) -> None:
        if self.log_path.exists() and self.log_path.stat().st_size > LONGEST_LOG_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        self._log = self.log_path.open("ab")
        self._log_start = self.log_path.stat().st_size

    def _last_words(self) -> str:
        return self._words()[-LAST_LOG_BYTES:].decode(errors="replace").strip()

    def _words(self) -> bytes:
        """What it has written to its log in this life."""
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read()


def _dying_with_us() -> list[str]:
    """The words before a command that make the kernel end it when its parent is gone (Linux, util-linux)."""
    return ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
