"""The table of ``core/call.py``: for each state, what each event does. Read there first.

A row is ``to(next state, actions..., why=...)`` or ``ignored(why, events...)``. Every pair of state and event has exactly
one row; a test counts them. The races that people ask about have their name in ``why``.
"""

from smartswitch.core.call import Action, Event, Row, State, Table

_A, _E, _S = Action, Event, State


def _to(state: State, *actions: Action, why: str) -> Row:
    return Row(state, actions, why)


def _ignored(why: str, *events: Event) -> dict[Event, Row]:
    return {event: Row(None, (), why) for event in events}


_AUTHORIZE_REPLIES = (_E.LEG_AUTHORIZED, _E.AUTHORIZED, _E.DENIED, _E.LEG_DENIED, _E.UNAVAILABLE)
_ANSWER_REPLIES = (_E.ANSWER_STORED, _E.ANSWER_STORED_SHORT)
_EXTEND_REPLIES = (_E.EXTENDED, _E.EXTENDED_SHORT, _E.NOT_EXTENDED)
_GRANT_TIMERS = (_E.EXTENSION_DUE, _E.CUT_DUE)
_WIRE_REPORTS = (_E.PROGRESS, _E.ANSWERED, _E.CANCELLED, _E.FAILED, _E.ENDED)

_NOT_ASKED_TO_AUTHORIZE = _ignored("charging was not asked to authorize anything now", *_AUTHORIZE_REPLIES)
_NOT_ASKED_TO_ANSWER = _ignored("charging was not told of an answer", *_ANSWER_REPLIES)
_NOT_ASKED_TO_EXTEND = _ignored("charging was not asked for more time", *_EXTEND_REPLIES)
_NOT_ASKED_TO_CLOSE = _ignored("charging was not asked to close the call", _E.CLOSE_STORED)
_NO_GRANT_YET = _ignored("no grant runs before the answer: a timer of another life", *_GRANT_TIMERS)
_ONE_INVITE = _ignored("the node decides once for one INVITE; this is a repeat", _E.INVITED, _E.REFUSED)
_LEGS_ARE_OPEN = _ignored("the legs are not closed yet, so nothing can have lost them", _E.HOLD_LOST)

_START = {
    _E.INVITED: _to(_S.AUTHORIZING, _A.AUTHORIZE, why="a call begins: the money first"),
    _E.REFUSED: _to(_S.CLOSED, _A.REFUSE, _A.RECORD, why="the node refuses by itself; nothing was held"),
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_NO_GRANT_YET,
    **_ignored("nothing of this call is on the wire", *_WIRE_REPORTS, _E.NO_NEWS, _E.WIRE_LOST),
    **_ignored("there is nothing to stop, lengthen or lose", _E.STOPPED, _E.TOPPED_UP, _E.HOLD_LOST),
}

_AUTHORIZING = {
    _E.LEG_AUTHORIZED: _to(_S.AUTHORIZING, _A.AUTHORIZE, why="one leg is held, now the next"),
    _E.AUTHORIZED: _to(_S.ROUTING, _A.ROUTE, _A.WATCH, why="every leg is held: the INVITE may leave"),
    _E.DENIED: _to(_S.CLOSED, _A.REFUSE, why="charging refused, wrote the CDR, and holds nothing"),
    _E.LEG_DENIED: _to(_S.CLOSING, _A.REFUSE, _A.RELEASE, why="the second leg is refused: the first is given back"),
    _E.UNAVAILABLE: _to(_S.CLOSING, _A.REFUSE, _A.RELEASE, why="no answer from charging: refused, and any hold undone"),
    _E.CANCELLED: _to(
        _S.ABANDONED, why="the caller gave up while charging is asked; its answer is undone when it comes"
    ),
    _E.FAILED: _to(_S.ABANDONED, why="Kamailio gave up waiting (3 s); charging's answer is undone when it comes"),
    _E.STOPPED: _to(_S.ABANDONED, _A.REFUSE, why="blocked while charging is asked"),
    _E.WIRE_LOST: _to(_S.ABANDONED, why="Kamailio is gone while charging is asked"),
    **_ONE_INVITE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_NO_GRANT_YET,
    **_LEGS_ARE_OPEN,
    **_ignored("the INVITE has not left us, so nobody can ring or answer", _E.PROGRESS, _E.ANSWERED, _E.ENDED),
    **_ignored("charging decides with the new balance anyway", _E.TOPPED_UP),
    **_ignored("charging owes us an answer and its own time-out ends the wait", _E.NO_NEWS),
}

_ABANDONED = {
    _E.LEG_AUTHORIZED: _to(_S.CLOSING, _A.RELEASE, why="late yes after CANCEL: given back, the next leg is not asked"),
    _E.AUTHORIZED: _to(_S.CLOSING, _A.RELEASE, why="late yes after CANCEL: given back"),
    _E.DENIED: _to(_S.CLOSED, _A.ACKNOWLEDGE, why="late no after CANCEL: nothing is held"),
    _E.LEG_DENIED: _to(_S.CLOSING, _A.RELEASE, why="late no after CANCEL: the other leg is given back"),
    _E.UNAVAILABLE: _to(_S.CLOSING, _A.RELEASE, why="no answer after CANCEL: any hold undone"),
    **_ONE_INVITE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_NO_GRANT_YET,
    **_LEGS_ARE_OPEN,
    **_ignored("the INVITE never left us", _E.PROGRESS, _E.ANSWERED, _E.ENDED),
    **_ignored("it is over already", _E.CANCELLED, _E.FAILED, _E.STOPPED, _E.WIRE_LOST, _E.TOPPED_UP),
    **_ignored("charging owes us an answer and its own time-out ends the wait", _E.NO_NEWS),
}

_ROUTING = {
    _E.INVITED: _to(_S.ROUTING, _A.ROUTE, why="Kamailio asks again (the order was lost): the same routes again"),
    _E.ANSWERED: _to(_S.ANSWERING, _A.ANSWER, _A.SCHEDULE, why="answered: the grant runs from now"),
    _E.CANCELLED: _to(_S.CLOSING, _A.RELEASE, why="the caller gave up while it rang"),
    _E.FAILED: _to(_S.CLOSING, _A.RELEASE, why="no route answered"),
    _E.ENDED: _to(_S.ENDED_FIRST, _A.WATCH, why="BYE overtook the report of the answer, which is still owed to us"),
    _E.STOPPED: _to(_S.CANCELLING, _A.CANCEL, _A.WATCH, why="blocked while it rings"),
    _E.NO_NEWS: _to(_S.CANCELLING, _A.CANCEL, _A.WATCH, why="it rings beyond the longest ringing time"),
    _E.WIRE_LOST: _to(_S.CLOSING, _A.RELEASE, why="Kamailio died while it rang: nobody can answer it now"),
    _E.HOLD_LOST: _to(_S.CANCELLING, _A.CANCEL, _A.WATCH, _A.ALARM, why="the hold expired under a ringing call"),
    **_ignored("the routes are with Kamailio already", _E.REFUSED, _E.PROGRESS),
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_NO_GRANT_YET,
    **_ignored("the first slice is held already; the answer will see the new balance", _E.TOPPED_UP),
}

_CANCELLING = {
    _E.ANSWERED: _to(
        _S.HANGING_UP, _A.ANSWER, _A.HANG_UP, _A.WATCH, why="200 crossed our CANCEL: charged for what it talks, hung up"
    ),
    _E.CANCELLED: _to(_S.CLOSING, _A.RELEASE, why="our CANCEL was carried out"),
    _E.FAILED: _to(_S.CLOSING, _A.RELEASE, why="it failed by itself or by our CANCEL"),
    _E.ENDED: _to(_S.ENDED_FIRST, _A.WATCH, why="answered and over while we cancelled; the answer is owed to us"),
    _E.NO_NEWS: _to(_S.CANCELLING, _A.CANCEL, _A.WATCH, why="the order may have been lost: ordered again"),
    _E.WIRE_LOST: _to(_S.CLOSING, _A.RELEASE, why="Kamailio is gone: nothing rings any more"),
    **_ONE_INVITE,
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_NO_GRANT_YET,
    **_ignored("it is being given up already", _E.PROGRESS, _E.STOPPED, _E.TOPPED_UP, _E.HOLD_LOST),
}

_ENDED_FIRST = {
    _E.ANSWERED: _to(
        _S.CLOSING, _A.ANSWER, _A.SETTLE, why="the answer came after its end: charged for what lay between"
    ),
    _E.NO_NEWS: _to(
        _S.CLOSING,
        _A.RELEASE,
        _A.ALARM,
        why="the answer was never reported: its moment is not guessed, nothing charged",
    ),
    _E.WIRE_LOST: _to(_S.CLOSING, _A.RELEASE, _A.ALARM, why="Kamailio died before it reported the answer"),
    **_ONE_INVITE,
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_NO_GRANT_YET,
    **_ignored("a dialog that ended had been answered; only that report is awaited", _E.CANCELLED, _E.FAILED),
    **_ignored("it is over already", _E.PROGRESS, _E.ENDED, _E.STOPPED, _E.TOPPED_UP, _E.HOLD_LOST),
}

_ANSWERING = {
    _E.ANSWER_STORED: _to(
        _S.TALKING,
        _A.ACKNOWLEDGE,
        _A.SHORTEN,
        _A.SCHEDULE,
        why="the answer is stored; the grant may have become shorter",
    ),
    _E.ANSWER_STORED_SHORT: _to(
        _S.LIMITED, _A.ACKNOWLEDGE, _A.SHORTEN, _A.SCHEDULE, why="the answer is stored, and a level is short"
    ),
    _E.HOLD_LOST: _to(
        _S.HANGING_UP, _A.HANG_UP, _A.WATCH, _A.ALARM, why="the hold expired before the answer: no money, no call"
    ),
    _E.ENDED: _to(_S.CLOSING, _A.SETTLE, why="BYE before the answer is stored: settle queues up behind it"),
    _E.STOPPED: _to(_S.HANGING_UP, _A.HANG_UP, _A.WATCH, why="blocked as it was answered"),
    _E.CUT_DUE: _to(_S.HANGING_UP, _A.HANG_UP, _A.WATCH, why="the grant ran out while the answer is being stored"),
    _E.WIRE_LOST: _to(_S.CLOSING, _A.SETTLE, why="Kamailio died: charged to the last moment it was known alive"),
    **_ignored("the report of the answer came twice; acknowledged when it is stored", _E.ANSWERED),
    **_ignored("a branch that lost the race failed after another was answered", _E.FAILED, _E.CANCELLED),
    **_ignored("timers are set again when the answer is stored", _E.EXTENSION_DUE),
    **_ignored("a late 180 behind the 200", _E.PROGRESS),
    **_ONE_INVITE,
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_EXTEND,
    **_NOT_ASKED_TO_CLOSE,
    **_ignored("the answer's own reply sees the new balance", _E.TOPPED_UP),
    **_ignored("the wire owes us nothing while it talks", _E.NO_NEWS),
}

_TALKS = {
    _E.ENDED: _to(_S.CLOSING, _A.SETTLE, why="a side hung up, or Kamailio cut it"),
    _E.STOPPED: _to(_S.HANGING_UP, _A.HANG_UP, _A.WATCH, why="a party was blocked, or the media stopped"),
    _E.CUT_DUE: _to(_S.HANGING_UP, _A.HANG_UP, _A.WATCH, why="the grant ends now: never a second beyond it"),
    _E.WIRE_LOST: _to(_S.CLOSING, _A.SETTLE, why="Kamailio died: charged to the last moment it was known alive"),
    _E.HOLD_LOST: _to(_S.HANGING_UP, _A.HANG_UP, _A.WATCH, _A.ALARM, why="expiry closed the leg under a live call"),
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_CLOSE,
    **_ONE_INVITE,
    **_ignored("a late 180 behind the 200", _E.PROGRESS),
    **_ignored("the wire owes us nothing while it talks", _E.NO_NEWS),
}
_REPEATED_ANSWER = _to(_S.TALKING, _A.ACKNOWLEDGE, why="answered twice: stored already")
_LATE_FAILURE = _to(_S.TALKING, _A.ACKNOWLEDGE, why="failed after answered: a branch that lost the race")

_TALKING = {
    **_TALKS,
    _E.EXTENSION_DUE: _to(_S.EXTENDING, _A.EXTEND, why="the grant ends soon"),
    _E.ANSWERED: _REPEATED_ANSWER,
    _E.CANCELLED: _LATE_FAILURE,
    _E.FAILED: _LATE_FAILURE,
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
    **_ignored("no level is short; the next extension sees the new balance", _E.TOPPED_UP),
}

_EXTENDING = {
    **_TALKS,
    _E.EXTENDED: _to(_S.TALKING, _A.PROLONG, _A.SCHEDULE, why="a further slice is held"),
    _E.EXTENDED_SHORT: _to(_S.LIMITED, _A.PROLONG, _A.SCHEDULE, why="the last seconds that a level can pay are held"),
    _E.NOT_EXTENDED: _to(_S.LIMITED, _A.SCHEDULE, why="no more: it runs to the end of its grant"),
    _E.ANSWERED: _to(_S.EXTENDING, _A.ACKNOWLEDGE, why="answered twice: stored already"),
    _E.CANCELLED: _to(_S.EXTENDING, _A.ACKNOWLEDGE, why="failed after answered: a branch that lost the race"),
    _E.FAILED: _to(_S.EXTENDING, _A.ACKNOWLEDGE, why="failed after answered: a branch that lost the race"),
    **_NOT_ASKED_TO_ANSWER,
    **_ignored("charging is asked already", _E.EXTENSION_DUE),
    **_ignored("a top-up that the question under way missed is seen by the last question before the cut", _E.TOPPED_UP),
}

_LIMITED = {
    **_TALKS,
    _E.EXTENSION_DUE: _to(_S.EXTENDING, _A.EXTEND, why="the last question before the cut"),
    _E.TOPPED_UP: _to(_S.EXTENDING, _A.EXTEND, why="there may be money now: asked at once"),
    _E.ANSWERED: _to(_S.LIMITED, _A.ACKNOWLEDGE, why="answered twice: stored already"),
    _E.CANCELLED: _to(_S.LIMITED, _A.ACKNOWLEDGE, why="failed after answered: a branch that lost the race"),
    _E.FAILED: _to(_S.LIMITED, _A.ACKNOWLEDGE, why="failed after answered: a branch that lost the race"),
    **_NOT_ASKED_TO_ANSWER,
    **_NOT_ASKED_TO_EXTEND,
}

_HANGING_UP = {
    _E.ENDED: _to(_S.CLOSING, _A.SETTLE, why="our BYE, or one that crossed it, was carried out"),
    _E.NO_NEWS: _to(_S.HANGING_UP, _A.HANG_UP, _A.WATCH, why="the order may have been lost: ordered again"),
    _E.WIRE_LOST: _to(
        _S.CLOSING, _A.SETTLE, why="Kamailio is gone, or does not obey: charged to the last known moment"
    ),
    _E.ANSWERED: _to(_S.HANGING_UP, _A.ACKNOWLEDGE, why="answered twice; what must be stored of it is under way"),
    _E.ANSWER_STORED: _to(_S.HANGING_UP, _A.ACKNOWLEDGE, why="the answer is stored; it is hung up all the same"),
    _E.ANSWER_STORED_SHORT: _to(_S.HANGING_UP, _A.ACKNOWLEDGE, why="the answer is stored; it is hung up all the same"),
    **_ignored("too late: the hang-up is ordered, and a call is not brought back", *_EXTEND_REPLIES, _E.TOPPED_UP),
    **_ignored("it is being hung up already", _E.STOPPED, _E.HOLD_LOST, *_GRANT_TIMERS),
    **_ignored("a branch that lost the race; the end of the dialog is awaited", _E.CANCELLED, _E.FAILED, _E.PROGRESS),
    **_NOT_ASKED_TO_AUTHORIZE,
    **_NOT_ASKED_TO_CLOSE,
    **_ONE_INVITE,
}

_CLOSING = {
    _E.CLOSE_STORED: _to(_S.CLOSED, _A.ACKNOWLEDGE, why="everything is stored"),
    _E.ANSWERED: _to(_S.CLOSING, _A.HANG_UP, why="a repeat, or a 200 after the final failure: nothing may talk now"),
    **_ignored("what was stored last is followed by the settle that is queued", *_ANSWER_REPLIES, _E.HOLD_LOST),
    **_ignored("too late: the call is over", *_EXTEND_REPLIES, _E.TOPPED_UP, _E.STOPPED, *_GRANT_TIMERS),
    **_ignored("a repeat; acknowledged when the close is stored", _E.CANCELLED, _E.FAILED, _E.ENDED),
    **_ignored("nothing of it is on the wire any more", _E.PROGRESS, _E.NO_NEWS, _E.WIRE_LOST),
    **_NOT_ASKED_TO_AUTHORIZE,
    **_ONE_INVITE,
}

_REPEAT_AFTER_CLOSE = _to(_S.CLOSED, _A.ACKNOWLEDGE, why="a repeat of what is stored")

_CLOSED = {
    _E.ANSWERED: _to(
        _S.CLOSED, _A.HANG_UP, _A.ACKNOWLEDGE, why="a repeat, or a 200 after the final failure: nothing may talk now"
    ),
    _E.CANCELLED: _REPEAT_AFTER_CLOSE,
    _E.FAILED: _REPEAT_AFTER_CLOSE,
    _E.ENDED: _REPEAT_AFTER_CLOSE,
    **_ignored("the answer to this INVITE was given", _E.INVITED, _E.REFUSED),
    **_ignored("nothing is asked of charging after the close", *_AUTHORIZE_REPLIES, *_ANSWER_REPLIES, *_EXTEND_REPLIES),
    **_ignored("closed is closed", _E.CLOSE_STORED, _E.HOLD_LOST, _E.TOPPED_UP, _E.STOPPED, *_GRANT_TIMERS),
    **_ignored("nothing of it is on the wire any more", _E.PROGRESS, _E.NO_NEWS, _E.WIRE_LOST),
}

TABLE: Table = {
    _S.START: _START,
    _S.AUTHORIZING: _AUTHORIZING,
    _S.ABANDONED: _ABANDONED,
    _S.ROUTING: _ROUTING,
    _S.CANCELLING: _CANCELLING,
    _S.ENDED_FIRST: _ENDED_FIRST,
    _S.ANSWERING: _ANSWERING,
    _S.TALKING: _TALKING,
    _S.EXTENDING: _EXTENDING,
    _S.LIMITED: _LIMITED,
    _S.HANGING_UP: _HANGING_UP,
    _S.CLOSING: _CLOSING,
    _S.CLOSED: _CLOSED,
}
