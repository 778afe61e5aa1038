"""Rows that have an order: a row of a list goes one place up or down, by a button beside it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.views import address_of, enter, row_of
from smartswitch.web.nouns.writing import RowServices, refusing

UP, DOWN = "up", "down"
STEP = 10
"""Between the positions of new rows, so that one fits between two."""
HIGHEST_POSITION = 1_000_000
"""That somebody may type; far below what the column holds, so that there is always a place after the last."""


class OrderedServices(RowServices, ABC):
    """The writes of rows that have an order. `siblings` are the rows of a row's list, itself among them."""

    @abstractmethod
    def siblings(self, row: Any) -> Any:
        """The rows among which a row has its place."""

    def place_last(self, row: Any) -> int:
        """The position of a row that comes after all others of its list."""
        last = self.siblings(row).order_by("-position").values_list("position", flat=True).first()
        return STEP if last is None else last + STEP

    def move(self, row: Any, *, by: Viewer, is_up: bool) -> None:
        """Change places with the neighbour; at the end of the list nothing happens.

        The positions that the list has stay as they are, as far as they differ: they may also say something about rows of
        another list (a rule for everybody stands between the rules of one).
        """
        require(by, f"{self.right}.change")
        with refusing(self.constraints):
            rows = list(self.siblings(row).order_by("position", "pk").select_for_update(no_key=True))
            here = next((place for place, each in enumerate(rows) if each.pk == row.pk), None)
            if here is None:
                raise Http404
            there = here - 1 if is_up else here + 1
            if 0 <= there < len(rows):
                positions = _rising([each.position for each in rows])
                rows[here], rows[there] = rows[there], rows[here]
                for each, position in zip(rows, positions, strict=True):
                    if each.position != position:
                        each.position = position
                        each.save(update_fields=["position"])


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
        services.move(row, by=request.viewer, is_up=request.POST.get("to") != DOWN)
        return redirect(reverse(noun.name) if noun.parent is None else address_of(noun, row))

    return view
