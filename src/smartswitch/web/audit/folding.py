"""Folds what hangs together in a change, for lists: a clerk who made a dealer has made one thing, not seventy.

Rules: a balance that came or went with its party is told with the party, by its limits; the seller's own accounts, which
nobody opens, are left out; rights that were granted or taken together are one line. Only lists fold: the page of a change,
its undoing, the files and the API tell every entry as it was written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.audit.naming import Names
from smartswitch.web.audit.presentation import EntryView, FieldChange, entry_view, field_changes
from smartswitch.web.audit.words import BALANCE
from smartswitch.web.balances.models import SUMMED_KINDS
from smartswitch.web.nouns.noun import Words
from smartswitch.web.rights.words import right_in_words

WHOLE_ROWS = ("insert", "delete")
TOLD_OF_BALANCE = ("credit_limit", "call_limit")
RIGHTS: dict[str, tuple[str, Words]] = {
    "right_grant": ("dealer_id", gettext_lazy("rights of the dealer")),
    "role_right": ("role_id", gettext_lazy("rights of the role")),
}
"""Tables of rights: the column that says whose they are, and what a line of them is called."""


def folded_views(names: Names, entries: Sequence[AuditEntry]) -> tuple[EntryView, ...]:
    """The entries of one change as a list tells them."""
    balances = {entry.row_id: entry for entry in entries if entry.table_name == BALANCE and entry.action in WHOLE_ROWS}
    parties = {_balance_of(entry) for entry in entries} - {None}
    views: list[EntryView] = []
    told: set[tuple[str, str, Any]] = set()
    for entry in entries:
        if entry.row_id in balances and entry.table_name == BALANCE and _comes_along(entry, parties, entries):
            continue
        if entry.table_name not in RIGHTS or entry.action not in WHOLE_ROWS:
            balance = balances.get(_balance_of(entry))
            views.append(_with_limits(names, entry_view(names, entry), balance))
            continue
        group = _group(entry)
        if group not in told:
            told.add(group)
            views.append(_rights_view(names, entry, [each for each in entries if _group(each) == group]))
    return tuple(views)


def _said(entry: AuditEntry) -> dict[str, Any]:
    return {**(entry.before or {}), **(entry.after or {})}


def _balance_of(entry: AuditEntry) -> str | None:
    """The balance of a party that was made or removed."""
    balance_id = _said(entry).get("balance_id") if entry.action in WHOLE_ROWS else None
    return None if balance_id is None else str(balance_id)


def _comes_along(balance: AuditEntry, parties: set[str | None], entries: Iterable[AuditEntry]) -> bool:
    if balance.row_id in parties:
        return True
    return _said(balance).get("kind") in SUMMED_KINDS and any(each.table_name != BALANCE for each in entries)


def _with_limits(names: Names, view: EntryView, balance: AuditEntry | None) -> EntryView:
    if balance is None:
        return view
    limits = tuple(field_changes(names, balance, only=TOLD_OF_BALANCE))
    return replace(view, fields=(*view.fields, *limits))


def _group(entry: AuditEntry) -> tuple[str, str, Any]:
    column = RIGHTS.get(entry.table_name, ("", ""))[0]
    return entry.table_name, entry.action, _said(entry).get(column)


def _rights_view(names: Names, entry: AuditEntry, entries: Iterable[AuditEntry]) -> EntryView:
    """One line for rights that were granted, or taken, together."""
    column, kind = RIGHTS[entry.table_name]
    words = ", ".join(right_in_words(str(_said(each).get("right"))) for each in entries)
    is_new = entry.action == "insert"
    rights = FieldChange(label=_("Rights"), before=None if is_new else words, after=words if is_new else None)
    whose = names.reference(entry.table_name, column, _said(entry).get(column))
    return replace(entry_view(names, entry), kind=kind, title=whose or "–", link=None, fields=(rights,))
