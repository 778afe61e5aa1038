"""The fields above the list of calls. selectors/call_filter.py reads what they mean; this shows them and what is wrong."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.calls.selectors.call_filter import ReadFilter

RESULTS = (
    ("", _("any result")),
    ("answered", _("answered")),
    ("unanswered", _("not answered")),
    ("refused", _("refused")),
)
DIRECTIONS = (
    ("", _("any direction")),
    ("outbound", _("outgoing")),
    ("inbound", _("incoming")),
    ("internal", _("internal")),
)


class CallFilterForm(forms.Form):
    """By number, days, result, direction, length, terminator. Parties come by links, as ids that are kept along."""

    number = forms.CharField(label=_("Number"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    since = forms.CharField(label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.CharField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    result = forms.ChoiceField(label=_("Result"), required=False, choices=RESULTS)
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=DIRECTIONS)
    min_s = forms.CharField(
        label=_("At least, seconds"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    terminator = forms.CharField(label=_("Terminator"), required=False)
    peer = forms.CharField(required=False, widget=forms.HiddenInput)
    company = forms.CharField(required=False, widget=forms.HiddenInput)
    dealer = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, values: Mapping[str, Any], *, read: ReadFilter, sees_terminators: bool) -> None:
        super().__init__(values)
        if not sees_terminators:
            del self.fields["terminator"]
        self.problems = {name: text for name, text in read.errors.items() if name in self.fields}
        for name, field in self.fields.items():
            css = (
                "form-select form-select-sm"
                if isinstance(field.widget, forms.Select)
                else "form-control form-control-sm"
            )
            field.widget.attrs["class"] = f"{css} is-invalid" if name in self.problems else css

    def shown(self) -> list[tuple[Any, str | None]]:
        """The visible fields, each with what is wrong with it."""
        return [(field, self.problems.get(field.name)) for field in self.visible_fields()]
