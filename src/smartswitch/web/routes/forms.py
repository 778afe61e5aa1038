"""The forms of route classes, routes and hunting classes. They read what was typed, nothing more."""

import re
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Model
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.fields import CountField, LineField, MomentField, NameKeyField, PriceField, ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.nouns.times import CodeField, WeekTimesField
from smartswitch.web.packs.forms import dealers
from smartswitch.web.routes.hunting_words import METRICS, MODES
from smartswitch.web.routes.selectors import route_classes_for, terminators_for

FIRST_STOP_CODE, LAST_STOP_CODE = 400, 699
MOST_STOP_CODES = 50
MOST_SUGGESTED = 200
METRIC_FIELDS = tuple(f"metric_{place}" for place in range(1, len(METRICS) + 1))


class RouteClassForm(NounForm):
    """What may be changed of a route class."""

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists."))
    base_class = ReferenceField(
        "route-classes",
        rows=route_classes_for,
        label=_("Base class"),
        help_text=_("Whose routes are used besides, after its own; those of its own base after these. May be empty."),
    )


class NewRouteClassForm(RouteClassForm):
    """What a new route class needs besides."""

    key = NameKeyField()
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: dealers(),
        label=_("Dealer"),
        help_text=_("Whose class it is; your own unless you name a dealer below you."),
    )
    field_order = ("key", "name", "dealer", "base_class")

    def prepare(self) -> None:
        """A new class is one of the viewer's own."""
        self.initial = {"dealer": self.viewer.dealer_key, **self.initial}


class TerminatorField(ReferenceField):
    """Names a terminator by its key as a peer."""

    def __init__(self, **options: Any) -> None:
        super().__init__("terminators", rows=terminators_for, by="peer__key", required=True, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.peer.key if isinstance(value, Model) else value


class RouteForm(NounForm):
    """One route: for which numbers, to whom, in what order, when and how many."""

    group_titles = {"valid_from": _("When it is used"), "call_limit": _("Limits")}

    code = CodeField(
        required=False,
        help_text=_("The first digits of the numbers it is for, with the country code; empty is every number."),
    )
    terminator = TerminatorField(label=_("Terminator"), help_text=_("Who takes the calls: the key of the line."))
    priority = forms.IntegerField(
        label=_("Priority"), min_value=0, max_value=1_000_000, initial=10, help_text=_("Lower is tried first.")
    )
    weight = CountField(
        label=_("Share, percent"),
        max_value=100,
        help_text=_("Routes of one code with shares divide its calls in their proportion; empty is no share."),
    )
    valid_from = MomentField(label=_("From"), required=False, help_text=_("Empty is always."))
    valid_to = MomentField(label=_("Until"), required=False, help_text=_("Empty is without end."))
    week_minutes = WeekTimesField(
        label=_("Times of the week (UTC)"),
        help_text=_(
            "Like Mon-Fri 08:00-18:00, Sat 09:00-13:00; empty is at all times. Days are mon, tue, wed, thu, fri, sat, sun."
        ),
    )
    call_limit = CountField(label=_("Calls at a time"), help_text=_("Empty is any number."))
    calls_per_second_limit = CountField(label=_("Calls per second"), help_text=_("Empty is any number."))
    is_blocked = forms.BooleanField(
        label=_("Blocked"),
        required=False,
        help_text=_("No calls go this way; nor by a shorter code to the same terminator."),
    )

    def prepare(self) -> None:
        """The first terminators are suggested."""
        keys = terminators_for(self.viewer).order_by("peer__key").values_list("peer__key", flat=True)
        self.fields["terminator"].suggestions = tuple(keys[:MOST_SUGGESTED])

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The times of the week as pairs of minutes; a terminator that the viewer cannot see is not named."""
        from smartswitch.web.peers.models import Terminator

        names = [name for name in cls.base_fields if name != "terminator"]
        values = {name: getattr(row, name) for name in names}
        values["terminator"] = Terminator.objects.select_related("peer").filter(pk=row.terminator_id).first()
        if row.week_minutes is not None:
            values["week_minutes"] = tuple((part.lower, part.upper) for part in row.week_minutes)
        return values

    def values(self) -> dict[str, Any]:
        """The class is the page's; times of the week are ranges for the database."""
        typed = super().values()
        pieces = typed["week_minutes"]
        typed["week_minutes"] = None if pieces is None else [NumericRange(start, end) for start, end in pieces]
        return typed | ({"route_class": self.parent} if self.parent is not None else {})


class StopCodesField(LineField):
    """Final SIP statuses with commas between them."""

    def to_python(self, value: Any) -> list[int]:
        if isinstance(value, list):
            value = ", ".join(str(each) for each in value)
        words = re.split(r"[,\s]+", super().to_python(value).strip())
        found = [word for word in words if word]
        if len(found) > MOST_STOP_CODES or not all(re.fullmatch(r"[0-9]{3}", word, re.ASCII) for word in found):
            raise forms.ValidationError(_now("These are SIP statuses of three digits, like 486, 603."), code="invalid")
        codes = sorted({int(word) for word in found})
        if any(not FIRST_STOP_CODE <= code <= LAST_STOP_CODE for code in codes):
            raise forms.ValidationError(_now("Final statuses that end hunting are from 400 to 699."), code="invalid")
        return codes

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(code) for code in value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """What it validates are texts; by now the value is a list."""


class HuntingClassForm(NounForm):
    """In which order routes are tried, and what ends the search."""

    group_titles = {
        "metric_1": _("Which route first"),
        "mode": _("How exactly they are compared"),
        "max_attempts": _("When the search ends"),
    }

    name = LineField(label=_("Name"), required=False, help_text=_("As it stands on lists."))
    mode = forms.ChoiceField(
        label=_("Comparison"),
        choices=MODES,
        help_text=_(
            "Strict: the smallest difference decides. Rounded: what is less than a step worse counts as the best."
        ),
    )
    price_step = PriceField(
        label=_("Step of prices"),
        required=False,
        help_text=_("For rounded comparison: prices within this much a minute of the cheapest are equal."),
    )
    ratio_step_percent = CountField(
        label=_("Step of ASR and ACD, percent"),
        min_value=0,
        max_value=100,
        help_text=_("For rounded comparison: within so many percent of the best they are equal."),
    )
    max_attempts = forms.IntegerField(
        label=_("Attempts at most"),
        min_value=1,
        max_value=100,
        initial=5,
        help_text=_("How many routes are tried for a call."),
    )
    stop_codes = StopCodesField(
        label=_("Statuses that end the search"),
        required=False,
        help_text=_("Final SIP statuses after which no other route is tried, like 486, 603; 487 always ends it."),
    )
    pdd_timeout_s = forms.IntegerField(
        label=_("Post-dial delay, seconds"),
        min_value=1,
        max_value=300,
        initial=15,
        help_text=_("A route that does not ring within this time is given up, and the next one is tried."),
    )

    def prepare(self) -> None:
        """As many choices of a metric as there are metrics, in the order of their weight."""
        choices = [("", "—"), *((name, label) for name, label, _words in METRICS)]
        words = " ".join(f"{label}: {meaning}" for _name, label, meaning in METRICS)
        for place, name in enumerate(METRIC_FIELDS, 1):
            self.fields[name] = forms.ChoiceField(
                label=_now("Metric %(place)d") % {"place": place},
                choices=choices,
                required=place == 1,
                help_text=words
                if place == 1
                else (_now("Decides between routes that are equal so far.") if place == 2 else ""),
            )
        self.order_fields([*self.first_fields, *METRIC_FIELDS])
        if self.row is None:
            self.initial = {"metric_1": "priority", "metric_2": "price", "stop_codes": [486, 603], **self.initial}

    first_fields: tuple[str, ...] = ("key", "name", "dealer")

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The metrics in their order."""
        return super().initial_of(row) | dict(zip(METRIC_FIELDS, row.metrics, strict=False))

    def clean(self) -> dict[str, Any]:
        """Each metric once."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for name in METRIC_FIELDS:
            metric = typed.get(name)
            if metric and metric in seen:
                self.add_error(name, _now("This metric is chosen already."))
            seen.add(metric or "")
        return typed

    def values(self) -> dict[str, Any]:
        """The metrics as one list; steps that are empty are none."""
        typed = super().values()
        metrics = [typed.pop(name) for name in METRIC_FIELDS]
        steps = {name: typed[name] or 0 for name in ("price_step", "ratio_step_percent")}
        return typed | steps | {"metrics": [metric for metric in metrics if metric]}


class NewHuntingClassForm(HuntingClassForm):
    """What a new hunting class needs besides."""

    key = NameKeyField()
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: dealers(),
        label=_("Dealer"),
        help_text=_("Whose class it is; your own unless you name a dealer below you."),
    )

    def prepare(self) -> None:
        """A new class is one of the viewer's own."""
        super().prepare()
        self.initial = {"dealer": self.viewer.dealer_key, **self.initial}
