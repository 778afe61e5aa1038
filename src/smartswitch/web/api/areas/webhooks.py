"""What can be done with deliveries of webhooks besides reading them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.api.noun_operations import own_row
from smartswitch.web.api.schemas.nouns import models_of
from smartswitch.web.api.schemas.values import told_row
from smartswitch.web.api.webhooks.noun import DELIVERIES as NOUN
from smartswitch.web.api.webhooks.services import DELIVERIES
from smartswitch.web.login.required_rights import require

router = Router(tags=["deliveries"])
ROW = models_of(NOUN).row


@router.post(
    "/{int:row_id}/again",
    response=ROW,
    operation_id="deliveries_again",
    summary="Send a delivery again",
    description="Within seconds, with all attempts anew. Needs the right `webhooks.change`.",
)
def send_again(request: HttpRequest, row_id: int) -> HttpResponse:
    """Send it again."""
    require(request.viewer, "webhooks.change")
    row = own_row(request, NOUN, row_id)

    def write() -> dict[str, Any]:
        DELIVERIES.send_again(row, by=request.viewer)
        return told_row(NOUN, own_row(request, NOUN, row_id))

    return answer_once(request, write, status=200, model=ROW)
