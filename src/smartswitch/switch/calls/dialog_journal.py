"""What names the calls of this node on the wire, on disk, so that a node that starts again can still lengthen and end them.

The database knows what a call holds, Kamailio knows its dialog; which dialog belongs to which call only the node knew.
One line a fact, appended without fsync (it must outlive the process, not the machine: without Kamailio the names mean
nothing). Which life of Kamailio it was is noted too: in another one there is none of these calls. A call that is missing
here is not lost: Kamailio cuts it at the end of its grant, and reports that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from uuid import UUID

import orjson

from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.live_call import Dialog
from smartswitch.switch.planning.call_plan import Question, TargetName

FILE_NAME = "dialogs.journal"
LONGEST_FILE_BYTES = 64 * 1024 * 1024

log = EventLog("switch.journal")


@dataclass(slots=True)
class WireNames:
    """How a call is named on its wire; ``wire`` is the name of the Kamailio, ``targets`` are those that it was told."""

    wire: str
    question: Question | None = None
    dialog: Dialog | None = field(default=None)
    targets: tuple[TargetName, ...] = ()


class DialogJournal:
    """The journal in one directory; use it as a context manager. ``names`` is what an earlier life left."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME
        self._file: BinaryIO | None = None
        self.names: dict[UUID, WireNames] = {}
        self.instances: dict[str, str] = {}
        """Name of a wire => the Kamailio that was behind it last."""

    def __enter__(self) -> Self:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.names, self.instances = _read(self._path)
        self._file = self._path.open("ab", buffering=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def is_long(self) -> bool:
        """True when it is time to write it anew."""
        return self._file is not None and self._file.tell() > LONGEST_FILE_BYTES

    def note_question(self, call_id: UUID, wire: str, question: Question, targets: tuple[TargetName, ...]) -> None:
        """The INVITE of a call that is being routed, and where to."""
        self._write(_question_line(call_id, wire, question) + _targets_line(call_id, wire, targets))

    def note_dialog(self, call_id: UUID, wire: str, dialog: Dialog) -> None:
        """The dialog of a call that was answered."""
        self._write(_dialog_line(call_id, wire, dialog))

    def note_instance(self, wire: str, instance: str) -> None:
        """The Kamailio that is behind a wire now."""
        if self.instances.get(wire) != instance:
            self.instances[wire] = instance
            self._write(_instance_line(wire, instance))

    def begin_anew(self, live: Iterable[tuple[UUID, WireNames]]) -> None:
        """Keep the lines of these calls only."""
        lines = [_instance_line(wire, instance) for wire, instance in self.instances.items()]
        for call_id, names in live:
            if names.question is not None:
                lines.append(_question_line(call_id, names.wire, names.question))
            if names.targets:
                lines.append(_targets_line(call_id, names.wire, names.targets))
            if names.dialog is not None:
                lines.append(_dialog_line(call_id, names.wire, names.dialog))
        replacement = self._path.with_suffix(".new")
        replacement.write_bytes(b"".join(lines))
        replacement.rename(self._path)
        if self._file is not None:
            self._file.close()
        self._file = self._path.open("ab", buffering=0)

    def _write(self, line: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line)
        except OSError as error:
            log.warning("journal_not_written", error=error)


def _instance_line(wire: str, instance: str) -> bytes:
    return orjson.dumps(["kamailio", wire, instance]) + b"\n"


def _question_line(call_id: UUID, wire: str, question: Question) -> bytes:
    values = [question.tindex, question.tlabel, question.sip_call_id, question.cseq]
    return orjson.dumps(["question", str(call_id), wire, *values]) + b"\n"


def _targets_line(call_id: UUID, wire: str, targets: tuple[TargetName, ...]) -> bytes:
    values = [[target.key, target.peer_id, target.route_id] for target in targets]
    return orjson.dumps(["targets", str(call_id), wire, *values]) + b"\n"


def _dialog_line(call_id: UUID, wire: str, dialog: Dialog) -> bytes:
    return orjson.dumps(["dialog", str(call_id), wire, dialog.h_entry, dialog.h_id, dialog.sip_call_id]) + b"\n"


def _read(path: Path) -> tuple[dict[UUID, WireNames], dict[str, str]]:
    """Every call and every Kamailio of the file. A line that cannot be read (the last one, torn) is left out."""
    names: dict[UUID, WireNames] = {}
    instances: dict[str, str] = {}
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return names, instances
    for line in lines:
        try:
            kind, *fields = _fields(line)
            if kind == "kamailio":
                wire, instance = fields
                instances[wire] = instance
                continue
            call_id, wire, *values = fields
            found = names.setdefault(UUID(call_id), WireNames(wire))
            if kind == "question":
                found.question = Question(*values)
            elif kind == "targets":
                found.targets = tuple(TargetName(*value) for value in values)
            else:
                found.dialog = Dialog(*values)
        except (ValueError, TypeError, AttributeError):
            log.warning("journal_line_left_out", bytes=len(line))
    return names, instances


def _fields(line: bytes) -> list[Any]:
    """Any: a JSON array of mixed values."""
    fields = orjson.loads(line)
    if not isinstance(fields, list):
        raise ValueError("not a line of the journal")
    return fields
