"""A moment on the command line: ISO 8601; a date alone is its midnight, and without an offset it is UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: click decorates functions of any shape


class Moment(click.ParamType):
    """The type of a click option that is a moment; gives an aware datetime in UTC."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the text, or refuse it with an example."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time in ISO 8601; write it as 2026-01-05T12:00:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_option(name: str, *, help: str) -> Callable[[Command], Command]:
    """An option that is a moment."""
    return click.option(name, type=Moment(), help=help)
