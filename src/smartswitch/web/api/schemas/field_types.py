"""Types of JSON for form fields, so that the document says exactly what a field takes, and a wrong value never gets further.

Money is a decimal string, a moment ISO 8601, a reference the key of the thing it names. A field's help text is its
description; its choices are an enumeration. What a type cannot say is still the form's to refuse.
"""

from typing import Annotated, Any, Literal

from django import forms
from django.forms.widgets import PasswordInput
from django.utils.choices import CallableChoiceIterator
from pydantic import Field

from smartswitch.core.money import MAX_AMOUNT
from smartswitch.web.config.columns import KEY_PATTERN
from smartswitch.web.nouns.fields import CurrencyField, NameKeyField, ReferenceField, ScaledField

ISO_MOMENT, ISO_DATE = "date-time", "date"


def input_type(field: forms.Field) -> Any:
    """What may be sent for a field."""
    base = _base_type(field)
    needed = field.required and not isinstance(field, forms.BooleanField)
    return base if needed or isinstance(field, forms.BooleanField | forms.MultipleChoiceField) else base | None


def output_type(field: forms.Field) -> Any:
    """What is read of a field: as it is sent, without its bounds (what is stored may be older than they are)."""
    if isinstance(field, forms.BooleanField):
        return bool | None
    if isinstance(field, forms.MultipleChoiceField):
        return list[str] | None
    if isinstance(field, forms.IntegerField) and type(field) is not forms.FloatField:
        return int | None
    if isinstance(field, forms.DateTimeField):
        return Annotated[str, Field(json_schema_extra={"format": ISO_MOMENT})] | None
    return str | None


def described(field: forms.Field, **more: Any) -> Any:
    """Words and bounds of a field."""
    words = {"title": str(field.label)} if field.label else {}
    help_text = str(field.help_text)
    if isinstance(field, ReferenceField):
        named = f"The {field.by} of one of {field.noun}."
        help_text = f"{help_text} {named}".strip()
    if help_text:
        words["description"] = help_text
    return Field(**words, **more)


def is_secret(field: forms.Field) -> bool:
    """Whether a field is only written, never read."""
    return isinstance(field.widget, PasswordInput)


def enumeration(field: forms.Field) -> tuple[str, ...]:
    """The values of a field's choices; none if they are known only when somebody asks."""
    choices = getattr(field, "choices", ())
    if isinstance(choices, CallableChoiceIterator):
        return ()
    values: list[str] = []
    for value, label in choices:
        values += [str(inner) for inner, _ in label] if isinstance(label, list | tuple) else [str(value)]
    return tuple(dict.fromkeys(value for value in values if value))


def _base_type(field: forms.Field) -> Any:
    if isinstance(field, forms.BooleanField):
        return bool
    if isinstance(field, ScaledField):
        return Annotated[str, Field(pattern=_decimal_pattern(field), examples=["12.5"])]
    if isinstance(field, forms.MultipleChoiceField):
        values = enumeration(field)
        return list[Literal[values]] if values else list[str]
    if isinstance(field, forms.ChoiceField):
        values = enumeration(field)
        return Literal[values] if values else str
    if isinstance(field, forms.IntegerField):
        return Annotated[int, Field(ge=field.min_value, le=field.max_value)]
    if isinstance(field, forms.DateTimeField):
        return Annotated[str, Field(json_schema_extra={"format": ISO_MOMENT})]
    if isinstance(field, forms.DateField):
        return Annotated[str, Field(json_schema_extra={"format": ISO_DATE})]
    if isinstance(field, NameKeyField):
        return Annotated[str, Field(pattern=KEY_PATTERN)]
    if isinstance(field, CurrencyField):
        return Annotated[str, Field(pattern="^[A-Za-z]{3}$", examples=["USD"])]
    return Annotated[str, Field(**_lengths(field))]


def _lengths(field: forms.Field) -> dict[str, int]:
    found = {"max_length": getattr(field, "max_length", None), "min_length": getattr(field, "min_length", None)}
    if field.required and not found["min_length"]:
        found["min_length"] = 1
    return {name: value for name, value in found.items() if value}


def _decimal_pattern(field: ScaledField) -> str:
    whole = len(str(MAX_AMOUNT // 10**field.decimals)) - 1
    sign = "-?" if field.is_signed else ""
    return rf"^{sign}[0-9]{{1,{whole}}}(\.[0-9]{{1,{field.decimals}}})?$"
