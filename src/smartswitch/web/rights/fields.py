"""The form field for a set of rights, shown as the matrix. It reads names of the registry and refuses any other word."""

from collections.abc import Set
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from smartswitch.core.rights import ALL_RIGHTS, REGISTRY
from smartswitch.web.rights.matrix import matrix_of

MOST_RIGHTS = 500


class MatrixWidget(forms.SelectMultiple):
    """Boxes to tick. `own` are the rights of the person before the page; the others are grey, with `reason`."""

    template_name = "rights/matrix_widget.html"
    input_type = "matrix"

    def __init__(self) -> None:
        super().__init__()
        self.own: Set[str] = ALL_RIGHTS
        self.reason: Any = ""
        self.in_effect: Set[str] | None = None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        ticked = frozenset(value or ()) & ALL_RIGHTS
        matrix = matrix_of(ticked, own=self.own, reason=self.reason, in_effect=self.in_effect)
        return {"widget": {"name": name, "attrs": self.build_attrs(self.attrs, attrs)}, "matrix": matrix}


class RightsField(forms.MultipleChoiceField):
    """A set of rights, by name."""

    widget = MatrixWidget
    default_error_messages = {"invalid_choice": gettext_lazy("There is no right %(value)s.")}

    def __init__(self, **options: Any) -> None:
        choices = [(right.name, right.label) for right in REGISTRY.values()]
        super().__init__(**{"required": False, "choices": choices, **options})

    def to_python(self, value: Any) -> Any:
        names = sorted(value) if isinstance(value, Set) else value
        return frozenset(super().to_python(names)[:MOST_RIGHTS])

    def prepare_value(self, value: Any) -> Any:
        return sorted(value) if isinstance(value, Set) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return frozenset(initial or ()) != frozenset(data or ())
