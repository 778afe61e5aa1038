"""The balance that comes with every dealer, company and peer: made empty, limited by who sells, never touched otherwise.

Also the balances on the other side of what a seller's customers pay (his sales, tax, payments, adjustments in a currency):
the charging plane writes to them and must find them.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from smartswitch.web.balances.models import Balance
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer

LIMITS = ("credit_limit", "call_limit")
SELLER_KINDS = ("sales", "tax", "payments", "adjustments")
ADJUST = "balances.adjust"
PREPAID = 0
CREDIT_LIMIT_HELP = _(
    "How far below zero the balance may go; 0 is prepaid, as is a new one for which nothing is said. Empty (in the API null)"
    " is no limit at all."
)
KEY_TAKEN = _("This key is taken; choose another one.")
"""Also said where the key is that of a party in a house that the viewer does not see: balances of all are unique."""


def make_balance(*, kind: str, party: str, dealer_id: int, currency: str, limits: Mapping[str, Any]) -> Balance:
    """An empty balance for a party that is about to be made."""
    balance = Balance(kind=kind, party=party, dealer_id=dealer_id, currency=currency, **limits)
    balance.save(force_insert=True)
    return balance


def make_seller_balances(*, seller_key: str, seller_dealer_id: int, currency: str) -> None:
    """The balances of a seller in a currency, those that are missing."""
    wanted = [
        Balance(kind=kind, party=seller_key, dealer_id=seller_dealer_id, currency=currency) for kind in SELLER_KINDS
    ]
    Balance.objects.bulk_create(wanted, ignore_conflicts=True)


def limits_in(values: dict[str, Any]) -> dict[str, Any]:
    """Take the limits of the balance out of a form's values."""
    return {name: values.pop(name) for name in LIMITS if name in values}


def limits_of_new(values: dict[str, Any], *, by: Viewer) -> dict[str, Any]:
    """Take the limits of a balance that is about to be made out of a form's values: prepaid unless something else is said,
    which needs the right to correct balances."""
    limits = {"credit_limit": PREPAID, **limits_in(values)}
    if limits["credit_limit"] != PREPAID:
        require(by, ADJUST)
    return limits


def change_limits(balance: Balance, *, by: Viewer, limits: Mapping[str, Any]) -> None:
    """Give a balance other limits, which needs the right to correct balances; what stays the same is not written."""
    changed = {name: value for name, value in limits.items() if getattr(balance, name) != value}
    if not changed:
        return
    require(by, ADJUST)
    for name, value in changed.items():
        setattr(balance, name, value)
    balance.save(update_fields=list(changed))
