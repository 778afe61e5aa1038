"""What is decided about a call before money is asked for: the values that pass from the planner to the controller."""

from dataclasses import dataclass
from uuid import UUID

from smartswitch.core.chain import Chain, Cost
from smartswitch.core.hunting import Candidate, HuntingClass, Placed, explain_order
from smartswitch.core.refusal import Refusal
from smartswitch.protocol.charging import CallFacts
from smartswitch.protocol.wire import Media, Route
from smartswitch.switch.directory.records import PeerRecord
from smartswitch.switch.planning.limits import RateLimit

OUTBOUND_LEG = 0
"""The leg of who calls: paid by the caller and the dealers above him."""
INBOUND_LEG = 1
"""The leg of whose number is called: paid, if at all, by him and the dealers above him."""


LoadName = tuple[str, int]
"""What carries calls: ("terminator", peer id) or ("route", route id)."""


@dataclass(frozen=True, slots=True)
class Question:
    """The INVITE that waits in Kamailio: its suspended transaction, and its Call-ID and CSeq."""

    tindex: int
    tlabel: int
    sip_call_id: str
    cseq: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An INVITE whose sender is known. ``caller`` None is the world outside (a trusted trunk with no peer of its own).

    ``dialled`` is the user part of the Request-URI as received, ``caller_number`` that of From.
    """

    call_id: UUID
    at_ms: int
    question: Question
    caller: PeerRecord | None
    dialled: str
    caller_number: str = ""
    caller_name: str = ""
    source: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg to be charged. ``number`` is OUTBOUND_LEG or INBOUND_LEG."""

    number: int
    chain: Chain
    facts: CallFacts


@dataclass(frozen=True, slots=True)
class TargetName:
    """What a target was made of, small enough to be noted: the key of the party, its peer, and the route that led there.

    ``route_id`` is None for what was not hunted: a user or a number of ours.
    """

    key: str
    peer_id: int | None
    route_id: int | None


@dataclass(frozen=True, slots=True)
class Target:
    """One try: the key of the terminator or user, what Kamailio is told, and what the owner pays if it answers.

    ``load_names`` are the terminator and the route whose live calls it adds to, ``rate_limits`` their calls per second.
    """

    key: str
    route: Route
    cost: Cost | None = None
    peer_id: int | None = None
    load_names: tuple[LoadName, ...] = ()
    rate_limits: tuple[RateLimit, ...] = ()

    @property
    def name(self) -> TargetName:
        """Of what it was made."""
        route_id = next((number for kind, number in self.load_names if kind == "route"), None)
        return TargetName(self.key, self.peer_id, route_id)


@dataclass(frozen=True, slots=True)
class RouteVerdict:
    """What became of one route that matches the number: ``left`` None if it is tried, else the name of the reason."""

    route_id: int
    route_class_id: int
    terminator: str
    code: str
    left: str | None
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """What the targets were put in order by. Kept, not explained, because few calls are ever asked why."""

    candidates: tuple[Candidate, ...]
    hunting: HuntingClass
    draw: int

    def explain(self) -> tuple[Placed, ...]:
        """Each candidate in its place, and what put it there."""
        return explain_order(self.candidates, self.hunting, draw=self.draw)


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call that may be authorized: its legs in the order in which they are asked for, and its targets in hunting order.

    ``peer_ids`` are the peers whose block cuts it. ``ordering`` is None where nothing was hunted.
    """

    legs: tuple[Leg, ...]
    targets: tuple[Target, ...]
    peer_ids: tuple[int, ...]
    caller: str
    called: str
    stop_codes: tuple[int, ...] = ()
    media: Media = Media.RELAY
    verdicts: tuple[RouteVerdict, ...] = ()
    ordering: Ordering | None = None

    @property
    def target_names(self) -> tuple[TargetName, ...]:
        """Of what its targets were made, in their order."""
        return tuple(target.name for target in self.targets)


@dataclass(frozen=True, slots=True)
class RefusedCall:
    """A call that the node refuses by itself. ``chain`` says whose call it was; None: nobody's, and no CDR is written."""

    refusal: Refusal
    leg: int
    chain: Chain | None
    facts: CallFacts
    verdicts: tuple[RouteVerdict, ...] = ()
