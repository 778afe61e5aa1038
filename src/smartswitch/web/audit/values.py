"""Values on their way back: from the JSON of an entry to what a row has and what a form gives."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, ForeignKey
from django.utils.translation import gettext as _

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField


def as_row_has_it(model_field: Field | None, value: Any) -> Any:
    """A value of an entry as a row has it: a moment is a moment, a reference a number."""
    if model_field is None or value is None:
        return value
    if isinstance(model_field, ForeignKey):
        return model_field.target_field.to_python(value)
    return model_field.to_python(value)


def current_value(row: Any, model_field: Field | None, column: str) -> Any:
    """What a row has in a column now."""
    return getattr(row, column if model_field is None else model_field.attname)


def is_same(model_field: Field | None, said: Any, now: Any) -> bool:
    """Whether a row still has what an entry says."""
    try:
        return bool(as_row_has_it(model_field, said) == now)
    except ValidationError:
        return False


def back_to_form(form_field: Any, model_field: Field | None, value: Any, *, viewer: Viewer) -> Any:
    """The value as the form would give it to the services; ValidationError says why it cannot be had again."""
    if isinstance(form_field, ReferenceField):
        if value is None:
            return None
        row = form_field.rows(viewer).filter(pk=value).first()
        if row is None:
            raise ValidationError(_("what it was is not there any more"))
        return row
    return as_row_has_it(model_field, value)
