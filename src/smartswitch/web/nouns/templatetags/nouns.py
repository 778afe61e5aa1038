"""What the templates of nouns ask: addresses, the order of a column, where suggestions for a field come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.noun import Column, Noun
from smartswitch.web.nouns.presentation import ShownRow
from smartswitch.web.nouns.registry import load_nouns
from smartswitch.web.nouns.rendering import RowSettings, buttons_html, cells_html, price_html, row_html, value_html
from smartswitch.web.nouns.table import FALLING

register = template.Library()


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Where the suggestions of a field come from: a fixed list, or a noun whose keys are looked through."""

    fixed: tuple[str, ...] = ()
    noun: str = ""


@register.simple_tag
def noun_address(noun: Noun, parent: Any) -> str:
    """Where the table of a noun is."""
    return reverse(noun.name) if noun.parent is None else reverse(f"{noun.name}-in", args=[parent.pk])


@register.simple_tag
def next_order(column: Column, present: str) -> str:
    """The order that a click on a column's heading asks for: rising, or falling if it is rising now."""
    return FALLING + column.name if present == column.name else column.name


@register.simple_tag
def sorted_as(column: Column, present: str) -> SafeString:
    """Tells a screen reader how the table is sorted."""
    if present.removeprefix(FALLING) != column.name:
        return SafeString("")
    return format_html(' aria-sort="{}"', "descending" if present.startswith(FALLING) else "ascending")


@register.simple_tag
def suggestions_of(field: BoundField) -> Suggestions:
    """What to suggest while somebody types into a field."""
    fixed = getattr(field.field, "suggestions", None)
    if fixed is not None:
        return Suggestions(fixed=tuple(fixed))
    if isinstance(field.field, ReferenceField) and field.field.noun in load_nouns():
        return Suggestions(noun=field.field.noun)
    return Suggestions()


@register.simple_tag
def validated_field(field: BoundField) -> SafeString:
    """The input of a field, which is looked through when one leaves it, while the rest of the form is still to be typed."""
    described = [f"{field.id_for_label}-help"] if field.help_text else []
    described += [f"{field.id_for_label}-error"] if field.errors else []
    attributes = {
        "hx-post": f"?validate={field.html_name}",
        "hx-trigger": "change",
        "hx-target": f"#field-{field.html_name}",
        "hx-swap": "outerHTML show:none",
        "hx-include": "closest form",
    }
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.simple_tag(takes_context=True)
def row_cells(context: template.Context, shown: ShownRow) -> SafeString:
    """The cells of a row of the noun that the page is about."""
    may_change, is_focused = bool(context.get("may_change")), bool(context.get("focus"))
    return cells_html(shown, noun=context["noun"], may_change=may_change, is_focused=is_focused)


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, shown: Iterable[ShownRow]) -> SafeString:
    """The rows of a table whose rows have no order of their own."""
    settings = RowSettings(
        may_change=bool(context.get("may_change")),
        may_delete=bool(context.get("may_delete")),
        shows_buttons=bool(context.get("shows_buttons")),
        is_focused=bool(context.get("focus")),
    )
    return SafeString("\n".join(row_html(each, settings, noun=context["noun"]) for each in shown))


@register.simple_tag(takes_context=True)
def row_buttons(context: template.Context, shown: ShownRow) -> SafeString:
    """The buttons of a row that has no page of its own."""
    may_change, may_delete = bool(context.get("may_change")), bool(context.get("may_delete"))
    return buttons_html(shown, noun=context["noun"], may_change=may_change, may_delete=may_delete)


register.simple_tag(value_html, name="cell_value")
register.filter("price", price_html)
