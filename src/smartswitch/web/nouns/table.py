"""A table of a noun's rows as one address asks for it: narrowed, sorted, one page of it, with the chosen columns.

Rule: nothing of the address reaches SQL but values. An order names a column of ours, a filter one of our fields; anything
else is as if it were not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.http import HttpRequest, QueryDict

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Column, Filter, Noun

PAGE_ROWS = 30
MOST_PAGES = 2_000
MOST_COUNTED = 1_000
"""Rows are counted up to here; beyond, "more than" is said: nobody looks at page 20, and counting takes time."""
LONGEST_SEARCH = 64
MOST_WORDS = 4
FALLING = "-"
SESSION_KEY = "columns.{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOrder:
    """What an address asks of a table; all of it checked."""

    search: str
    order: str
    page: int
    columns: tuple[Column, ...]
    filters: Mapping[str, Any]
    """The values of the filters that narrow, by name."""

    @property
    def is_narrowed(self) -> bool:
        """Whether there may be rows that it leaves out."""
        return bool(self.search or self.filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """One page of a table. Pages count from 1; `total` is None beyond MOST_COUNTED."""

    noun: Noun
    asked: TableOrder
    filter_form: forms.Form
    rows: tuple[Any, ...]
    total: int | None
    has_next: bool

    @property
    def most_counted(self) -> int:
        """How many there are at least where nobody counted all of them."""
        return MOST_COUNTED

    @property
    def first(self) -> int:
        """The place of its first row among all."""
        return (self.asked.page - 1) * PAGE_ROWS + 1

    @property
    def last(self) -> int:
        """The place of its last row."""
        return self.first + len(self.rows) - 1


class FilterForm(forms.Form):
    """The fields above a table, made of the noun's filters."""

    def __init__(self, data: Any, *, filters: tuple[Filter, ...], viewer: Viewer) -> None:
        super().__init__(data)
        for each in filters:
            field = each.field(viewer)
            field.label = each.label
            field.required = False
            if isinstance(field, ReferenceField):
                field.viewer = viewer
                field.widget.attrs["list"] = f"options-{each.name}"
                field.widget.attrs["autocomplete"] = "off"
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select form-select-sm" if is_choice else "form-control form-control-sm"
            self.fields[each.name] = field


def ask(request: HttpRequest, noun: Noun, viewer: Viewer) -> tuple[TableOrder, forms.Form]:
    """Read what the address asks for. The choice of columns is kept in the session."""
    form = FilterForm(request.GET, filters=noun.filters, viewer=viewer)
    form.is_valid()
    filters = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    wanted = request.GET.get("order", "")
    column = noun.column(wanted.removeprefix(FALLING))
    page = request.GET.get("page", "")
    return (
        TableOrder(
            search=request.GET.get("search", "").replace("\0", "").strip()[:LONGEST_SEARCH],
            order=wanted if column is not None and column.order else "",
            page=min(int(page), MOST_PAGES)
            if page.isascii() and page.isdigit() and len(page) <= len("10000") and int(page)
            else 1,
            columns=chosen_columns(request, noun),
            filters=filters,
        ),
        form,
    )


def chosen_columns(request: HttpRequest, noun: Noun) -> tuple[Column, ...]:
    """The columns that the viewer wants to see: those of the address, or as he chose before."""
    kept = SESSION_KEY.format(noun.name)
    names = request.GET.getlist("column")
    if names:
        known = [column.name for column in noun.columns if column.name in names]
        if known and request.session.get(kept) != known:
            request.session[kept] = known
    chosen = request.session.get(kept)
    if not chosen:
        return tuple(column for column in noun.columns if column.is_shown)
    return tuple(column for column in noun.columns if column.name in chosen)


def narrowed(noun: Noun, viewer: Viewer, asked: TableOrder, *, parent: Any = None) -> QuerySet[Any]:
    """All rows that the address asks for, in their order."""
    rows = noun.rows(viewer)
    if noun.dealer_field and not viewer.is_owner:
        rows = rows.filter(**{f"{noun.dealer_field}__in": house_of(viewer)})
    if parent is not None and noun.parent is not None:
        rows = rows.filter(**{noun.parent.field: parent})
    for each in noun.filters:
        if each.name in asked.filters and each.narrow is not None:
            rows = each.narrow(rows, asked.filters[each.name])
    if noun.narrow is not None:
        rows = noun.narrow(rows, asked.filters)
    if noun.find is not None and asked.search:
        rows = noun.find(rows, asked.search)
    for word in asked.search.split()[:MOST_WORDS] if noun.search else ():
        rows = rows.filter(_has_word(noun, word))
    return rows.order_by(*_order(noun, asked))


def _has_word(noun: Noun, word: str) -> Q:
    """Whether a row has the word in one of its searched fields, however its letters are written.

    The planner takes LIKE for something that few rows are like, and sorts all it finds, be it half the table. Of a place in
    a line it expects nothing, and walks along the order of the table until the page is full.
    """
    if noun.search_line:
        return Q(GreaterThan(StrIndex(F(noun.search_line), Value(word.lower())), 0))
    return reduce(or_, (Q(**{f"{field}__icontains": word}) for field in noun.search))


def house_of(viewer: Viewer) -> list[int]:
    """The ids of the viewer's dealer and of those below."""
    return list(Dealer.objects.filter(path__contains=[viewer.dealer_id]).values_list("pk", flat=True))


def _order(noun: Noun, asked: TableOrder) -> tuple[str, ...]:
    column = noun.column(asked.order.removeprefix(FALLING))
    if column is None or not column.order:
        return noun.order
    if asked.order.startswith(FALLING):
        turned = tuple(
            name.removeprefix(FALLING) if name.startswith(FALLING) else FALLING + name for name in column.order
        )
        return (*turned, "pk")
    return (*column.order, "pk")


def read_page(request: HttpRequest, noun: Noun, viewer: Viewer, *, parent: Any = None) -> TablePage:
    """The page of the table that the address asks for."""
    asked, form = ask(request, noun, viewer)
    rows = narrowed(noun, viewer, asked, parent=parent)
    skipped = (asked.page - 1) * PAGE_ROWS
    # Which rows they are is asked first, then what they hold, so that nothing is sorted and joined that no page shows. A
    # search looks through everything in any case, so it finds all that are counted at once.
    most = max(MOST_COUNTED + 1 - skipped, PAGE_ROWS + 1) if asked.search and noun.is_searched else PAGE_ROWS + 1
    keys = list(rows.values_list("pk", flat=True)[skipped : skipped + most])
    is_known = len(keys) < most and (bool(keys) or asked.page == 1)
    shown = keys[:PAGE_ROWS]
    return TablePage(
        noun=noun,
        asked=asked,
        filter_form=form,
        rows=tuple(rows.filter(pk__in=shown)) if shown else (),
        total=count_rows(rows, skipped + len(keys), is_known=is_known),
        has_next=len(keys) > PAGE_ROWS,
    )


def count_rows(rows: QuerySet[Any], seen: int, *, is_known: bool) -> int | None:
    """How many rows there are; None if more than are counted. What the page has shown already is not counted again."""
    if is_known:
        return seen
    if seen > MOST_COUNTED:
        return None
    count = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return count if count <= MOST_COUNTED else None


def query_without(query: QueryDict, *names: str) -> str:
    """The address's query without some of its fields."""
    rest = query.copy()
    for name in names:
        rest.pop(name, None)
    return rest.urlencode()
