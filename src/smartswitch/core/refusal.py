"""Refusals: the named reasons for which a call is not carried, or not carried further.

A refusal is a value, never an exception. One table maps each reason to SIP (``switch/refusal_sip.py``), one to words
for people (``web``). The level that refused is known to that level and those above it; the caller learns only what the
SIP table says, which is the same for every level.
"""

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why a call is refused. The value is the public name, in JSON, in CDRs and in logs."""

    NO_CREDIT = "no_credit"
    NO_PRICE = "no_price"
    NO_ROUTE = "no_route"
    NO_RATE = "no_rate"
    """No exchange rate between the currency of the price and that of the balance."""
    BLOCKED = "blocked"
    CALL_LIMIT = "call_limit"
    RATE_LIMIT = "rate_limit"
    NOT_ALLOWED = "not_allowed"
    NO_PROFIT = "no_profit"
    BAD_NUMBER = "bad_number"
    UNKNOWN_PARTY = "unknown_party"
    UNREACHABLE = "unreachable"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why, and whose limit, price or block it was: the key of a peer, company or dealer, or None where it is nobody's."""

    reason: Reason
    refused_by: str | None = None
