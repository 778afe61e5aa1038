"""Does the switch tell the same story as SIPp? The CDRs against the witness, call by call."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from .installation import Cdr
from .load import WitnessedCall

MOST_DIFFERENCE_MS = 1_000
LAST_MOMENT_MS = 200
MS_PER_SECOND = 1000


def disagreements(answered: dict[str, WitnessedCall], cdrs: Iterable[Cdr]) -> list[str]:
    """Where the CDRs differ from what the caller saw: a call missing, charged twice, or for another time."""
    found = Counter(cdr.sip_call_id for cdr in cdrs if cdr.result == "answered")
    problems = [f"{name}: answered, and no CDR says so" for name in answered.keys() - found.keys()]
    problems += [f"{name}: a CDR says answered, the caller was not" for name in found.keys() - answered.keys()]
    problems += [f"{name}: {count} CDRs" for name, count in found.items() if count > 1]
    for cdr in cdrs:
        if cdr.result == "answered" and cdr.sip_call_id in answered:
            problems += _of_one(answered[cdr.sip_call_id], cdr)
    return problems


def cut_disagreements(cut: dict[str, WitnessedCall], cut_at: datetime, cdrs: Iterable[Cdr]) -> list[str]:
    """Where the CDRs of calls that a fault cut off say anything but: answered, and over at that moment.

    A call that was answered in the last moment may be unknown to the node: then it costs nothing.
    """
    found = {cdr.sip_call_id: cdr for cdr in cdrs}
    problems = []
    for name, call in cut.items():
        assert call.answered_at is not None
        talked_ms = round((cut_at - call.answered_at).total_seconds() * MS_PER_SECOND)
        cdr = found.get(name)
        if cdr is None:
            problems.append(f"{name}: no CDR")
        elif cdr.result != "answered":
            if talked_ms > LAST_MOMENT_MS:
                problems.append(f"{name}: talked {talked_ms} ms until it was cut, the CDR says {cdr}")
        elif abs(cdr.duration_ms - talked_ms) > MOST_DIFFERENCE_MS:
            problems.append(f"{name}: talked {talked_ms} ms until it was cut, the CDR says {cdr}")
    return problems


def overcharges(cut: dict[str, WitnessedCall], cut_at: datetime, cdrs: Iterable[Cdr]) -> list[str]:
    """The CDRs of calls that a fault cut off which say that they talked on."""
    problems = []
    for cdr in cdrs:
        call = cut.get(cdr.sip_call_id)
        if call is not None and call.answered_at is not None:
            talked_ms = round((cut_at - call.answered_at).total_seconds() * MS_PER_SECOND)
            if cdr.duration_ms > talked_ms + LAST_MOMENT_MS:
                problems.append(f"{cdr.sip_call_id}: talked {talked_ms} ms until it was cut, the CDR says {cdr}")
    return problems


def _of_one(call: WitnessedCall, cdr: Cdr) -> list[str]:
    problems = []
    if call.talked_ms is None:
        return [f"{call.sip_call_id}: talked without end, the CDR says {cdr}"]
    if abs(cdr.duration_ms - call.talked_ms) > MOST_DIFFERENCE_MS:
        problems.append(f"{call.sip_call_id}: talked {call.talked_ms} ms, the CDR says {cdr}")
    if cdr.billed_s * MS_PER_SECOND - cdr.duration_ms >= MS_PER_SECOND:
        problems.append(f"{call.sip_call_id}: billed more than its length, rounded up to a second: {cdr}")
    if cdr.marked:
        problems.append(f"{call.sip_call_id}: marked: {cdr}")
    return problems
