"""What call control needs of the world, as protocols: a wire, a timer, a charging plane, a spool. And its settings.

The node gives it Kamailio, the event loop and PostgreSQL; the ``scenario`` command gives it a virtual wire and a virtual
timer, and the *real* charging engine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from smartswitch.protocol.charging import Command, Reply
from smartswitch.protocol.wire import Order


class Wire(Protocol):
    """One Kamailio. Orders are values of ``protocol/wire.py``: Refuse, RouteCall, Extend, Hangup, Cancel, Acknowledge."""

    @property
    def is_connected(self) -> bool:
        """False while nothing is known of its calls, and no order reaches it."""
        ...

    def send(self, order: Order) -> bool:
        """Give an order; False when it could not be given, which is no error: the wire's reports decide."""
        ...


class TimerHandle(Protocol):
    """An alarm that was set."""

    def cancel(self) -> None:
        """Do not call back. Harmless when it has done so already."""
        ...


class Timer(Protocol):
    """Sets alarms on the monotonic time of the clock that call control was given."""

    def at(self, when_ms: int, callback: Callable[[], None]) -> TimerHandle:
        """Call back at ``clock.monotonic_ms() == when_ms``, or at once if that is over.

        Alarms for one moment ring in the order in which they were set. A virtual timer must let call control come to rest
        (``CallController.idle``) after each alarm, before it rings the next.
        """
        ...


class Charging(Protocol):
    """The charging plane; ``smartswitch.charging.engine.ChargingEngine`` is one."""

    async def submit(self, command: Command) -> Reply:
        """Carry out one command durably; raises ChargingUnavailableError or ChargingBugError."""
        ...


class Spool(Protocol):
    """Keeps commands that could not be delivered, and delivers them later, in order, once."""

    @property
    def is_writable(self) -> bool:
        """False when the disk is full: then no new call may begin."""
        ...

    def holds(self, call_id: UUID, leg: int) -> bool:
        """True if a command of this leg waits: a later one must queue up behind it."""
        ...

    def keep(self, command: Command) -> None:
        """Write a command down durably. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettings:
    """The numbers of call control. The scenario sets both leads to 0: there a question takes no time."""

    first_slice_s: int = 60
    extend_lead_ms: int = 5_000
    """So long before a grant ends more time is asked for."""
    last_question_lead_ms: int = 700
    """So long before the end a level that was short is asked once more."""
    retry_unavailable_ms: int = 1_000
    """After so long charging is asked again when it gave no answer."""
    longest_ringing_ms: int = 120_000
    """A call that nobody answers is given up (FAULTS S26); below charging's own limit for an unanswered hold."""
    report_patience_ms: int = 5_000
    """An order without its report is given again after so long ..."""
    most_orders: int = 12
    """... so often; then the wire counts as lost for that call."""
    late_answer_patience_ms: int = 30_000
    """How long the report of an answer may lag behind that of the end."""
    fresh_report_ms: int = 2_000
    """A report that comes so soon after its moment lets the monotonic clock check the time of day."""
