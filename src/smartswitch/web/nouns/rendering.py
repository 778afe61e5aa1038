"""How the cells of a table are written: in Python, for a template per cell is most of what a table costs.

Everything that a row holds is escaped by `markup`; nothing here is marked as safe that came out of the database.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smartswitch.web.nouns.noun import Kind, Noun
from smartswitch.web.nouns.presentation import Cell, ShownRow
from smartswitch.web.nouns.row_address import row_address
from smartswitch.web.ui.markup import markup, markup_each
from smartswitch.web.ui.money_format import grouped, price_text
from smartswitch.web.ui.templatetags.smartswitch import duration, icon, money, phone

NOTHING = SafeString('<span class="text-secondary">–</span>')


def price_html(value: int, currency: str) -> SafeString:
    """A price per minute, or a fee, with its currency."""
    text = price_text(value, currency)
    return markup(
        '<span class="money">{}{} <span class="money-currency">{}</span></span>', text.main, text.rest, text.currency
    )


def moment_html(moment: date) -> SafeString:
    """A moment to the minute; machines read it in full."""
    return markup(
        '<time datetime="{}" class="text-nowrap">{}</time>', moment.isoformat(), moment.strftime("%Y-%m-%d %H:%M")
    )


def _yes_no(value: object) -> SafeString:
    return markup("{}", _("yes")) if value else markup('<span class="text-secondary">{}</span>', _("no"))


_WRITERS = {
    Kind.AMOUNT: lambda cell: money(cell.value, cell.currency),
    Kind.PRICE: lambda cell: price_html(cell.value, cell.currency),
    Kind.STATE: lambda cell: markup('<span class="badge bg-{}-lt">{}</span>', *cell.value),
    Kind.YES_NO: lambda cell: _yes_no(cell.value),
    Kind.MOMENT: lambda cell: moment_html(cell.value),
    Kind.SECONDS: lambda cell: markup("{}", duration(cell.value)),
    Kind.NUMBER: lambda cell: markup('<span class="digits">{}</span>', grouped(str(cell.value))),
    Kind.PHONE: lambda cell: markup('<span class="phone">{}</span>', phone(cell.value)),
    Kind.CODE: lambda cell: markup("<code>{}</code>", cell.value),
}


def value_html(cell: Cell) -> SafeString:
    """The value of a cell, by the kind of its column; a dash for nothing."""
    if cell.value is None or cell.value == "":
        return NOTHING
    writer = _WRITERS.get(cell.column.kind)
    if writer is not None:
        return writer(cell)
    return markup('<a href="{}">{}</a>', cell.link, cell.value) if cell.link else markup("{}", cell.value)


def cells_html(shown: ShownRow, *, noun: Noun, may_change: bool, is_focused: bool = False) -> SafeString:
    """The cells of a row. The first leads to the page of the row; those that are changed in place, to their form."""
    has_page = noun.parent is None and noun.has_page
    is_edited = may_change and shown.is_changeable and any(cell.edit is not None for cell in shown.cells)
    form = row_address(f"{noun.name}-change", shown.row.pk) if is_edited else ""
    written = []
    for place, cell in enumerate(shown.cells):
        value = value_html(cell)
        if place == 0 and has_page:
            value = markup('<a class="row-link" href="{}">{}</a>', row_address(f"{noun.name}-one", shown.row.pk), value)
        elif cell.edit is not None and is_edited:
            value = _edit_link(cell, value, form=form, place=f"{noun.name}-{shown.row.pk}", is_focused=is_focused)
        side = SafeString(' class="text-end"') if cell.is_right_sided else ""
        written.append((cell.label, side, value))
    return markup_each('<td data-label="{}"{}>{}</td>', written)


def _edit_link(cell: Cell, value: SafeString, *, form: str, place: str, is_focused: bool) -> SafeString:
    return markup(
        '<a class="cell-edit" id="edit-{}-{}" href="{}" hx-get="{}" title="{}"{}>{}</a>',
        place, cell.column.name, form, cell.edit, _("Change"), SafeString(" autofocus") if is_focused else "", value,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSettings:
    """What a viewer may do with the rows of a table, and whether the keyboard shall be at one."""

    may_change: bool
    may_delete: bool
    shows_buttons: bool
    is_focused: bool


def row_html(shown: ShownRow, settings: RowSettings, *, noun: Noun) -> SafeString:
    """A row of a table whose rows have no order of their own."""
    cells = cells_html(shown, noun=noun, may_change=settings.may_change, is_focused=settings.is_focused)
    name = markup(' id="{}-{}"', noun.name, shown.row.pk) if noun.has_page else ""
    if not settings.shows_buttons:
        return markup("<tr{}>{}</tr>", name, cells)
    buttons = buttons_html(shown, noun=noun, may_change=settings.may_change, may_delete=settings.may_delete)
    return markup('<tr{}>{}<td class="text-nowrap text-end">{}</td></tr>', name, cells, buttons)


def buttons_html(shown: ShownRow, *, noun: Noun, may_change: bool, may_delete: bool) -> SafeString:
    """The buttons of a row that has no page of its own: to its forms."""
    if not shown.is_changeable:
        return SafeString("")
    change = _("Change %(title)s") % {"title": shown.title}
    delete = _("Delete %(title)s") % {"title": shown.title}
    buttons = [("change", change, _("Change"), "pencil")] if may_change else []
    buttons += [("delete", delete, _("Delete"), "trash")] if may_delete else []
    return markup_each(
        '<a class="btn btn-sm btn-icon" href="{}" aria-label="{}" title="{}">{}</a>',
        (
            (row_address(f"{noun.name}-{page}", shown.row.pk), label, title, icon(drawing))
            for page, label, title, drawing in buttons
        ),
        between="\n",
    )
