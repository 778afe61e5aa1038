"""Kinds of columns that several tables share, so that a currency, a key or a moment is the same thing everywhere.

The names of fields are the names of columns, and every default lives in the database (`db_default`): other processes
write these tables without Django.
"""

import ipaddress
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Concat, Left, Lower, Now
from django.forms import TextInput

KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
LONGEST_SEARCHED = 500
"""Characters, so that the line fits into an entry of an index, which takes 2,704 bytes."""


class LineField(models.TextField):
    """Text of one line."""

    def formfield(self, **arguments: Any) -> Any:
        return super().formfield(**{"widget": TextInput, **arguments})


def searched(*names: str) -> models.GeneratedField:
    """What one finds a row by: its named lines, one after another, in small letters; the first LONGEST_SEARCHED of them.

    PostgreSQL keeps it, so that a search through a hundred thousand rows compares one short text of each. Its order is that
    of bytes, which is the quickest to compare.
    """
    text = models.TextField()
    lines = [part for name in names for part in (Value(" "), Coalesce(name, Value(""), output_field=text))][1:]
    return models.GeneratedField(
        expression=Lower(Left(Concat(*lines, output_field=text), LONGEST_SEARCHED)),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )


class CurrencyField(models.CharField):
    """An ISO 4217 code: char(3)."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**{"max_length": 3, **arguments})

    def db_type(self, connection: Any) -> str:
        return "char(3)"


class NetworkField(models.Field):
    """An IPv4 or IPv6 network in CIDR notation: cidr."""

    description = "A network in CIDR notation"

    def db_type(self, connection: Any) -> str:
        return "cidr"

    def to_python(self, value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
        if value is None or isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
            return value
        try:
            return ipaddress.ip_network(str(value).strip())
        except ValueError as error:
            raise ValidationError(f"{value} is not a network: {error}") from error

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(self.to_python(value))


class _OpenMomentField(models.DateTimeField):
    """A moment that may lie infinitely far away, which Python reads and writes as None; the column is never null."""

    infinity = ""
    db_returning = False
    """Django would read what an INSERT returns as it stands, and no moment of Python's is infinite; SELECT reads it well."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**{"blank": True, "db_default": self.infinity, **arguments})

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return f"nullif({sql}, '{self.infinity}')", params

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        if value is None or value == self.infinity:
            return self.infinity
        return super().get_db_prep_value(value, connection, prepared)

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or value == self.infinity else super().get_prep_value(value)

    def to_python(self, value: Any) -> Any:
        return None if value == self.infinity else super().to_python(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return None if value is None else super().clean(value, model_instance)


class ValidFromField(_OpenMomentField):
    """The moment from which a row holds; None is -infinity: it always did."""

    infinity = "-infinity"


class ValidToField(_OpenMomentField):
    """The moment up to which a row holds, itself excluded; None is infinity: it has no end."""

    infinity = "infinity"


def created_at() -> models.DateTimeField:
    """When the row was made."""
    return models.DateTimeField(db_default=Now(), editable=False)


def reference(to: str, **arguments: Any) -> models.ForeignKey:
    """A foreign key without an index of its own and without a way back; add either where it is used."""
    return models.ForeignKey(to, **{"on_delete": models.PROTECT, "db_index": False, "related_name": "+", **arguments})


def loose_reference(to: str, **arguments: Any) -> models.ForeignKey:
    """A reference that the database does not check; for the hot tables, where check-ledger proves it instead."""
    return reference(to, **{"db_constraint": False, "on_delete": models.DO_NOTHING, **arguments})


def key_rules(table: str) -> list[models.BaseConstraint]:
    """The key by which people name the row: well-formed, and unique in its table."""
    return [
        models.CheckConstraint(condition=Q(key__regex=KEY_PATTERN), name=f"{table}_key_is_well_formed"),
        models.UniqueConstraint(fields=["key"], name=f"{table}_key"),
    ]


def one_of(table: str, field: str, values: Iterable[str]) -> models.CheckConstraint:
    """The field holds one of these words."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": list(values)}), name=f"{table}_{field}_is_known")


def one_of_optional(table: str, field: str, values: Iterable[str]) -> models.CheckConstraint:
    """The field is null or holds one of these words."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__in": list(values)}),
        name=f"{table}_{field}_is_known",
    )


def is_currency(table: str, field: str = "currency") -> models.CheckConstraint:
    """The field holds three capital letters."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__regex": CURRENCY_PATTERN}), name=f"{table}_{field}_is_a_currency"
    )


def check(table: str, rule: str, condition: Q) -> models.CheckConstraint:
    """A rule of the table, named by what it says."""
    return models.CheckConstraint(condition=condition, name=f"{table}_{rule}")
