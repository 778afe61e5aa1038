"""The history of one row, one change as a whole, and undoing it: what the pages of the audit do besides their list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.web.api.areas.audit import RIGHT, ChangeOfLog, LogPage, place_of, told_change, told_page
from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.audit.history import history_of
from smartswitch.web.audit.selectors import change_of_entry
from smartswitch.web.audit.undoing import MOST_UNDONE, Plan, plan_of, undo
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.views import enter, row_of

router = Router(tags=["audit"])
MOST_OVERWRITTEN = 1000
NEEDS = f"Needs the right `{RIGHT}`."


class AskedOfRow(BaseModel):
    """What may be asked of a history."""

    after: str | None = Field(None, pattern=r"^[0-9]{1,19}-[0-9]{1,19}$", description="`next` of the page before.")


class FieldToUndo(BaseModel):
    """One field that would get its former value."""

    key: str = Field(description="By which `overwrite` names it.")
    field: str
    now: str
    becomes: str
    has_moved: bool = Field(description="Somebody has changed it since: it is left alone unless `overwrite` names it.")


class StepToUndo(BaseModel):
    """What would be done to one row."""

    action: str = Field(description="What was done and would be undone: insert, update or delete.")
    kind: str
    title: str
    fields: list[FieldToUndo]
    problems: list[str] = Field(description="Why something of it cannot be undone.")
    is_doable: bool


class PlanToUndo(BaseModel):
    """What undoing a change would do, in the order in which it is done; nothing of a change that is too large."""

    steps: list[StepToUndo]
    is_doable: bool


class Undoing(BaseModel):
    """What is undone although it was changed since."""

    model_config = ConfigDict(extra="forbid", strict=True)

    overwrite: list[str] = Field([], max_length=MOST_OVERWRITTEN, description="Keys of fields of the plan.")


class Undone(BaseModel):
    """How much was written."""

    rows: int


@router.get(
    "/{int:entry_id}",
    response=ChangeOfLog,
    operation_id="audit_read",
    summary="Read a change as a whole",
    description=f"Everything that the request wrote to which an entry belongs. {NEEDS}",
)
def read_change(request: HttpRequest, entry_id: int) -> Any:
    """All of its entries, as far as they are told."""
    require(request.viewer, RIGHT)
    return told_change(request.viewer, change_of_entry(entry_id))


@router.get(
    "/{int:entry_id}/undo",
    response=PlanToUndo,
    operation_id="audit_undo_plan",
    summary="Ask what undoing a change would do",
    description=f"Of a change of at most {MOST_UNDONE} entries; nothing is written. {NEEDS}",
)
def read_plan(request: HttpRequest, entry_id: int) -> Any:
    """The plan, as the page shows it before it asks."""
    require(request.viewer, RIGHT)
    with translation.override("en"):
        return _told_plan(plan_of(request.viewer, change_of_entry(entry_id)))


@router.post(
    "/{int:entry_id}/undo",
    response=Undone,
    operation_id="audit_undo",
    summary="Undo a change",
    description=(
        "All that can be undone, through the services of each thing and under their rights; what was changed since stays."
        f" {NEEDS}"
    ),
)
def undo_change(request: HttpRequest, entry_id: int, sent: Undoing) -> HttpResponse:
    """Set it back; whoever may not change a thing by hand may not so either."""
    require(request.viewer, RIGHT)
    found = change_of_entry(entry_id)

    def write() -> dict[str, Any]:
        return {"rows": undo(request.viewer, plan_of(request.viewer, found), overwrite=sent.overwrite)}

    return answer_once(request, write, status=200, model=Undone)


def add_operations(noun_router: Router, noun: Noun) -> None:
    """Add to the operations of a noun whose rows have a history."""

    @noun_router.get(
        "/{int:row_id}/history",
        response=LogPage,
        operation_id=f"{noun.name}_history",
        summary=f"Read the history of one of {noun.many}",
        description=f"Its own changes, those of its balance and of what hangs on it, newest first. {NEEDS}",
    )
    def read_history(request: HttpRequest, row_id: int, asked: AskedOfRow = Query(...)) -> Any:  # noqa: B008 - ninja's way
        require(request.viewer, RIGHT)
        enter(request, noun, f"{noun.right}.view")
        refuse_unknown(request, AskedOfRow)
        row = row_of(noun, request.viewer, row_id)
        return told_page(request.viewer, history_of(request.viewer, noun, row, place=place_of(asked.after)))


def _told_plan(plan: Plan) -> dict[str, Any]:
    steps = [
        {
            "action": step.action,
            "kind": str(step.kind),
            "title": step.title,
            "fields": [
                {
                    "key": each.key,
                    "field": each.label,
                    "now": each.now,
                    "becomes": each.becomes,
                    "has_moved": each.has_moved,
                }
                for each in step.fields
            ],
            "problems": [str(text) for text in step.problems],
            "is_doable": step.is_doable,
        }
        for step in plan.steps
    ]
    return {"steps": steps, "is_doable": plan.is_doable}
