"""What the web account asks a running node, and what it is told: frozen messages, and their JSON.

A question is a row of ``node_question``; any node answers it, once (docs/algorithms/routing.md). Amounts are 10^-6 and
prices 10^-8 of their currency, moments UTC milliseconds since 1970 (``_ms``). An answer says *everything*: every level with
its prices, every route. What of it a person may know is decided by who asked, before anybody sees it.

Rule: what is wrong with a question is found when it is made, and again where it is read. A field that this version does not
know is ignored, so that two versions can overlap during an upgrade; one that is missing or wrong raises QuestionError.
"""

from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any, TypeVar

import orjson

LONGEST_NUMBER = 64
LATEST_MS = 253_402_300_799_999
"""The end of the year 9999."""
LONGEST_DURATION_S = 24 * 3600
LARGEST_ID = 2**63 - 1


class QuestionError(Exception):
    """A question or an answer is not one of the protocol. The text names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRoute:
    """What would a call by this peer do? The numbers are as a phone would send them; ``duration_s`` None: of any length."""

    peer_id: int
    called: str
    at_ms: int
    caller: str = ""
    duration_s: int | None = None

    def __post_init__(self) -> None:
        _check_number("peer_id", self.peer_id, LARGEST_ID)
        _check_number("at_ms", self.at_ms, LATEST_MS)
        if self.duration_s is not None:
            _check_number("duration_s", self.duration_s, LONGEST_DURATION_S)
        _check_text("called", self.called)
        _check_text("caller", self.caller)


class QuestionRefusal(Enum):
    """Why a question has no answer. The value is the name in JSON."""

    UNKNOWN_PEER = "unknown_peer"
    """There is no such peer, or it is not in the house of who asks, or the node has not heard of it yet."""
    BAD_QUESTION = "bad_question"
    """This version of the node cannot read it."""
    UNAVAILABLE = "unavailable"
    """The node could not work it out; its log says why."""


@dataclass(frozen=True, slots=True)
class QuestionRefused:
    """The answer of a node that cannot answer."""

    refusal: QuestionRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLevel:
    """One paying level. ``payer_dealer_id`` is the dealer whose level it is, for the first level that of the peer.

    Prices, ``connect_fee`` and ``minute_amount`` (what a call of a minute costs) are in ``pack_currency`` and None where
    ``missing`` says why: no_pack, no_price. ``amount`` (tax included) and ``tax`` of the length that was asked for are in
    ``currency``, that of the payer's balance. ``affordable_s`` None: not known, as the call is refused before money is
    looked at; else ``available`` None is a balance without a limit.
    """

    payer: str
    seller: str
    payer_dealer_id: int
    seller_dealer_id: int
    currency: str
    pack: str | None = None
    missing: str | None = None
    pack_currency: str | None = None
    code: str | None = None
    band: str | None = None
    price_per_minute: int | None = None
    connect_fee: int | None = None
    minute_amount: int | None = None
    amount: int | None = None
    tax: int | None = None
    available: int | None = None
    affordable_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRoute:
    """One route that matches the number. ``left`` None: it may carry the call; ``place`` counts from 1.

    ``cost_*`` are what the owner would pay the terminator, in the currency of its pack; the last three fields are what the
    terminator did in the hour before.
    """

    route_id: int
    route_class_id: int
    terminator: str
    code: str
    left: str | None = None
    place: int | None = None
    placed_by: str | None = None
    is_tried: bool = False
    cost_currency: str | None = None
    cost_per_minute: int | None = None
    cost_amount: int | None = None
    cost_tax: int | None = None
    attempts: int = 0
    asr_ppm: int | None = None
    acd_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChecked:
    """The answer to CheckRoute. ``reason`` None: the call would be carried, to ``where``: internal, number_of_ours, outside.

    ``refused_by`` is a key as people write it, ``refused_by_dealer_id`` the dealer in whose house that party is, if it is on
    the way from the peer up to the owner. ``levels`` are those of the caller's leg, the peer first; none if nothing is paid.
    """

    called: str
    country: str | None
    where: str
    reason: str | None = None
    refused_by: str | None = None
    refused_by_dealer_id: int | None = None
    sip_status: int | None = None
    levels: tuple[PricedLevel, ...] = ()
    routes: tuple[CheckedRoute, ...] = ()
    order: tuple[str, ...] = ()


Question = CheckRoute
Answer = RouteChecked | QuestionRefused

_Message = TypeVar("_Message")


def encode_question(question: Question) -> str:
    """The JSON text of a question."""
    return orjson.dumps({"ask": "check_route", **asdict(question)}).decode()


def decode_question(text: str) -> Question:
    """The question that ``encode_question`` wrote."""
    document = _document(text)
    if document.get("ask") != "check_route":
        raise QuestionError(f"ask: {document.get('ask')!r} is no question that this version knows")
    return _built(CheckRoute, document)


def encode_answer(answer: Answer) -> str:
    """The JSON text of an answer."""
    kind = "refused" if isinstance(answer, QuestionRefused) else "route_checked"
    return orjson.dumps({"answer": kind, **asdict(answer)}).decode()


def decode_answer(text: str) -> Answer:
    """The answer that ``encode_answer`` wrote."""
    document = _document(text)
    match document.get("answer"):
        case "refused":
            return QuestionRefused(_refusal(document.get("refusal")))
        case "route_checked":
            document["levels"] = tuple(_built(PricedLevel, each) for each in document.get("levels", ()))
            document["routes"] = tuple(_built(CheckedRoute, each) for each in document.get("routes", ()))
            document["order"] = tuple(document.get("order", ()))
            return _built(RouteChecked, document)
        case kind:
            raise QuestionError(f"answer: {kind!r} is no answer that this version knows")


def _document(text: str) -> dict[str, Any]:  # Any: JSON
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise QuestionError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise QuestionError("not a JSON object")
    return document


def _built(kind: type[_Message], document: dict[str, Any]) -> _Message:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # only our own dataclasses come here
    try:
        return kind(**{name: value for name, value in document.items() if name in known})
    except TypeError as error:
        raise QuestionError(f"{kind.__name__}: {error}") from error


def _refusal(value: object) -> QuestionRefusal:
    try:
        return QuestionRefusal(value)
    except ValueError as error:
        raise QuestionError(f"refusal: {error}") from error


def _check_number(name: str, value: object, most: int) -> None:
    if type(value) is not int or not 0 <= value <= most:
        raise QuestionError(f"{name}: {value!r} is no whole number from 0 to {most}")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER or not value.isprintable():
        raise QuestionError(f"{name}: at most {LONGEST_NUMBER} printable characters are wanted")
