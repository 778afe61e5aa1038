"""The form field for a set of rights, shown as the matrix. It reads names of the registry and refuses any other word."""

from collections.abc import Iterable, Set
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from smartswitch.core.rights import ALL_RIGHTS, REGISTRY, Rights
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


class RightsField(forms.Field):
    """A set of rights, by name."""

    widget = MatrixWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def to_python(self, value: Any) -> Rights:
        names: Iterable[Any] = value if isinstance(value, list | tuple | set | frozenset) else ()
        wanted = {str(name) for name in list(names)[:MOST_RIGHTS]}
        unknown = sorted(wanted - set(REGISTRY))
        if unknown:
            raise forms.ValidationError(_("There is no right %(right)s.") % {"right": unknown[0][:100]}, code="invalid")
        return frozenset(wanted)

    def prepare_value(self, value: Any) -> Any:
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return frozenset(initial or ()) != frozenset(data or ())
