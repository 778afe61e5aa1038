"""The way of commands to charging, with the spool behind it.

Two kinds of command, two promises. A *question* (authorize, extend) is asked now or not at all: no answer is an answer, and
whoever asked acts on the safe side. A *statement* (answer, settle, release, refusal) is of something that has happened,
and must arrive: when charging does not take it, it goes to the spool, which delivers it later, exactly once by its seq.
Of one leg, nothing overtakes a statement that waits in the spool.
"""

from smartswitch.charging.engine import ChargingBugError, ChargingUnavailableError
from smartswitch.protocol.charging import Answer, Authorize, Extend, RecordRefusal, Release, Reply, Settle
from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.call_ports import Charging, Spool

Question = Authorize | Extend
Statement = Answer | Settle | Release | RecordRefusal

log = EventLog("switch.delivery")


class Delivery:
    """Asks and tells charging. Without a spool (the scenario), what cannot be told is an error."""

    def __init__(self, charging: Charging, spool: Spool | None = None) -> None:
        self._charging = charging
        self._spool = spool

    @property
    def is_open(self) -> bool:
        """False when a statement could not even be spooled: then no new call may begin."""
        return self._spool is None or self._spool.is_writable

    async def ask(self, question: Question) -> Reply | None:
        """The reply; None when charging gave none. The question may have been obeyed all the same."""
        if self._spool is not None and self._spool.holds(question.call_id, question.leg):
            return None
        try:
            return await self._charging.submit(question)
        except ChargingUnavailableError:
            return None
        except ChargingBugError as error:
            log.error("question_failed", error=error, call_id=question.call_id, question=type(question).__name__)
            return None

    async def tell(self, statement: Statement) -> Reply | None:
        """The reply; None when the statement waits in the spool, which is as good as said."""
        if self._spool is None:
            return await self._charging.submit(statement)
        if not self._spool.holds(statement.call_id, statement.leg):
            try:
                return await self._charging.submit(statement)
            except ChargingUnavailableError:
                log.warning("statement_spooled", call_id=statement.call_id, statement=type(statement).__name__)
            except ChargingBugError as error:
                log.error(
                    "statement_failed", error=error, call_id=statement.call_id, statement=type(statement).__name__
                )
        try:
            self._spool.keep(statement)
        except OSError as error:
            log.error("spool_refused", error=error, call_id=statement.call_id, statement=repr(statement))
        return None
