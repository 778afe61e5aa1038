"""Reads one table of a party file field by field, and gathers what is wrong instead of stopping at the first.

Every complaint names the file, the table, its id or place in the file, and the field:

    case.toml: [[peer]] "p1": balance: "1O" is not a decimal number; it has the letter O where a zero is meant

Rule: a field that nobody asked for is an error, since it is most likely misspelt. A value that cannot be used is replaced
by a placeholder so that reading goes on; a file with a complaint is never used.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TypeVar

from smartswitch.cli.party.fields import FieldError, flag, show

MOST_COMPLAINTS = 200

T = TypeVar("T")
D = TypeVar("D")


class PartyFileError(Exception):
    """A party file that cannot be used; `complaints` has one line for each thing that is wrong."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints))


class Complaints:
    """What is wrong with one file, in the order in which it was found."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self._lines: dict[str, None] = {}

    def add(self, place: str, message: str) -> None:
        """Note what is wrong at a place; the same line is kept once."""
        where = f"{self.file_name}: {place}" if place else self.file_name
        self._lines.setdefault(f"{where}: {message}", None)

    def raise_if_any(self) -> None:
        """Raise PartyFileError with every complaint; those beyond MOST_COMPLAINTS are counted."""
        if not self._lines:
            return
        lines = list(self._lines)
        if len(lines) > MOST_COMPLAINTS:
            left = len(lines) - MOST_COMPLAINTS
            lines = [*lines[:MOST_COMPLAINTS], f"{self.file_name}: and {left} more"]
        raise PartyFileError(lines)


class Table:
    """One table, read field by field; `close` complains of fields that nobody asked for."""

    def __init__(self, complaints: Complaints, place: str, fields: Mapping[str, object]) -> None:
        self._complaints = complaints
        self.place = place
        self._fields = fields
        self._asked: list[str] = []

    def has(self, name: str) -> bool:
        """Say whether the field is written."""
        return name in self._fields

    def required(self, name: str, read: Callable[[object], T], placeholder: T) -> T:
        """Read a field that must be there."""
        if name not in self._fields:
            self._asked.append(name)
            self.complain(f"the field {name} is missing")
            return placeholder
        return self.optional(name, read, placeholder)

    def optional(self, name: str, read: Callable[[object], T], default: D) -> T | D:
        """Read a field, or take the default when it is not written."""
        self._asked.append(name)
        if name not in self._fields:
            return default
        try:
            return read(self._fields[name])
        except FieldError as error:
            self.complain(f"{name}: {error}")
            return default

    def flag(self, name: str, *, default: bool) -> bool:
        """Read true or false."""
        return self.optional(name, flag, default)

    def tables(self, name: str) -> "Iterator[Table]":
        """Go through a field that is a list of tables, as in prices = [ { ... }, { ... } ]."""
        self._asked.append(name)
        value = self._fields.get(name, [])
        if not isinstance(value, list):
            self.complain(f"{name}: {show(value)} is not a list of tables, as in {name} = [ {{ ... }} ]")
            return
        for position, fields in enumerate(value, start=1):
            if isinstance(fields, dict):
                yield Table(self._complaints, f"{self.place}: {name} {position}{_label(fields, 'code')}", fields)
            else:
                self.complain(f"{name} {position}: {show(fields)} is not a table, as in {{ ... }}")

    def holds_text_list(self, name: str) -> bool:
        """Say whether a field that may be a list of texts or a list of tables is the former."""
        value = self._fields.get(name)
        return isinstance(value, list) and all(isinstance(item, str) for item in value)

    def complain(self, message: str) -> None:
        """Note something wrong with this table."""
        self._complaints.add(self.place, message)

    def close(self) -> None:
        """Complain of the fields that nobody asked for."""
        for name in self._fields:
            if name not in self._asked:
                self.complain(f"there is no field {name}{did_you_mean(name, self._asked)}")


def tables_of(complaints: Complaints, document: Mapping[str, object], name: str) -> Iterator[Table]:
    """Go through the tables [[name]] of a file."""
    value = document.get(name, [])
    if not isinstance(value, list):
        complaints.add(f"[{name}]", f"write it with two brackets, [[{name}]], since there may be several")
        return
    for position, fields in enumerate(value, start=1):
        if isinstance(fields, dict):
            yield Table(complaints, f"[[{name}]]{_label(fields, 'id') or f' {position}'}", fields)
        else:
            complaints.add(f"[[{name}]] {position}", f"{show(fields)} is not a table")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest known name, or nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f' (did you mean "{near[0]}"?)' if near else ""


def _label(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return f" {show(value)}" if isinstance(value, str) and value else ""
