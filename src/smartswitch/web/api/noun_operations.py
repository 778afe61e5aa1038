"""The operations of every noun: list, read, add, change, delete. As in its pages, forms read and its services write.

    GET /companies   POST /companies   GET /companies/12   PATCH /companies/12   DELETE /companies/12

The form that people fill in also reads what programs send: the same parsing, the same refusals. A PATCH is that form with
the values that the row has, except those that are sent. Only fields of the form can be set; any other name is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.keys.bearer import API_ADDRESSES
from smartswitch.web.api.schemas.nouns import ONCE, NounModels, models_of, parent_id
from smartswitch.web.api.schemas.values import row_values, told_row
from smartswitch.web.nouns.fields import MomentField
from smartswitch.web.nouns.forms import NounForm, problems_of
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.table import FilterForm, TableOrder, count_rows, narrowed
from smartswitch.web.nouns.views import enter, row_of
from smartswitch.web.nouns.writing import Refused

CREATED, NO_CONTENT = 201, 204


def router_of(noun: Noun) -> Router:
    """All operations of one noun."""
    router = Router(tags=[noun.name])
    models = models_of(noun)
    _add_list(router, noun, models)
    if noun.has_page:
        _add_read(router, noun, models)
    if models.added is not None:
        _add_add(router, noun, models)
    if models.changed is not None:
        _add_change(router, noun, models)
    if "delete" in noun.api_writes and (noun.add_form or noun.change_form) is not None:
        _add_delete(router, noun)
    return router


def _add_list(router: Router, noun: Noun, models: NounModels) -> None:
    asked_model = models.asked

    @router.get(
        "",
        response=models.page,
        exclude_unset=True,
        operation_id=f"{noun.name}_list",
        summary=f"List {noun.many}",
        description=_with_right(str(noun.explanation), f"{noun.right}.view"),
    )
    def list_rows(request: HttpRequest, asked: asked_model = Query(...)) -> Any:  # type: ignore[valid-type]  # noqa: B008 - ninja reads it
        enter(request, noun, f"{noun.right}.view")
        refuse_unknown(request, asked_model)
        order, parent = _asked(request, noun, asked)
        rows = narrowed(noun, request.viewer, order, parent=parent)
        skipped = (asked.page - 1) * asked.size
        found = list(rows[skipped : skipped + asked.size + 1])
        has_next = len(found) > asked.size
        is_known = not has_next and (bool(found) or asked.page == 1)
        return {
            "items": [row_values(noun, row) for row in noun.completed(found[: asked.size])],
            "page": asked.page,
            "size": asked.size,
            "total": count_rows(rows, skipped + len(found), is_known=is_known),
            "has_next": has_next,
        }


def _add_read(router: Router, noun: Noun, models: NounModels) -> None:
    @router.get(
        "/{int:row_id}",
        response=models.row,
        exclude_unset=True,
        operation_id=f"{noun.name}_read",
        summary=f"Read one of {noun.many}",
        description=_with_right("", f"{noun.right}.view"),
    )
    def read_row(request: HttpRequest, row_id: int) -> Any:
        enter(request, noun, f"{noun.right}.view")
        return told_row(noun, row_of(noun, request.viewer, row_id))


def _add_add(router: Router, noun: Noun, models: NounModels) -> None:
    added = models.added

    @router.post(
        "",
        response={CREATED: models.new},
        operation_id=f"{noun.name}_add",
        summary=f"Add to {noun.many}",
        description=_with_right("", f"{noun.right}.add"),
    )
    def add_row(request: HttpRequest, sent: added) -> HttpResponse:  # type: ignore[valid-type]  # made for each noun
        enter(request, noun, f"{noun.right}.add")
        if not noun.may_add(request.viewer):
            raise Http404
        values = sent.model_dump(exclude_unset=True)
        parent = _parent_to_change(request, noun, values)

        def write() -> dict[str, Any]:
            form = bound_form(lambda data: noun.add_form(data, viewer=request.viewer, parent=parent), values)
            made = noun.services.add(by=request.viewer, values=form.values())
            told = noun.once(made)
            return told_row(noun, row_of(noun, request.viewer, made.pk)) | ({ONCE: told} if told else {})

        return answer_once(
            request,
            write,
            status=CREATED,
            model=models.new,
            location=lambda body: f"{API_ADDRESSES}{noun.name}/{body['id']}",
            shown_once=(ONCE,),
        )


def _add_change(router: Router, noun: Noun, models: NounModels) -> None:
    changed = models.changed

    @router.patch(
        "/{int:row_id}",
        response=models.row,
        operation_id=f"{noun.name}_change",
        summary=f"Change one of {noun.many}",
        description=_with_right("Fields that are not sent stay as they are.", f"{noun.right}.change"),
    )
    def change_row(request: HttpRequest, row_id: int, sent: changed) -> HttpResponse:  # type: ignore[valid-type]  # made for each noun
        enter(request, noun, f"{noun.right}.change")
        row = own_row(request, noun, row_id)
        values = sent.model_dump(exclude_unset=True)

        def write() -> dict[str, Any]:
            form = bound_form(lambda data: noun.change_form(data, viewer=request.viewer, row=row), values)
            named = {name: value for name, value in form.values().items() if name in values or name not in form.fields}
            noun.services.change(row, by=request.viewer, values=named)
            return told_row(noun, row_of(noun, request.viewer, row.pk))

        return answer_once(request, write, status=200, model=models.row)


def _add_delete(router: Router, noun: Noun) -> None:
    @router.delete(
        "/{int:row_id}",
        response={NO_CONTENT: None},
        operation_id=f"{noun.name}_delete",
        summary=f"Delete one of {noun.many}",
        description=_with_right("", f"{noun.right}.delete"),
    )
    def delete_row(request: HttpRequest, row_id: int) -> HttpResponse:
        enter(request, noun, f"{noun.right}.delete")

        def write() -> None:
            noun.services.delete(own_row(request, noun, row_id), by=request.viewer)

        return answer_once(request, write, status=NO_CONTENT)


def own_row(request: HttpRequest, noun: Noun, row_id: int) -> Any:
    """A row that is the viewer's to change; what is only shared with him is not found."""
    row = row_of(noun, request.viewer, row_id)
    if not noun.may_change(request.viewer, row):
        raise Http404
    return row


def refuse_unknown(request: HttpRequest, model: type[BaseModel]) -> None:
    """A parameter that nobody knows is a mistake that would otherwise go unseen: a filter that does not filter."""
    unknown = set(request.GET) - set(model.model_fields)
    if unknown:
        raise Refused(dict.fromkeys(sorted(unknown), _("There is no parameter of this name.")))


def bound_form(make: Callable[[Any], NounForm], values: Mapping[str, Any]) -> NounForm:
    """The form, filled in with what it begins with and, over that, with what was sent; Refused if it is not in order."""
    empty = make(None)
    hidden = set(values) - set(empty.fields)
    if hidden:
        raise Refused(dict.fromkeys(sorted(hidden), _("You may not set this field here.")))
    filled = {name: _begun_with(empty, name) for name in empty.fields}
    filled |= {name: "" if value is None else value for name, value in values.items()}
    form = make(filled)
    if not form.is_valid():
        raise Refused(problems_of(form))
    return form


def _begun_with(form: NounForm, name: str) -> Any:
    value = form.get_initial_for_field(form.fields[name], name)
    if value is None or isinstance(form.fields[name], MomentField):
        return value
    return form.fields[name].prepare_value(value)


def _asked(request: HttpRequest, noun: Noun, asked: Any) -> tuple[TableOrder, Any]:
    """What was asked of a list, and the row in which its rows stand, if it was named."""
    names = [each.name for each in noun.filters]
    sent = {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}
    form = FilterForm(sent, filters=noun.filters, viewer=request.viewer)
    if not form.is_valid():
        raise Refused(problems_of(form))
    order = TableOrder(
        search=(getattr(asked, "search", None) or "").replace("\0", "").strip(),
        order=getattr(asked, "order", None) or "",
        page=asked.page,
        columns=noun.columns,
        filters={name: value for name, value in form.cleaned_data.items() if value not in (None, "")},
    )
    parent_field = parent_id(noun)
    wanted = None if parent_field is None else getattr(asked, parent_field)
    return order, None if wanted is None else row_of(noun_named(noun.parent.noun), request.viewer, wanted)


def _parent_to_change(request: HttpRequest, noun: Noun, values: dict[str, Any]) -> Any:
    """Take the row in which a new one will stand out of what was sent; None for a noun that stands by itself."""
    name = parent_id(noun)
    return None if name is None else own_row(request, noun_named(noun.parent.noun), values.pop(name))


def _with_right(words: str, right: str) -> str:
    return f"{words} Needs the right `{right}`.".strip()
