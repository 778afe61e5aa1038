"""What the page of a pack shows besides its facts: the form that prices a number, and the picture of its week."""

from typing import Any

from django import template

from smartswitch.web.packs.forms import CostForm
from smartswitch.web.packs.selectors import timetable_of
from smartswitch.web.packs.week_picture import WeekPicture, week_picture

register = template.Library()


@register.simple_tag
def cost_form() -> CostForm:
    """An empty form for a number."""
    return CostForm()


@register.simple_tag
def week_of(pack: Any) -> WeekPicture | None:
    """The week of a pack; None if it has no time bands."""
    timetable = timetable_of(pack)
    return None if timetable is None else week_picture(timetable)
