"""Calls: those that ended, one with its charges and why, those in progress, and how to end one."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.core.money import format_amount
from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.api.schemas.values import moment_text
from smartswitch.web.calls.hangup import hang_up
from smartswitch.web.calls.selectors.call_filter import (
    DIRECTIONS,
    HIGHEST_ID,
    LONGEST_CALL_S,
    LONGEST_NAME,
    RESULTS,
    CallFilter,
    read_call_filter,
)
from smartswitch.web.calls.selectors.legs import LegFact
from smartswitch.web.calls.selectors.places import Place
from smartswitch.web.calls.selectors.search import find_calls, legs_of_call
from smartswitch.web.dashboard.explanation import Explanation, explain
from smartswitch.web.dashboard.presentation import Relation
from smartswitch.web.dashboard.selectors.live import live_calls
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import Refused

router = Router(tags=["calls"])
MOST_CALLS = 200
MS_PER_SECOND = 1000
ACCEPTED = 202
NEEDS = "Needs the right `calls.view`."
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Leg(BaseModel):
    """One leg of a call, as far as one's house may know it."""

    call_id: UUID
    leg: int
    direction: str = Field(description="outbound, inbound or internal.")
    caller: str
    called: str
    caller_name: str
    result: str = Field(description="answered, unanswered or refused.")
    reason: str | None = Field(description="Why it was refused; null if it was not, or if that is not yours to know.")
    sip_status: int
    ended_by: str | None
    terminator: str | None = Field(description="By whose line it left; null if that is not yours to know.")
    peer: str | None
    dealer: str
    began_at: Moment
    answered_at: Moment | None
    ended_at: Moment
    duration_ms: int
    billed_s: int
    margin: str | None = Field(description="What one earned with it, without tax; null if in two currencies.")
    margin_currency: str | None


class Step(BaseModel):
    """One step of the arithmetic of a charge, in words."""

    name: str
    text: str


class ChargeOfLeg(BaseModel):
    """What one level paid for one leg, and why."""

    relation: str = Field(description="Whether one paid it, sold it, or it was paid further below.")
    payer: str
    seller: str
    amount: str
    tax: str
    currency: str
    code: str
    billed_s: int
    pack: str | None
    steps: list[Step]


class LegWithCharges(Leg):
    """A leg with its charges."""

    charges: list[ChargeOfLeg]


class Call(BaseModel):
    """A call."""

    call_id: UUID
    legs: list[LegWithCharges]


class CallPage(BaseModel):
    """Some calls, the newest first."""

    items: list[Leg]
    next: str | None = Field(description="Give this as `after` to read on; null if there are no older ones.")
    since: Moment = Field(description="How far back this page looked.")


Id = Annotated[int, Field(ge=1, le=HIGHEST_ID)]


class Asked(BaseModel):
    """What may be asked."""

    number: str | None = Field(None, max_length=40, description="The caller's or the called number, or how it begins.")
    peer: Id | None = Field(None, description="Only calls of this peer, by its id.")
    company: Id | None = Field(None, description="Only calls of this company's peers, by its id.")
    dealer: Id | None = Field(None, description="Only calls of this dealer and those below it, by its id.")
    since: str | None = Field(
        None, max_length=40, description="Not before this day or moment: 2026-11-28, or ISO 8601."
    )
    until: str | None = Field(None, max_length=40, description="Before this moment; a day is meant as a whole.")
    result: Literal[RESULTS] | None = Field(None, description="How they went.")
    direction: Literal[DIRECTIONS] | None = Field(None, description="Where they went.")
    terminator: str | None = Field(
        None, max_length=LONGEST_NAME, description="By whose line they left; for who may see the routes."
    )
    min_s: int | None = Field(None, ge=0, le=LONGEST_CALL_S, description="Only calls that lasted so many seconds.")
    after: str | None = Field(
        None,
        pattern=r"^[0-9a-fA-F-]{36}\.[0-9]{1,5}$",
        description="`next` of the page before; without it, the newest.",
    )
    size: int = Field(50, ge=1, le=MOST_CALLS, description="How many legs a page has.")


class LiveCall(BaseModel):
    """A leg in progress."""

    call_id: UUID
    leg: int
    state: str
    direction: str
    caller: str
    called: str
    peer: str | None
    dealer: str
    began_at: Moment
    answered_at: Moment | None
    granted_s: int
    held: str | None
    currency: str | None


class LiveCalls(BaseModel):
    """The newest calls in progress, and how many there are in all."""

    items: list[LiveCall]
    total: int
    answered: int


@router.get("", response=CallPage, operation_id="calls_list", summary="List calls that ended", description=NEEDS)
def list_calls(request: HttpRequest, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
    """The newest first."""
    require(request.viewer, "calls.view")
    refuse_unknown(request, Asked)
    wanted = _filter(request.viewer, asked)
    page = find_calls(request.viewer, wanted, now=timezone.now(), after=_place(asked.after), most=asked.size)
    return {
        "items": [_leg(request.viewer, leg) for leg in page.legs],
        "next": page.next_place,
        "since": moment_text(page.since),
    }


@router.get("/live", response=LiveCalls, operation_id="calls_live", summary="List calls in progress", description=NEEDS)
def live(request: HttpRequest) -> Any:
    """The newest first; the list is bounded, the numbers are not."""
    require(request.viewer, "calls.view")
    sees_money = request.viewer.may("balances.view")
    found = live_calls(request.viewer)
    items = [
        {
            "call_id": call.call_id,
            "leg": call.leg,
            "state": call.state,
            "direction": call.direction,
            "caller": call.caller,
            "called": call.called,
            "peer": call.peer,
            "dealer": call.dealer,
            "began_at": _moment(call.authorized_at_ms),
            "answered_at": _moment(call.answered_at_ms),
            "granted_s": call.granted_s,
            "held": format_amount(call.held) if sees_money and call.held is not None else None,
            "currency": call.currency if sees_money else None,
        }
        for call in found.calls
    ]
    return {"items": items, "total": found.total, "answered": found.answered}


@router.get(
    "/{uuid:call_id}",
    response=Call,
    operation_id="calls_read",
    summary="Read a call with its charges",
    description=f"{NEEDS} Charges are shown to who has `balances.view`, too.",
)
def read_call(request: HttpRequest, call_id: UUID) -> Any:
    """Its legs, the charges at one's own levels, and why."""
    require(request.viewer, "calls.view")
    legs = legs_of_call(request.viewer, call_id)
    if not legs:
        raise Http404
    sees_money = request.viewer.may("balances.view")
    return {
        "call_id": call_id,
        "legs": [
            _leg(request.viewer, leg)
            | {"charges": [_charge(request.viewer, each) for each in explain(leg)] if sees_money else []}
            for leg in legs
        ],
    }


class Ending(BaseModel):
    """A call that will end."""

    call_id: UUID


@router.post(
    "/{uuid:call_id}/hangup",
    response={ACCEPTED: Ending},
    operation_id="calls_hangup",
    summary="End a call in progress",
    description=(
        "Its node ends it on both sides, and what was talked is charged. A node that is just connecting to the database does"
        " not hear of it: if the call is still in progress after five seconds, ask again, with another Idempotency-Key."
        " Needs the right `calls.hangup`."
    ),
)
def hang_up_call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Tell the nodes to end it."""

    def write() -> dict[str, Any]:
        if not hang_up(request.viewer, call_id):
            raise Http404
        return {"call_id": call_id}

    return answer_once(request, write, status=ACCEPTED, model=Ending)


def _filter(viewer: Viewer, asked: Asked) -> CallFilter:
    sent = asked.model_dump(exclude={"after", "size"}, exclude_none=True)
    texts = {name: str(value) for name, value in sent.items()}
    read = read_call_filter(texts, zone=viewer.zone, sees_terminators=viewer.sees_common_routes)
    if read.errors:
        raise Refused(read.errors)
    return read.filter


def _place(after: str | None) -> Place | None:
    if after is None:
        return None
    try:
        return Place.parse(after)
    except ValueError as error:
        raise Refused({"after": str(error)}) from error


def _leg(viewer: Viewer, leg: LegFact) -> dict[str, Any]:
    same = ("call_id", "leg", "direction", "caller", "called", "caller_name", "result", "reason", "sip_status", "ended_by",
            "terminator", "peer", "dealer", "duration_ms", "billed_s")  # fmt: skip
    sees_money = viewer.may("balances.view")
    return {name: getattr(leg, name) for name in same} | {
        "began_at": _moment(leg.authorized_at_ms),
        "answered_at": _moment(leg.answered_at_ms),
        "ended_at": _moment(leg.ended_at_ms),
        "margin": format_amount(leg.margin) if sees_money and leg.margin is not None else None,
        "margin_currency": leg.margin_currency if sees_money else None,
    }


def _charge(viewer: Viewer, explained: Explanation) -> dict[str, Any]:
    charge = explained.charge
    return {
        "relation": Relation.of(charge, viewer).name.lower(),
        "payer": charge.payer,
        "seller": charge.seller,
        "amount": format_amount(charge.amount),
        "tax": format_amount(charge.tax),
        "currency": charge.currency,
        "code": charge.code,
        "billed_s": charge.billed_s,
        "pack": explained.pack,
        "steps": [{"name": str(step.name), "text": str(step.text)} for step in explained.steps],
    }


def _moment(ms: int | None) -> str | None:
    return None if ms is None else moment_text(datetime.fromtimestamp(ms / MS_PER_SECOND, UTC))
