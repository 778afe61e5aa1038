"""What tables and pages tell of a dealer."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.party_columns import (
    AVAILABLE,
    BALANCE,
    CALL_LIMIT,
    CREDIT_LIMIT,
    LIVE_CALLS,
    paying_state,
)
from smartswitch.web.dealers.forms import PROFIT_CONTROL_CHOICES
from smartswitch.web.nouns.noun import Column, Kind

_PROFIT_CONTROL = dict(PROFIT_CONTROL_CHOICES)


def _name(other: Any) -> str | None:
    """What is hidden from the viewer is not there."""
    return None if other is None else other.name or other.key


def _parent_link(row: Any) -> str | None:
    return None if row.parent is None else reverse("dealers-one", args=[row.parent_id])


def _state(row: Any) -> tuple[str, Any]:
    return paying_state(row) if row.parent_id is not None else ("azure", _("owner"))


COLUMNS = (
    Column(name="key", label=_("Key"), value=lambda row: row.key, order=("key",)),
    Column(name="name", label=_("Name"), value=lambda row: row.name, order=("name", "key")),
    Column(
        name="above",
        label=_("Dealer above"),
        value=lambda row: _name(row.parent),
        link=_parent_link,
        link_right="dealers.view",
    ),
    Column(name="state", label=_("State"), value=_state, kind=Kind.STATE),
    replace(BALANCE, order=("balance__amount",)),
    AVAILABLE,
    replace(LIVE_CALLS, order=("balance__live_calls",)),
    Column(name="currency", label=_("Currency"), value=lambda row: row.currency, is_shown=False),
    Column(name="pack", label=_("Billing pack"), value=lambda row: _name(row.pack)),
    Column(
        name="is_virtual_pbx",
        label=_("Virtual PBX"),
        value=lambda row: row.is_virtual_pbx,
        kind=Kind.YES_NO,
        is_shown=False,
    ),
    Column(
        name="created_at",
        label=_("Created"),
        value=lambda row: row.created_at,
        kind=Kind.MOMENT,
        order=("created_at",),
        is_shown=False,
    ),
)

FACTS = (
    Column(name="inbound_pack", label=_("Pack for incoming calls"), value=lambda row: _name(row.inbound_pack)),
    CREDIT_LIMIT,
    CALL_LIMIT,
    Column(
        name="calls_per_second_limit",
        label=_("New calls a second"),
        value=lambda row: row.calls_per_second_limit,
        kind=Kind.NUMBER,
    ),
    Column(name="profit_control", label=_("Profit control"), value=lambda row: _PROFIT_CONTROL[row.profit_control]),
    Column(name="route_class", label=_("Route class"), value=lambda row: _name(row.route_class)),
    Column(name="hunting_class", label=_("Hunting class"), value=lambda row: _name(row.hunting_class)),
    Column(name="time_zone", label=_("Time zone"), value=lambda row: row.time_zone),
)
"""What the page of a dealer tells besides."""
