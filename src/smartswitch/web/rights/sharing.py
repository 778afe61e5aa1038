"""Sharing downward: a billing pack or a route class that a dealer and everybody below it may use, and never change.

The nouns of such things put `sharing_tab("billing_pack")` among their tabs, take their rows from `with_owner` (or
`visible_route_classes`), and ask `is_own_row` before anything is changed. Row-level security says the same: what is shared
can be read through the row in `shared`, and nothing more.
"""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.fields import ReferenceField
from smartswitch.web.nouns.forms import NounForm, problems_of
from smartswitch.web.nouns.noun import Tab
from smartswitch.web.nouns.writing import Refused, refusing
from smartswitch.web.routes.models import RouteClass, Shared

RIGHTS = {"billing_pack": "packs.change", "route_class": "routes.change"}
"""What sharing needs, by the table of what is shared."""
SEES_COMMON = "routes.see_common"
MOST_SHOWN = 500


class ShareForm(NounForm):
    """With whom to share."""

    with_dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: Dealer.objects.all(),
        required=True,
        label=gettext_lazy("Dealer"),
        help_text=gettext_lazy("It may use this, and so may everybody below it; nobody of them may change it."),
    )


def share(noun: str, row: Any, *, by: Viewer, with_dealer: Any) -> Shared:
    """Let a dealer below the one whose row it is, and all below it, use the row. What is shared already stays so."""
    require(by, RIGHTS[noun])
    if not is_own_row(by, row):
        raise Refused({"with_dealer": _("Only who it belongs to can share it.")})
    if with_dealer.pk == row.dealer_id or row.dealer_id not in with_dealer.path:
        raise Refused({"with_dealer": _("It can be shared with dealers below the one to which it belongs.")})
    with refusing({}):
        shared, _is_new = Shared.objects.get_or_create(noun=noun, object_id=row.pk, with_dealer=with_dealer)
    return shared


def stop_sharing(noun: str, row: Any, *, by: Viewer, with_dealer_id: int) -> bool:
    """Take it back; what uses it already (a dealer's pack, a base class) keeps using it. Whether it was shared at all."""
    require(by, RIGHTS[noun])
    if not is_own_row(by, row):
        raise Refused({"with_dealer": _("Only who it belongs to can stop sharing it.")})
    with refusing({}):
        deleted, _rows = Shared.objects.filter(noun=noun, object_id=row.pk, with_dealer_id=with_dealer_id).delete()
    return deleted > 0


def with_owner(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that may be shared, each with `is_own` (of the viewer's dealer or one below) and `owner_name` (null if it is a
    dealer above, whom the viewer may not see). Join the dealer in no other way: the join would hide what is shared."""
    owner = Dealer.objects.filter(pk=OuterRef("dealer_id"))
    name = Coalesce(NullIf("name", Value("", output_field=TextField())), "key", output_field=TextField())
    return rows.annotate(is_own=Exists(owner), owner_name=Subquery(owner.values(shown=name)[:1]))


def visible_route_classes(viewer: Viewer) -> QuerySet[RouteClass]:
    """A viewer's route classes; those that dealers above share with him only if he may see common routes."""
    rows = with_owner(RouteClass.objects.all())
    return rows if viewer.may(SEES_COMMON) else rows.filter(is_own=True)


def is_own_row(_viewer: Viewer, row: Any) -> bool:
    """Whether a pack or route class belongs to the viewer's house, so that he may change it."""
    if hasattr(row, "is_own"):
        return bool(row.is_own)
    return Dealer.objects.filter(pk=row.dealer_id).exists()


def is_shared_with_me(viewer: Viewer, row: Any) -> bool:
    """Whether it is a dealer above to whom it belongs: it may be used, never changed."""
    return not is_own_row(viewer, row)


def sharing_tab(noun: str) -> Tab:
    """The tab "Shared with" of the pages of a noun, given by its table: `billing_pack` or `route_class`."""

    def context(viewer: Viewer, row: Any) -> dict[str, Any]:
        shares = Shared.objects.filter(noun=noun, object_id=row.pk).select_related("with_dealer")
        return {"shares": shares.order_by("with_dealer__key")[:MOST_SHOWN], "form": ShareForm(viewer=viewer)}

    def write(request: HttpRequest, row: Any) -> HttpResponse | dict[str, Any]:
        stopped = request.POST.get("stop", "")
        if stopped:
            return _stop(request, row, stopped)
        form = ShareForm(request.POST, viewer=request.viewer)
        if form.is_valid():
            try:
                shared = share(noun, row, by=request.viewer, with_dealer=form.cleaned_data["with_dealer"])
            except Refused as refused:
                form.refuse(refused.problems)
            else:
                who = shared.with_dealer.name or shared.with_dealer.key
                messages.success(request, _("It is shared with %(dealer)s and all below.") % {"dealer": who})
                return redirect(request.path)
        return {"form": form, "problems": list(problems_of(form).values())}

    def _stop(request: HttpRequest, row: Any, stopped: str) -> HttpResponse:
        dealer = Dealer.objects.filter(key=stopped[:64]).first()
        if dealer is not None and stop_sharing(noun, row, by=request.viewer, with_dealer_id=dealer.pk):
            messages.success(
                request, _("It is no longer shared with %(dealer)s.") % {"dealer": dealer.name or dealer.key}
            )
        return redirect(request.path)

    return Tab(
        name="shared-with",
        label=gettext_lazy("Shared with"),
        template="rights/shared_with.html",
        context=context,
        write=write,
        right=RIGHTS[noun],
        suits=is_own_row,
    )
