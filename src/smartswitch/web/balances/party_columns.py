"""What tables and pages tell of whoever has a balance: its money, its limits, and whether its calls pass.

Rows are dealers, companies and peers, with their `balance`. A table that sorts by one of these, or hides it, replaces that.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.noun import Column, Filter, Kind, Words

STATES = (("", _("any state")), ("active", _("active")), ("blocked", _("blocked")))


def party_state(row: Any) -> tuple[str, Words]:
    """Whether a party's calls pass, as a colour and a word."""
    return ("red", _("blocked")) if row.is_blocked else ("green", _("active"))


def paying_state(row: Any) -> tuple[str, Words]:
    """As party_state; a party that cannot pay for a call is told so, too."""
    left = row.balance.available
    return ("yellow", _("no money left")) if not row.is_blocked and left is not None and left <= 0 else party_state(row)


def currency(row: Any) -> str:
    """That of its balance."""
    code: str = row.balance.currency
    return code


BALANCE = Column(
    name="balance", label=_("Balance"), value=lambda row: row.balance.amount, kind=Kind.AMOUNT, currency=currency
)
AVAILABLE = Column(
    name="available", label=_("Available"), value=lambda row: row.balance.available, kind=Kind.AMOUNT, currency=currency
)
CREDIT_LIMIT = Column(
    name="credit_limit",
    label=_("Credit limit"),
    value=lambda row: row.balance.credit_limit,
    kind=Kind.AMOUNT,
    currency=currency,
)
CALL_LIMIT = Column(
    name="call_limit", label=_("Calls at a time"), value=lambda row: row.balance.call_limit, kind=Kind.NUMBER
)
LIVE_CALLS = Column(
    name="live_calls", label=_("Live calls"), value=lambda row: row.balance.live_calls, kind=Kind.NUMBER
)
STATE_FILTER = Filter(
    name="state",
    label=_("State"),
    field=lambda _viewer: forms.ChoiceField(choices=STATES),
    narrow=lambda rows, state: rows.filter(is_blocked=state == "blocked"),
)
