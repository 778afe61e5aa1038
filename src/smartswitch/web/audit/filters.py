"""What the address of the timeline asks for: filters, and the place from which the next page goes on."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.audit.words import ACTIONS, ORIGINS, TABLES, kind_words
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import LineField, MomentField, ReferenceField
from smartswitch.web.nouns.registry import load_nouns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_US = 253_000_000_000_000_000
LONGEST_TEXT = 64
BIGGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the log: what is older than this moment, or of this moment with a smaller number, comes after it."""

    moment: datetime
    entry_id: int

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // timedelta(microseconds=1)}-{self.entry_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters; what is None does not narrow. `dealer_ids` are those below the dealer that was named."""

    actor: str | None = None
    dealer_ids: list[int] | None = None
    kind: str | None = None
    action: str | None = None
    origin: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    ids: list[int] | None = None

    @property
    def pattern(self) -> str | None:
        """The text as a pattern for the JSON of an entry, in which quotes and backslashes are escaped."""
        if self.text is None:
            return None
        written = json.dumps(self.text, ensure_ascii=False)[1:-1]
        for letter in ("\\", "%", "_"):
            written = written.replace(letter, "\\" + letter)
        return f"%{written}%"


def read_place(text: str) -> Place | None:
    """The place that an address names; None if it names none."""
    moment, _dash, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < len(str(BIGGEST_ID)) + 1 for part in (moment, number)):
        return None
    if int(moment) > LATEST_US or int(number) > BIGGEST_ID:
        return None
    return Place(moment=EPOCH + timedelta(microseconds=int(moment)), entry_id=int(number))


class TimelineForm(forms.Form):
    """The filters above the timeline."""

    actor = LineField(label=_("Person"), required=False, max_length=LONGEST_TEXT)
    dealer = ReferenceField("dealers", rows=lambda _viewer: Dealer.objects.all(), label=_("Dealer and below"))
    kind = forms.ChoiceField(label=_("Kind of thing"), required=False)
    action = forms.ChoiceField(label=_("What was done"), required=False)
    origin = forms.ChoiceField(label=_("From where"), required=False)
    since = MomentField(label=_("Since"), required=False)
    until = MomentField(label=_("Until"), required=False)
    text = LineField(label=_("Text in what changed"), required=False, max_length=LONGEST_TEXT)

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__({name: data.get(name, "").replace("\0", "") for name in self.base_fields})
        tables = {*TABLES, *(noun.table for noun in load_nouns().values())}
        kinds = sorted(((table, kind_words(table)) for table in tables), key=lambda kind: str(kind[1]))
        self._offer("kind", [("", _("anything")), *kinds])
        self._offer("action", [("", _("anything")), *ACTIONS.items()])
        self._offer("origin", [("", _("anywhere")), *ORIGINS.items()])
        for name, field in self.fields.items():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select form-select-sm" if is_choice else "form-control form-control-sm"
            if isinstance(field, ReferenceField):
                field.viewer = viewer
                field.widget.attrs["list"] = f"options-{name}"

    def asked(self) -> Asked:
        """What suits; a filter that nobody understands narrows nothing, and says so beside its field."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        dealer = found.pop("dealer", None)
        if dealer is not None:
            found["dealer_ids"] = list(Dealer.objects.filter(path__contains=[dealer.pk]).values_list("pk", flat=True))
        return Asked(**found)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(words)) for key, words in choices]
