"""Rows that have an order: a row of a list goes one place up or down, by a button beside it; programs also name a place."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.views import address_of, enter, row_of
from smartswitch.web.nouns.writing import Refused, RowServices, refusing

STEP = 10
"""Between the positions of new rows, so that one fits between two."""
HIGHEST_POSITION = 1_000_000
"""That somebody may type; far below what the column holds, so that there is always a place after the last."""


class Way(StrEnum):
    """Where a row goes: past its neighbour, or to an end of its list."""

    UP = "up"
    DOWN = "down"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A place next to another row of the same list."""

    row_id: int
    is_after: bool


class OrderedServices(RowServices, ABC):
    """The writes of rows that have an order. `siblings` are the rows of a row's list, itself among them."""

    @abstractmethod
    def siblings(self, row: Any) -> Any:
        """The rows among which a row has its place."""

    def place_last(self, row: Any) -> int:
        """The position of a row that comes after all others of its list."""
        last = self.siblings(row).order_by("-position").values_list("position", flat=True).first()
        return STEP if last is None else last + STEP

    def move(self, row: Any, *, by: Viewer, to: Way | Beside) -> None:
        """Give a row another place in its list; where it is there already, nothing happens.

        The positions that the list has stay as they are, as far as they differ: they may also say something about rows of
        another list (a rule for everybody stands between the rules of one).
        """
        require(by, f"{self.right}.change")
        with refusing(self.constraints):
            rows = list(self.siblings(row).order_by("position", "pk").select_for_update(no_key=True))
            here = next((place for place, each in enumerate(rows) if each.pk == row.pk), None)
            if here is None:
                raise Http404
            there = _place(to, [each.pk for each in rows], here)
            if there == here:
                return
            positions = _rising([each.position for each in rows])
            rows.insert(there, rows.pop(here))
            for each, position in zip(rows, positions, strict=True):
                if each.position != position:
                    each.position = position
                    each.save(update_fields=["position"])


def _place(to: Way | Beside, ids: list[int], here: int) -> int:
    """Which place of the list is meant, counted from 0; Refused if there is no such row in it."""
    last = len(ids) - 1
    if isinstance(to, Way):
        return {Way.UP: max(here - 1, 0), Way.DOWN: min(here + 1, last), Way.FIRST: 0, Way.LAST: last}[to]
    if to.row_id == ids[here]:
        return here
    others = ids[:here] + ids[here + 1 :]
    if to.row_id not in others:
        raise Refused({"after" if to.is_after else "before": _("There is no such row in this list.")})
    return others.index(to.row_id) + to.is_after


def _rising(positions: list[int]) -> list[int]:
    """The same positions, each greater than the one before it."""
    found: list[int] = []
    for position in positions:
        found.append(max(position, found[-1] + 1) if found else position)
    return found


def move_view(noun: Noun) -> Callable[..., HttpResponse]:
    """Moves a row up (`to=up`) or down, and shows its list again."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        enter(request, noun, f"{noun.right}.change")
        row = row_of(noun, request.viewer, pk)
        if not noun.may_change(request.viewer, row):
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        services: Any = noun.services
        services.move(row, by=request.viewer, to=Way.DOWN if request.POST.get("to") == Way.DOWN else Way.UP)
        return redirect(reverse(noun.name) if noun.parent is None else address_of(noun, row))

    return view
