"""Finds calls among all that the viewer may see: by number, party, moment, result; page by page.

Two ways through the calls, for none is quick for everybody. By the moment, where a good part of all calls are of the house
(`is_busy_house`). Dealer by dealer otherwise: then a house with few calls does not wait until those of others are looked
through, however few of its own are meant.
"""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from smartswitch.web.calls.selectors.call_filter import CallFilter
from smartswitch.web.calls.selectors.legs import PARTY_CALLS, LegFact, legs_of_rows
from smartswitch.web.calls.selectors.places import HIGHEST_LEG, LAST_CALL_ID, MAX_CALL_ID, CallPage, Place, began_at
from smartswitch.web.config.named_queries import NamedQueries
from smartswitch.web.login.viewer import Viewer

LOOK_BACK = timedelta(days=62)
"""How far back one page of calls looks; a link leads further."""
LONGEST_LOOK_BACK = timedelta(days=366)
"""How far back it looks when it was told since when."""

_QUERIES = NamedQueries(Path(__file__).parent / "sql")
_CONDITIONS = {
    "dealer_id": "AND c.dealer_id IN (SELECT house.id FROM house)",
    "number": "AND ((c.caller ~>=~ %(number)s AND c.caller ~<~ %(number_end)s)"
    " OR (c.called ~>=~ %(number)s AND c.called ~<~ %(number_end)s))",
    "peer_id": "AND c.peer_id = %(peer)s",
    "company_id": "AND c.peer_id IN (SELECT p.id FROM peer AS p WHERE p.company_id = %(company)s)",
    "result": "AND c.result = %(result)s",
    "direction": "AND c.direction = %(direction)s",
    "terminator": "AND c.terminator = %(terminator)s",
    "min_s": "AND c.duration_ms >= %(min_ms)s",
}
"""What each field of a filter asks of a call."""


def find_calls(viewer: Viewer, wanted: CallFilter, *, now: datetime, after: Place | None = None, most: int) -> CallPage:
    """A page of the ended calls of the viewer's house that a filter means; without a place from the newest on."""
    before, call_id, leg = _beginning(wanted, after, now)
    since = _earliest(wanted, min(now, before))
    if wanted.terminator is not None and not viewer.sees_common_routes:
        return CallPage(legs=(), next_place=None, since=since, is_first=after is None)
    fields = [name for name in _CONDITIONS if getattr(wanted, name) is not None]
    rows = _QUERIES.rows(
        "find_calls",
        {
            **_values(viewer, wanted),
            "before": before,
            "before_call": call_id,
            "before_leg": leg,
            "since": since,
            "most": most + 1,
        },
        source=_QUERIES.text(_source(viewer, wanted)),
        house=_QUERIES.text(_house(wanted)),
        conditions="\n".join([_party(viewer), *(_CONDITIONS[name] for name in fields)]),
    )
    legs = legs_of_rows(viewer, rows[:most])
    has_more = len(rows) > most
    return CallPage(legs=legs, next_place=legs[-1].place if has_more else None, since=since, is_first=after is None)


def legs_of_call(viewer: Viewer, call_id: UUID) -> tuple[LegFact, ...]:
    """The legs of one call that belong to the viewer's house; none if it is somebody else's."""
    if call_id.int > LAST_CALL_ID.int:
        return ()
    moment = {"call_id": call_id, "created_at": began_at(call_id)}
    return legs_of_rows(
        viewer, _QUERIES.rows("legs_of_call", {"dealer": viewer.dealer_id, **moment}, party=_party(viewer))
    )


def _beginning(wanted: CallFilter, after: Place | None, now: datetime) -> tuple[datetime, UUID, int]:
    """The place before which the page begins, itself excluded."""
    if after is not None and (wanted.until is None or began_at(after.call_id) < wanted.until):
        return began_at(after.call_id), after.call_id, after.leg
    if wanted.until is not None:
        return wanted.until, UUID(int=0), 0
    return now + timedelta(days=1), MAX_CALL_ID, HIGHEST_LEG


def _earliest(wanted: CallFilter, last: datetime) -> datetime:
    if wanted.since is None:
        return last - LOOK_BACK
    return max(wanted.since, last - LONGEST_LOOK_BACK)


def _values(viewer: Viewer, wanted: CallFilter) -> dict[str, object]:
    number = wanted.number
    return {
        "dealer": viewer.dealer_id,
        "scope": wanted.dealer_id or viewer.dealer_id,
        "number": number,
        # The first text after all that begin with the number: its last digit, one higher.
        "number_end": None if number is None else number[:-1] + chr(ord(number[-1]) + 1),
        "peer": wanted.peer_id,
        "company": wanted.company_id,
        "result": wanted.result,
        "direction": wanted.direction,
        "terminator": wanted.terminator,
        "min_ms": None if wanted.min_s is None else wanted.min_s * 1000,
    }


def _source(viewer: Viewer, wanted: CallFilter) -> str:
    if (wanted.peer_id, wanted.company_id) != (None, None) or not viewer.is_of_dealer:
        return "calls_by_dealer"
    if viewer.is_owner and wanted.dealer_id is None:
        return "calls_by_time"
    (row,) = _QUERIES.rows("is_busy_house", {"scope": wanted.dealer_id or viewer.dealer_id})
    return "calls_by_time" if row["is_busy"] else "calls_by_dealer"


def _party(viewer: Viewer) -> str:
    return "" if viewer.is_of_dealer else PARTY_CALLS


def _house(wanted: CallFilter) -> str:
    if wanted.peer_id is not None:
        return "house_of_peer"
    return "house_of_company" if wanted.company_id is not None else "house_of_dealer"
