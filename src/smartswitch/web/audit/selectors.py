"""Reads the log for one viewer: pages of changes, one change, the history of one row. Row-level security narrows all of it.

A change is everything that one request (or one transaction of the command line) wrote. Pages go on from a place in the log,
never by counting, so the thousandth page costs what the first one does. One page looks through LOOKED_THROUGH entries at
most: where a text is rare, the page says how far back it has looked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.http import Http404

from smartswitch.web.audit.filters import BIGGEST_ID, Asked, Place
from smartswitch.web.audit.models import AuditEntry, AuditVerdict
from smartswitch.web.audit.queries import query
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.viewer import Viewer

PAGE_CHANGES = 20
SHOWN_OF_CHANGE = 8
MOST_OF_CHANGE = 500
LOOKED_THROUGH = 2_000
HISTORY_LOOKED_THROUGH = 5_000
END = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one request wrote: who, from where, and its first entries; `total` says how many there are."""

    created_at: datetime
    request_id: str | None
    actor: str
    acting_for: str | None
    origin: str | None
    by_dealer_id: int | None
    first_id: int
    total: int
    entries: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage:
    """Some changes, newest first; `next` is where the next page goes on; `looked_back_to` if this one gave up."""

    changes: tuple[Change, ...]
    next: Place | None
    looked_back_to: datetime | None


def changes_page(
    viewer: Viewer, asked: Asked, place: Place | None, *, window: int = LOOKED_THROUGH, most: int = PAGE_CHANGES
) -> ChangesPage:
    """The changes that suit, from a place on."""
    values = _values(viewer, asked, place) | {"window": window, "most": most + 1, "entries_of_change": SHOWN_OF_CHANGE}
    heads = _rows("changes", values)
    entries = AuditEntry.objects.in_bulk([each for head in heads[:most] for each in head["entry_ids"]])
    changes = tuple(_change(head, entries) for head in heads[:most])
    if len(heads) > most:
        last = changes[-1]
        return ChangesPage(
            changes=changes, next=Place(moment=last.created_at, entry_id=last.first_id), looked_back_to=None
        )
    beyond = _rows("window_end", values)
    if not beyond:
        return ChangesPage(changes=changes, next=None, looked_back_to=None)
    moment, entry_id = beyond[0]["created_at"], beyond[0]["id"]
    return ChangesPage(changes=changes, next=Place(moment=moment, entry_id=entry_id + 1), looked_back_to=moment)


def history_page(
    viewer: Viewer, *, table: str, row_id: int, balance_id: int | None, hanging: list[str], place: Place | None
) -> ChangesPage:
    """The changes of one row, of its balance, and of what hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_history(%s, %s, %s, %s::text[], %s, %s)",
            [
                table,
                str(row_id),
                None if balance_id is None else str(balance_id),
                hanging,
                END if place is None else place.moment,
                HISTORY_LOOKED_THROUGH,
            ],
        )
        ids = [row[0] for row in cursor.fetchall()]
    found = changes_page(viewer, Asked(ids=ids), place, window=HISTORY_LOOKED_THROUGH)
    if found.next is not None or len(ids) < HISTORY_LOOKED_THROUGH:
        return found
    oldest = AuditEntry.objects.filter(id__in=ids).order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None or (place is not None and oldest >= place.moment):
        return found
    return replace(found, next=Place(moment=oldest, entry_id=BIGGEST_ID), looked_back_to=oldest)


def change_of_entry(entry_id: int) -> Change:
    """The whole change to which an entry belongs, up to MOST_OF_CHANGE entries; Http404 if the viewer may not see it."""
    entry = AuditEntry.objects.filter(pk=min(entry_id, BIGGEST_ID)).first()
    if entry is None:
        raise Http404
    same = AuditEntry.objects.filter(created_at=entry.created_at, actor=entry.actor, request_id=entry.request_id)
    entries = tuple(same.order_by("id")[:MOST_OF_CHANGE])
    total = len(entries) if len(entries) < MOST_OF_CHANGE else same.count()
    return Change(
        created_at=entry.created_at,
        request_id=entry.request_id,
        actor=entry.actor,
        acting_for=entry.acting_for,
        origin=entry.origin,
        by_dealer_id=entry.by_dealer_id,
        first_id=entries[0].pk,
        total=total,
        entries=entries,
    )


def entry_of_request(request_id: str) -> int | None:
    """The first entry that a request has written; None if it wrote nothing, or nothing that the viewer may see."""
    return AuditEntry.objects.filter(request_id=request_id).order_by("id").values_list("pk", flat=True).first()


def entries_for_file(viewer: Viewer, asked: Asked, *, most: int) -> list[int]:
    """The numbers of all entries that suit, newest first."""
    return [row["id"] for row in _rows("entries", _values(viewer, asked, None) | {"most": most})]


def entries_in_order(ids: list[int], *, at_once: int = 500) -> Iterator[list[AuditEntry]]:
    """Entries by their numbers, some at a time."""
    for start in range(0, len(ids), at_once):
        wanted = ids[start : start + at_once]
        found = AuditEntry.objects.in_bulk(wanted)
        yield [found[each] for each in wanted if each in found]


def last_verdict() -> AuditVerdict | None:
    """What the worker's last check of the chain has found; the owner alone sees it."""
    return AuditVerdict.objects.order_by("-checked_at").first()


def _values(viewer: Viewer, asked: Asked, place: Place | None) -> dict[str, Any]:
    """The filters as parameters. A dealer's house is said in full, so that an index may find its few entries among many."""
    dealer_ids = asked.dealer_ids
    if dealer_ids is None and not viewer.is_owner:
        dealer_ids = list(Dealer.objects.values_list("pk", flat=True))
    before = place or Place(moment=asked.until or END, entry_id=BIGGEST_ID)
    if asked.until is not None and asked.until < before.moment:
        before = Place(moment=asked.until, entry_id=BIGGEST_ID)
    return {
        "before": before.moment,
        "before_id": before.entry_id,
        "since": asked.since,
        "dealer_ids": dealer_ids,
        "actor": asked.actor,
        "kind": asked.kind,
        "ids": asked.ids,
        "action": asked.action,
        "origin": asked.origin,
        "pattern": asked.pattern,
    }


def _rows(name: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query(name), values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _change(head: dict[str, Any], entries: dict[int, AuditEntry]) -> Change:
    ids, total = head.pop("entry_ids"), head.pop("entries")
    return Change(**head, total=total, entries=tuple(entries[each] for each in ids if each in entries))
