"""The spool: statements that charging did not take, on disk until it does.

One file, only ever appended to: a line is ``<crc32 in hex> <JSON>``. ``{"number": n, "statement": ...}`` keeps one,
``{"delivered": n}`` strikes it out. A line is on the disk (fsync) before ``keep`` returns, so before its report is
acknowledged. When everything is struck out the file is begun anew.

Delivery is in order, and of one leg strictly one after the other. It is exactly once although a crash may come between
the database's commit and the line that strikes out: the seq of the statement makes the second delivery a repeat.

A line whose checksum is wrong (a torn last write, a bad sector) is never guessed at: its bytes go to a quarantine file, an
error goes to the log, and the rest is read. What charging refuses as a bug goes there too. A file that is full or gone
(OSError) makes ``is_writable`` false, and then the node takes no new call, until a probe can be written again.
"""

import asyncio
import fcntl
import os
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from uuid import UUID
from zlib import crc32

import orjson

from smartswitch.charging.engine import ChargingBugError, ChargingUnavailableError
from smartswitch.protocol.charging import Command, Conflict
from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.call_ports import Charging
from smartswitch.switch.calls.statement_json import (
    NotAStatementError,
    Statement,
    read_statement,
    statement_document,
)

FILE_NAME = "statements.spool"
QUARANTINE_NAME = "statements.quarantine"
LEAST_FREE_BYTES = 16 * 1024 * 1024
"""With less room on the disk no new call begins: there must be room for the statements of those that live."""
PROBE_INTERVAL_S = 1.0
STATEMENTS_A_ROUND = 500
RETRY_S = 1.0

log = EventLog("switch.spool")


class SpoolInUseError(Exception):
    """Another process has this spool open; two nodes need two state directories."""


class StatementSpool:
    """The spool in one directory; use it as a context manager."""

    def __init__(self, directory: Path, *, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        self._directory = directory
        self._path = directory / FILE_NAME
        self._least_free_bytes = least_free_bytes
        self._file: BinaryIO | None = None
        self._waiting: dict[int, Statement] = {}
        self._legs: Counter[tuple[UUID, int]] = Counter()
        self._next_number = 1
        self._is_broken = False
        self._probed_at_s = 0.0
        self._has_room = True
        self._arrived = asyncio.Event()

    def __enter__(self) -> Self:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = self._path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise SpoolInUseError(f"{self._path} is in use by another node") from error
        self._read_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_writable(self) -> bool:
        """False while a statement could not be kept for sure."""
        now_s = time.monotonic()
        if now_s - self._probed_at_s >= PROBE_INTERVAL_S:
            self._probed_at_s = now_s
            self._probe()
        return self._has_room and not self._is_broken

    def holds(self, call_id: UUID, leg: int) -> bool:
        """True if a statement of this leg waits."""
        return (call_id, leg) in self._legs

    def keep(self, command: Command) -> None:
        """Write a statement down durably. Raises OSError; then the statement is not kept, and no new call may begin."""
        document = statement_document(command)
        number = self._next_number
        self._append({"number": number, "statement": document})
        self._take(number, read_statement(document))
        self._arrived.set()

    async def deliver(self, charging: Charging) -> None:
        """Deliver what waits, for ever: at once what is new, again every RETRY_S what charging did not take."""
        while True:
            while self._waiting and await self.deliver_round(charging):
                pass
            self._arrived.clear()
            if not self._waiting:
                await self._arrived.wait()
            await asyncio.sleep(RETRY_S)

    async def deliver_round(self, charging: Charging) -> bool:
        """Deliver the first statements, at most one of each leg; True if charging took any."""
        numbers: list[int] = []
        legs: set[tuple[UUID, int]] = set()
        for number, statement in self._waiting.items():
            key = (statement.call_id, statement.leg)
            if key not in legs:
                legs.add(key)
                numbers.append(number)
            if len(numbers) == STATEMENTS_A_ROUND:
                break
        taken = await asyncio.gather(*(self._deliver_one(charging, self._waiting[number]) for number in numbers))
        delivered = [number for number, is_taken in zip(numbers, taken, strict=True) if is_taken]
        self._strike_out(delivered)
        return bool(delivered)

    async def _deliver_one(self, charging: Charging, statement: Statement) -> bool:
        try:
            reply = await charging.submit(statement)
        except ChargingUnavailableError:
            return False
        except ChargingBugError as error:
            log.error("statement_quarantined", error=error, call_id=statement.call_id, leg=statement.leg)
            self._quarantine(orjson.dumps(statement_document(statement)) + b"\n")
            return True
        if isinstance(reply, Conflict):
            log.warning("statement_contradicted", call_id=statement.call_id, leg=statement.leg, conflict=reply.name)
        log.event("statement_delivered", call_id=statement.call_id, statement=type(statement).__name__)
        return True

    # ---- the file

    def _append(self, document: dict[str, Any]) -> None:
        """Write one line through to the disk; a line that was cut short is taken back."""
        assert self._file is not None, "the spool is used inside with"
        body = orjson.dumps(document)
        end = self._file.seek(0, os.SEEK_END)
        try:
            self._file.write(b"%08x %b\n" % (crc32(body), body))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._is_broken = False
        except OSError:
            self._is_broken = True
            self._cut(end)
            raise

    def _cut(self, end: int) -> None:
        """Drop a line that did not get to the disk, and what of it is still in Python's buffer."""
        assert self._file is not None, "the spool is used inside with"
        descriptor = os.dup(self._file.fileno())
        try:
            self._file.close()
        except OSError as error:
            log.warning("spool_line_dropped", error=error)
        self._file = os.fdopen(descriptor, "a+b")
        try:
            os.ftruncate(descriptor, end)
        except OSError as error:
            log.error("spool_not_cut", error=error)

    def _strike_out(self, numbers: list[int]) -> None:
        for number in numbers:
            statement = self._waiting.pop(number)
            key = (statement.call_id, statement.leg)
            self._legs[key] -= 1
            if not self._legs[key]:
                del self._legs[key]
        if not numbers:
            return
        try:
            if self._waiting:
                for number in numbers:
                    self._append({"delivered": number})
            else:
                self._begin_anew()
        except OSError as error:
            # Nothing is lost: after a restart it would be delivered again, as a repeat.
            log.error("spool_not_struck_out", error=error)

    def _begin_anew(self) -> None:
        assert self._file is not None, "the spool is used inside with"
        os.ftruncate(self._file.fileno(), 0)
        os.fsync(self._file.fileno())

    def _read_back(self) -> None:
        """Read what an earlier life of the node left."""
        assert self._file is not None, "the spool is used inside with"
        self._file.seek(0)
        left: dict[int, Statement] = {}
        damaged = b""
        for line in self._file.read().splitlines(keepends=True):
            document = _read_line(line)
            try:
                if document is not None and "delivered" in document:
                    left.pop(document["delivered"], None)
                elif document is not None:
                    left[int(document["number"])] = read_statement(document["statement"])
                else:
                    damaged += line
            except (NotAStatementError, KeyError, TypeError, ValueError) as error:
                log.error("spool_line_unreadable", why=repr(error))
                damaged += line
        if damaged:
            log.error("spool_quarantined", bytes=len(damaged), file=self._directory / QUARANTINE_NAME)
            self._quarantine(damaged)
        for number, statement in left.items():
            self._take(number, statement)
        if damaged or not left:
            self._rewrite(left)
        if left:
            log.warning("spool_has_statements", count=len(left))
            self._arrived.set()

    def _rewrite(self, left: dict[int, Statement]) -> None:
        """Begin the file anew with what is left. A crash meanwhile leaves the old file: the new one replaces it whole."""
        assert self._file is not None, "the spool is used inside with"
        if not left:
            self._begin_anew()
            return
        lines = []
        for number, statement in left.items():
            body = orjson.dumps({"number": number, "statement": statement_document(statement)})
            lines.append(b"%08x %b\n" % (crc32(body), body))
        replacement = self._path.with_suffix(".new")
        replacement.write_bytes(b"".join(lines))
        new_file = replacement.open("a+b")
        os.fsync(new_file.fileno())
        fcntl.flock(new_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        replacement.rename(self._path)
        self._file.close()
        self._file = new_file

    def _take(self, number: int, statement: Statement) -> None:
        self._waiting[number] = statement
        self._legs[statement.call_id, statement.leg] += 1
        self._next_number = max(self._next_number, number + 1)

    def _quarantine(self, damaged: bytes) -> None:
        with (self._directory / QUARANTINE_NAME).open("ab") as stream:
            stream.write(damaged)
            stream.flush()
            os.fsync(stream.fileno())

    def _probe(self) -> None:
        """Is there room, and, if a write failed, can one be written again?"""
        try:
            room = os.statvfs(self._directory)
            self._has_room = room.f_bavail * room.f_frsize >= self._least_free_bytes
            if self._is_broken and self._has_room:
                self._append({"delivered": 0})
        except OSError as error:
            self._has_room = False
            log.error("spool_unusable", error=error)


def _read_line(line: bytes) -> dict[str, Any] | None:
    """The document of a line; None if it is damaged."""
    checksum, _, body = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != b"%08x" % crc32(body):
        return None
    document = orjson.loads(body)
    return document if isinstance(document, dict) else None
