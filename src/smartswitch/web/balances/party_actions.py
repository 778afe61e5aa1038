"""Buttons on the page of a party that lead to its balance, and to where money is entered for it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.payments import RIGHT_OF_KIND, may_enter
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Action


def _has_money(row: Any) -> bool:
    """Of peers only those that pay themselves have anything on their balance."""
    return getattr(row, "pays_from", "peer") == "peer"


def _may_enter(viewer: Viewer, row: Any) -> bool:
    return _has_money(row) and may_enter(viewer, row.balance)


MONEY_ACTIONS = (
    Action(
        label=_("Balance"),
        address=lambda row: reverse("balance", args=[row.balance_id]),
        icon="wallet",
        right="balances.view",
        suits=lambda _viewer, row: _has_money(row),
    ),
    Action(
        label=_("Enter money"),
        address=lambda row: reverse("balance-pay", args=[row.balance_id]),
        icon="coins",
        right=RIGHT_OF_KIND["payment"],
        suits=_may_enter,
    ),
)
