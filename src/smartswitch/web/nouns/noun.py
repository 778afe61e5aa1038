"""A noun: a kind of thing in a dealer's house, told once. Its pages, its exports and its part of the API follow from it.

A noun's rows are what row-level security lets the viewer's session see; a row that is not among them is not found. Its
rights are `<right>.view`, `.add`, `.change` and `.delete`. Writes go through its services and through nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from django.db.models import Model, QuerySet
from django.forms import Field
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise

from smartswitch.web.login.viewer import Viewer

Words = str | Promise


class Kind(Enum):
    """How a value is shown, sorted to one side, and exported."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    AMOUNT = "amount"
    PRICE = "price"
    MOMENT = "moment"
    YES_NO = "yes_no"
    STATE = "state"
    SECONDS = "seconds"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table. `value` takes a row; of an AMOUNT or PRICE `currency` does, too. A STATE is a pair of a colour
    of the palette and a word. Without `order` (as for QuerySet.order_by, rising) one cannot sort by it. `edit` is the
    address of a form that takes the place of the row in the table, for those who may change it."""

    name: str
    label: Words
    value: Callable[[Any], object]
    kind: Kind = Kind.TEXT
    order: tuple[str, ...] = ()
    currency: Callable[[Any], str] | None = None
    link: Callable[[Any], str | None] | None = None
    edit: Callable[[Any], str] | None = None
    is_shown: bool = True
    link_right: str = ""
    """The right that the page behind the link asks for; who lacks it sees no link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field above a table that narrows its rows. `field` makes the form field that reads the value; without `narrow` the
    noun's own `narrow` goes by the value."""

    name: str
    label: Words
    field: Callable[[Viewer], Field]
    narrow: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None


class Services(Protocol):
    """The writes of a noun: each checks the right, locks, changes, and raises Refused or MissingRightError."""

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """Make a row."""
        ...

    def change(self, row: Any, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """Change the named fields of a row."""
        ...

    def delete(self, row: Any, *, by: Viewer) -> None:
        """Delete a row."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A further page of one row: `template` is shown with what `context` gives. Seen with `right` (of the registry).

    What is posted to it goes to `write`: it answers with where to go, or with what the template is to be shown with besides
    (what was typed, and why it was refused). Without one nothing can be posted.
    """

    name: str
    label: Words
    template: str
    context: Callable[[Viewer, Any], dict[str, Any]]
    write: Callable[[HttpRequest, Any], HttpResponse | dict[str, Any]] | None = None
    right: str | None = None
    suits: Callable[[Viewer, Any], bool] = lambda _viewer, _row: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The noun in which the rows of another stand: a price in a pack, a route in a route class."""

    noun: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button on a row's page that leads to an address of its own; shown with its right. With `is_post` it does something
    at once, else it leads to a page."""

    label: Words
    address: Callable[[Any], str]
    icon: str
    right: str
    suits: Callable[[Viewer, Any], bool] = lambda _viewer, _row: True
    is_dangerous: bool = False
    is_post: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One of several kinds of a noun, each with a form of its own: a page asks first which it shall be. The forms have the
    field `kind`, whose value is the variant's name; the noun's `add_form` has the fields of all of them, for the API."""

    name: str
    label: Words
    explanation: Words
    icon: str
    form: type[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A kind of thing. `name` is in addresses, in the API and in the names of URLs; `right` is the noun of the registry.

    `rows` gives what a viewer may look through (further narrowed by row-level security). `add_form` and `change_form` are
    subclasses of NounForm. `search` are the fields in which the words of the search above the table are looked for.
    """

    name: str
    right: str
    one: Words
    many: Words
    icon: str
    model: type[Model]
    columns: tuple[Column, ...]
    services: Services
    add_form: type[Any] | None = None
    change_form: type[Any] | None = None
    rows: Callable[[Viewer], QuerySet[Any]]
    title: Callable[[Any], str] = str
    filters: tuple[Filter, ...] = ()
    search: tuple[str, ...] = ()
    search_line: str = ""
    """The column that has the fields of `search` in one, where there is one (config/columns.py: `searched`)."""
    search_hint: Words = ""
    find: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    """How to look for what was typed, where it is not looked for in the fields of `search`."""
    narrow: Callable[[QuerySet[Any], Mapping[str, Any]], QuerySet[Any]] | None = None
    """What of the rows a table shows, by all its filters together; also while none of them is chosen."""
    order: tuple[str, ...] = ("pk",)
    parent: Parent | None = None
    tabs: tuple[Tab, ...] = ()
    actions: tuple[Action, ...] = ()
    facts: tuple[Column, ...] = ()
    """What the page of a row tells on its first tab, besides its columns."""
    one_template: str = "nouns/one.html"
    has_page: bool = True
    """Whether a row has a page of its own; rows of the ledger have none."""
    list_template: str = "nouns/list.html"
    prefilled: Callable[[Viewer, QueryDict], dict[str, Any]] = field(default=lambda _viewer, _query: {})
    """What the form for a new row starts with, by what the address says: a copy of another row, for one."""
    explanation: Words = ""
    """What such a thing is for, in a sentence or two, under the heading of its table."""
    empty_advice: Words = ""
    dealer_field: str = ""
    """The field that says whose a row is, of nouns of which nothing is shared. Row-level security hides the rest in any
    case; for a query that names the dealers of the house besides, an index can be chosen."""
    is_for_owner: bool = False
    """Whether there is such a thing for the owner only; for anybody else its addresses are not found."""
    variants: tuple[Variant, ...] = ()
    is_ordered: bool = False
    """Whether its rows have a place in a list (`position`): then they have buttons, and its services `move`."""
    more: Callable[[Viewer, Any], dict[str, Any]] = lambda _viewer, _row: {}
    """What `one_template` needs besides."""
    once: Callable[[Any], dict[str, str]] = lambda _row: {}
    """What is told of a row in the answer to the write that made it, and never again: a password, a secret. Pages show it
    with `once_template`, the API under `once`."""
    once_template: str = ""
    may_change: Callable[[Viewer, Any], bool] = field(default=lambda _viewer, _row: True)
    """Whether this row is the viewer's to change, rights aside: what is only shared with him is not."""
    may_delete: Callable[[Viewer, Any], bool] = field(default=lambda _viewer, _row: True)
    """Whether the page of a row offers its deletion, rights aside: nobody deletes his own dealer."""
    may_add: Callable[[Viewer], bool] = field(default=lambda _viewer: True)
    """Whether the viewer is one of those who make such a thing, rights aside."""
    deletion: Words = ""
    """What happens when a row is deleted, for the question before."""
    api_writes: frozenset[str] = frozenset({"add", "change", "delete"})
    """What of its writes programs may do; what is left out is for people in person."""
    is_audited: bool = True
    """Whether changes of its rows are in the audit; what only machines write is not."""
    kinds: frozenset[str] = frozenset()
    """Which rows of its table are its own, by their column `kind`; empty is all of them."""
    complete: Callable[[Iterable[Any]], None] = lambda _rows: None
    """Gives rows that are to be shown what their table does not hold, for all of them at once."""

    @property
    def table(self) -> str:
        """The table of its rows, as the audit names it."""
        return self.model._meta.db_table

    @property
    def is_searched(self) -> bool:
        """Whether its table has a field to search."""
        return bool(self.search) or self.find is not None

    def completed(self, rows: Iterable[Any]) -> list[Any]:
        """The rows, with all that their columns show."""
        listed = list(rows)
        if listed:
            self.complete(listed)
        return listed

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)
