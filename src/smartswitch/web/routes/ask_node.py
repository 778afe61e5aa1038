"""Asks a running node, and waits for its answer.

The transaction of the request is not committed while it waits, so the question goes over a connection of its own, which
lives for the question only, acts as the web account's role for the viewer, and deletes what it wrote.

Rule: an answer says everything, what is above the viewer too. It is for services that cut it (simulation.py), not for pages.
"""

from contextlib import closing
from time import monotonic
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from smartswitch.protocol.question import (
    Question,
    QuestionRefusal,
    QuestionRefused,
    RouteChecked,
    decode_answer,
    encode_question,
)
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.routes.queries import query

ANSWER_WITHIN_S = 3
LOOK_AGAIN_S = 0.5
"""So long a notice is waited for before the row is looked at anyway."""

_ACT_FOR = """
SELECT set_config('smartswitch.dealer', %s, false), set_config('smartswitch.company', %s, false),
       set_config('smartswitch.peer', %s, false)
"""
_READ = "SELECT answer::text FROM node_question WHERE id = %s AND answer IS NOT NULL"
_DELETE = "DELETE FROM node_question WHERE id = %s"


class NodeSilentError(Exception):
    """No node answered in time. The message is for people."""


class QuestionRefusedError(Exception):
    """A node says that it cannot answer. The message is for people; `refusal` names the reason."""

    def __init__(self, refusal: QuestionRefusal) -> None:
        super().__init__(_words(refusal))
        self.refusal = refusal


def ask(viewer: Viewer, question: Question) -> RouteChecked:
    """The answer of a node. Raises NodeSilentError, QuestionRefusedError, and QuestionError for what is no answer."""
    session = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with session.cursor() as cursor:
            cursor.execute(_ACT_FOR, [str(viewer.dealer_id), str(viewer.company_id or ""), str(viewer.peer_id or "")])
            cursor.execute("LISTEN answer")
            cursor.execute(query("ask_node"), {"dealer": viewer.dealer_id, "content": encode_question(question)})
            question_id = cursor.fetchone()[0]
            try:
                text = _wait(session.connection, cursor, question_id)
            finally:
                cursor.execute(_DELETE, [question_id])
    finally:
        session.close()
    answer = decode_answer(text)
    if isinstance(answer, QuestionRefused):
        raise QuestionRefusedError(answer.refusal)
    return answer


def _wait(connection: psycopg.Connection, cursor: psycopg.Cursor, question_id: UUID) -> str:
    """The JSON text of the answer; NodeSilentError when the time is over."""
    deadline = monotonic() + ANSWER_WITHIN_S
    while (left_s := deadline - monotonic()) > 0:
        with closing(connection.notifies(timeout=min(left_s, LOOK_AGAIN_S))) as notices:
            any(notice.payload == str(question_id) for notice in notices)
        cursor.execute(_READ, [question_id])
        row = cursor.fetchone()
        if row is not None:
            return row[0]
    raise NodeSilentError(
        _("The switch did not answer within %(seconds)d seconds; perhaps no node runs. Try again, or ask the operator.")
        % {"seconds": ANSWER_WITHIN_S}
    )


def _words(refusal: QuestionRefusal) -> str:
    words = {
        QuestionRefusal.UNKNOWN_PEER: _("The switch does not know this peer. If it is new, try again in a second."),
        QuestionRefusal.BAD_QUESTION: _(
            "The running node cannot read the question; it may be of an older version than the web account."
        ),
        QuestionRefusal.UNAVAILABLE: _("The node could not work this out; its log says why."),
    }
    return words[refusal]
