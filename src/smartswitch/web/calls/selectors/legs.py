"""Calls that ended, with the charges that the viewer may see: what he paid, and everything below; never what is above.

Who refused a call is told only if it was somebody in the viewer's house: a dealer never learns that a dealer above him
ran dry or was blocked.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from smartswitch.core.refusal import Reason
from smartswitch.protocol.charging import Direction
from smartswitch.web.calls.models import OWNER_COST_LEVEL
from smartswitch.web.calls.selectors.party_names import names_of_parties
from smartswitch.web.config.named_queries import NamedQueries
from smartswitch.web.login.viewer import Viewer

_QUERIES = NamedQueries(Path(__file__).parent / "sql")
PARTY_PAYS = "AND h.level = 0 AND h.debit_balance_id = ANY ((SELECT party_balances())::bigint[])"
PARTY_CALLS = "AND peer_id = ANY ((SELECT party_peers())::bigint[])"
"""What narrows a query to the customer for whom the transaction acts, as row-level security does besides."""
KEPT_FROM_CUSTOMERS = (Reason.NO_PROFIT.value,)
"""Refusals that tell of a dealer's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFact:
    """What one level paid for one leg. Beside the keys of both parties stand their names, as far as one may know."""

    level: int
    dealer_id: int
    seller_dealer_id: int
    payer: str
    seller: str
    payer_name: str
    seller_name: str
    debit_balance_id: int
    amount: int
    tax: int
    currency: str
    pack_amount: int
    pack_currency: str
    exchange_rate: int
    pack_id: int
    price_id: int
    code: str
    billed_s: int
    answered_at_ms: int
    explanation: str

    def is_paid_by(self, viewer: Viewer) -> bool:
        """Whether it left the viewer's own balance (the owner owes it to a terminator). A customer sees no other."""
        if not viewer.is_of_dealer:
            return True
        return self.debit_balance_id == viewer.balance_id or (viewer.is_owner and self.level == OWNER_COST_LEVEL)

    def is_sold_by(self, viewer: Viewer) -> bool:
        """Whether the viewer sold it. A customer sells nothing: his dealer does."""
        return viewer.is_of_dealer and self.seller_dealer_id == viewer.dealer_id and self.level != OWNER_COST_LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFact:
    """One leg of a call as the viewer may know it. `is_refused_above`: somebody above him refused, and he learns no more."""

    created_at: datetime
    call_id: UUID
    leg: int
    direction: str
    caller: str
    called: str
    caller_name: str
    result: str
    sip_status: int
    reason: str | None
    refused_by: str | None
    is_refused_above: bool
    ended_by: str | None
    terminator: str | None
    authorized_at_ms: int
    answered_at_ms: int | None
    ended_at_ms: int
    duration_ms: int
    billed_s: int
    marked: bool
    peer: str | None
    peer_name: str | None
    dealer: str
    dealer_name: str | None
    charges: tuple[ChargeFact, ...]
    margin: int | None
    margin_currency: str | None
    source: str = ""
    user_agent: str = ""
    sip_call_id: str = ""
    node: str = ""
    attempts: tuple[tuple[str, int, int], ...] = ()

    @property
    def place(self) -> str:
        """Its place in the list of calls, as an address names it."""
        return f"{self.call_id}.{self.leg}"

    @property
    def who(self) -> str:
        """Whose phone or line it was."""
        return self.peer_name or self.peer or self.dealer_name or self.dealer


def legs_of_rows(viewer: Viewer, rows: Sequence[dict[str, Any]]) -> tuple[LegFact, ...]:
    """The legs that some rows of `cdr` are, with the charges that the viewer may see."""
    if not rows:
        return ()
    charges = _charges(viewer, rows)
    insiders = _refusers_in_house(viewer, rows)
    return tuple(_leg(viewer, row, charges[row["call_id"], row["leg"]], insiders) for row in rows)


def _charges(viewer: Viewer, rows: Sequence[dict[str, Any]]) -> dict[tuple[UUID, int], list[ChargeFact]]:
    began_at = {row["call_id"]: row["created_at"] for row in rows}
    charges = _QUERIES.rows(
        "charges_of_calls",
        {"dealer": viewer.dealer_id, "calls": list(began_at), "moments": list(began_at.values())},
        party="" if viewer.is_of_dealer else PARTY_PAYS,
    )
    names = names_of_parties(key for row in charges for key in (row["payer"], row["seller"]))
    found: dict[tuple[UUID, int], list[ChargeFact]] = defaultdict(list)
    for row in charges:
        called = {f"{side}_name": names.get(row[side], row[side]) for side in ("payer", "seller")}
        found[row.pop("call_id"), row.pop("leg")].append(ChargeFact(**row, **called))
    return found


def _refusers_in_house(viewer: Viewer, rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """The dealers of the house among those who refused. To a customer none of them is: what his dealer lacks is not told."""
    if not viewer.is_of_dealer:
        return frozenset()
    named = {
        row["refused_by"] for row in rows if row["refused_by"] and row["refused_by"] not in _own_parties(viewer, row)
    }
    if not named:
        return frozenset()
    return frozenset(
        row["key"] for row in _QUERIES.rows("keys_in_house", {"dealer": viewer.dealer_id, "keys": list(named)})
    )


def _own_parties(viewer: Viewer, row: dict[str, Any]) -> tuple[str | None, ...]:
    customer = (row["peer"], row["company"])
    return (*customer, row["dealer"]) if viewer.is_of_dealer else customer


def _leg(viewer: Viewer, row: dict[str, Any], charges: list[ChargeFact], insiders: frozenset[str]) -> LegFact:
    refused_by = row["refused_by"]
    is_known = (
        refused_by is None or refused_by in insiders or refused_by in _own_parties(viewer, row) or viewer.is_owner
    )
    if not viewer.is_of_dealer and row["reason"] in KEPT_FROM_CUSTOMERS:
        is_known = False
    fields = {name: value for name, value in row.items() if name not in ("company", "dealer_id", "attempts")}
    if not is_known:
        fields.update(reason=None, refused_by=None, sip_status=0)
    attempts = _attempts(row.get("attempts"))
    if not viewer.sees_common_routes:
        fields.update(terminator=None)
        attempts = ()
    if not viewer.is_of_dealer:
        fields.update(_without_the_far_side(fields))
    margin, currency = _margin(viewer, charges)
    return LegFact(
        **fields,
        is_refused_above=not is_known,
        charges=tuple(charges),
        margin=margin,
        margin_currency=currency,
        attempts=attempts,
    )


def _without_the_far_side(fields: dict[str, Any]) -> dict[str, Any]:
    """What a customer learns of signalling: that of his own phone. Of a call to it, that of the far side is not his."""
    hidden = {"node": ""}
    if fields["direction"] != Direction.OUTBOUND.value:
        hidden |= dict.fromkeys(("source", "user_agent", "sip_call_id"), "")
    return {name: value for name, value in hidden.items() if name in fields}


def _attempts(attempts: object) -> tuple[tuple[str, int, int], ...]:
    """Attempts as the charging plane writes them: terminator, SIP status, milliseconds."""
    if not attempts:
        return ()
    rows = json.loads(attempts) if isinstance(attempts, str) else attempts
    return tuple((str(name), int(status), int(length_ms)) for name, status, length_ms in rows)


def _margin(viewer: Viewer, charges: Sequence[ChargeFact]) -> tuple[int | None, str | None]:
    """What the viewer earned with a leg, without tax; None if he sold in one currency and bought in another."""
    if not viewer.is_of_dealer:
        return None, None
    own = [charge for charge in charges if charge.is_sold_by(viewer) or charge.is_paid_by(viewer)]
    currencies = {charge.currency for charge in own}
    if len(currencies) != 1:
        return None, None
    earned = sum((charge.amount - charge.tax) * (1 if charge.is_sold_by(viewer) else -1) for charge in own)
    return earned, currencies.pop()
