"""The life of a call: every pair of state and event has a row, every row keeps the rules, every hold is closed once."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from smartswitch.core.call import Action, Call, Event, State, Step, authorized_event, denied_event, step
from smartswitch.core.call_table import TABLE

E, A, S = Event, Action, State
CLOSERS = (A.SETTLE, A.RELEASE)
HELD_STATES = {
    S.ROUTING,
    S.CANCELLING,
    S.ENDED_FIRST,
    S.ANSWERING,
    S.TALKING,
    S.EXTENDING,
    S.LIMITED,
    S.HANGING_UP,
}


def life(*events: Event, legs: int = 1) -> tuple[Call, list[Action]]:
    """Live through some events from the start; give the call and every action that was asked for."""
    call, actions = Call(legs_wanted=legs), list[Action]()
    for event in events:
        made = step(call, event, TABLE)
        call = made.call
        actions.extend(made.actions)
    return call, actions


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_state_knows_every_event_and_says_why(state: State, event: Event) -> None:
    row = TABLE[state][event]
    assert row.why
    assert not (row.is_ignored and row.actions), "an ignored event asks for nothing"
    if row.next_state is state:
        assert row.actions, "a row that neither moves nor acts must say that it ignores"


@pytest.mark.parametrize("state", State)
def test_a_call_is_closed_only_on_the_way_to_closing(state: State) -> None:
    for event, row in TABLE[state].items():
        closers = [action for action in row.actions if action in CLOSERS]
        assert len(closers) <= 1
        if closers:
            assert row.next_state is S.CLOSING, f"{state} x {event}"
            assert state not in (S.CLOSING, S.CLOSED, S.START)
        elif row.next_state is S.CLOSING:
            assert state is S.CLOSING
        if state in HELD_STATES and row.next_state is not None:
            assert row.next_state in HELD_STATES | {S.CLOSING}, "what is held is never forgotten"


def test_only_held_calls_are_routed_and_only_answered_ones_charged() -> None:
    for state, rows in TABLE.items():
        for event, row in rows.items():
            if A.ROUTE in row.actions:
                assert (state, event) in {(S.AUTHORIZING, E.AUTHORIZED), (S.ROUTING, E.INVITED)}
            if A.SETTLE in row.actions:
                assert (
                    state in {S.ANSWERING, S.TALKING, S.EXTENDING, S.LIMITED, S.HANGING_UP} or A.ANSWER in row.actions
                )


ANSWERED_LIFE = (E.INVITED, E.AUTHORIZED, E.ANSWERED, E.ANSWER_STORED)

RACES = {
    "CANCEL while charging is asked": (
        (E.INVITED, E.CANCELLED, E.AUTHORIZED, E.CLOSE_STORED),
        [A.AUTHORIZE, A.RELEASE, A.ACKNOWLEDGE],
    ),
    "CANCEL while charging is asked, which refuses": (
        (E.INVITED, E.CANCELLED, E.DENIED),
        [A.AUTHORIZE, A.ACKNOWLEDGE],
    ),
    "200 crosses our CANCEL": (
        (E.INVITED, E.AUTHORIZED, E.STOPPED, E.ANSWERED, E.ANSWER_STORED, E.ENDED, E.CLOSE_STORED),
        [
            A.AUTHORIZE,
            A.ROUTE,
            A.WATCH,
            A.CANCEL,
            A.WATCH,
            A.ANSWER,
            A.HANG_UP,
            A.WATCH,
            A.ACKNOWLEDGE,
            A.SETTLE,
            A.ACKNOWLEDGE,
        ],
    ),
    "BYE before the answer is stored": (
        (E.INVITED, E.AUTHORIZED, E.ANSWERED, E.ENDED, E.ANSWER_STORED, E.CLOSE_STORED),
        [A.AUTHORIZE, A.ROUTE, A.WATCH, A.ANSWER, A.SCHEDULE, A.SETTLE, A.ACKNOWLEDGE],
    ),
    "the end is reported before the answer": (
        (E.INVITED, E.AUTHORIZED, E.ENDED, E.ANSWERED, E.ANSWER_STORED, E.CLOSE_STORED),
        [A.AUTHORIZE, A.ROUTE, A.WATCH, A.WATCH, A.ANSWER, A.SETTLE, A.ACKNOWLEDGE],
    ),
    "answered twice": (
        (*ANSWERED_LIFE, E.ANSWERED, E.ENDED, E.CLOSE_STORED),
        [
            A.AUTHORIZE,
            A.ROUTE,
            A.WATCH,
            A.ANSWER,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SHORTEN,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SETTLE,
            A.ACKNOWLEDGE,
        ],
    ),
    "failed after answered": (
        (*ANSWERED_LIFE, E.FAILED, E.ENDED),
        [
            A.AUTHORIZE,
            A.ROUTE,
            A.WATCH,
            A.ANSWER,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SHORTEN,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SETTLE,
        ],
    ),
    "a 200 after the final failure": (
        (E.INVITED, E.AUTHORIZED, E.CANCELLED, E.ANSWERED, E.CLOSE_STORED),
        [A.AUTHORIZE, A.ROUTE, A.WATCH, A.RELEASE, A.HANG_UP, A.ACKNOWLEDGE],
    ),
    "both sides hang up": (
        (*ANSWERED_LIFE, E.ENDED, E.ENDED, E.CLOSE_STORED, E.ENDED),
        [
            A.AUTHORIZE,
            A.ROUTE,
            A.WATCH,
            A.ANSWER,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SHORTEN,
            A.SCHEDULE,
            A.SETTLE,
            A.ACKNOWLEDGE,
            A.ACKNOWLEDGE,
        ],
    ),
    "a top-up lengthens a call that was refused more": (
        (*ANSWERED_LIFE, E.EXTENSION_DUE, E.NOT_EXTENDED, E.TOPPED_UP, E.EXTENDED),
        [
            A.AUTHORIZE,
            A.ROUTE,
            A.WATCH,
            A.ANSWER,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SHORTEN,
            A.SCHEDULE,
            A.EXTEND,
            A.SCHEDULE,
            A.EXTEND,
            A.PROLONG,
            A.SCHEDULE,
        ],
    ),
    "more time comes after the cut": (
        (*ANSWERED_LIFE, E.EXTENSION_DUE, E.CUT_DUE, E.EXTENDED, E.ENDED),
        [
            A.AUTHORIZE,
            A.ROUTE,
            A.WATCH,
            A.ANSWER,
            A.SCHEDULE,
            A.ACKNOWLEDGE,
            A.SHORTEN,
            A.SCHEDULE,
            A.EXTEND,
            A.HANG_UP,
            A.WATCH,
            A.SETTLE,
        ],
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_races_by_name(name: str) -> None:
    events, expected = RACES[name]
    assert life(*events)[1] == expected


def test_the_second_leg_refused_gives_the_first_back() -> None:
    call, actions = life(E.INVITED, E.LEG_AUTHORIZED, E.LEG_DENIED, E.CLOSE_STORED, legs=2)
    assert call == Call(S.CLOSED, 2, 1)
    assert actions == [A.AUTHORIZE, A.AUTHORIZE, A.REFUSE, A.RELEASE, A.ACKNOWLEDGE]


def test_a_leg_of_which_charging_said_nothing_counts_as_held() -> None:
    call, actions = life(E.INVITED, E.UNAVAILABLE)
    assert call.legs_held == 1
    assert actions[-1] is A.RELEASE


class CallMachine(RuleBasedStateMachine):
    """A wire and a charging plane that say anything in any order, against the table.

    Charging is modelled honestly (it answers what it was asked, once); the wire is not: it may report anything, twice.
    """

    @initialize(legs=st.integers(1, 2))
    def begin(self, legs: int) -> None:
        self.call = Call(legs_wanted=legs)
        self.asked: list[Action] = []
        self.settled = self.released = self.routed = 0
        self.really_held = 0
        self.do(Event.INVITED)

    def do(self, event: Event) -> Step:
        made = step(self.call, event, TABLE)
        self.call = made.call
        for action in made.actions:
            self.settled += action is A.SETTLE
            self.released += action is A.RELEASE
            self.routed += action is A.ROUTE
            if action in (A.AUTHORIZE, A.ANSWER, A.EXTEND, *CLOSERS):
                self.asked.append(action)
        return made

    @precondition(lambda self: self.asked)
    @rule(choice=st.integers(0, 3))
    def charging_answers(self, choice: int) -> None:
        asked = self.asked.pop(0)
        if asked is A.AUTHORIZE:
            event = (authorized_event, denied_event, lambda _: E.UNAVAILABLE, authorized_event)[choice](self.call)
            self.really_held += event in (E.AUTHORIZED, E.LEG_AUTHORIZED) or event is E.UNAVAILABLE
        elif asked is A.ANSWER:
            event = (E.ANSWER_STORED, E.ANSWER_STORED_SHORT, E.HOLD_LOST, E.ANSWER_STORED)[choice]
        elif asked is A.EXTEND:
            event = (E.EXTENDED, E.EXTENDED_SHORT, E.NOT_EXTENDED, E.HOLD_LOST)[choice]
        else:
            event = E.CLOSE_STORED
        self.do(event)

    @rule(
        event=st.sampled_from(
            [
                E.PROGRESS,
                E.ANSWERED,
                E.CANCELLED,
                E.FAILED,
                E.ENDED,
                E.EXTENSION_DUE,
                E.CUT_DUE,
                E.TOPPED_UP,
                E.STOPPED,
                E.NO_NEWS,
                E.WIRE_LOST,
                E.INVITED,
            ]
        )
    )
    def the_world_says(self, event: Event) -> None:
        self.do(event)

    @invariant()
    def what_is_held_is_closed_at_most_once(self) -> None:
        if not hasattr(self, "call"):
            return
        closed = self.settled + self.released
        assert closed <= 1
        assert self.call.legs_held == self.really_held
        if self.call.state is S.CLOSED:
            assert closed == (1 if self.really_held else 0)
        if self.call.state in HELD_STATES:
            assert not closed
            assert self.really_held == self.call.legs_wanted
        if self.routed:
            assert self.really_held == self.call.legs_wanted

    def teardown(self) -> None:
        """Whatever happened: when the wire is gone and charging has answered all, the call is closed."""
        if not hasattr(self, "call"):
            return
        for _ in range(8):
            self.do(E.WIRE_LOST)
            while self.asked:
                self.charging_answers_yes()
        assert self.call.state is S.CLOSED
        assert self.settled + self.released == (1 if self.really_held else 0)

    def charging_answers_yes(self) -> None:
        asked = self.asked.pop(0)
        if asked is A.AUTHORIZE:
            event = authorized_event(self.call)
            self.really_held += 1
        else:
            event = {A.ANSWER: E.ANSWER_STORED, A.EXTEND: E.NOT_EXTENDED}.get(asked, E.CLOSE_STORED)
        self.do(event)


TestCallMachine = CallMachine.TestCase
TestCallMachine.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
