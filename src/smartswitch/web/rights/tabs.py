"""Tabs about rights: what a dealer was granted (to be ticked by who is above), and which rights are in effect, and why."""

from collections.abc import Set
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.rights import Rights
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Tab
from smartswitch.web.nouns.writing import Refused
from smartswitch.web.rights.fields import RightsField
from smartswitch.web.rights.grants import GRANT, grant_rights, planned_change, who_loses
from smartswitch.web.rights.matrix import Matrix, matrix_of
from smartswitch.web.rights.path import (
    explained_rights_of_dealer,
    explained_rights_of_login,
    granted_to,
    rights_of_dealer,
)


def _granted_context(viewer: Viewer, dealer: Any) -> dict[str, Any]:
    return {
        "matrix": _matrix(viewer, dealer, granted_to(dealer.pk)),
        "may_grant": _may_grant(viewer, dealer),
        "is_own": dealer.pk == viewer.dealer_id,
    }


def _may_grant(viewer: Viewer, dealer: Any) -> bool:
    return dealer.pk != viewer.dealer_id and viewer.may(GRANT)


def _matrix(viewer: Viewer, dealer: Any, ticked: Set[str]) -> Matrix:
    if _may_grant(viewer, dealer):
        own, reason = viewer.rights, _("you do not have it yourself")
    else:
        own, reason = frozenset(), _("only a dealer above can change it")
    return matrix_of(ticked, own=own, reason=reason, in_effect=rights_of_dealer(dealer.pk))


def _write_granted(request: HttpRequest, dealer: Any) -> HttpResponse | dict[str, Any]:
    """Save what was ticked; if dealers below lose something by it, only once that was seen."""
    viewer = request.viewer
    require(viewer, GRANT)
    wanted: Rights = frozenset()
    try:
        wanted = RightsField().clean(request.POST.getlist("rights"))
        change = planned_change(dealer, by=viewer, rights=wanted)
        loss = who_loses(dealer, change.taken)
        if loss.total and "confirmed" not in request.POST:
            return _typed(viewer, dealer, wanted) | {"loss": loss}
        grant_rights(dealer, by=viewer, rights=wanted)
    except Refused as refused:
        return _typed(viewer, dealer, wanted) | {"problems": list(refused.problems.values())}
    except ValidationError as error:
        return {"problems": error.messages}
    messages.success(request, _("The rights of %(dealer)s are saved.") % {"dealer": dealer.name or dealer.key})
    return redirect(reverse("dealers-tab", args=[dealer.pk, "rights"]))


def _typed(viewer: Viewer, dealer: Any, wanted: Rights) -> dict[str, Any]:
    """The matrix as it was ticked; grey boxes are not sent, and stay as they are."""
    return {"matrix": _matrix(viewer, dealer, wanted | (granted_to(dealer.pk) - viewer.rights))}


GRANTED = Tab(
    name="rights",
    label=gettext_lazy("Rights"),
    template="rights/granted.html",
    context=_granted_context,
    write=_write_granted,
)
IN_EFFECT_OF_DEALER = Tab(
    name="rights-in-effect",
    label=gettext_lazy("Rights in effect"),
    template="rights/in_effect.html",
    context=lambda _viewer, dealer: {"parts": explained_rights_of_dealer(dealer)},
)
IN_EFFECT_OF_LOGIN = Tab(
    name="rights",
    label=gettext_lazy("Rights in effect"),
    template="rights/in_effect.html",
    context=lambda _viewer, login: {"parts": explained_rights_of_login(login)},
)
