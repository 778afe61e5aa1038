"""What can be done with API keys besides the operations of their noun."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.keys.noun import KEYS as NOUN
from smartswitch.web.api.keys.services import KEYS
from smartswitch.web.api.noun_operations import own_row
from smartswitch.web.api.schemas.nouns import models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.login.required_rights import require

router = Router(tags=["keys"])
ROW = models_of(NOUN).row


@router.post(
    "/{int:row_id}/revoke",
    response=ROW,
    operation_id="keys_revoke",
    summary="Revoke an API key",
    description="It opens nothing any more, and stays in the list. Needs the right `keys.delete`.",
)
def revoke(request: HttpRequest, row_id: int) -> HttpResponse:
    """End a key."""
    require(request.viewer, "keys.delete")
    row = own_row(request, NOUN, row_id)

    def write() -> dict[str, Any]:
        KEYS.revoke(row, by=request.viewer)
        return told_row(NOUN, own_row(request, NOUN, row_id))

    return answer_once(request, write, status=200, model=ROW)
