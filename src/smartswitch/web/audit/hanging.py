"""What hangs on a row: the rows that go with it. Its history tells of them, too.

Rule: the rows of a noun that stands in this one (Noun.parent), the rows that the database removes together with it, and the
prices of a pack, whose reference the database does not check. What has a dealer of its own (a login of a company) is a
thing for itself. Its balance is looked at besides. `audit_parent` (sql/audit_reading.sql) is the same rule in SQL.
"""

from django.apps import apps
from django.db.models import CASCADE, DO_NOTHING, ForeignKey, Model

from smartswitch.web.audit.words import TABLES
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.registry import children_of, load_nouns

GOES_WITH_IT = (CASCADE, DO_NOTHING)
GRANTS = "right_grant"
"""The rights that a dealer was granted hang on that dealer."""


def hanging_tables(noun: Noun) -> list[str]:
    """The audited tables whose rows hang on a row of this noun."""
    known = {*TABLES, *(each.table for each in load_nouns().values() if each.is_audited)}
    stands_in_it = {child.model for child in children_of(noun.name)}
    found = {
        model._meta.db_table
        for model in apps.get_models()
        if not _is_for_itself(model) and (model in stands_in_it or _goes_with(model, noun.model))
    }
    return sorted(found & known)


def _is_for_itself(model: type[Model]) -> bool:
    return model._meta.db_table != GRANTS and any(field.name == "dealer" for field in model._meta.concrete_fields)


def _goes_with(model: type[Model], other: type[Model]) -> bool:
    return any(
        isinstance(field, ForeignKey)
        and field.remote_field.model is other
        and field.remote_field.on_delete in GOES_WITH_IT
        for field in model._meta.concrete_fields
    )
