"""What can be done with peers and terminators besides the operations of their nouns: block, new password, try a number."""

from dataclasses import asdict
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.core.number_pattern import LONGEST_NUMBER
from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import bound_form, own_row, refuse_unknown
from smartswitch.web.api.schemas.nouns import ONCE, model_of_form, models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.balances.party_form import BLOCK
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import enter, row_of
from smartswitch.web.peers.parties.forms import NewPasswordForm
from smartswitch.web.peers.parties.services import PEERS
from smartswitch.web.peers.patterns.forms import DIRECTIONS, FIELDS, TrialForm
from smartswitch.web.peers.patterns.trial import try_number

NewCredentials = model_of_form("NewCredentials", NewPasswordForm, "What is not sent is made, or stays.")


class Blocking(BaseModel):
    """Whether calls shall pass."""

    model_config = ConfigDict(extra="forbid", strict=True)

    is_blocked: bool


class Blocked(Blocking):
    """Whether calls pass."""

    id: int


class Tried(BaseModel):
    """One pattern that was tried."""

    pattern: str
    replacement: str
    result: str | None = Field(description="What became of the number; null if the pattern does not fit.")
    problem: str = Field(description="Why a node leaves the pattern out; empty if it does not.")


class Trial(BaseModel):
    """What the patterns make of a number."""

    number: str
    result: str
    steps: list[Tried]
    canonical: str | None = Field(description="Of a number from the peer: what it is routed and charged as.")
    problem: str = Field(description="Why it is no number that can be called; empty if it is one.")


class Asked(BaseModel):
    """The number, and on which way it is."""

    direction: Literal[tuple(value for value, _words in DIRECTIONS)] = Field(description="From the peer, or to it.")
    field: Literal[tuple(value for value, _words in FIELDS)] = Field(description="Which of the two numbers of a call.")
    number: str = Field(min_length=1, max_length=LONGEST_NUMBER)


def add_to_peers(router: Router) -> None:
    """Add to the operations of users and originators."""
    noun = noun_named("peers")
    _add_block(router, noun)
    _add_trial(router, noun)
    _add_credentials(router, noun)


def add_to_terminators(router: Router) -> None:
    """Add to the operations of terminators, whose passwords are theirs to change."""
    noun = noun_named("terminators")
    _add_block(router, noun)
    _add_trial(router, noun)


def _add_block(router: Router, noun: Noun) -> None:
    @router.post(
        "/{int:row_id}/block",
        response=Blocked,
        operation_id=f"{noun.name}_block",
        summary=f"Block one of {noun.many}, or let it call again",
        description=f"Calls in progress are cut. Whoever may block need not see anything else. Needs the right `{BLOCK}`.",
    )
    def block(request: HttpRequest, row_id: int, sent: Blocking) -> HttpResponse:
        enter(request, noun, BLOCK)
        row = own_row(request, noun, row_id)

        def write() -> dict[str, Any]:
            changed = PEERS.block(row, by=request.viewer, is_blocked=sent.is_blocked)
            return {"id": changed.pk, "is_blocked": changed.is_blocked}

        return answer_once(request, write, status=200, model=Blocked)


def _add_trial(router: Router, noun: Noun) -> None:
    @router.get(
        "/{int:row_id}/trial",
        response=Trial,
        operation_id=f"{noun.name}_trial",
        summary=f"Try a number on the patterns of one of {noun.many}",
        description=f"Nobody is called. Needs the right `{noun.right}.view`.",
    )
    def trial(request: HttpRequest, row_id: int, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
        enter(request, noun, f"{noun.right}.view")
        refuse_unknown(request, Asked)
        row = row_of(noun, request.viewer, row_id)
        if not request.viewer.is_of_dealer:
            raise Http404
        form = bound_form(lambda data: TrialForm(data, viewer=request.viewer), asked.model_dump())
        return asdict(try_number(row, **form.values()))


def _add_credentials(router: Router, noun: Noun) -> None:
    right, new = f"{noun.right}.change", models_of(noun).new

    @router.post(
        "/{int:row_id}/credentials",
        response=new,
        operation_id=f"{noun.name}_credentials",
        summary="Give a peer new credentials",
        description=f"At once in place of the old ones; told this one time under `{ONCE}`. Needs the right `{right}`.",
    )
    def give_credentials(request: HttpRequest, row_id: int, sent: NewCredentials) -> HttpResponse:  # type: ignore[valid-type]  # made from the form
        enter(request, noun, right)
        row = own_row(request, noun, row_id)
        values = sent.model_dump(exclude_unset=True)

        def write() -> dict[str, Any]:
            typed = bound_form(lambda data: NewPasswordForm(data, viewer=request.viewer, row=row), values).values()
            written = PEERS.issue_credentials(
                row, by=request.viewer, username=typed["auth_username"], password=typed["password"]
            )
            return told_row(noun, row_of(noun, request.viewer, row.pk)) | {ONCE: noun.once(written)}

        return answer_once(request, write, status=200, model=new, shown_once=(ONCE,))
