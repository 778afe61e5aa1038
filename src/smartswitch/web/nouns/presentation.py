"""How the values of columns become what a page shows. No decisions: a kind, a value, a piece of text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Kind, Noun
from smartswitch.web.ui.markup import markup

RIGHT_SIDED = frozenset({Kind.NUMBER, Kind.AMOUNT, Kind.PRICE, Kind.SECONDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of a row, with what its template needs."""

    column: Column
    value: Any
    currency: str
    link: str | None
    edit: str | None
    label: str = ""
    """The column's, in the language of the page, escaped."""

    @property
    def is_right_sided(self) -> bool:
        """Whether it stands to the right: figures do."""
        return self.column.kind in RIGHT_SIDED

    @property
    def kind(self) -> str:
        """The word for the template."""
        return self.column.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A row with its cells."""

    row: Any
    title: str
    cells: tuple[Cell, ...]
    is_changeable: bool = True


def cells_of(columns: Iterable[Column], row: Any, *, viewer: Viewer) -> tuple[Cell, ...]:
    """The cells of a row, with links to pages that the viewer may open."""
    return _cells([(column, markup("{}", column.label)) for column in columns], row, viewer)


def _cells(columns: Iterable[tuple[Column, str]], row: Any, viewer: Viewer) -> tuple[Cell, ...]:
    edits: dict[object, str] = {}
    return tuple(_cell(column, label, row, viewer, edits) for column, label in columns)


def _cell(column: Column, label: str, row: Any, viewer: Viewer, edits: dict[object, str]) -> Cell:
    """`edits` are the addresses of forms that the row was asked for already: its cells have one in common."""
    leads = column.link is not None and (not column.link_right or viewer.may(column.link_right))
    if column.edit is not None and column.edit not in edits:
        edits[column.edit] = column.edit(row)
    value = column.value(row)
    if isinstance(value, datetime):
        value = timezone.localtime(value if value.tzinfo else value.replace(tzinfo=UTC))
    return Cell(
        column=column,
        value=value,
        currency=column.currency(row) if column.currency is not None else "",
        link=column.link(row) if column.link is not None and leads else None,
        edit=edits.get(column.edit),
        label=label,
    )


def shown_rows(noun: Noun, columns: Iterable[Column], rows: Iterable[Any], *, viewer: Viewer) -> list[ShownRow]:
    """All rows of a page; each says whether it is the viewer's to change."""
    chosen = [(column, markup("{}", column.label)) for column in columns]
    return [
        ShownRow(
            row=row,
            title=noun.title(row),
            cells=_cells(chosen, row, viewer),
            is_changeable=noun.may_change(viewer, row),
        )
        for row in noun.completed(rows)
    ]
