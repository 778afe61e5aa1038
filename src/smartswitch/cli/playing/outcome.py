"""What became of a business case, as the JSON of SCENARIO.md: amounts are strings, times numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from smartswitch.charging.ledger_check import Violation
from smartswitch.core.money import format_amount
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import Charged, EndedBy
from smartswitch.switch.calls.live_call import LiveCall


@dataclass(frozen=True, slots=True)
class PartyMoney:
    """What a party has at the end, and the most that was held for it at any moment."""

    balance: int
    held: int
    max_held: int


@dataclass(frozen=True, slots=True)
class TopupOutcome:
    """One top-up of the case."""

    at_ms: int
    to: str
    is_done: bool


def call_outcome(
    live: LiveCall, *, short_party: str | None, blocked_party: Callable[[], str | None]
) -> dict[str, object]:
    """One call. ``short_party`` is the level that ended it for want of money, ``blocked_party`` finds who is blocked."""
    result, refusal = _result(live, short_party, blocked_party)
    return {
        "result": result,
        "reason": refusal.reason.value if refusal else None,
        "refused_by": refusal.refused_by if refusal else None,
        "duration_s": -(-live.duration_ms // 1000) if live.answered_at_ms is not None else 0,
        "terminator": _terminator(live),
        "charges": [
            charge_outcome(charge) for leg in live.legs if leg.settled is not None for charge in leg.settled.charges
        ],
    }


def _result(
    live: LiveCall, short_party: str | None, blocked_party: Callable[[], str | None]
) -> tuple[str, Refusal | None]:
    if live.answered_at_ms is not None:
        match live.ended_by:
            case EndedBy.CREDIT:
                return "cut", Refusal(Reason.NO_CREDIT, short_party)
            case EndedBy.BLOCK:
                return "cut", Refusal(Reason.BLOCKED, blocked_party())
            case EndedBy.LIMIT | EndedBy.EXPIRY | EndedBy.OPERATOR | EndedBy.MEDIA_TIMEOUT:
                return "cut", Refusal(Reason.UNAVAILABLE)
        return "answered", None
    if live.stop_cause is EndedBy.BLOCK:
        return "cut", Refusal(Reason.BLOCKED, blocked_party())
    if live.target_index is None:
        return "refused", live.refusal
    return "unanswered", None


def _terminator(live: LiveCall) -> str | None:
    """Who took the call outside; a user of ours is not a terminator."""
    if live.answered_at_ms is None or live.target is None or live.target.cost is None:
        return None
    return live.target.key


def charge_outcome(charge: Charged) -> dict[str, object]:
    """One charge: who paid whom, for what."""
    return {
        "payer": charge.payer,
        "seller": charge.seller,
        "code": charge.code,
        "billed_s": charge.billed_s,
        "amount": format_amount(charge.amount),
        "currency": charge.currency,
    }


def case_outcome(
    calls: dict[str, dict[str, object]],
    money: dict[str, PartyMoney],
    topups: list[TopupOutcome],
    violations: list[Violation],
) -> dict[str, object]:
    """The whole case."""
    return {
        "calls": calls,
        "balances": {
            party: {"balance": format_amount(one.balance), "held": format_amount(one.held)}
            for party, one in money.items()
        },
        "topups": [
            {"at": _seconds(topup.at_ms), "to": topup.to, "result": "done" if topup.is_done else "refused"}
            for topup in topups
        ],
        "max_held": {party: format_amount(one.max_held) for party, one in money.items()},
        "ledger": {"ok": not violations, "violations": [str(violation) for violation in violations]},
    }


def _seconds(milliseconds: int) -> int | str:
    """Whole seconds as a number; anything else as a decimal text, for a number would be binary."""
    seconds, rest = divmod(milliseconds, 1000)
    return seconds if rest == 0 else f"{seconds}.{rest:03d}".rstrip("0")
