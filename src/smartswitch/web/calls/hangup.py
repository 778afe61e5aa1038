"""Ends a call in progress, from the web account.

Rule: the database decides whose call it is, writes the audit entry and tells the nodes, all in the transaction of the
request; the node that has the call ends it on both sides, and it is charged for the time talked.
"""

from uuid import UUID

from django.db import connection

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer

RIGHT = "calls.hangup"


def hang_up(viewer: Viewer, call_id: UUID) -> bool:
    """Tell the nodes to end a call; False if no leg of it is open in the viewer's house.

    Raises MissingRightError for who may not end calls.
    """
    require(viewer, RIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT request_hangup(%s)", [call_id])
        return bool(cursor.fetchone()[0])
