"""Names of the rows that entries tell of: looked up together, under the viewer's own policies.

What he may not see, or what is gone, has no name beyond what the entry itself says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.audit.words import BALANCE, RIGHT, is_reference, kind_words, model_of_table, whole_of
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Noun, Words
from smartswitch.web.nouns.registry import load_nouns, noun_named, nouns_of_table
from smartswitch.web.rights.words import right_in_words

TELLING = ("name", "key", "username", "number", "code", "pattern", "network", "right", "day", "rule")
"""Columns whose value says which row it is, best first."""
BIGGEST_ID = 2**63 - 1
BRAND = "brand"


class Names:
    """The names that a page of entries needs."""

    def __init__(self, viewer: Viewer, entries: Iterable[AuditEntry]) -> None:
        self._viewer = viewer
        self._rows: dict[tuple[str, int], Any] = {}
        self._nouns: dict[tuple[str, int], Noun] = {}
        self._of_balance: dict[int, tuple[Noun, Any]] = {}
        wanted: dict[str, set[int]] = defaultdict(set)
        listed = list(entries)
        for entry in listed:
            self._want(entry, wanted)
        balances = wanted.get(BALANCE, set())
        for table, ids in wanted.items():
            self._load(table, ids)
        self._load_parties(balances)
        for entry in listed:
            self._remember_kind(entry)

    def row(self, table: str, pk: Any) -> Any:
        """A row that still is there and that the viewer may see; else None."""
        number = _id(pk)
        return None if number is None else self._rows.get((table, number))

    def noun(self, entry: AuditEntry) -> Noun | None:
        """The noun of the row that an entry tells of, or of the row of which it is a part: of a table that several nouns
        share, the one to which the row belongs."""
        table = whole_of(entry.table_name) or entry.table_name
        number = _id(entry.row_id)
        known = None if number is None else self._nouns.get((table, number))
        if known is not None:
            return known
        nouns, said = nouns_of_table(table), _said(entry)
        fitting = (noun for noun in nouns if self._stands_where_it_says(noun, said, nouns))
        return next(fitting, nouns[0] if nouns else None)

    def row_of(self, entry: AuditEntry) -> Any:
        """The row that an entry tells of, or of which it is a part; None if it is gone, or not the viewer's to see."""
        return self.row(whole_of(entry.table_name) or entry.table_name, entry.row_id)

    def kind(self, entry: AuditEntry) -> Words:
        """What the row that an entry tells of is called."""
        noun = None if whole_of(entry.table_name) else self.noun(entry)
        return kind_words(entry.table_name) if noun is None else noun.one

    def party_of_balance(self, pk: Any) -> tuple[Noun, Any] | None:
        """The noun and the row that have this balance."""
        number = _id(pk)
        return None if number is None else self._of_balance.get(number)

    def title(self, entry: AuditEntry) -> str:
        """What the entry tells of."""
        row = self.row_of(entry)
        if row is not None:
            return self._row_title(whole_of(entry.table_name) or entry.table_name, row)
        said = _said(entry)
        if entry.table_name == BALANCE and "party" in said:
            return str(said["party"])
        for name in TELLING:
            if said.get(name):
                return _telling(name, said[name])
        if entry.row_id is None and "rows" in said:
            return _("%(count)s at once") % {"count": said["rows"]}
        return _("number %(id)s") % {"id": entry.row_id}

    def link(self, entry: AuditEntry) -> str | None:
        """Where the row that the entry tells of is shown, if the viewer may look there."""
        if entry.table_name == BALANCE:
            party = self.party_of_balance(entry.row_id)
            return None if party is None else self._address(*party)
        if entry.table_name == BRAND:
            is_own = _id(entry.row_id) == self._viewer.dealer_id and self._viewer.may("settings.view")
            return reverse("settings") if is_own else None
        noun, row = self.noun(entry), self.row_of(entry)
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
        said = _said(entry)
        if said.get("currency"):
            return str(said["currency"])
        row = self.row(entry.table_name, entry.row_id)
        pack = self.row("billing_pack", said.get("pack_id") or getattr(row, "pack_id", None))
        return str(getattr(row, "currency", "") or getattr(pack, "currency", ""))

    def _want(self, entry: AuditEntry, wanted: dict[str, set[int]]) -> None:
        number = _id(entry.row_id)
        if number is not None:
            wanted[whole_of(entry.table_name) or entry.table_name].add(number)
        for fields in (entry.before or {}, entry.after or {}):
            for column, value in fields.items():
                field = is_reference(entry.table_name, column)
                target = None if field is None else _id(value)
                if field is not None and target is not None:
                    wanted[field.remote_field.model._meta.db_table].add(target)
        if entry.by_dealer_id is not None:
            wanted["dealer"].add(entry.by_dealer_id)

    def _load(self, table: str, ids: set[int]) -> None:
        model, nouns = model_of_table(table), nouns_of_table(table)
        if model is None:
            return
        for noun in nouns:
            for row in noun.rows(self._viewer).select_related(None).filter(pk__in=ids):
                self._rows[table, row.pk], self._nouns[table, row.pk] = row, noun
        if not nouns:
            self._rows |= {(table, row.pk): row for row in model._default_manager.filter(pk__in=ids)}

    def _remember_kind(self, entry: AuditEntry) -> None:
        """Of a row that is gone, its own entry says what it was; what stood in it goes by that."""
        number, kind = _id(entry.row_id), _said(entry).get("kind")
        for noun in nouns_of_table(entry.table_name):
            if number is not None and kind in noun.kinds:
                self._nouns.setdefault((entry.table_name, number), noun)

    def _stands_where_it_says(self, noun: Noun, said: Mapping[str, Any], nouns: Iterable[Noun]) -> bool:
        """Whether an entry's own words make its row one of this noun and not of the others."""
        if noun.parent is None:
            return not any(each.parent is not None and said.get(f"{each.parent.field}_id") for each in nouns)
        above, number = noun_named(noun.parent.noun), _id(said.get(f"{noun.parent.field}_id"))
        return number is not None and self._nouns.get((above.table, number)) is above

    def _load_parties(self, balances: set[int]) -> None:
        for noun in load_nouns().values() if balances else ():
            if has_balance(noun.model):
                for row in noun.rows(self._viewer).select_related(None).filter(balance_id__in=balances):
                    self._of_balance[row.balance_id] = noun, row

    def _row_title(self, table: str, row: Any) -> str:
        if table == BALANCE:
            party = self._of_balance.get(row.pk)
            return str(row.party) if party is None else party[0].title(party[1])
        noun = self._nouns.get((table, row.pk))
        if noun is not None:
            return noun.title(row)
        return next((_telling(name, value) for name in TELLING if (value := getattr(row, name, None))), str(row))

    def _address(self, noun: Noun, row: Any) -> str | None:
        if not self._viewer.may(f"{noun.right}.view") or (noun.is_for_owner and not self._viewer.is_owner):
            return None
        try:
            if noun.parent is None:
                return reverse(f"{noun.name}-one", args=[row.pk])
            return reverse(f"{noun.name}-in", args=[getattr(row, f"{noun.parent.field}_id")])
        except NoReverseMatch:
            return None


def _telling(name: str, value: Any) -> str:
    """What a telling column says: a right in words."""
    return right_in_words(str(value)) if name == RIGHT else str(value)


def _said(entry: AuditEntry) -> dict[str, Any]:
    return {**(entry.before or {}), **(entry.after or {})}


def has_balance(model: type[Model]) -> bool:
    """Whether each row of a model comes with a balance."""
    return any(field.name == "balance" for field in model._meta.concrete_fields)


def _id(value: Any) -> int | None:
    """A row's number; None for what is none (a summary of many rows has none)."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and int(text) <= BIGGEST_ID else None
