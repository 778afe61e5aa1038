"""Rows of nouns as JSON, exactly: money as decimal strings, moments ISO 8601 in UTC, references by key, words in English."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import translation

from smartswitch.core.money import AMOUNT_DECIMALS, PRICE_DECIMALS, format_scaled
from smartswitch.web.api.schemas.field_types import is_secret
from smartswitch.web.api.schemas.nouns import form_fields, parent_id
from smartswitch.web.nouns.noun import Column, Kind, Noun


def told_row(noun: Noun, row: Any) -> dict[str, Any]:
    """One row, with what its table does not hold."""
    noun.complete((row,))
    return row_values(noun, row)


def row_values(noun: Noun, row: Any) -> dict[str, Any]:
    """A row by the names of its model (schemas/nouns.py); a field of which the row knows nothing is left out."""
    values: dict[str, Any] = {"id": row.pk} if noun.has_page else {}
    parent = parent_id(noun)
    if parent is not None:
        values[parent] = getattr(row, parent)
    with translation.override("en"):
        for column in (*noun.columns, *noun.facts):
            values[column.name] = column_value(column, row)
    fields = form_fields(noun)
    known = {
        name: value
        for form in (noun.add_form, noun.change_form)
        if form is not None
        for name, value in form.initial_of(row).items()
    }
    for name, field in fields.items():
        if name in known and not is_secret(field):
            values[name] = field_value(field, known[name])
    return values


def field_value(field: forms.Field, value: Any) -> Any:
    """What a form would show of a value, for JSON."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(field, forms.MultipleChoiceField):
        return [str(each) for each in value]
    if isinstance(field, forms.IntegerField) and isinstance(value, int):
        return value
    shown = field.prepare_value(value)
    return shown if shown is None else str(shown)


def column_value(column: Column, row: Any) -> Any:
    """The value of a column, for JSON."""
    value = column.value(row)
    if value is None or value == "":
        return None if column.kind is not Kind.TEXT else value
    match column.kind:
        case Kind.STATE:
            return str(value[1])
        case Kind.AMOUNT | Kind.PRICE:
            return _money(column, row, value)
        case Kind.MOMENT:
            return moment_text(value) if isinstance(value, datetime) else None
        case Kind.NUMBER | Kind.SECONDS:
            return int(value)
        case Kind.YES_NO:
            return bool(value)
        case _:
            return str(value)


def _money(column: Column, row: Any, value: Any) -> Any:
    if not isinstance(value, int):
        return None
    text = format_scaled(value, decimals=AMOUNT_DECIMALS if column.kind is Kind.AMOUNT else PRICE_DECIMALS)
    return text if column.currency is None else {"amount": text, "currency": column.currency(row)}


def moment_text(moment: datetime) -> str:
    """ISO 8601, in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
