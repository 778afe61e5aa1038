"""The page on which a key is revoked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smartswitch.web.api.keys.noun import KEYS as NOUN
from smartswitch.web.api.keys.services import KEYS
from smartswitch.web.login.required_rights import needs
from smartswitch.web.nouns.views import row_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs("keys.delete")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The question, and the end of the key."""
    row = row_of(NOUN, request.viewer, pk)
    if request.method != "POST":
        return render(request, "api/revoke_key.html", {"row": row})
    KEYS.revoke(row, by=request.viewer)
    messages.success(request, _("%(name)s is revoked: it opens nothing any more.") % {"name": row.name})
    return redirect("keys-one", pk=row.pk)
