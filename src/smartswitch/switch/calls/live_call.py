"""One call as the controller carries it: its place in the table of ``core/call.py``, and all that the table need not know.

Times of day (``_at_ms``) are UTC milliseconds, as reports and commands write them. Everything that *measures* (the end of
a grant, a duration) uses the monotonic clock: the moment of the answer is put on it once, when the report comes.
"""

from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

from smartswitch.core.call import Action, Call
from smartswitch.core.refusal import Refusal
from smartswitch.protocol.charging import Attempt, EndedBy, Extend, Settled
from smartswitch.switch.calls.call_ports import TimerHandle, Wire
from smartswitch.switch.planning.call_plan import CallPlan, Leg, LoadName, Question, Target

MS_PER_SECOND = 1000


@dataclass(slots=True)
class LiveLeg:
    """A leg and what charging said of it. ``seq`` is that of the last command; ``granted_s`` counts from the answer.

    ``unanswered_extend`` is a question without an answer: it is repeated as it was, so that charging knows it again.
    """

    leg: Leg
    seq: int = 0
    granted_s: int = 0
    is_short: bool = False
    unanswered_extend: Extend | None = None
    settled: Settled | None = None

    def next_seq(self) -> int:
        """The seq of a new command."""
        self.seq += 1
        return self.seq


@dataclass(frozen=True, slots=True)
class Dialog:
    """What names an answered call in orders."""

    h_entry: int
    h_id: int
    sip_call_id: str


@dataclass(slots=True)
class LiveCall:
    """A call of this node, from its INVITE until everything of it is stored."""

    call_id: UUID
    wire: Wire
    question: Question | None
    plan: CallPlan
    legs: list[LiveLeg]
    at_ms: int
    call: Call
    dialog: Dialog | None = None
    refusal: Refusal | None = None
    sip_status: int = 0
    answered_at_ms: int | None = None
    answered_monotonic_ms: int = 0
    is_answer_fresh: bool = False
    ended_at_ms: int | None = None
    duration_ms: int = 0
    ended_by: EndedBy | None = None
    stop_cause: EndedBy | None = None
    target_index: int | None = None
    attempts: list[Attempt] = field(default_factory=list)
    attempt_started_ms: int = 0
    wire_end_ms: int = 0
    """The monotonic moment at which Kamailio would cut by itself."""
    asked_at_ms: int | None = None
    """The monotonic moment of the last question for more time."""
    is_charging_silent: bool = False
    seen_alive_at_ms: int = 0
    """The moment to which an earlier life of the node had told charging that it lives; 0 if there was none."""
    orders: int = 0
    reports: set[str] = field(default_factory=set)
    queue: deque[Action] = field(default_factory=deque)
    is_working: bool = False
    grant_timers: list[TimerHandle] = field(default_factory=list)
    watch_timer: TimerHandle | None = None
    loaded: tuple[LoadName, ...] = ()

    @property
    def held_legs(self) -> list[LiveLeg]:
        """The legs that charging holds, or may hold."""
        return self.legs[: self.call.legs_held]

    @property
    def granted_s(self) -> int:
        """The shortest grant of its legs: the call's."""
        return min(leg.granted_s for leg in self.legs)

    @property
    def is_short(self) -> bool:
        """True if the leg whose grant ends first could not get as much as it asked for."""
        granted_s = self.granted_s
        return any(leg.is_short for leg in self.legs if leg.granted_s == granted_s)

    @property
    def end_monotonic_ms(self) -> int:
        """The moment at which the grant ends."""
        return self.answered_monotonic_ms + self.granted_s * MS_PER_SECOND

    @property
    def target(self) -> Target | None:
        """The target that is tried, or that answered."""
        index = self.target_index
        return self.plan.targets[index] if index is not None and 0 <= index < len(self.plan.targets) else None

    @property
    def balance_ids(self) -> frozenset[int]:
        """The balances whose top-up may lengthen it."""
        return frozenset(level.balance_id for leg in self.legs for level in leg.leg.chain.levels)

    def legs_to_extend(self, *, now_ms: int, lead_ms: int) -> list[LiveLeg]:
        """The legs whose grant ends first, or within the lead as well."""
        soon_s = self.granted_s
        return [
            leg
            for leg in self.legs
            if leg.granted_s == soon_s or self.answered_monotonic_ms + leg.granted_s * MS_PER_SECOND - lead_ms <= now_ms
        ]

    def drop_timers(self) -> None:
        """Cancel the timers of the grant."""
        for timer in self.grant_timers:
            timer.cancel()
        self.grant_timers.clear()

    def drop_watch(self) -> None:
        """Cancel the timer of an owed report."""
        if self.watch_timer is not None:
            self.watch_timer.cancel()
            self.watch_timer = None
