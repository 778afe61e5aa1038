"""What a call would do and what it would cost, as a running node works it out. Nobody is called, nothing is written."""

from dataclasses import fields
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.core.money import format_amount, format_price
from smartswitch.protocol.question import LARGEST_ID, LONGEST_DURATION_S, LONGEST_NUMBER, QuestionError, QuestionRefusal
from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.api.problems import PROBLEM, RefusedRequestError
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused
from smartswitch.web.routes.ask_node import NodeSilentError, QuestionRefusedError
from smartswitch.web.routes.simulation import RIGHT, Simulation, simulate_call

router = Router(tags=["simulation"])
NO_NODE = 503
ASK_AGAIN_S = "5"
PRICES = frozenset({"price_per_minute", "connect_fee", "cost_per_minute"})
AMOUNTS = frozenset({"minute_amount", "amount", "tax", "available", "cost_amount", "cost_tax", "sold", "bought"})


class Level(BaseModel):
    """What one level would pay."""

    payer: str
    seller: str
    currency: str = Field(description="That of the payer's balance: of amount, tax and available.")
    pack: str | None
    missing: str | None = Field(description="Why there is no price: no_pack, no_price.")
    pack_currency: str | None = Field(description="Of the prices, the fee and minute_amount.")
    code: str | None
    band: str | None
    price_per_minute: str | None
    connect_fee: str | None
    minute_amount: str | None = Field(description="What a call of a minute costs.")
    amount: str | None = Field(description="What a call of the length that was asked for costs, with tax.")
    tax: str | None
    available: str | None = Field(
        description="What the balance can still pay; null is any amount, or not yours to know."
    )
    affordable_s: int | None


class Margin(BaseModel):
    """What a dealer of the house would keep."""

    dealer: str
    sold: str
    currency: str
    bought: str
    bought_currency: str
    amount: str | None = Field(description="Null if he sells and buys in two currencies.")


class Route(BaseModel):
    """A route that matches the number."""

    route_id: int
    terminator: str
    code: str
    left: str | None = Field(description="Why it is not used; null: it may carry the call.")
    place: int | None
    placed_by: str | None
    is_tried: bool
    attempts: int
    asr_ppm: int | None
    acd_ms: int | None
    cost_currency: str | None
    cost_per_minute: str | None
    cost_amount: str | None
    cost_tax: str | None


class Simulated(BaseModel):
    """What a call would do, as far as one's house may know it."""

    peer: str
    called: str = Field(description="The number as it is routed and charged.")
    country: str | None
    where: str = Field(description="internal, number_of_ours, outside or refused.")
    reason: str | None
    refused_by: str | None
    sip_status: int | None
    is_refused_above: bool = Field(description="Somebody above refuses; more is not yours to know.")
    duration_s: int | None
    levels: list[Level]
    margins: list[Margin]
    routes: list[Route]
    order: list[str] = Field(description="Who is tried, one after the other.")


class Asked(BaseModel):
    """The call that nobody makes."""

    peer: int = Field(ge=1, le=LARGEST_ID, description="The id of the peer that calls.")
    called: str = Field(min_length=1, max_length=LONGEST_NUMBER, description="The number as its phone sends it.")
    caller: str = Field("", max_length=LONGEST_NUMBER, description="The number that it shows; empty is its own.")
    at: str | None = Field(
        None, max_length=40, json_schema_extra={"format": "date-time"}, description="When; now, if not said."
    )
    duration_s: int | None = Field(None, ge=0, le=LONGEST_DURATION_S, description="How long one would talk.")


@router.get(
    "",
    response=Simulated,
    operation_id="simulation_read",
    summary="Try out a call",
    description="What it would do, cost and earn. Needs the right `routes.check`; money that is left, `balances.view`.",
    openapi_extra={
        "responses": {
            NO_NODE: {
                "description": "No node answers; Retry-After says when to ask again.",
                "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        }
    },
)
def simulate(request: HttpRequest, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
    """Ask a node."""
    require(request.viewer, RIGHT)
    refuse_unknown(request, Asked)
    try:
        found = simulate_call(
            request.viewer,
            peer_id=asked.peer,
            called=asked.called,
            caller=asked.caller,
            at=_moment(asked.at),
            duration_s=asked.duration_s,
        )
    except QuestionError as error:
        raise Refused({OF_THE_WHOLE: str(error)}) from error
    except QuestionRefusedError as error:
        if error.refusal is QuestionRefusal.UNKNOWN_PEER:
            raise Http404 from error
        raise _unavailable(error) from error
    except NodeSilentError as error:
        raise _unavailable(error) from error
    if found is None:
        raise Http404
    return _told(found)


def _unavailable(error: Exception) -> RefusedRequestError:
    return RefusedRequestError(NO_NODE, str(error), headers={"Retry-After": ASK_AGAIN_S})


def _moment(text: str | None) -> Any:
    if text is None:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise Refused({"at": _("Write a moment as 2026-11-28T14:30:00Z.")})
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _told(found: Simulation) -> dict[str, Any]:
    plain = set(Simulated.model_fields) - {"levels", "margins", "routes", "order"}
    return {name: getattr(found, name) for name in plain} | {
        "levels": [_written(level) for level in found.levels],
        "margins": [
            _written(margin) | {"amount": None if margin.amount is None else format_amount(margin.amount)}
            for margin in found.margins
        ],
        "routes": [_written(route) for route in found.routes],
        "order": list(found.order),
    }


def _written(fact: Any) -> dict[str, Any]:
    """A fact by its names, money as decimal strings; its model takes of it what it knows."""
    return {each.name: _value(each.name, getattr(fact, each.name)) for each in fields(fact)}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in AMOUNTS:
        return format_amount(value)
    return format_price(value) if name in PRICES else value
