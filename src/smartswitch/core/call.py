"""The life of one call: events in, actions out. The whole of it is the table in ``call_table``; nothing here does I/O.

The problem
-----------
A call is told to us by two tongues that do not wait for each other. The *wire* (Kamailio) says that a caller rang, that
somebody answered, that a side hung up; *charging* (the database) says what it could hold, and has stored. Every order of
their sentences occurs: the caller gives up while we ask for money; both sides hang up before the answer is stored; a 200
overtakes our CANCEL; a report comes twice, or after the news that should follow it. Each such meeting is one row
of the table, with a name (its ``why``), and so has one answer. There is no row for "cannot happen": such a pair is
ignored, and the row says why that is right.

The rules that all rows keep
----------------------------
1. *Nothing leaves before money is held.* ROUTE comes only when every leg of the call is held.
2. *A held leg is closed once.* A call that held something ends with exactly one SETTLE (it was answered) or exactly one
   RELEASE (it was not), and a call that held nothing ends with neither. A hold of which we do not know whether it was made
   (charging gave no answer) counts as held: to release what is not there is harmless, to keep it is not.
3. *A call that talks is either inside its grant or being hung up.*
4. *A report is acknowledged when what follows from it is stored*, and a repeat of it moves nothing.
5. *Bad news wins.* When one side has ended a call, no later event brings it back to life; what the wire still carries then
   is hung up.

How it is run
-------------
``step(call, event)`` looks up (state, event) and gives the next call and the actions, which the controller carries
out *in order*; of one call, an action that speaks to charging starts only when the one before it has been answered.
That is why the table needs no state for "ended while the answer is being stored": SETTLE simply queues up behind ANSWER.

A call has one leg or two (the caller's, and the inbound leg of a number on this switch). They are authorized one after the
other, which is the only moment when they differ; from then on they move together, so the events ANSWER_STORED, EXTENDED
and NOT_EXTENDED speak of all of them, and the shortest grant is the call's.

    START -> AUTHORIZING -> ROUTING -> ANSWERING -> TALKING <-> EXTENDING -> CLOSING -> CLOSED
                  |            |                       \\          |            ^
              ABANDONED    CANCELLING                  LIMITED <--'     HANGING_UP

Rejected: one object per state (the races vanish into methods), and a machine per leg (the two would have to agree on
every cut). After python-hyper/h11: theory, table, little code.
"""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Where a call is in its life."""

    START = "start"
    """Nothing is decided."""
    AUTHORIZING = "authorizing"
    """Charging is asked to hold the next leg. Nothing is on the wire: the INVITE waits in Kamailio."""
    ABANDONED = "abandoned"
    """The call is over, but charging has not yet said whether it holds the leg that was asked for."""
    ROUTING = "routing"
    """All legs are held; Kamailio tries the routes."""
    CANCELLING = "cancelling"
    """We told Kamailio to give up; its final word is awaited."""
    ENDED_FIRST = "ended_first"
    """The end was reported before the answer, which is still on its way to us."""
    ANSWERING = "answering"
    """Somebody answered; charging is storing it."""
    TALKING = "talking"
    """Runs inside its grant; an extension will be asked for before the grant ends."""
    EXTENDING = "extending"
    """Charging is asked for a further slice."""
    LIMITED = "limited"
    """A level is short: runs to the end of its grant; asked once more just before, and at a top-up."""
    HANGING_UP = "hanging_up"
    """We ordered BYE both ways; the report of the end is awaited."""
    CLOSING = "closing"
    """The last word to charging (settle or release) is being stored."""
    CLOSED = "closed"
    """Nothing is held, nothing runs. Repeats of reports are acknowledged."""


class Event(Enum):
    """What can happen to a call."""

    INVITED = "invited"
    """An INVITE that we will carry: its legs and routes are known."""
    REFUSED = "refused"
    """An INVITE that the node refuses by itself (blocked, no route, no price, a limit)."""
    LEG_AUTHORIZED = "leg_authorized"
    """Charging holds a leg, and another one is still to be asked for."""
    AUTHORIZED = "authorized"
    """Charging holds the last leg: all are held."""
    DENIED = "denied"
    """Charging refused a leg, and holds no other."""
    LEG_DENIED = "leg_denied"
    """Charging refused a leg, but holds another."""
    UNAVAILABLE = "unavailable"
    """Charging gave no answer to an authorize; whether it holds the leg is unknown."""
    PROGRESS = "progress"
    """Ringing, or one route failed and the next is tried."""
    ANSWERED = "answered"
    """A 200 to the INVITE."""
    ANSWER_STORED = "answer_stored"
    """Charging knows of the answer (or it is in the spool), and no level is short."""
    ANSWER_STORED_SHORT = "answer_stored_short"
    """As ANSWER_STORED, but a level could pay less than a slice."""
    HOLD_LOST = "hold_lost"
    """Charging says that the leg is not open any more (expiry closed it)."""
    EXTENSION_DUE = "extension_due"
    """The timer: soon the grant ends."""
    EXTENDED = "extended"
    """Charging holds a further slice."""
    EXTENDED_SHORT = "extended_short"
    """Charging holds a further, shorter slice: a level is nearly dry."""
    NOT_EXTENDED = "not_extended"
    """Charging refused a further second, or gave no answer; the old grant stands."""
    TOPPED_UP = "topped_up"
    """Money came to a balance that this call uses."""
    CANCELLED = "cancelled"
    """The caller gave up before an answer: final status 487."""
    FAILED = "failed"
    """The INVITE failed for good."""
    ENDED = "ended"
    """A dialog that was answered is over: BYE, time-out, or our hang-up carried out."""
    CUT_DUE = "cut_due"
    """The timer: the grant ends now."""
    STOPPED = "stopped"
    """We want it over: a party was blocked, an operator hung up, the media stopped."""
    NO_NEWS = "no_news"
    """The timer: the wire owes us a report for too long."""
    WIRE_LOST = "wire_lost"
    """The Kamailio that carried the call is gone, or does not obey: nothing more will be reported."""
    CLOSE_STORED = "close_stored"
    """Charging settled or released the legs (or it is in the spool)."""


class Action(Enum):
    """What the controller is to do, in this order."""

    AUTHORIZE = "authorize"
    """Ask charging to hold the next leg."""
    ROUTE = "route"
    """Tell Kamailio where to send the INVITE and for how long it may talk."""
    REFUSE = "refuse"
    """Answer the INVITE with the status of the refusal."""
    RECORD = "record"
    """Write the CDR of a call that the node itself refused."""
    ANSWER = "answer"
    """Tell charging of the answer, for each leg."""
    SCHEDULE = "schedule"
    """Set the timers of the grant: the next extension and the cut."""
    EXTEND = "extend"
    """Ask charging for more time, for each leg that needs it."""
    PROLONG = "prolong"
    """Tell Kamailio the new end of the call."""
    SHORTEN = "shorten"
    """Tell Kamailio the new end if it is earlier than the one it has."""
    HANG_UP = "hang_up"
    """Order BYE both ways."""
    CANCEL = "cancel"
    """Order Kamailio to give up the INVITE."""
    WATCH = "watch"
    """Set the timer NO_NEWS: a report is owed to us."""
    SETTLE = "settle"
    """Charge each leg from the answer to the end."""
    RELEASE = "release"
    """Give back what each leg holds."""
    ACKNOWLEDGE = "acknowledge"
    """Tell Kamailio that it may forget the reports we have had of this call."""
    ALARM = "alarm"
    """Write to the log what should not have happened, for a person to look at."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. ``next_state`` None: the event is ignored, and ``why`` says why that is right."""

    next_state: State | None
    actions: tuple[Action, ...]
    why: str

    @property
    def is_ignored(self) -> bool:
        """True when the event neither moves the call nor asks for anything."""
        return self.next_state is None


@dataclass(frozen=True, slots=True)
class Call:
    """The facts of a call that the table needs. ``legs_held`` counts legs that charging holds, or may hold."""

    state: State = State.START
    legs_wanted: int = 1
    legs_held: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.legs_held <= self.legs_wanted:
            raise ValueError(f"{self.legs_held} of {self.legs_wanted} legs cannot be held")


@dataclass(frozen=True, slots=True)
class Step:
    """What an event made of a call, and what is to be done."""

    call: Call
    actions: tuple[Action, ...]
    why: str


Table = dict[State, dict[Event, Row]]


def step(call: Call, event: Event, table: Table) -> Step:
    """Carry a call one event further by ``call_table.TABLE``. An ignored event gives the same call and no action."""
    row = table[call.state][event]
    if row.next_state is None:
        return Step(call, (), row.why)
    return Step(Call(row.next_state, call.legs_wanted, _legs_held(call, event)), row.actions, row.why)


def _legs_held(call: Call, event: Event) -> int:
    if event in (Event.LEG_AUTHORIZED, Event.AUTHORIZED, Event.UNAVAILABLE):
        return min(call.legs_held + 1, call.legs_wanted)
    return call.legs_held


def authorized_event(call: Call) -> Event:
    """The event for "charging holds the leg that was asked for": is it the last one?"""
    return Event.AUTHORIZED if call.legs_held + 1 >= call.legs_wanted else Event.LEG_AUTHORIZED


def denied_event(call: Call) -> Event:
    """The event for "charging refused the leg that was asked for": is another leg held?"""
    return Event.LEG_DENIED if call.legs_held else Event.DENIED
