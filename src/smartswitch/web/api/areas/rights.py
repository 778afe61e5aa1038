"""The rights of dealers below: what each was granted, what of it is in effect, and granting exactly what is sent."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.core.rights import ALL_RIGHTS
from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import own_row
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.views import row_of
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.rights.grants import GRANT, grant_rights
from smartswitch.web.rights.path import granted_to, rights_of_dealer

NOUN = "dealers"
RIGHT_NAMES = Literal[tuple(sorted(ALL_RIGHTS))]


class RightsOfDealer(BaseModel):
    """What a dealer was granted, and what of it is in effect: what every dealer above has, too."""

    granted: list[str]
    in_effect: list[str]


class Grants(BaseModel):
    """All that the dealer shall be granted: what is not named is taken, if the grantor has it himself."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rights: list[RIGHT_NAMES] | None = Field(  # type: ignore[valid-type]  # made from the registry
        None, max_length=len(ALL_RIGHTS), description="Needed; an empty list takes everything."
    )


def add_operations(router: Router) -> None:
    """Add to the operations of dealers."""
    read = router.get(
        "/{int:row_id}/rights",
        response=RightsOfDealer,
        operation_id="dealers_rights_read",
        summary="Read what a dealer may do",
        description="Needs the right `dealers.view`.",
    )
    read(read_rights)
    change = router.put(
        "/{int:row_id}/rights",
        response=RightsOfDealer,
        operation_id="dealers_rights_change",
        summary="Grant a dealer below exactly these rights",
        description=f"Nobody grants what he has not, nor anything to himself. Needs the right `{GRANT}`.",
    )
    change(change_rights)


def read_rights(request: HttpRequest, row_id: int) -> Any:
    """What a dealer of the house was granted."""
    require(request.viewer, "dealers.view")
    return _rights(row_of(noun_named(NOUN), request.viewer, row_id))


def change_rights(request: HttpRequest, row_id: int, sent: Grants) -> HttpResponse:
    """Write the differences."""
    require(request.viewer, GRANT)
    dealer = row_of(noun_named(NOUN), request.viewer, row_id)
    own_row(request, noun_named(NOUN), row_id)
    if sent.rights is None:
        raise Refused({"rights": _("Say which rights the dealer shall have.")})

    def write() -> dict[str, Any]:
        grant_rights(dealer, by=request.viewer, rights=frozenset(sent.rights))
        return _rights(dealer)

    return answer_once(request, write, status=200, model=RightsOfDealer)


def _rights(dealer: Any) -> dict[str, Any]:
    return {"granted": sorted(granted_to(dealer.pk)), "in_effect": sorted(rights_of_dealer(dealer.pk))}
