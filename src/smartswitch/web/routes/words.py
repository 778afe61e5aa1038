"""What a simulated call is called in people's words: where it goes, why a route is left, what put it in its place."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartswitch.core.hunting import Metric
from smartswitch.core.route import Left

Words = str | Promise

WHERE: dict[str, Words] = {
    "internal": _("Stays inside the house, free of charge."),
    "number_of_ours": _("Goes to a number on this switch."),
    "outside": _("Goes outside."),
    "refused": _("Would be refused."),
}

MISSING: dict[str, Words] = {
    "no_pack": _("no price list"),
    "no_price": _("no price for this number"),
}

LEFT: dict[str, Words] = {
    Left.NOT_YET_VALID.value: _("not yet in force"),
    Left.NO_LONGER_VALID.value: _("no longer in force"),
    Left.OUTSIDE_HOURS.value: _("outside its hours"),
    Left.OVERRIDDEN.value: _("a nearer or more exact route leads to the same terminator"),
    Left.BLOCKED.value: _("blocked"),
    Left.ROUTE_LIMIT.value: _("the route carries as many calls as it may"),
    Left.TERMINATOR_LIMIT.value: _("the terminator carries as many calls as it may"),
    "inactive": _("the terminator is switched off"),
    "no_price": _("the terminator has no price for this number"),
    "no_profit": _("it would cost more than it earns"),
    "above": _("not open to this call"),
}

PLACED_BY: dict[str, Words] = {
    Metric.PRICE.value: _("price"),
    Metric.PRIORITY.value: _("priority"),
    Metric.CODE_LENGTH.value: _("length of the code"),
    Metric.ASR.value: _("share of answered calls"),
    Metric.ACD.value: _("length of calls"),
    Metric.RANDOM.value: _("chance"),
    "percentage": _("its share in percent"),
    "routing": _("order of the routes"),
}
