"""Route classes with their routes, and hunting classes, as lists, pages and the API show them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Column, Filter, Kind, Noun, Parent
from smartswitch.web.nouns.registry import register
from smartswitch.web.nouns.times import code_bounds, digits_of, week_text
from smartswitch.web.packs.forms import dealers
from smartswitch.web.packs.nouns import WHOSE, counted, dealer_link
from smartswitch.web.packs.selectors import owned, title_of_dealer
from smartswitch.web.peers.models import Peer
from smartswitch.web.rights.sharing import sharing_tab
from smartswitch.web.routes import services
from smartswitch.web.routes.forms import (
    HuntingClassForm,
    NewHuntingClassForm,
    NewRouteClassForm,
    RouteClassForm,
    RouteForm,
)
from smartswitch.web.routes.hunting_words import METRIC_LABELS, MODES
from smartswitch.web.routes.models import HuntingClass, Route, RouteClass
from smartswitch.web.routes.selectors import route_classes_for, routes_for


def _kind(row: Any) -> tuple[str, Any]:
    return ("green", _("own")) if row.is_own else ("azure", _("shared with you"))


def _of_dealer() -> Filter:
    return Filter(
        name="dealer",
        label=_("Dealer"),
        field=lambda _viewer: ReferenceField("dealers", rows=lambda _viewer: dealers()),
        narrow=lambda rows, dealer: rows.filter(dealer__path__contains=[dealer.pk]),
    )


def _dealer_column() -> Column:
    return Column(
        name="dealer",
        label=_("Dealer"),
        value=lambda row: row.dealer_title or _("a dealer above"),
        link=dealer_link,
        link_right="dealers.view",
    )


def _base_link(row: Any) -> str | None:
    return reverse("route-classes-one", args=[row.base_class_id]) if row.base_key else None


def _base(row: Any) -> object:
    if row.base_class_id is None:
        return None
    return row.base_key or _("a class of a dealer above")


ROUTE_CLASSES = register(
    Noun(
        name="route-classes",
        right="routes",
        one=_("route class"),
        many=_("Route classes"),
        icon="route",
        model=RouteClass,
        rows=route_classes_for,
        title=lambda row: row.name or row.key,
        explanation=_(
            "Sets of routes. A dealer or a peer has one, and its calls go by the routes of that class and of its base class."
        ),
        empty_advice=_("Make a class with the button above, then put routes to your terminators into it."),
        deletion=_("Its routes go with it. A class that dealers, peers or other classes use cannot be deleted."),
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            Column(name="kind", label=_("Whose"), value=_kind, kind=Kind.STATE),
            _dealer_column(),
            Column(name="base_class", label=_("Base class"), value=_base, link=_base_link),
        ),
        facts=(
            Column(
                name="dealers",
                label=_("Used by dealers"),
                value=lambda row: counted(Dealer.objects.filter(route_class=row)),
            ),
            Column(
                name="peers", label=_("Used by peers"), value=lambda row: counted(Peer.objects.filter(route_class=row))
            ),
            Column(
                name="classes",
                label=_("Base of classes"),
                value=lambda row: counted(RouteClass.objects.filter(base_class=row)),
            ),
        ),
        search=("key", "name"),
        order=("key",),
        filters=(
            _of_dealer(),
            Filter(
                name="whose",
                label=_("Whose"),
                field=lambda _viewer: forms.ChoiceField(choices=WHOSE),
                narrow=lambda rows, whose: rows.filter(is_own=whose == "own"),
            ),
        ),
        services=services.ROUTE_CLASSES,
        add_form=NewRouteClassForm,
        change_form=RouteClassForm,
        tabs=(sharing_tab("route_class"),),
        may_change=lambda _viewer, row: row.is_own,
    )
)


def route_title(row: Any) -> str:
    """A route by its code."""
    return row.code or str(_("every number"))


def route_state(row: Any) -> tuple[str, Any]:
    """Whether a route is used, as a colour and a word."""
    now = timezone.now()
    if row.valid_to is not None and row.valid_to <= now:
        return "secondary", _("ended")
    if row.valid_from is not None and row.valid_from > now:
        return "azure", _("planned")
    return ("red", _("blocked")) if row.is_blocked else ("green", _("in force"))


def find(rows: QuerySet[Route], typed: str) -> QuerySet[Route]:
    """Routes of a code that begins with these digits, or that are taken for a whole number: every prefix of it."""
    digits = digits_of(typed)
    if digits is None:
        return rows.filter(terminator__peer__key__icontains=typed)
    first, end = code_bounds(digits)
    longer = rows.filter(code__gte=first) if end is None else rows.filter(code__gte=first, code__lt=end)
    if longer.exists():
        return longer
    return rows.filter(code__in=[digits[:length] for length in range(len(digits) + 1)])


def _number(name: str, label: Any, *, is_shown: bool = True) -> Column:
    return Column(name=name, label=label, value=lambda row: getattr(row, name), kind=Kind.NUMBER, is_shown=is_shown)


def _week(row: Any) -> str | None:
    if row.week_minutes is None:
        return None
    return week_text([(part.lower, part.upper) for part in row.week_minutes])


ROUTES = register(
    Noun(
        name="routes",
        right="routes",
        one=_("route"),
        many=_("Routes"),
        icon="route",
        model=Route,
        rows=routes_for,
        title=route_title,
        explanation=_(
            "Which terminators may carry calls to a code. Of the routes to one terminator the longest code decides; in which"
            " order the terminators are tried is the hunting class's to say."
        ),
        empty_advice=_("Without routes a class has only those of its base class. An empty code is every number."),
        parent=Parent(noun="route-classes", field="route_class"),
        columns=(
            Column(name="code", label=_("Code"), value=route_title, order=("code",)),
            Column(
                name="terminator",
                label=_("Terminator"),
                value=lambda row: row.terminator_title or _("a terminator above"),
            ),
            _number("priority", _("Priority")),
            _number("weight", _("Share, %")),
            Column(name="week_minutes", label=_("Times of the week (UTC)"), value=_week),
            _number("call_limit", _("Calls at a time")),
            _number("calls_per_second_limit", _("Calls per second"), is_shown=False),
            Column(name="valid_from", label=_("From"), value=lambda row: row.valid_from, kind=Kind.MOMENT),
            Column(name="valid_to", label=_("Until"), value=lambda row: row.valid_to, kind=Kind.MOMENT),
            Column(name="state", label=_("State"), value=route_state, kind=Kind.STATE),
        ),
        find=find,
        search_hint=_("Code, number or terminator"),
        order=("code", "priority", "pk"),
        services=services.ROUTES,
        add_form=RouteForm,
        change_form=RouteForm,
        may_change=lambda _viewer, row: row.is_own,
    )
)


def _hunting_classes(viewer: Viewer) -> QuerySet[HuntingClass]:
    return HuntingClass.objects.annotate(is_own=owned(viewer, "dealer_id"), dealer_title=title_of_dealer("dealer_id"))


def _metrics(row: Any) -> str:
    return ", ".join(str(METRIC_LABELS[metric]) for metric in row.metrics)


HUNTING_CLASSES = register(
    Noun(
        name="hunting-classes",
        right="hunting",
        one=_("hunting class"),
        many=_("Hunting classes"),
        icon="ladder",
        model=HuntingClass,
        rows=_hunting_classes,
        title=lambda row: row.name or row.key,
        explanation=_(
            "In which order the routes of a call are tried, how many of them, and what ends the search. A dealer has one, or"
            " that of the dealer above it."
        ),
        empty_advice=_("Without one, routes go by priority, then by the length of the code, then by price."),
        columns=(
            Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
            Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
            _dealer_column(),
            Column(name="metrics", label=_("Metrics"), value=_metrics),
            Column(name="mode", label=_("Comparison"), value=lambda row: dict(MODES)[row.mode]),
            _number("max_attempts", _("Attempts at most")),
            Column(
                name="stop_codes",
                label=_("Statuses that end the search"),
                value=lambda row: ", ".join(str(code) for code in row.stop_codes),
                is_shown=False,
            ),
            _number("pdd_timeout_s", _("Post-dial delay, s"), is_shown=False),
        ),
        facts=(
            Column(
                name="price_step",
                label=_("Step of prices"),
                value=lambda row: row.price_step,
                kind=Kind.PRICE,
                currency=lambda _row: "",
            ),
            _number("ratio_step_percent", _("Step of ASR and ACD, percent")),
            Column(
                name="dealers",
                label=_("Used by dealers"),
                value=lambda row: counted(Dealer.objects.filter(hunting_class=row)),
            ),
        ),
        search=("key", "name"),
        order=("key",),
        filters=(_of_dealer(),),
        services=services.HUNTING_CLASSES,
        add_form=NewHuntingClassForm,
        change_form=HuntingClassForm,
    )
)
