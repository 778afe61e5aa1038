"""The form of a noun: reads what was typed or sent, in words of the house. What may be written is the services' to decide.

    form = CompanyForm(request.POST, viewer=viewer, row=company)
    if form.is_valid():
        SERVICES.change(company, by=viewer, values=form.values())

Only the fields that a form names can be written: anything else that a request carries is not looked at.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.writing import OF_THE_WHOLE

ID_OF_OPTIONS = "options-{}"
LONGEST_NAMED = 64


class NounForm(forms.Form):
    """`row` is the row that is changed, None for a new one; `parent` the row in which a new one will stand; `files` what was
    uploaded."""

    group_titles: Mapping[str, Any] = {}
    """Headings: the name of the field above which one stands, and its words."""
    advanced: tuple[str, ...] = ()
    """Fields that are folded away, because most people never need them."""
    keeps_what_is_hidden = True
    """Whether a reference to something that the viewer cannot see has no field, and so stays as it is."""

    def __init__(
        self,
        data: Any = None,
        *,
        viewer: Viewer,
        row: Model | None = None,
        parent: Model | None = None,
        files: Any = None,
    ) -> None:
        super().__init__(data, files, initial={} if row is None else self.initial_of(row))
        self.viewer = viewer
        self.row = row
        self.parent = parent
        self.prepare()
        for name, field in list(self.fields.items()):
            if isinstance(field, ReferenceField):
                field.viewer = viewer
                if self.keeps_what_is_hidden and self._names_what_is_hidden(name, field):
                    del self.fields[name]
                    continue
            self._dress(name, field)

    def prepare(self) -> None:
        """Give fields what depends on the viewer: choices, initial values. For subclasses."""

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The values of a row, by the names of the form's fields."""
        return {name: value_of(row, name) for name in cls.base_fields if has_value(row, name)}

    def _names_what_is_hidden(self, name: str, field: ReferenceField) -> bool:
        """Whether the row refers to something that the viewer may not name: an empty field would take it away."""
        present = getattr(self.row, f"{name}_id", None)
        return present is not None and not field.rows(self.viewer).filter(pk=present).exists()

    def begin_with(self, named: Mapping[str, Any]) -> None:
        """Fill in the things that an address names (`?company=corner-shop`), as if they had been typed."""
        for name, field in self.fields.items():
            if name in named and isinstance(field, ReferenceField):
                self.initial[name] = str(named[name])[:LONGEST_NAMED]

    def values(self) -> dict[str, Any]:
        """What is to be written, by the names of the fields; of a form that is valid."""
        return dict(self.cleaned_data)

    def refuse(self, problems: Mapping[str, Any]) -> None:
        """Show what the services refused beside the fields that it concerns."""
        for name, text in problems.items():
            self.add_error(name if name in self.fields else None, str(text))

    def sections(self) -> Iterable[tuple[Any, list[Any], bool]]:
        """The fields under their headings: (heading or None, fields, folded away)."""
        sections: list[tuple[Any, list[Any], bool]] = []
        for bound in self.visible_fields():
            if bound.name in self.advanced:
                continue
            if bound.name in self.group_titles or not sections:
                sections.append((self.group_titles.get(bound.name), [], False))
            sections[-1][1].append(bound)
        folded = [self[name] for name in self.advanced if name in self.fields]
        return [*sections, (None, folded, True)] if folded else sections

    @property
    def has_folded_errors(self) -> bool:
        """Whether something among the folded fields is wrong: then they are shown."""
        return any(name in self.errors for name in self.advanced)

    def _dress(self, name: str, field: forms.Field) -> None:
        """Our look, and what tells a screen reader which words belong to a field."""
        widget = field.widget
        is_wrong = self.is_bound and name in self.errors_if_known()
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
            css = "form-check-input"
        elif isinstance(widget, forms.Select):
            css = "form-select"
        else:
            css = "form-control"
        widget.attrs["class"] = f"{css} is-invalid" if is_wrong else css
        suggestions = getattr(field, "suggestions", None)
        if suggestions is not None or isinstance(field, ReferenceField):
            widget.attrs["list"] = ID_OF_OPTIONS.format(name)
            widget.attrs["autocomplete"] = "off"

    def errors_if_known(self) -> Mapping[str, Any]:
        """The errors of a form that was looked through already."""
        return self._errors or {}

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's; the field is also marked in the page."""
        super().add_error(field, error)
        if field is not None and field in self.fields:
            attrs = self.fields[field].widget.attrs
            if "is-invalid" not in attrs.get("class", ""):
                attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()


def has_value(row: Any, name: str) -> bool:
    """Whether a row has a field of this name; a reference to what the viewer cannot see counts as one."""
    return name in {field.name for field in row._meta.get_fields()} or hasattr(row, name)


def value_of(row: Any, name: str) -> Any:
    """The value of a field; None for a reference to what the viewer cannot see (the dealer who shares a thing with him)."""
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None


def problems_of(form: forms.Form) -> dict[str, str]:
    """What is wrong with a form, a sentence for each field; what concerns no field under the empty name."""
    return {
        (OF_THE_WHOLE if name == forms.forms.NON_FIELD_ERRORS else name): " ".join(str(text) for text in errors)
        for name, errors in form.errors.items()
    }
