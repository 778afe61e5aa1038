"""What was changed, by whom, from what to what: the audit log as the page shows it, newest first."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.api.schemas.values import moment_text
from smartswitch.web.audit.filters import Asked as AskedOfLog
from smartswitch.web.audit.filters import Place, read_place
from smartswitch.web.audit.presentation import change_views
from smartswitch.web.audit.selectors import Change, ChangesPage, changes_page
from smartswitch.web.audit.words import ACTIONS, ORIGINS
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import Refused

router = Router(tags=["audit"])
RIGHT = "audit.view"
MOST_CHANGES = 100


class ChangedField(BaseModel):
    """One field; `before` is null of what is new, `after` of what is gone."""

    field: str
    before: str | None
    after: str | None


class Entry(BaseModel):
    """What was done to one thing."""

    id: int
    action: str
    kind: str
    title: str
    fields: list[ChangedField]


class ChangeOfLog(BaseModel):
    """What one request wrote."""

    id: int = Field(description="That of its first entry.")
    at: str
    actor: str
    acting_for: str | None
    dealer: str | None = Field(description="For whom the person works.")
    origin: str
    entries: list[Entry]
    more: int = Field(description="Entries of the same change that are not told here.")


class LogPage(BaseModel):
    """Some changes, the newest first."""

    items: list[ChangeOfLog]
    next: str | None = Field(description="Ask for `after` this to get the older ones.")


class Asked(BaseModel):
    """What may be asked."""

    actor: str | None = Field(None, max_length=64, description="The login of the person.")
    action: Literal[tuple(ACTIONS)] | None = None
    origin: Literal[tuple(ORIGINS)] | None = None
    text: str | None = Field(None, max_length=64, description="What a changed value holds.")
    after: str | None = Field(None, pattern=r"^[0-9]{1,19}-[0-9]{1,19}$", description="`next` of the page before.")
    size: int = Field(30, ge=1, le=MOST_CHANGES)


@router.get(
    "",
    response=LogPage,
    operation_id="audit_list",
    summary="List what was changed",
    description="Changes made by people of one's own dealer and of those below. Needs the right `audit.view`.",
)
def list_changes(request: HttpRequest, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
    """The newest first."""
    require(request.viewer, RIGHT)
    refuse_unknown(request, Asked)
    wanted = AskedOfLog(actor=asked.actor, action=asked.action, origin=asked.origin, text=asked.text)
    return told_page(request.viewer, changes_page(request.viewer, wanted, place_of(asked.after), most=asked.size))


def place_of(after: str | None) -> Place | None:
    """The place that a page goes on from; None for the newest."""
    place = None if after is None else read_place(after)
    if after is not None and place is None:
        raise Refused({"after": _("There is no such place in the log.")})
    return place


def told_page(viewer: Viewer, page: ChangesPage) -> dict[str, Any]:
    """A page of changes as it is answered."""
    with translation.override("en"):
        items = [_change(view) for view in change_views(viewer, page.changes)]
    return {"items": items, "next": None if page.next is None else str(page.next)}


def told_change(viewer: Viewer, change: Change) -> dict[str, Any]:
    """One change as it is answered."""
    with translation.override("en"):
        return _change(change_views(viewer, [change])[0])


def _change(view: Any) -> dict[str, Any]:
    return {
        "id": view.first_id,
        "at": moment_text(view.at),
        "actor": view.actor,
        "acting_for": view.acting_for,
        "dealer": view.dealer,
        "origin": str(view.origin),
        "entries": [_entry(entry) for entry in view.entries],
        "more": max(0, view.more),
    }


def _entry(entry: Any) -> dict[str, Any]:
    fields = [{"field": each.label, "before": each.before, "after": each.after} for each in entry.fields]
    return {
        "id": entry.entry_id,
        "action": entry.action,
        "kind": str(entry.kind),
        "title": entry.title,
        "fields": fields,
    }
