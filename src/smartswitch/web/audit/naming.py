"""Names of the rows that entries tell of: looked up together, under the viewer's own policies.

What he may not see, or what is gone, has no name beyond what the entry itself says.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.audit.words import BALANCE, is_reference, model_of_table
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.registry import load_nouns, noun_of_table

TELLING = ("name", "key", "username", "number", "code", "pattern", "network", "right", "day", "rule")
"""Columns whose value says which row it is, best first."""
BIGGEST_ID = 2**63 - 1


class Names:
    """The names that a page of entries needs."""

    def __init__(self, viewer: Viewer, entries: Iterable[AuditEntry]) -> None:
        self._viewer = viewer
        self._rows: dict[tuple[str, int], Any] = {}
        self._of_balance: dict[int, tuple[Noun, Any]] = {}
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            self._want(entry, wanted)
        balances = wanted.get(BALANCE, set())
        for table, ids in wanted.items():
            self._load(table, ids)
        self._load_parties(balances)

    def row(self, table: str, pk: Any) -> Any:
        """A row that still is there and that the viewer may see; else None."""
        number = _id(pk)
        return None if number is None else self._rows.get((table, number))

    def party_of_balance(self, pk: Any) -> tuple[Noun, Any] | None:
        """The noun and the row that have this balance."""
        number = _id(pk)
        return None if number is None else self._of_balance.get(number)

    def title(self, entry: AuditEntry) -> str:
        """What the entry tells of."""
        row = self.row(entry.table_name, entry.row_id)
        if row is not None:
            return self._row_title(entry.table_name, row)
        said = {**(entry.before or {}), **(entry.after or {})}
        if entry.table_name == BALANCE and "party" in said:
            return str(said["party"])
        for name in TELLING:
            if said.get(name):
                return str(said[name])
        if entry.row_id is None and "rows" in said:
            return _("%(count)s at once") % {"count": said["rows"]}
        return _("number %(id)s") % {"id": entry.row_id}

    def link(self, entry: AuditEntry) -> str | None:
        """Where the row that the entry tells of is shown, if the viewer may look there."""
        if entry.table_name == BALANCE:
            party = self.party_of_balance(entry.row_id)
            return None if party is None else self._address(*party)
        noun = noun_of_table(entry.table_name)
        row = self.row(entry.table_name, entry.row_id)
        return None if noun is None or row is None else self._address(noun, row)

    def reference(self, table: str, column: str, value: Any) -> str | None:
        """The name of what a column refers to; None if it refers to nothing."""
        field = is_reference(table, column)
        if field is None:
            return None
        target = field.remote_field.model._meta.db_table
        row = self.row(target, value)
        return _("number %(id)s") % {"id": value} if row is None else self._row_title(target, row)

    def currency(self, entry: AuditEntry) -> str:
        """The currency in which the entry's amounts are; empty if nobody knows."""
        said = {**(entry.before or {}), **(entry.after or {})}
        if said.get("currency"):
            return str(said["currency"])
        row = self.row(entry.table_name, entry.row_id)
        pack = self.row("billing_pack", said.get("pack_id") or getattr(row, "pack_id", None))
        return str(getattr(row, "currency", "") or getattr(pack, "currency", ""))

    def _want(self, entry: AuditEntry, wanted: dict[str, set[int]]) -> None:
        number = _id(entry.row_id)
        if number is not None:
            wanted[entry.table_name].add(number)
        for fields in (entry.before or {}, entry.after or {}):
            for column, value in fields.items():
                field = is_reference(entry.table_name, column)
                target = None if field is None else _id(value)
                if field is not None and target is not None:
                    wanted[field.remote_field.model._meta.db_table].add(target)
        if entry.by_dealer_id is not None:
            wanted["dealer"].add(entry.by_dealer_id)

    def _load(self, table: str, ids: set[int]) -> None:
        model, noun = model_of_table(table), noun_of_table(table)
        if model is None:
            return
        rows = model._default_manager.all() if noun is None else noun.rows(self._viewer)
        for row in rows.filter(pk__in=ids):
            self._rows[table, row.pk] = row

    def _load_parties(self, balances: set[int]) -> None:
        for noun in load_nouns().values() if balances else ():
            if has_balance(noun.model):
                for row in noun.rows(self._viewer).filter(balance_id__in=balances):
                    self._of_balance[row.balance_id] = noun, row

    def _row_title(self, table: str, row: Any) -> str:
        if table == BALANCE:
            party = self._of_balance.get(row.pk)
            return str(row.party) if party is None else party[0].title(party[1])
        noun = noun_of_table(table)
        if noun is not None:
            return noun.title(row)
        return str(next((value for name in TELLING if (value := getattr(row, name, None))), row))

    def _address(self, noun: Noun, row: Any) -> str | None:
        if not self._viewer.may(f"{noun.right}.view"):
            return None
        try:
            if noun.parent is None:
                return reverse(f"{noun.name}-one", args=[row.pk])
            return reverse(f"{noun.name}-in", args=[getattr(row, f"{noun.parent.field}_id")])
        except NoReverseMatch:
            return None


def has_balance(model: type[Model]) -> bool:
    """Whether each row of a model comes with a balance."""
    return any(field.name == "balance" for field in model._meta.concrete_fields)


def _id(value: Any) -> int | None:
    """A row's number; None for what is none (a summary of many rows has none)."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and int(text) <= BIGGEST_ID else None
