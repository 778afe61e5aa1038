"""Ends a call in progress, from the web account.

Rule: the database decides whose call it is, writes the audit entry and tells the nodes, all in the transaction of the
request; the node that has the call ends it on both sides, and it is charged for the time talked.

A node that is just connecting to the database anew does not hear of it, and nothing is kept for it: to cut a call minutes
later, when the person may have thought better of it, would be worse. So the page says when no node has heard (`hangups_of`),
and the person presses again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.db import connection

from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer

RIGHT = "calls.hangup"
HEARD_WITHIN = timedelta(seconds=4)
"""A node that hears ends the call well within this time, and the page, which looks every two seconds, has seen it."""
TOLD_FOR = timedelta(minutes=1)
_TABLE, _ACTION = "open_leg", "hangup"


class Hangup(Enum):
    """What has become of a hang-up of a call that is still in progress."""

    ASKED = "asked"
    UNHEARD = "unheard"


def hang_up(viewer: Viewer, call_id: UUID) -> bool:
    """Tell the nodes to end a call; False if no leg of it is open in the viewer's house.

    Raises MissingRightError for who may not end calls.
    """
    require(viewer, RIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT request_hangup(%s)", [call_id])
        return bool(cursor.fetchone()[0])


def hangups_of(call_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Hangup]:
    """Which of these calls, which are in progress, somebody has asked lately to end."""
    if not call_ids:
        return {}
    asked = AuditEntry.objects.filter(
        table_name=_TABLE, row_id__in=[str(each) for each in call_ids], action=_ACTION, created_at__gt=now - TOLD_FOR
    )
    newest = asked.order_by("created_at").values_list("row_id", "created_at")
    return {
        UUID(call_id): Hangup.ASKED if now - moment < HEARD_WITHIN else Hangup.UNHEARD for call_id, moment in newest
    }
