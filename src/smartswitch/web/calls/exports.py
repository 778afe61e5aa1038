"""Calls as a file: what the list shows, one line for each leg, at most MOST_CALLS of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from smartswitch.web.dashboard.presentation import LegView
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Column, Kind

MOST_CALLS = 10_000


def columns_for(viewer: Viewer) -> tuple[Column, ...]:
    """The columns that a viewer may have: what he paid, and for a dealer what he sold and kept."""
    found = [
        Column(name="created_at", label=_("When"), value=lambda view: view.leg.created_at, kind=Kind.MOMENT),
        Column(name="call_id", label=_("Call"), value=lambda view: str(view.leg.call_id)),
        Column(name="leg", label=_("Leg"), value=lambda view: view.leg.leg, kind=Kind.NUMBER),
        Column(name="peer", label=_("Peer"), value=lambda view: view.leg.peer),
        Column(name="dealer", label=_("Dealer"), value=lambda view: view.leg.dealer),
        Column(name="direction", label=_("Direction"), value=lambda view: view.direction),
        Column(name="caller", label=_("Caller"), value=lambda view: view.leg.caller),
        Column(name="called", label=_("Called"), value=lambda view: view.leg.called),
        Column(name="result", label=_("Result"), value=lambda view: view.result_words),
        Column(name="seconds", label=_("Seconds"), value=lambda view: view.leg.billed_s, kind=Kind.NUMBER),
        Column(
            name="paid",
            label=_("You paid"),
            value=lambda view: _sum(view, paid=True, viewer=viewer),
            kind=Kind.AMOUNT,
            currency=lambda view: _currency(view, paid=True, viewer=viewer),
        ),
    ]
    if viewer.is_of_dealer:
        found.append(
            Column(
                name="sold",
                label=_("You sold for"),
                value=lambda view: _sum(view, paid=False, viewer=viewer),
                kind=Kind.AMOUNT,
                currency=lambda view: _currency(view, paid=False, viewer=viewer),
            )
        )
    return tuple(found)


def _charges(view: LegView, *, paid: bool, viewer: Viewer) -> list[Any]:
    return [
        each.charge
        for each in view.charges
        if (each.charge.is_paid_by(viewer) if paid else each.charge.is_sold_by(viewer))
    ]


def _sum(view: LegView, *, paid: bool, viewer: Viewer) -> int | None:
    found = _charges(view, paid=paid, viewer=viewer)
    return sum(charge.amount for charge in found) if found else None


def _currency(view: LegView, *, paid: bool, viewer: Viewer) -> str:
    found = _charges(view, paid=paid, viewer=viewer)
    return found[0].currency.strip() if found else ""
