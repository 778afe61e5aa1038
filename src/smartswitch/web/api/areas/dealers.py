"""Moving a dealer below another one, with all that is below it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import bound_form, own_row
from smartswitch.web.api.schemas.nouns import model_of_form, models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.dealers.forms import MoveForm
from smartswitch.web.dealers.services import DEALERS
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import row_of

RIGHT = "dealers.change"
NewPlace = model_of_form("NewPlace", MoveForm, "Under whom, and at which prices; packs that are not sent stay.")


def add_operations(router: Router) -> None:
    """Add to the operations of dealers."""
    noun = noun_named("dealers")
    row_model = models_of(noun).row

    @router.post(
        "/{int:row_id}/move",
        response=row_model,
        operation_id="dealers_move",
        summary="Move a dealer below another one",
        description=(
            "With all below it; calls made until now stay where they were charged. Nobody moves his own dealer."
            f" Needs the right `{RIGHT}`."
        ),
    )
    def move(request: HttpRequest, row_id: int, sent: NewPlace) -> HttpResponse:  # type: ignore[valid-type]  # made from the form
        require(request.viewer, RIGHT)
        row = own_row(request, noun, row_id)
        values = sent.model_dump(exclude_unset=True)

        def write() -> dict[str, Any]:
            form = bound_form(lambda data: MoveForm(data, viewer=request.viewer, row=row), values)
            DEALERS.move(row, by=request.viewer, **form.values())
            return told_row(noun, row_of(noun, request.viewer, row.pk))

        return answer_once(request, write, status=200, model=row_model)
