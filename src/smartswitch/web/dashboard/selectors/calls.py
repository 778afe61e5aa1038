"""The calls of the first pages: the last ones, whether there are newer ones, and the legs of one."""

from datetime import datetime, timedelta

from smartswitch.web.calls.selectors.call_filter import ANY_CALL
from smartswitch.web.calls.selectors.places import CallPage, Place
from smartswitch.web.calls.selectors.search import find_calls, legs_of_call
from smartswitch.web.dashboard.selectors.rows import party_calls, read_rows
from smartswitch.web.login.viewer import Viewer

__all__ = ["has_ended_since", "last_calls", "legs_of_call"]

LATELY = timedelta(days=1)
"""Within which a call that is news to a page has begun."""


def last_calls(viewer: Viewer, *, now: datetime, after: Place | None = None, most: int) -> CallPage:
    """A page of the ended calls of the viewer's house; without a place from the newest on."""
    return find_calls(viewer, ANY_CALL, now=now, after=after, most=most)


def has_ended_since(viewer: Viewer, *, now: datetime, seen_ms: int) -> bool:
    """Whether a call of the viewer's house ended after a moment; cheap enough to be asked every few seconds."""
    (row,) = read_rows("newest_end", {"dealer": viewer.dealer_id, "since": now - LATELY}, party=party_calls(viewer))
    return row["ended_at_ms"] is not None and row["ended_at_ms"] > seen_ms
