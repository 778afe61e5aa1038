"""The forms of number translations: a pattern, and the trial of a number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.core.number_pattern import LONGEST_NUMBER, PatternError, ReplacementError, parse_rule
from smartswitch.web.nouns.fields import CountField, LineField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.nouns.moving import HIGHEST_POSITION
from smartswitch.web.peers.models import LONGEST_PATTERN
from smartswitch.web.ui.core_words import in_words

DIRECTIONS = (("from_peer", _("from the peer to us")), ("to_peer", _("from us to the peer")))
FIELDS = (("called", _("called number")), ("caller", _("caller number")))


class PatternForm(NounForm):
    """One pattern; a new one comes last."""

    advanced = ("position",)

    direction = forms.ChoiceField(
        label=_("Direction"), choices=DIRECTIONS, help_text=_("On calls that it makes, or on calls that it is sent.")
    )
    field = forms.ChoiceField(label=_("Number"), choices=FIELDS, help_text=_("Which of the two numbers of a call."))
    pattern = LineField(
        label=_("Pattern"),
        max_length=LONGEST_PATTERN,
        help_text=_(
            "Must fit the whole number. \\d is a digit, {9} nine of them, (...) is kept for the replacement: 0(\\d{9,10})"
        ),
    )
    replacement = LineField(
        label=_("Replacement"),
        required=False,
        max_length=LONGEST_PATTERN,
        help_text=_(
            "What the number becomes; \\1 is what the first brackets held: 44\\1. Empty takes the number away."
        ),
    )
    position = CountField(
        label=_("Position"),
        min_value=0,
        max_value=HIGHEST_POSITION,
        help_text=_("Its place among the patterns of the same direction and number; empty: at the end."),
    )

    def clean(self) -> dict[str, Any]:
        """A node leaves a pattern out that it cannot use; so none is taken here."""
        values = super().clean() or self.cleaned_data
        if "pattern" in values and "replacement" in values:
            try:
                parse_rule(values["pattern"], values["replacement"])
            except PatternError as error:
                wrong = "replacement" if isinstance(error, ReplacementError) else "pattern"
                self.add_error(wrong, in_words(error.sentence))
        return values

    def values(self) -> dict[str, Any]:
        """A pattern belongs to its peer."""
        return super().values() | ({} if self.parent is None else {"peer": self.parent})


class TrialForm(NounForm):
    """A number to try."""

    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS)
    field = forms.ChoiceField(label=_("Which"), choices=FIELDS)
    number = LineField(label=_("Number"), max_length=LONGEST_NUMBER)
