"""What people at the web account ask of a running node: what a call would do (``question``), to end a call (``hangup``).

Both come by NOTIFY over one listening connection. A question is a row of ``node_question``: every node works it out from its
directory, and the first to write its answer is the one that answers. After a connection was lost, questions that are not
too old are looked for, since their notice may be lost; a hang-up is not: the page tells its person that no node has ended
the call, and to press again.

Rule: a question is no call. It counts, holds and changes nothing, and a bug in answering one is told in the log and to who
asked, and disturbs no call.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from smartswitch.protocol.question import (
    Answer,
    QuestionError,
    QuestionRefusal,
    QuestionRefused,
    decode_question,
    encode_answer,
)
from smartswitch.runtime.log import EventLog
from smartswitch.switch.adoption import query
from smartswitch.switch.background import DATABASE_FAULTS
from smartswitch.switch.directory.available import read_available
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.planning.check_answer import answer_of
from smartswitch.switch.planning.route_check import check_call, paying_balances, plan_call

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection, Pool = asyncpg.Connection, asyncpg.Pool

QUESTION_CHANNEL = "question"
HANGUP_CHANNEL = "hangup"
RETRY_S = 0.5
"""Short, so that who asks while the connection is lost still hears in time."""
HEARTBEAT_S = 5.0
"""How often the listening connection is asked whether it lives."""
WRITE_TIMEOUT_S = 2

log = EventLog("switch.questions")


class Questions:
    """Listens and answers while ``run`` runs. ``on_hangup`` is called with the id of a call, ours or another node's."""

    def __init__(
        self,
        directory: Directory,
        pool: Pool,
        connect: Callable[[], Awaitable[Connection]],
        *,
        node: str,
        on_hangup: Callable[[UUID], None],
    ) -> None:
        self._directory = directory
        self._pool = pool
        self._connect = connect
        self._node = node
        self._on_hangup = on_hangup
        self._has_questions = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled, over a new connection whenever one is lost."""
        while True:
            try:
                connection = await self._connect()
                try:
                    await self._serve(connection)
                finally:
                    connection.terminate()
            except DATABASE_FAULTS as error:
                log.warning("questions_connection_lost", error=repr(error), retry_s=RETRY_S)
            await asyncio.sleep(RETRY_S)

    async def _serve(self, connection: Connection) -> None:
        await connection.add_listener(QUESTION_CHANNEL, self._note_question)
        await connection.add_listener(HANGUP_CHANNEL, self._note_hangup)
        connection.add_termination_listener(self._note_question)
        self._has_questions.set()
        while not connection.is_closed():
            try:
                await asyncio.wait_for(self._has_questions.wait(), HEARTBEAT_S)
            except TimeoutError:
                await connection.fetchval("SELECT 1", timeout=HEARTBEAT_S)
                continue
            self._has_questions.clear()
            for row in await self._pool.fetch(query("read_questions"), timeout=WRITE_TIMEOUT_S):
                await self._answer(row)
        log.warning("questions_connection_lost", error="closed by the database", retry_s=RETRY_S)

    def _note_question(self, *_notice: object) -> None:
        self._has_questions.set()

    def _note_hangup(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            call_id = UUID(str(payload))
        except ValueError:
            log.warning("hangup_without_call", payload=str(payload)[:64])
            return
        self._on_hangup(call_id)

    async def _answer(self, row: asyncpg.Record) -> None:
        try:
            answer = await self._work_out(row["content"], row["dealer_id"])
        except DATABASE_FAULTS:
            raise
        except Exception as bug:  # noqa: BLE001 - a bug in answering must not end the listening; it is told here, and to who asked
            log.error("question_failed", question=row["id"], error=bug)
            answer = QuestionRefused(QuestionRefusal.UNAVAILABLE)
        await self._pool.execute(
            query("write_answer"), row["id"], encode_answer(answer), self._node, timeout=WRITE_TIMEOUT_S
        )

    async def _work_out(self, content: str, dealer_id: int) -> Answer:
        """The answer for a dealer: only peers of his house are known to him."""
        try:
            question = decode_question(content)
        except QuestionError as error:
            log.warning("bad_question", error=str(error))
            return QuestionRefused(QuestionRefusal.BAD_QUESTION)
        directory, peer = self._directory, self._directory.peer(question.peer_id)
        if peer is None or dealer_id not in directory.dealer(peer.dealer_id).path:
            return QuestionRefused(QuestionRefusal.UNKNOWN_PEER)
        at_ms = question.at_ms
        plan = plan_call(directory, peer, called=question.called, caller=question.caller, at_ms=at_ms)
        available = await read_available(self._pool, paying_balances(plan))
        check = check_call(directory, peer, plan, at_ms=at_ms, available=available, duration_s=question.duration_s)
        return answer_of(directory, check)
