"""The pages of every noun: a table, a row, a form for a new one, for a change, and the question before deleting.

Views are thin: a form reads, the noun's services write, selectors and templates show. A row that row-level security does
not show is not found. Where a noun's own page needs more, it has tabs and actions; it does not get a view of its own here.
"""

from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns import export
from smartswitch.web.nouns.field_check import checked_field
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.nouns.noun import Noun, Parent, Tab
from smartswitch.web.nouns.presentation import cells_of, shown_rows
from smartswitch.web.nouns.registry import children_of, noun_named
from smartswitch.web.nouns.table import ask, chosen_columns, narrowed, query_without, read_page
from smartswitch.web.nouns.writing import Refused

View = Callable[..., HttpResponse]
EXPORTS = {"csv": export.csv_file, "xlsx": export.xlsx_file}
REFUSED_STATUS = 422
MOST_SUGGESTIONS = 12
HIGHEST = "\N{REPLACEMENT CHARACTER}"
"""Sorts behind all that a key may hold."""
READING = ("GET", "HEAD")
EXPORTED_AT_ONCE = 2_000


def enter(request: HttpRequest, noun: Noun, right: str) -> None:
    """Let through who has the right; what only the owner has is not found by anybody else."""
    require(request.viewer, right)
    if noun.is_for_owner and not request.viewer.is_owner:
        raise Http404


def row_of(noun: Noun, viewer: Viewer, pk: int) -> Any:
    """The row of this id, if the viewer may see it; else Http404."""
    if pk >= 2**63:
        raise Http404
    row = noun.rows(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def address_of(noun: Noun, row: Model) -> str:
    """Where a row is shown: its own page, or the tab of its parent's page."""
    if noun.parent is None:
        return reverse(f"{noun.name}-one", args=[row.pk])
    return reverse(f"{noun.name}-in", args=[getattr(row, f"{noun.parent.field}_id")])


def list_view(noun: Noun) -> View:
    """The table of a noun; as a file with `?export=csv` or `xlsx`."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        enter(request, noun, f"{noun.right}.view")
        if request.GET.get("export") in EXPORTS:
            return _export(request, noun)
        template = "nouns/table.html" if "HX-Request" in request.headers else noun.list_template
        return render(request, template, _table_context(request, noun))

    return view


def inner_list_view(noun: Noun, parent: Parent) -> View:
    """The table of the rows that stand in one row of another noun, as a tab of that row's page."""
    outer = parent.noun

    @require_safe
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        enter(request, noun, f"{noun.right}.view")
        above = noun_named(outer)
        row = row_of(above, request.viewer, pk)
        if request.GET.get("export") in EXPORTS:
            return _export(request, noun, parent=row)
        context = _table_context(request, noun, parent=row)
        if "HX-Request" in request.headers:
            return render(request, "nouns/table.html", context)
        return render(
            request, "nouns/inner_list.html", {**page_of_one_context(request, above, row, tab=noun.name), **context}
        )

    return view


def one_view(noun: Noun) -> View:
    """The page of one row; `tab` names one of the noun's tabs, which may take what is posted to it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int, tab: str = "") -> HttpResponse:
        enter(request, noun, f"{noun.right}.view")
        row = row_of(noun, request.viewer, pk)
        if not tab and request.method == "POST":
            return HttpResponseNotAllowed(READING)
        if not tab:
            noun.complete((row,))
            facts = cells_of((*noun.columns, *noun.facts), row, viewer=request.viewer)
            context = {
                **page_of_one_context(request, noun, row, tab=""),
                "facts": facts,
                **noun.more(request.viewer, row),
            }
            return render(request, noun.one_template, context)
        chosen = next((each for each in noun.tabs if each.name == tab and each.suits(request.viewer, row)), None)
        if chosen is None:
            raise Http404
        if chosen.right is not None:
            require(request.viewer, chosen.right)
        if request.method == "POST":
            return _write_tab(request, noun, row, chosen)
        context = {**page_of_one_context(request, noun, row, tab=tab), **chosen.context(request.viewer, row)}
        return render(request, chosen.template, context)

    return view


def _write_tab(request: HttpRequest, noun: Noun, row: Any, tab: Tab) -> HttpResponse:
    """What a tab makes of what was posted to it; a refusal shows the tab again, with what was typed."""
    if tab.write is None:
        return HttpResponseNotAllowed(READING)
    answer = tab.write(request, row)
    if isinstance(answer, HttpResponse):
        return answer
    context = {**page_of_one_context(request, noun, row, tab=tab.name), **tab.context(request.viewer, row), **answer}
    return render(request, tab.template, context, status=REFUSED_STATUS)


def add_view(noun: Noun) -> View:
    """The form for a new row; inside a parent, `pk` is the parent's."""
    assert noun.add_form is not None

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int | None = None) -> HttpResponse:
        enter(request, noun, f"{noun.right}.add")
        if not noun.may_add(request.viewer):
            raise Http404
        parent = None
        if noun.parent is not None:
            assert pk is not None
            above = noun_named(noun.parent.noun)
            parent = row_of(above, request.viewer, pk)
            if not above.may_change(request.viewer, parent):
                raise Http404
        form_class = _add_form(request, noun)
        if form_class is None:
            return render(request, "nouns/choose.html", {"noun": noun, "query": request.GET.urlencode()})
        form = form_class(_typed(request), viewer=request.viewer, parent=parent)
        form.begin_with(request.GET)
        form.initial |= noun.prefilled(request.viewer, request.GET)
        return _write(
            request, noun, form, lambda values: noun.services.add(by=request.viewer, values=values), parent=parent
        )

    return view


def change_view(noun: Noun) -> View:
    """The form for the change of a row."""
    assert noun.change_form is not None

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        enter(request, noun, f"{noun.right}.change")
        row = _own_row(request, noun, pk)
        form = noun.change_form(_typed(request), viewer=request.viewer, row=row)
        return _write(
            request, noun, form, lambda values: noun.services.change(row, by=request.viewer, values=values), row=row
        )

    return view


def delete_view(noun: Noun) -> View:
    """The question before a row is deleted, and the deletion."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        enter(request, noun, f"{noun.right}.delete")
        row = _own_row(request, noun, pk)
        back = address_of(noun, row)
        context = {"noun": noun, "row": row, "title": noun.title(row), "back": back}
        if request.method != "POST":
            return render(request, "nouns/delete.html", context)
        try:
            noun.services.delete(row, by=request.viewer)
        except Refused as refused:
            problems = list(refused.problems.values())
            return render(request, "nouns/delete.html", {**context, "problems": problems}, status=REFUSED_STATUS)
        text = _("%(title)s is deleted.") % {"title": context["title"]}
        messages.success(request, text, extra_tags=request.request_id)
        return redirect(back if noun.parent is not None else reverse(noun.name))

    return view


def suggestions_view(noun: Noun) -> View:
    """Keys that begin with (or hold) what was typed, for the fields that name such a thing."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        enter(request, noun, f"{noun.right}.view")
        typed = request.GET.get(request.GET.get("field", ""), "").replace("\0", "").strip()[:64]
        rows = keys_like(noun.rows(request.viewer), typed)
        return render(request, "nouns/suggestions.html", {"rows": rows})

    return view


def keys_like(rows: QuerySet[Any], typed: str) -> list[Any]:
    """The first rows whose key begins so. As typed an index finds them; in other letters all keys are looked through."""
    as_typed = rows.filter(key__gte=typed, key__lt=typed + HIGHEST, key__startswith=typed).order_by("key")
    found = list(as_typed[:MOST_SUGGESTIONS])
    return found or list(rows.filter(key__istartswith=typed).order_by("key")[:MOST_SUGGESTIONS])


def _own_row(request: HttpRequest, noun: Noun, pk: int) -> Any:
    """A row that is the viewer's to change; what is only shared with him is not found here."""
    row = row_of(noun, request.viewer, pk)
    if not noun.may_change(request.viewer, row):
        raise Http404
    return row


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _write(
    request: HttpRequest,
    noun: Noun,
    form: NounForm,
    write: Callable[[dict[str, Any]], Any],
    *,
    row: Any = None,
    parent: Any = None,
) -> HttpResponse:
    """Show the form, check one field of it (`?validate=`), or write and go to what was written."""
    checked = checked_field(request, form)
    if checked is not None:
        return checked
    if request.method == "POST" and form.is_valid():
        try:
            written = write(form.values())
        except Refused as refused:
            form.refuse(refused.problems)
        else:
            told = noun.once(written)
            if told:
                return tell_once(request, noun, written, told)
            text = _("%(title)s is saved.") % {"title": noun.title(written)}
            messages.success(request, text, extra_tags=request.request_id)
            return redirect(address_of(noun, written))
    status = REFUSED_STATUS if request.method == "POST" else 200
    back = address_of(noun, row) if row is not None else _back(noun, parent)
    context = {
        "noun": noun,
        "row": row,
        "parent": parent,
        "form": form,
        "back": back,
        "title": noun.title(row) if row else "",
    }
    return render(request, "nouns/form.html", context, status=status)


def tell_once(request: HttpRequest, noun: Noun, row: Any, told: dict[str, str]) -> HttpResponse:
    """The answer to a write that made a secret: the only page that ever shows it, kept by no browser and no proxy."""
    context = {"noun": noun, "row": row, "title": noun.title(row), "back": address_of(noun, row), "told": told}
    response = render(request, noun.once_template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_form(request: HttpRequest, noun: Noun) -> type[NounForm] | None:
    """The form for a new row; None as long as it is to be said of which kind it shall be."""
    if not noun.variants:
        return noun.add_form
    kind = request.POST.get("kind") or request.GET.get("kind")
    return next((each.form for each in noun.variants if each.name == kind), None)


def _back(noun: Noun, parent: Any) -> str:
    return reverse(noun.name) if noun.parent is None else reverse(f"{noun.name}-in", args=[parent.pk])


def _export(request: HttpRequest, noun: Noun, *, parent: Any = None) -> HttpResponse:
    asked, _form = ask(request, noun, request.viewer)
    rows = narrowed(noun, request.viewer, asked, parent=parent)[: export.MOST_ROWS].iterator(
        chunk_size=EXPORTED_AT_ONCE
    )
    completed = chain.from_iterable(iter(lambda: noun.completed(islice(rows, EXPORTED_AT_ONCE)), []))
    return EXPORTS[request.GET["export"]](noun.name, asked.columns, completed)


def _table_context(request: HttpRequest, noun: Noun, *, parent: Any = None) -> dict[str, Any]:
    viewer = request.viewer
    page = read_page(request, noun, viewer, parent=parent)
    is_own = parent is None or noun.parent is None or noun_named(noun.parent.noun).may_change(viewer, parent)
    may_change = noun.change_form is not None and is_own and viewer.may(f"{noun.right}.change")
    may_delete = noun.add_form is not None and is_own and viewer.may(f"{noun.right}.delete")
    return {
        "noun": noun,
        "parent": parent,
        "page": page,
        "shown": shown_rows(noun, page.asked.columns, page.rows, viewer=viewer),
        "may_add": noun.add_form is not None and is_own and viewer.may(f"{noun.right}.add") and noun.may_add(viewer),
        "may_change": may_change,
        "may_delete": may_delete,
        "shows_buttons": shows_buttons(noun, may_change=may_change, may_delete=may_delete),
        "query_for_order": query_without(request.GET, "order", "page"),
        "query_for_page": query_without(request.GET, "page"),
        "query_for_export": query_without(request.GET, "export", "page"),
    }


def context_of_row(request: HttpRequest, noun: Noun, rows: Iterable[Any]) -> dict[str, Any]:
    """What `table_rows` needs to show rows of a table again, with the columns that the viewer chose."""
    viewer = request.viewer
    may_change = noun.change_form is not None and viewer.may(f"{noun.right}.change")
    may_delete = viewer.may(f"{noun.right}.delete")
    return {
        "noun": noun,
        "shown": shown_rows(noun, chosen_columns(request, noun), rows, viewer=viewer),
        "may_change": may_change,
        "may_delete": may_delete,
        "shows_buttons": shows_buttons(noun, may_change=may_change, may_delete=may_delete),
    }


def shows_buttons(noun: Noun, *, may_change: bool, may_delete: bool) -> bool:
    """Whether the rows of a table have buttons: where they have no page of their own to lead to, or an order."""
    return (noun.parent is not None or noun.is_ordered) and (may_change or may_delete)


def page_of_one_context(request: HttpRequest, noun: Noun, row: Any, *, tab: str) -> dict[str, Any]:
    """What the page of a row needs on each of its tabs."""
    viewer = request.viewer
    is_own = noun.may_change(viewer, row)
    return {
        "noun": noun,
        "of_one": noun,
        "row": row,
        "title": noun.title(row),
        "tab": tab,
        "tabs": [each for each in noun.tabs if _shows(viewer, each, row)],
        "inner": [each for each in children_of(noun.name) if viewer.may(f"{each.right}.view")],
        "actions": [
            (each, each.address(row)) for each in noun.actions if viewer.may(each.right) and each.suits(viewer, row)
        ],
        "may_change_one": noun.change_form is not None and is_own and viewer.may(f"{noun.right}.change"),
        "may_delete_one": noun.add_form is not None
        and is_own
        and viewer.may(f"{noun.right}.delete")
        and noun.may_delete(viewer, row),
        "sees_audit": viewer.may("audit.view"),
    }


def _shows(viewer: Viewer, tab: Tab, row: Any) -> bool:
    return (tab.right is None or viewer.may(tab.right)) and tab.suits(viewer, row)
