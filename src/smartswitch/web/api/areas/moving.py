"""Rows that have an order: an operation that gives one another place in its list, of every noun whose rows have one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import own_row
from smartswitch.web.api.schemas.nouns import FIRST_ID, LAST_ID, models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.nouns.moving import Beside, Way
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.views import enter, row_of
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused


class Move(BaseModel):
    """Where the row goes: exactly one of these."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: Way | None = Field(None, strict=False, description="Past its neighbour, or to an end of its list.")
    before: int | None = Field(None, ge=FIRST_ID, le=LAST_ID, description="The id of the row that it comes before.")
    after: int | None = Field(None, ge=FIRST_ID, le=LAST_ID, description="The id of the row that it comes after.")

    def place(self) -> Way | Beside:
        """What is meant; Refused if that is not one place."""
        said: list[Way | Beside] = [] if self.to is None else [self.to]
        said += [] if self.before is None else [Beside(row_id=self.before, is_after=False)]
        said += [] if self.after is None else [Beside(row_id=self.after, is_after=True)]
        if len(said) != 1:
            raise Refused({OF_THE_WHOLE: _("Say one place: to, before or after.")})
        return said[0]


def add_operations(router: Router, noun: Noun) -> None:
    """Add to the operations of a noun whose rows have an order."""
    row_model = models_of(noun).row

    @router.post(
        "/{int:row_id}/move",
        response=row_model,
        operation_id=f"{noun.name}_move",
        summary=f"Move one of {noun.many}",
        description=f"To another place in its list, which is asked in that order. Needs the right `{noun.right}.change`.",
    )
    def move_row(request: HttpRequest, row_id: int, sent: Move) -> HttpResponse:
        enter(request, noun, f"{noun.right}.change")
        row = own_row(request, noun, row_id)

        def write() -> dict[str, Any]:
            services: Any = noun.services
            services.move(row, by=request.viewer, to=sent.place())
            return told_row(noun, row_of(noun, request.viewer, row_id))

        return answer_once(request, write, status=200, model=row_model)
