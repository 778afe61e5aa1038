"""The log: one line per event, `name key=value key=value`.

    log = EventLog("switch.call")
    log.event("call_refused", call_id="a1b2", dealer_id=7, reason="no_credit")

prints

    2026-01-31T12:00:00.000Z INFO switch.call call_refused call_id=a1b2 dealer_id=7 reason=no_credit

Rules. The event name is stable and is what an operator searches for. A value whose key names a secret is never
printed. A stranger must not be able to fill the disk: at most `BURST_EVENTS` lines of one event name in `WINDOW_MS`,
then one line that says how many were left out. Errors are not limited: we cause them, strangers do not.
"""

import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from smartswitch.runtime.clock import Clock, SystemClock

BURST_EVENTS = 200
WINDOW_MS = 10_000
LONGEST_VALUE_CHARACTERS = 2_000

SECRET_KEY = re.compile(r"passw|secret|token|credential|authorization|cookie|nonce|(^|_)(pin|otp|ha1|key)(_|$)", re.I)
REDACTED = "[redacted]"
_PLAIN = re.compile(r"[^\s\"'=\\\x00-\x1f\x7f]+")
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*@")


class EventLog:
    """Writes the events of one part of the system."""

    def __init__(self, name: str, clock: Clock | None = None) -> None:
        self._logger = logging.getLogger(f"smartswitch.{name}")
        self._limiter = RateLimiter(clock or SystemClock())

    @property
    def is_debugging(self) -> bool:
        """Whether `debug` writes anything; ask before making its fields where that is done for each step of a call."""
        return self._logger.isEnabledFor(logging.DEBUG)

    def debug(self, name: str, /, **fields: object) -> None:
        """Record an event that only a developer wants to see."""
        self._write(logging.DEBUG, name, fields)

    def event(self, name: str, /, **fields: object) -> None:
        """Record something that happened as it should, a refusal included."""
        self._write(logging.INFO, name, fields)

    def warning(self, name: str, /, **fields: object) -> None:
        """Record something that works but that an operator should look at."""
        self._write(logging.WARNING, name, fields)

    def error(self, name: str, /, *, error: BaseException | None = None, **fields: object) -> None:
        """Record a fault or a bug; `error` adds its traceback. Never rate-limited."""
        self._logger.error(format_event(name, fields), exc_info=error)

    def _write(self, level: int, name: str, fields: dict[str, object]) -> None:
        if not self._logger.isEnabledFor(level):
            return
        is_allowed, left_out = self._limiter.admit(name)
        if left_out:
            self._logger.warning(format_event("events_left_out", {"event": name, "count": left_out}))
        if is_allowed:
            self._logger.log(level, format_event(name, fields))


class RateLimiter:
    """Counts events by name in fixed windows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[int, int]] = {}

    def admit(self, name: str) -> tuple[bool, int]:
        """Return whether this event may be written, and how many of its name were left out in the window now closed."""
        now_ms = self._clock.monotonic_ms()
        started_ms, count = self._windows.get(name, (now_ms, 0))
        left_out = 0
        if now_ms - started_ms >= WINDOW_MS:
            left_out = max(0, count - BURST_EVENTS)
            started_ms, count = now_ms, 0
        self._windows[name] = (started_ms, count + 1)
        return count < BURST_EVENTS, left_out


def format_event(name: str, fields: dict[str, object]) -> str:
    """Return the event as one line, secrets redacted."""
    return " ".join([name, *(f"{key}={_format_value(key, value)}" for key, value in fields.items())])


def _format_value(key: str, value: object) -> str:
    if value is None:
        return "-"
    if SECRET_KEY.search(key):
        return REDACTED
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = _URL_PASSWORD.sub(rf"\1:{REDACTED}@", str(value))[:LONGEST_VALUE_CHARACTERS]
    if _PLAIN.fullmatch(text):
        return text
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    """Keep a value on its line: what a stranger sent cannot start a line of its own or colour a terminal."""
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


class _LineFormatter(logging.Formatter):
    """`2026-01-31T12:00:00.000Z INFO switch.call call_refused ...`"""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        part = record.name.removeprefix("smartswitch.")
        line = f"{moment}Z {record.levelname} {part} {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def start_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Send the log of this process to `stream` (standard error unless told), from `level` upwards."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_LineFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # While the database is away asyncpg's pool writes a traceback a second; who uses the pool says it in a line.
    logging.getLogger("asyncpg").setLevel(logging.ERROR)
