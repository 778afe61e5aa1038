"""What can be done with logins besides the operations of their noun: their rights, a new password, no second factor.

On the pages a person shows anew that it is he before either; of a program the scope of its key says so. What the services
refuse holds for both: nobody gets at a login that may do more than he, of a key more than its scopes, or does so to himself.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from smartswitch.web.api.idempotency import NO_CONTENT, answer_once
from smartswitch.web.api.noun_operations import own_row
from smartswitch.web.api.schemas.nouns import ONCE, models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import row_of
from smartswitch.web.rights.logins import LOGINS
from smartswitch.web.rights.path import rights_of_login

RIGHT = "logins.change"


class RightsOfLogin(BaseModel):
    """What a login may do: what its role and its dealer both allow, and every dealer above."""

    in_effect: list[str]


def add_operations(router: Router) -> None:
    """Add to the operations of logins."""
    noun = noun_named("logins")
    new = models_of(noun).new

    @router.get(
        "/{int:row_id}/rights",
        response=RightsOfLogin,
        operation_id="logins_rights_read",
        summary="Read what a login may do",
        description="Needs the right `logins.view`.",
    )
    def read_rights(request: HttpRequest, row_id: int) -> Any:
        require(request.viewer, "logins.view")
        return {"in_effect": sorted(rights_of_login(row_of(noun, request.viewer, row_id)))}

    @router.post(
        "/{int:row_id}/password",
        response=new,
        operation_id="logins_password",
        summary="Give somebody a new password",
        description=f"It is told this one time under `{ONCE}`; the sessions of the login end. Needs the right `{RIGHT}`.",
    )
    def give_password(request: HttpRequest, row_id: int) -> HttpResponse:
        require(request.viewer, RIGHT)
        login = own_row(request, noun, row_id)

        def write() -> dict[str, Any]:
            password = LOGINS.give_new_password(login, by=request.viewer)
            told = {"username": login.username, "password": password}
            return told_row(noun, row_of(noun, request.viewer, login.pk)) | {ONCE: told}

        return answer_once(request, write, status=200, model=new, shown_once=(ONCE,))

    @router.delete(
        "/{int:row_id}/second-factor",
        response={NO_CONTENT: None},
        operation_id="logins_second_factor_delete",
        summary="Take the second factor from somebody who has lost it",
        description=f"The sessions of the login end. Needs the right `{RIGHT}`.",
    )
    def take_second_factor(request: HttpRequest, row_id: int) -> HttpResponse:
        require(request.viewer, RIGHT)
        login = own_row(request, noun, row_id)

        def write() -> None:
            LOGINS.reset_second_factor(login, by=request.viewer)

        return answer_once(request, write, status=NO_CONTENT)
