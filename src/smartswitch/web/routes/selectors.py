"""Which route classes a viewer may look at: those of his own house and below, and, with `routes.see_common`, those that are
shared with him. Row-level security says the same but for that right; nothing here widens it."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from smartswitch.web.login.viewer import Viewer
from smartswitch.web.packs.selectors import TITLE, owned, title_of_dealer
from smartswitch.web.peers.models import Peer, Terminator
from smartswitch.web.routes.models import Route, RouteClass, Shared


def route_classes_for(viewer: Viewer) -> QuerySet[RouteClass]:
    """The route classes that a viewer may look at. `is_own` says whether one is his to change; `base_key` is empty where he
    may not know the base class."""
    base = RouteClass.objects.filter(pk=OuterRef("base_class_id"))
    shared = Shared.objects.filter(noun="route_class", object_id=OuterRef("pk"), with_dealer__in=list(viewer.path))
    classes = RouteClass.objects.annotate(
        is_own=owned(viewer, "dealer_id"),
        is_shared=Exists(shared),
        dealer_title=title_of_dealer("dealer_id"),
        base_key=Subquery(base.values("key")),
    )
    seen = Q(is_own=True)
    if viewer.sees_common_routes:
        seen |= Q(is_shared=True)
    return classes.filter(seen)


def routes_for(viewer: Viewer) -> QuerySet[Route]:
    """The routes of these classes. `terminator_title` is empty where the terminator is not the viewer's to see."""
    peer = Peer.objects.filter(pk=OuterRef("terminator_id"))
    return (
        Route.objects.filter(route_class__in=route_classes_for(viewer).values("pk"))
        .select_related("route_class")
        .annotate(
            is_own=owned(viewer, "route_class__dealer_id"),
            terminator_title=Subquery(peer.annotate(title=TITLE).values("title")),
        )
    )


def terminators_for(_viewer: Viewer) -> QuerySet[Terminator]:
    """The terminators that a route may name: those that the session may see."""
    return Terminator.objects.select_related("peer")
