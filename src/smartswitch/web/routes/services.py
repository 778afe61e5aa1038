"""The writes of route classes, routes and hunting classes."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.routes.models import HuntingClass, Route, RouteClass, Shared
from smartswitch.web.routes.selectors import route_classes_for, terminators_for

CYCLE = gettext_lazy("The base classes would lead back to this one; choose another one.")


class HouseServices(RowServices):
    """Rows of a dealer: the viewer's own unless another one below is named."""

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """A row of the viewer's house."""
        rest = dict(values)
        dealer = rest.pop("dealer", None) or Dealer.objects.get(pk=by.dealer_id)
        return super().add(by=by, values={**rest, "dealer": dealer})


class RouteClassServices(HouseServices):
    """Make, change and delete route classes."""

    def __init__(self) -> None:
        constraints = {
            "route_class_base_has_no_cycle": ("base_class", CYCLE),
            "route_class_is_not_its_own_base": ("base_class", CYCLE),
        }
        super().__init__(RouteClass, "routes", constraints=constraints)

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """An empty class."""
        _check_base(values, by)
        return super().add(by=by, values=values)

    def change(self, row: RouteClass, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """Another name, or another base."""
        if values.get("base_class") is not None and values["base_class"].pk != row.base_class_id:
            _check_base(values, by)
        return super().change(row, by=by, values=values)

    def delete(self, row: RouteClass, *, by: Viewer) -> None:
        """Only a class that nobody uses, with its routes; nobody shares in it any more."""
        require(by, f"{self.right}.delete")
        with refusing(self.constraints):
            locked = self.locked(row)
            Shared.objects.filter(noun="route_class", object_id=row.pk).delete()
            locked.delete()


def _check_base(values: Mapping[str, Any], by: Viewer) -> None:
    base = values.get("base_class")
    if base is not None and not route_classes_for(by).filter(pk=base.pk).exists():
        raise Refused({"base_class": _("There is no %(key)s here.") % {"key": base.key}})


class RouteServices(RowServices):
    """Make, change and delete the routes of a class."""

    def __init__(self) -> None:
        constraints = {
            "route_ends_after_it_starts": ("valid_to", gettext_lazy("The end must be after the beginning.")),
            "route_weight_is_a_percentage": ("weight", gettext_lazy("A share is from 1 to 100.")),
            "route_code_is_digits": ("code", gettext_lazy("A code is 1 to 15 digits, like 4479.")),
        }
        super().__init__(Route, "routes", constraints=constraints)

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """One more way for calls to a code."""
        require(by, f"{self.right}.add")
        owner_of = route_classes_for(by).filter(pk=values["route_class"].pk, is_own=True)
        if not owner_of.exists():
            raise Http404
        self._check(values, by)
        return super().add(by=by, values=values)

    def change(self, row: Route, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """Anything of a route but its class."""
        self._check(values, by)
        return super().change(row, by=by, values=values)

    def _check(self, values: Mapping[str, Any], by: Viewer) -> None:
        terminator = values.get("terminator")
        if terminator is not None and not terminators_for(by).filter(pk=terminator.pk).exists():
            raise Refused({"terminator": _("There is no such terminator here.")})
        start, end = values.get("valid_from"), values.get("valid_to")
        if start is not None and end is not None and end <= start:
            raise Refused({"valid_to": _("The end must be after the beginning.")})


class HuntingClassServices(HouseServices):
    """Make, change and delete hunting classes."""

    def __init__(self) -> None:
        super().__init__(HuntingClass, "hunting")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """A new order of hunting."""
        _check_metrics(values)
        return super().add(by=by, values=values)

    def change(self, row: HuntingClass, *, by: Viewer, values: Mapping[str, Any]) -> Any:
        """It holds for calls that start from now on."""
        _check_metrics(values)
        return super().change(row, by=by, values=values)


def _check_metrics(values: Mapping[str, Any]) -> None:
    """A node leaves out a class that names a metric twice; without any the order would be nobody's."""
    metrics = values.get("metrics")
    if metrics is None:
        return
    if not metrics:
        raise Refused({"metric_1": _("Choose at least one metric.")})
    if len(set(metrics)) < len(metrics):
        raise Refused({OF_THE_WHOLE: _("Each metric can be chosen once.")})


ROUTE_CLASSES = RouteClassServices()
ROUTES = RouteServices()
HUNTING_CLASSES = HuntingClassServices()
