"""The page of one delivery, from which it can be sent again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from smartswitch.web.api.webhooks.noun import DELIVERIES as NOUN
from smartswitch.web.api.webhooks.services import DELIVERIES
from smartswitch.web.login.required_rights import needs
from smartswitch.web.nouns.presentation import cells_of
from smartswitch.web.nouns.views import row_of


@require_safe
@needs("webhooks.view")
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """What was told, and what came of it."""
    row = row_of(NOUN, request.viewer, pk)
    facts = cells_of((*NOUN.columns, *NOUN.facts), row, viewer=request.viewer)
    return render(request, "api/delivery.html", {"row": row, "facts": facts})


@require_POST
@needs("webhooks.change")
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it sent again."""
    row = row_of(NOUN, request.viewer, pk)
    DELIVERIES.send_again(row, by=request.viewer)
    messages.success(request, _("It is sent again within seconds."))
    return redirect("delivery", pk=row.pk)
