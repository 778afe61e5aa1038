"""What the audit's tables, columns and values are called. Where there is a noun, its forms say it; else a list of ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, Field, ForeignKey, Model, OneToOneField
from django.forms import ChoiceField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.money import format_scaled
from smartswitch.web.nouns.noun import Noun, Words
from smartswitch.web.nouns.registry import load_nouns, nouns_of_table
from smartswitch.web.rights.words import right_in_words
from smartswitch.web.ui.money_format import money_text, price_text

SECRET = "(secret)"  # noqa: S105 - stands in the place of one
"""What triggers write in the place of a secret (sql/audit_triggers.sql)."""
BALANCE = "balance"
AMOUNTS = frozenset({"credit_limit", "amount", "held"})
PRICES = frozenset({"price_per_minute", "first_price_per_minute", "connect_fee"})
SHARES = frozenset({"tax_ppm"})
RATES = frozenset({"rate"})
RATE_DECIMALS, SHARE_DECIMALS = 9, 4
LONGEST_VALUE = 300
NOTHING = "\N{EN DASH}"

TABLES: Mapping[str, Words] = {
    "balance": gettext_lazy("balance"),
    "billing_pack": gettext_lazy("billing pack"),
    "brand": gettext_lazy("brand"),
    "company": gettext_lazy("company"),
    "dealer": gettext_lazy("dealer"),
    "did": gettext_lazy("phone number"),
    "exchange_rate": gettext_lazy("exchange rate"),
    "holiday": gettext_lazy("holiday"),
    "hunting_class": gettext_lazy("hunting class"),
    "login": gettext_lazy("login"),
    "mfa_authenticator": gettext_lazy("second factor"),
    "number_translation": gettext_lazy("number translation"),
    "peer": gettext_lazy("peer"),
    "peer_address": gettext_lazy("address rule"),
    "price": gettext_lazy("price"),
    "right_grant": gettext_lazy("granted right"),
    "role": gettext_lazy("role"),
    "role_right": gettext_lazy("right of a role"),
    "route": gettext_lazy("route"),
    "route_class": gettext_lazy("route class"),
    "shared": gettext_lazy("share"),
    "terminator": gettext_lazy("terminator"),
    "time_band": gettext_lazy("time band"),
}
ACTIONS: Mapping[str, Words] = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
    "act_for": gettext_lazy("began to act for"),
    "act_for_end": gettext_lazy("stopped acting for"),
}
ORIGINS: Mapping[str, Words] = {
    "web": gettext_lazy("through the web"),
    "api": gettext_lazy("through the API"),
    "command line": gettext_lazy("on the command line"),
    "worker": gettext_lazy("by itself (the worker)"),
    "database": gettext_lazy("directly in the database"),
}
COLUMNS: Mapping[str, Words] = {
    "auth_password_encrypted": gettext_lazy("Password"),
    "auth_realm": gettext_lazy("Realm"),
    "auth_username": gettext_lazy("User name"),
    "created_at": gettext_lazy("Created"),
    "currency": gettext_lazy("Currency"),
    "dealer_id": gettext_lazy("Dealer"),
    "digest_realm": gettext_lazy("Realm"),
    "ha1_md5": gettext_lazy("Password (MD5)"),
    "ha1_sha256": gettext_lazy("Password (SHA-256)"),
    "host": gettext_lazy("Host"),
    "is_active": gettext_lazy("Active"),
    "name": gettext_lazy("Name"),
    "noun": gettext_lazy("Kind of thing"),
    "object_id": gettext_lazy("Number"),
    "pack_id": gettext_lazy("Billing pack"),
    "parent_id": gettext_lazy("Dealer above"),
    "party": gettext_lazy("Party"),
    "password": gettext_lazy("Password"),
    "pdd_timeout_s": gettext_lazy("Wait for ringing, seconds"),
    "peer_id": gettext_lazy("Peer"),
    "port": gettext_lazy("Port"),
    "priority": gettext_lazy("Priority"),
    "requires_second_factor": gettext_lazy("Second factor required"),
    "right": gettext_lazy("Right"),
    "role_id": gettext_lazy("Role"),
    "route_class_id": gettext_lazy("Route class"),
    "transport": gettext_lazy("Transport"),
    "with_dealer_id": gettext_lazy("Shared with"),
}
"""Columns that stand in no form and in no list."""


def spoken(name: str) -> str:
    """The name of a table or column as words."""
    return name.removesuffix("_id").replace("_", " ")


def kind_words(table: str) -> Words:
    """What one row of a table is called, whichever of the table's nouns it is."""
    nouns = nouns_of_table(table)
    return nouns[0].one if nouns else TABLES.get(table, spoken(table))


RIGHT = "right"
"""The column of a right that was granted, in all tables that have one."""
UNTIL = "until"
"""A moment that no table has: until when somebody acts for a dealer below."""


@cache
def model_of_table(table: str) -> type[Model] | None:
    """The model of a table of ours."""
    return next(
        (
            model
            for model in apps.get_models()
            if model._meta.db_table == table and model.__module__.startswith("smartswitch.")
        ),
        None,
    )


@cache
def whole_of(table: str) -> str | None:
    """The table of whose rows those of this one are parts: a terminator is a part of its peer. None of a thing by itself."""
    model = model_of_table(table)
    key = None if model is None else model._meta.pk
    if not isinstance(key, OneToOneField) or key.remote_field.hidden:
        return None
    return str(key.remote_field.model._meta.db_table)


@cache
def field_of(table: str, column: str) -> Field | None:
    """The model's field that is kept in a column."""
    model = model_of_table(table)
    if model is None:
        return None
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def form_fields(noun: Noun) -> dict[str, Any]:
    """The fields of a noun's forms, by name; what may be changed goes before what a new row needs besides."""
    found: dict[str, Any] = {}
    for form in (noun.add_form, noun.change_form):
        if form is not None:
            found |= form.base_fields
    return found


def column_words(table: str, column: str) -> str:
    """What a column is called: as the form says it, as the table's heading says it, as our list does, or by its name."""
    field = field_of(table, column)
    name = column if field is None else field.name
    for noun in _nouns_about(table):
        formed = form_fields(noun).get(name)
        if formed is not None and formed.label:
            return str(formed.label)
        headed = noun.column(name)
        if headed is not None:
            return str(headed.label)
    words = spoken(column)
    return str(COLUMNS.get(column, words[:1].upper() + words[1:]))


def value_words(table: str, column: str, value: Any, *, currency: str) -> str:
    """A value of an entry as people read it; references are for `naming`."""
    if value is None or value == "":
        return NOTHING
    if value == SECRET:
        return _("(secret)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return _number(column, value, currency)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)[:LONGEST_VALUE]
    is_moment = isinstance(field_of(table, column), DateTimeField) or column == UNTIL
    if isinstance(value, str) and is_moment:
        return _moment(value)
    if column == RIGHT:
        return right_in_words(str(value))
    return _choice(table, column, str(value))[:LONGEST_VALUE]


def _nouns_about(table: str) -> list[Noun]:
    """The nouns of a table, or of the table of which it is a part; of balances all whose form has their limits."""
    if table == BALANCE:
        return [noun for noun in load_nouns().values() if "credit_limit" in form_fields(noun)]
    return nouns_of_table(whole_of(table) or table)


def _number(column: str, value: int, currency: str) -> str:
    if column in AMOUNTS:
        return str(money_text(value, currency))
    if column in PRICES:
        return str(price_text(value, currency))
    if column in SHARES:
        return _plain(format_scaled(value, decimals=SHARE_DECIMALS)) + " %"
    if column in RATES:
        return _plain(format_scaled(value, decimals=RATE_DECIMALS))
    return str(value)


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return NOTHING if value.lstrip("-") == "infinity" else value
    return timezone.localtime(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).strftime("%Y-%m-%d %H:%M:%S")


def _choice(table: str, column: str, value: str) -> str:
    """The word that a form offers for a value."""
    for noun in _nouns_about(table):
        field = form_fields(noun).get(column)
        for key, words in field.choices if isinstance(field, ChoiceField) else ():
            if str(key) == value:
                return str(words)
    return value


def is_reference(table: str, column: str) -> ForeignKey | None:
    """The reference that a column holds, if it does."""
    field = field_of(table, column)
    return field if isinstance(field, ForeignKey) else None
