"""Changes as sentences and lists of fields, before and after, ready for a template or a file."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.audit.naming import Names
from smartswitch.web.audit.selectors import Change
from smartswitch.web.audit.words import ACTIONS, NOTHING, ORIGINS, SECRET, column_words, value_words
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Words

UNTOLD = frozenset({"id", "created_at", "balance_id"})
"""Columns of a new or removed row that nobody asks for."""
COLOURS = {"insert": "green", "update": "blue", "delete": "red"}
PRICES_AT_ONCE = "prices"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field: `before` is None of a new row, `after` of a removed one."""

    label: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            return f"{self.label}: {self.after if self.before is None else self.before}"
        return f"{self.label}: {self.before} \N{RIGHTWARDS ARROW} {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One entry: what was done to what, and its fields."""

    entry_id: int
    action: str
    colour: str
    verb: Words
    kind: Words
    title: str
    link: str | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change: who, when, from where, and what. `acting_for` is a dealer's key, beside it its name."""

    first_id: int
    at: datetime
    actor: str
    acting_for: str | None
    acting_for_name: str | None
    dealer: str | None
    origin: Words
    entries: tuple[EntryView, ...]
    more: int

    @property
    def can_be_undone(self) -> bool:
        """Whether rows were written; who only began to act for a dealer has changed nothing."""
        return any(entry.action in COLOURS for entry in self.entries)


EntryViews = Callable[[Names, Sequence[AuditEntry]], tuple[EntryView, ...]]


def every_entry(names: Names, entries: Sequence[AuditEntry]) -> tuple[EntryView, ...]:
    """All entries, each as it was written."""
    return tuple(entry_view(names, entry) for entry in entries)


def change_views(
    viewer: Viewer, changes: Iterable[Change], *, entry_views: EntryViews = every_entry
) -> list[ChangeView]:
    """The changes of a page; the names in them are looked up together. `entry_views` may fold entries (folding.py)."""
    listed = list(changes)
    names = Names(viewer, [entry for change in listed for entry in change.entries])
    acted_for = dealers_by_key({change.acting_for for change in listed if change.acting_for})
    return [_change_view(names, change, acted_for, entry_views) for change in listed]


def dealers_by_key(keys: Collection[str]) -> dict[str, str]:
    """What the dealers with these keys are called, as far as the viewer's session may see them."""
    found = Dealer.objects.filter(key__in=keys).exclude(name="").values_list("key", "name") if keys else ()
    return dict(found)


def entry_view(names: Names, entry: AuditEntry) -> EntryView:
    """One entry as a page tells it."""
    return EntryView(
        entry_id=entry.pk,
        action=entry.action,
        colour=COLOURS.get(entry.action, "secondary"),
        verb=ACTIONS.get(entry.action, entry.action),
        kind=names.kind(entry),
        title=names.title(entry),
        link=names.link(entry),
        fields=tuple(field_changes(names, entry)),
    )


def shown_value(names: Names, entry: AuditEntry, column: str, value: Any) -> str:
    """A value of a column: the name of what it refers to, an amount in its currency, or as it is."""
    if column == PRICES_AT_ONCE and isinstance(value, list):
        return str(len(value))
    if value is None:
        return NOTHING
    reference = names.reference(entry.table_name, column, value)
    return reference or value_words(entry.table_name, column, value, currency=names.currency(entry))


def dealer_name(names: Names, dealer_id: int | None) -> str | None:
    """What a dealer is called, if the viewer may know."""
    row = names.row("dealer", dealer_id)
    return None if row is None else str(row.name or row.key)


def field_changes(names: Names, entry: AuditEntry, *, only: Collection[str] | None = None) -> Iterable[FieldChange]:
    """What an entry says of each field, or of some."""
    before, after = entry.before or {}, entry.after or {}
    is_change = entry.before is not None and entry.after is not None
    for column in dict.fromkeys((*before, *after)):
        if only is not None and column not in only:
            continue
        was, became = before.get(column), after.get(column)
        if is_change and was == became and was != SECRET:
            continue
        if not is_change and (column in UNTOLD or (was or became) in (None, "", False, [])):
            continue
        yield FieldChange(
            label=column_words(entry.table_name, column),
            before=None if entry.before is None else shown_value(names, entry, column, was),
            after=None if entry.after is None else shown_value(names, entry, column, became),
        )


def _change_view(names: Names, change: Change, acted_for: Mapping[str, str], entry_views: EntryViews) -> ChangeView:
    return ChangeView(
        first_id=change.first_id,
        at=timezone.localtime(change.created_at),
        actor=change.actor,
        acting_for=change.acting_for,
        acting_for_name=acted_for.get(change.acting_for or ""),
        dealer=dealer_name(names, change.by_dealer_id),
        origin=ORIGINS.get(change.origin or "", change.origin or ""),
        entries=entry_views(names, change.entries),
        more=change.total - len(change.entries),
    )
