"""Where a person is logged in, and ending that."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from smartswitch.web.login import sessions


@require_safe
def sessions_page(request: HttpRequest) -> HttpResponse:
    """All sessions of this login."""
    return render(request, "login/sessions.html", {"sessions": sessions.open_sessions(request)})


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one other session."""
    if not sessions.end_session(request, pk):
        raise Http404
    messages.success(request, _("The session is ended."))
    return redirect("sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    count = sessions.end_other_sessions(request)
    words = ngettext("%(count)d other session is ended.", "%(count)d other sessions are ended.", count)
    messages.success(request, words % {"count": count})
    return redirect("sessions")
