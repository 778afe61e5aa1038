"""What can be done with billing packs besides the operations of their noun: ask what a call costs, and copy one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.core.money import format_amount
from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.keys.bearer import API_ADDRESSES
from smartswitch.web.api.noun_operations import CREATED, bound_form, refuse_unknown
from smartswitch.web.api.schemas.nouns import model_of_form, models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.forms import problems_of
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import row_of
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.packs.cost import cost_of_call
from smartswitch.web.packs.forms import CopyForm, CostForm
from smartswitch.web.packs.prices import ACTIVATE
from smartswitch.web.packs.selectors import database_now
from smartswitch.web.packs.services import PACKS

LONGEST_CALL_S = 86_400
Copy = model_of_form("PackCopy", CopyForm, "The key of the copy, and what is put on its prices.")


class Step(BaseModel):
    """One step of the arithmetic, in words."""

    name: str
    text: str


class Cost(BaseModel):
    """What a call costs by a pack, and why."""

    number: str = Field(description="The number as it is charged.")
    code: str | None = Field(description="The code that won.")
    amount: str | None = Field(description="With tax; null if there is no price.")
    currency: str
    refusal: str = Field(description="Why there is no price; empty if there is one.")
    steps: list[Step]


class Asked(BaseModel):
    """The call."""

    number: str = Field(min_length=1, max_length=64, description="As it is dialled, with the country code.")
    seconds: int = Field(60, ge=0, le=LONGEST_CALL_S, description="How long it lasts.")
    at: str | None = Field(
        None,
        max_length=40,
        json_schema_extra={"format": "date-time"},
        description="When it is answered; now, if not said.",
    )


def add_operations(router: Router) -> None:
    """Add to the operations of billing packs."""
    _add_cost(router)
    _add_copy(router)


def _add_cost(router: Router) -> None:
    @router.get(
        "/{int:row_id}/cost",
        response=Cost,
        operation_id="packs_cost",
        summary="Ask what a call costs by a pack",
        description="Rated by the functions that charge calls. Needs the right `packs.view`.",
    )
    def cost(request: HttpRequest, row_id: int, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
        require(request.viewer, "packs.view")
        refuse_unknown(request, Asked)
        pack = row_of(noun_named("packs"), request.viewer, row_id)
        form = CostForm(asked.model_dump(exclude_none=True))
        if not form.is_valid():
            raise Refused(problems_of(form))
        typed = form.cleaned_data
        found = cost_of_call(pack, typed["number"], seconds=typed["seconds"], at=typed["at"] or database_now())
        return {
            "number": found.number,
            "code": found.code,
            "amount": None if found.amount is None else format_amount(found.amount),
            "currency": found.currency,
            "refusal": found.refusal,
            "steps": [{"name": str(step.name), "text": str(step.text)} for step in found.steps],
        }


def _add_copy(router: Router) -> None:
    noun = noun_named("packs")
    row_model = models_of(noun).row

    @router.post(
        "/{int:row_id}/copy",
        response={CREATED: row_model},
        operation_id="packs_copy",
        summary="Copy a billing pack",
        description=(
            "With its terms, times and present prices, and a margin if wanted; also one that is shared with you."
            f" Needs the right `packs.add`, and `{ACTIVATE}`."
        ),
    )
    def copy(request: HttpRequest, row_id: int, sent: Copy) -> HttpResponse:  # type: ignore[valid-type]  # made from the form
        require(request.viewer, "packs.add")
        pack = row_of(noun, request.viewer, row_id)
        values = sent.model_dump(exclude_unset=True)

        def write() -> dict[str, Any]:
            form: Any = bound_form(lambda data: CopyForm(data, viewer=request.viewer), values)
            typed = form.cleaned_data
            made = PACKS.copy(pack, by=request.viewer, key=typed["key"], name=typed["name"], margin=form.margin())
            return told_row(noun, row_of(noun, request.viewer, made.pk))

        return answer_once(
            request,
            write,
            status=CREATED,
            model=row_model,
            location=lambda body: f"{API_ADDRESSES}{noun.name}/{body['id']}",
        )
