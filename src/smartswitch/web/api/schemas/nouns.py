"""The models of a noun's operations, made from its forms, columns and filters: what is sent, what is read, what is asked."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, create_model

from smartswitch.core.rights import ALL_RIGHTS
from smartswitch.web.api.schemas.field_types import (
    ISO_MOMENT,
    described,
    enumeration,
    input_type,
    is_secret,
    output_type,
)
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Kind, Noun
from smartswitch.web.nouns.table import FALLING, LONGEST_SEARCH, MOST_PAGES, PAGE_ROWS

MOST_ROWS = 200
SENT = ConfigDict(extra="forbid", strict=True)
ONCE = "once"
FIRST_ID, LAST_ID = 1, 2**63 - 1

NOBODY = Viewer(
    login_id=0, username="", person="", own_dealer_id=0, dealer_id=0, dealer_key="", dealer_name="", parent_name=None,
    path=(0,), tenant_id=0, balance_id=0, currency="USD", zone=ZoneInfo("UTC"), is_virtual_pbx=False, is_blocked=False,
    company_id=None, peer_id=None, party_name=None, role_name=None, role_rights=None, dealer_rights=ALL_RIGHTS,
    rights=ALL_RIGHTS, origin="api",
)  # fmt: skip
"""For whom the fields of filters are made when nobody asks yet; they may not look into the database for it."""


class Money(BaseModel):
    """An amount and its currency."""

    amount: str = Field(description="A decimal number.", examples=["12.500000"])
    currency: str = Field(description="ISO 4217.", examples=["USD"])


@dataclass(frozen=True, slots=True, kw_only=True)
class NounModels:
    """The models of one noun; None for what programs may not do."""

    row: type[BaseModel]
    page: type[BaseModel]
    asked: type[BaseModel]
    added: type[BaseModel] | None
    new: type[BaseModel]
    changed: type[BaseModel] | None


@cache
def models_of(noun: Noun) -> NounModels:
    """The models of a noun, made once: the document knows each by its name."""
    name = "".join(word.capitalize() for word in noun.name.replace("-", "_").split("_"))
    row = create_model(name, __doc__=f"One of {noun.many}.", **_row_fields(noun))
    page = create_model(
        f"{name}Page",
        __doc__=f"Some of {noun.many}.",
        items=(list[row], Field()),
        page=(int, Field(description="The number of this page; the first is 1.")),
        size=(int, Field(description="How many rows a page has.")),
        total=(int | None, Field(description="How many there are in all; null if there are more than are counted.")),
        has_next=(bool, Field(description="Whether there is another page.")),
    )
    once = (dict[str, str] | None, Field(None, description="What is shown this one time, by its name."))
    may_add = noun.add_form is not None and "add" in noun.api_writes
    may_change = noun.change_form is not None and "change" in noun.api_writes
    return NounModels(
        row=row,
        page=page,
        asked=create_model(f"{name}Asked", **_asked_fields(noun)),
        added=create_model(f"{name}New", __config__=SENT, **_added_fields(noun)) if may_add else None,
        new=create_model(f"{name}Made", __base__=row, **{ONCE: once}),
        changed=create_model(f"{name}Change", __config__=SENT, **_changed_fields(noun)) if may_change else None,
    )


def model_of_form(name: str, form: type[Any], words: str) -> type[BaseModel]:
    """What is sent to an operation that a form reads, besides those of its noun."""
    return create_model(name, __config__=SENT, __doc__=words, **_fields_of_form(form))


def form_fields(noun: Noun) -> dict[str, Any]:
    """The fields of a noun's forms by name."""
    forms = [form for form in (noun.add_form, noun.change_form) if form is not None]
    return {name: field for form in forms for name, field in form.base_fields.items()}


def parent_id(noun: Noun) -> str | None:
    """The name by which the row in which others stand is given."""
    return None if noun.parent is None else f"{noun.parent.field}_id"


def orders_of(noun: Noun) -> tuple[str, ...]:
    """By what one can sort."""
    names = [column.name for column in noun.columns if column.order]
    return (*names, *(FALLING + name for name in names))


def _row_fields(noun: Noun) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if noun.has_page:
        fields["id"] = (int, Field(description="By which it is addressed."))
    parent = parent_id(noun)
    if parent is not None:
        fields[parent] = (
            int | None,
            Field(None, description=f"The id of that of {noun.parent.noun} in which it stands."),
        )
    for column in (*noun.columns, *noun.facts):
        fields.setdefault(
            column.name, (_column_type(column) | None, Field(None, description=f"{column.label}. Only read."))
        )
    for name, field in form_fields(noun).items():
        if not is_secret(field):
            fields[name] = (output_type(field), described(field, default=None))
    return fields


def _column_type(column: Column) -> Any:
    match column.kind:
        case Kind.NUMBER | Kind.SECONDS:
            return int
        case Kind.YES_NO:
            return bool
        case Kind.MOMENT:
            return Annotated[str, Field(json_schema_extra={"format": ISO_MOMENT})]
        case Kind.AMOUNT | Kind.PRICE if column.currency is not None:
            return Money
        case _:
            return str


def _added_fields(noun: Noun) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    parent = parent_id(noun)
    if parent is not None:
        words = f"The id of that of {noun.parent.noun} in which it will stand."
        fields[parent] = (int, Field(ge=FIRST_ID, le=LAST_ID, description=words))
    return fields | _fields_of_form(noun.add_form)


def _fields_of_form(form: type[Any]) -> dict[str, Any]:
    """The fields of a form that begins with nothing: what it needs is needed here."""
    fields: dict[str, Any] = {}
    for name, field in form.base_fields.items():
        is_needed = field.required and field.initial is None and input_type(field) is not bool
        fields[name] = (input_type(field), described(field) if is_needed else described(field, default=None))
    return fields


def _changed_fields(noun: Noun) -> dict[str, Any]:
    return {
        name: (input_type(field), described(field, default=None))
        for name, field in noun.change_form.base_fields.items()
    }


def _asked_fields(noun: Noun) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    parent = parent_id(noun)
    if parent is not None:
        words = f"Only those that stand in this one of {noun.parent.noun}."
        fields[parent] = (int | None, Field(None, ge=FIRST_ID, le=LAST_ID, description=words))
    for each in noun.filters:
        field = each.field(NOBODY)
        values = enumeration(field)
        kind = Literal[values] if values else Annotated[str, Field(max_length=LONGEST_SEARCH * 4)]
        fields[each.name] = (kind | None, Field(None, description=str(each.label)))
    if noun.is_searched:
        words = f"Words to look for ({', '.join(noun.search) or 'as above the table of the page'})."
        fields["search"] = (str | None, Field(None, max_length=LONGEST_SEARCH, description=words))
    orders = orders_of(noun)
    if orders:
        words = "By what to sort; with a minus the other way round."
        fields["order"] = (Literal[orders] | None, Field(None, description=words))
    fields["page"] = (int, Field(1, ge=1, le=MOST_PAGES, description="Which page; the first is 1."))
    fields["size"] = (int, Field(PAGE_ROWS, ge=1, le=MOST_ROWS, description="How many rows a page has."))
    return fields
