"""What every command says in the same way: JSON, tables, errors.

Exit statuses: 0 done; 1 done, and the answer is bad news; 2 the input cannot be used; 3 the system is not there.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NoReturn

import click

BAD_NEWS = 1
BAD_INPUT = 2
NOT_THERE = 3

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


class Unavailable(click.ClickException):
    """The database or a setting is not usable; the message says what to do."""

    exit_code = NOT_THERE


class BadInput(click.ClickException):
    """What was asked cannot be done as it was asked; the message names it."""

    exit_code = BAD_INPUT


def print_json(value: object) -> None:
    """Print a value as JSON; moments as ISO 8601, everything else that is not JSON as text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table for people; the columns of ``right`` hold numbers."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=200)
    console.print(table)


def fail_with_lines(lines: Iterable[str]) -> NoReturn:
    """Print what is wrong with the input, a line each, and end with exit status 2."""
    for line in lines:
        print(line, file=sys.stderr)
    sys.exit(BAD_INPUT)
