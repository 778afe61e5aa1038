"""How the cells of a table are written: in Python, for a template per cell is most of what a page of fifty rows costs.

Everything that a row holds is escaped by `format_html`; nothing here is marked as safe that came out of the database.
"""

from datetime import date

from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smartswitch.web.nouns.noun import Kind, Noun
from smartswitch.web.nouns.presentation import Cell, ShownRow
from smartswitch.web.ui.money_format import grouped, price_text
from smartswitch.web.ui.templatetags.smartswitch import duration, icon, money, phone

NOTHING = SafeString('<span class="text-secondary">–</span>')


def price_html(value: int, currency: str) -> SafeString:
    """A price per minute, or a fee, with its currency."""
    text = price_text(value, currency)
    return format_html(
        '<span class="money">{}{} <span class="money-currency">{}</span></span>', text.main, text.rest, text.currency
    )


def moment_html(moment: date) -> SafeString:
    """A moment to the minute; machines read it in full."""
    return format_html(
        '<time datetime="{}" class="text-nowrap">{}</time>', moment.isoformat(), moment.strftime("%Y-%m-%d %H:%M")
    )


def _yes_no(value: object) -> SafeString:
    return format_html("{}", _("yes")) if value else format_html('<span class="text-secondary">{}</span>', _("no"))


_WRITERS = {
    Kind.AMOUNT: lambda cell: money(cell.value, cell.currency),
    Kind.PRICE: lambda cell: price_html(cell.value, cell.currency),
    Kind.STATE: lambda cell: format_html('<span class="badge bg-{}-lt">{}</span>', *cell.value),
    Kind.YES_NO: lambda cell: _yes_no(cell.value),
    Kind.MOMENT: lambda cell: moment_html(cell.value),
    Kind.SECONDS: lambda cell: format_html("{}", duration(cell.value)),
    Kind.NUMBER: lambda cell: format_html('<span class="digits">{}</span>', grouped(str(cell.value))),
    Kind.PHONE: lambda cell: format_html('<span class="phone">{}</span>', phone(cell.value)),
    Kind.CODE: lambda cell: format_html("<code>{}</code>", cell.value),
}


def value_html(cell: Cell) -> SafeString:
    """The value of a cell, by the kind of its column; a dash for nothing."""
    if cell.value is None or cell.value == "":
        return NOTHING
    writer = _WRITERS.get(cell.column.kind)
    if writer is not None:
        return writer(cell)
    return format_html('<a href="{}">{}</a>', cell.link, cell.value) if cell.link else conditional_escape(cell.value)


def cells_html(shown: ShownRow, *, noun: Noun, may_change: bool, is_focused: bool = False) -> SafeString:
    """The cells of a row. The first leads to the page of the row; those that are changed in place, to their form."""
    has_page = noun.parent is None and noun.has_page
    is_edited = may_change and shown.is_changeable and any(cell.edit is not None for cell in shown.cells)
    form = reverse(f"{noun.name}-change", args=[shown.row.pk]) if is_edited else ""
    written = []
    for place, cell in enumerate(shown.cells):
        value = value_html(cell)
        if place == 0 and has_page:
            value = format_html(
                '<a class="row-link" href="{}">{}</a>', reverse(f"{noun.name}-one", args=[shown.row.pk]), value
            )
        elif cell.edit is not None and is_edited:
            value = _edit_link(cell, value, form=form, place=f"{noun.name}-{shown.row.pk}", is_focused=is_focused)
        side = SafeString(' class="text-end"') if cell.is_right_sided else ""
        written.append((cell.column.label, side, value))
    return format_html_join("", '<td data-label="{}"{}>{}</td>', written)


def _edit_link(cell: Cell, value: SafeString, *, form: str, place: str, is_focused: bool) -> SafeString:
    return format_html(
        '<a class="cell-edit" id="edit-{}-{}" href="{}" hx-get="{}" hx-target="closest tr"'
        ' hx-swap="outerHTML show:none" title="{}"{}>{}</a>',
        place, cell.column.name, form, cell.edit, _("Change"), SafeString(" autofocus") if is_focused else "", value,
    )  # fmt: skip


def buttons_html(shown: ShownRow, *, noun: Noun, may_change: bool, may_delete: bool) -> SafeString:
    """The buttons of a row that has no page of its own: to its forms."""
    if not shown.is_changeable:
        return SafeString("")
    change = _("Change %(title)s") % {"title": shown.title}
    delete = _("Delete %(title)s") % {"title": shown.title}
    buttons = [("change", change, _("Change"), "pencil")] if may_change else []
    buttons += [("delete", delete, _("Delete"), "trash")] if may_delete else []
    return format_html_join(
        "\n",
        '<a class="btn btn-sm btn-icon" href="{}" aria-label="{}" title="{}">{}</a>',
        (
            (reverse(f"{noun.name}-{page}", args=[shown.row.pk]), label, title, icon(drawing))
            for page, label, title, drawing in buttons
        ),
    )
