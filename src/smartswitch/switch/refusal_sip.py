"""What a caller hears of a refusal: one table from the reason to SIP, the same whoever refused (DESIGN §6).

A caller never learns *which* dealer above him ran dry, was blocked or lacks a price: status, phrase and ``Reason`` header
follow from the reason alone. Statuses are those of RFC 3261 section 21 as they are used in the field; the ``Reason``
header (RFC 3326) carries the Q.850 cause that a gateway would pass on to the telephone network (RFC 3398 maps causes to
statuses, and some statuses here are chosen so that a gateway's own mapping gives the cause written beside them).

Choices: no credit is 402, which callers' switches show to people as a matter of payment and do not fail over from. A
missing price is 503, not 404: the number may be good and another carrier may take it, so that the caller's switch tries its
next route. An exhausted call limit is 486 towards a user (his own lines are busy) in many systems; here it is 503 with
cause 34, because the same answer must serve when the limit is a dealer's, and 486 would end the hunting of a wholesale
caller. No 6xx anywhere: it would say that no other switch may try.
"""

from dataclasses import dataclass

from smartswitch.core.refusal import Reason

RETRY_AFTER_S = 5
"""Told with 503 "unavailable": the database or the node recovers in about so long."""


@dataclass(frozen=True, slots=True)
class SipAnswer:
    """A final answer to an INVITE. ``headers`` are complete lines, each ended by CRLF."""

    status: int
    phrase: str
    headers: str = ""


def _answer(status: int, phrase: str, *, cause: int, text: str, retry_after_s: int | None = None) -> SipAnswer:
    headers = f'Reason: Q.850;cause={cause};text="{text}"\r\n'
    if retry_after_s is not None:
        headers += f"Retry-After: {retry_after_s}\r\n"
    return SipAnswer(status, phrase, headers)


_ANSWERS: dict[Reason, SipAnswer] = {
    Reason.NO_CREDIT: _answer(402, "Payment Required", cause=21, text="No credit"),
    Reason.BLOCKED: _answer(403, "Forbidden", cause=21, text="Blocked"),
    Reason.NOT_ALLOWED: _answer(403, "Forbidden", cause=57, text="Not allowed"),
    Reason.UNKNOWN_PARTY: _answer(403, "Forbidden", cause=21, text="Unknown party"),
    Reason.BAD_NUMBER: _answer(484, "Address Incomplete", cause=28, text="Invalid number"),
    Reason.NO_ROUTE: _answer(404, "Not Found", cause=3, text="No route"),
    Reason.UNREACHABLE: _answer(480, "Temporarily Unavailable", cause=20, text="Not reachable"),
    Reason.NO_PRICE: _answer(503, "Service Unavailable", cause=58, text="No price"),
    Reason.NO_RATE: _answer(503, "Service Unavailable", cause=58, text="No price"),
    Reason.NO_PROFIT: _answer(503, "Service Unavailable", cause=58, text="No price"),
    Reason.CALL_LIMIT: _answer(503, "Service Unavailable", cause=34, text="Call limit"),
    Reason.RATE_LIMIT: _answer(503, "Service Unavailable", cause=42, text="Rate limit", retry_after_s=1),
    Reason.UNAVAILABLE: _answer(503, "Service Unavailable", cause=41, text="Unavailable", retry_after_s=RETRY_AFTER_S),
}


def sip_answer(reason: Reason) -> SipAnswer:
    """The answer to a caller whose call is refused for this reason."""
    return _ANSWERS[reason]


STOPPED = _answer(480, "Temporarily Unavailable", cause=31, text="Stopped")
"""For a call that is given up before it left, as when its party was blocked meanwhile."""

_HANG_UP_CAUSES = {
    "credit": (16, "Credit exhausted"),
    "block": (21, "Blocked"),
    "operator": (31, "Ended by operator"),
    "media_timeout": (102, "No media"),
    "limit": (16, "Time limit"),
}


def hang_up_reason(ended_by: str) -> str:
    """The value of the ``Reason`` header of a BYE that the switch sends, by what made it do so (EndedBy)."""
    cause, text = _HANG_UP_CAUSES.get(ended_by, (31, "Ended"))
    return f'Q.850;cause={cause};text="{text}"'
