"""What Kamailio and a node say to each other: events from Kamailio, orders to it. One JSON object a message.

Rule: what goes into SIP is checked at construction, so no order can smuggle a header or a second line into a message.
`wire_codec` turns these values into bytes and back; `docs/algorithms/wire.md` shows every message.
Times are UTC milliseconds since 1970 (`_ms`), by Kamailio's clock.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

MOST_ROUTES = 10
_URI = re.compile(r"sips?:[^\s<>\"\x00-\x1f\x7f]+")
_TEXT = re.compile(r"[^\r\n\x00]*")
_HEADERS = re.compile(r"(?:[!-9;-~]+:[^\r\n\x00]*\r\n)*")
_AOR = re.compile(r"[A-Za-z0-9_.+-]{1,64}")


class WireError(Exception):
    """A message is not one of the protocol. The text names the message and the field."""


class CallEnder(Enum):
    """Who ended an answered call. `KEEPALIVE`: a party fell silent; `TIMEOUT`: the granted time was over."""

    CALLER = "caller"
    CALLED = "called"
    TIMEOUT = "timeout"
    NODE = "node"
    KEEPALIVE = "keepalive"


class Media(Enum):
    """What happens to the voice of a call: through rtpengine, or not our business."""

    RELAY = "relay"
    NONE = "none"


# ---- events: Kamailio -> node


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every question carries. `tindex` and `tlabel` name the suspended transaction; `ci` is the Call-ID.

    `ruri` is the Request-URI as received (digest is bound to it). `authorization` is the value of Authorization or
    Proxy-Authorization, empty without one.
    """

    tindex: int
    tlabel: int
    at_ms: int
    ci: str
    from_tag: str
    cseq: int
    source_ip: str
    source_port: int
    transport: str
    ruri: str
    ruri_user: str
    from_user: str
    from_name: str
    authorization: str
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Request):
    """A new call waits for a decision: `RouteCall`, `Challenge` or `Refuse`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Request):
    """A registration waits for a decision: `Registered`, `Challenge` or `Refuse`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """One route did not answer the call: its final status, 0 when none came in time. Sent once, never repeated."""

    call_id: UUID
    index: int
    status: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Route `index` answered with 2xx. `h_entry` and `h_id` name the call in `Extend` and `Hangup`. A report."""

    report: str
    call_id: UUID
    ci: str
    h_entry: int
    h_id: int
    index: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The call was never answered; `status` is what the caller was told (487 after CANCEL). A report."""

    report: str
    call_id: UUID
    status: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An answered call is over. A report."""

    report: str
    call_id: UUID
    ci: str
    h_entry: int
    h_id: int
    at_ms: int
    by: CallEnder


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Kamailio's answer to the first `Alive` of a connection."""

    kamailio: str
    version: str


Event = Invite | Register | AttemptFailed | Answered | Failed | Ended | Hello
Report = Answered | Failed | Ended


# ---- orders: node -> Kamailio


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Answer the suspended request with 401 or 407 and these header lines, each ended by CRLF."""

    tindex: int
    tlabel: int
    status: int
    headers: str
    reason: str = "Unauthorized"

    def __post_init__(self) -> None:
        _require("challenge", "status", self.status, is_good=self.status in (401, 407))
        _require_pattern(_HEADERS, "challenge", "headers", self.headers)
        _require_pattern(_TEXT, "challenge", "reason", self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Answer the suspended request with this final status and these header lines, each ended by CRLF."""

    tindex: int
    tlabel: int
    status: int
    reason: str
    headers: str = ""

    def __post_init__(self) -> None:
        _require("refuse", "status", self.status, is_good=300 <= self.status <= 699)
        _require_pattern(_HEADERS, "refuse", "headers", self.headers)
        _require("refuse", "reason", self.reason, is_good=bool(self.reason))
        _require_pattern(_TEXT, "refuse", "reason", self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a terminator knows us by. An empty `realm` answers any realm this one terminator asks for."""

    username: str
    password: str = field(repr=False)
    realm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One try. `uri` is the new Request-URI, `dst_uri` where to send it when that is elsewhere.

    `pdd_timeout_ms`: how long to wait for the first 18x. `headers`: lines to add, each ended by CRLF. `from_*` and
    `to_*` replace these headers when not empty. See `registered_route` for a route to a user of ours.
    """

    uri: str
    pdd_timeout_ms: int
    dst_uri: str = ""
    from_uri: str = ""
    from_display: str = ""
    to_uri: str = ""
    headers: str = ""
    credentials: Credentials | None = None

    def __post_init__(self) -> None:
        _require_pattern(_URI, "route", "uri", self.uri)
        for name in ("dst_uri", "from_uri", "to_uri"):
            if getattr(self, name):
                _require_pattern(_URI, "route", name, getattr(self, name))
        _require_pattern(_TEXT, "route", "from_display", self.from_display)
        _require_pattern(_HEADERS, "route", "headers", self.headers)
        _require("route", "pdd_timeout_ms", self.pdd_timeout_ms, is_good=100 <= self.pdd_timeout_ms <= 180_000)


def registered_uri(aor: str) -> str:
    """Return the `uri` of a route to every registered contact of the user `aor`."""
    _require_pattern(_AOR, "route", "aor", aor)
    return f"sip:{aor}@registered.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCall:
    """Let the suspended INVITE go: try the routes in turn, cut the call `granted_s` after the answer.

    A final status in `stop_codes` ends the hunting. `ring_timeout_ms`: from the first 18x to the answer.
    """

    tindex: int
    tlabel: int
    call_id: UUID
    granted_s: int
    routes: tuple[Route, ...]
    stop_codes: tuple[int, ...] = ()
    media: Media = Media.RELAY
    ring_timeout_ms: int = 60_000
    may_refer: bool = False

    def __post_init__(self) -> None:
        _require("route", "routes", f"{len(self.routes)} routes", is_good=1 <= len(self.routes) <= MOST_ROUTES)
        _require("route", "granted_s", self.granted_s, is_good=self.granted_s >= 1)
        _require("route", "ring_timeout_ms", self.ring_timeout_ms, is_good=1_000 <= self.ring_timeout_ms <= 180_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Save the contacts of the suspended REGISTER under `aor` and answer 200."""

    tindex: int
    tlabel: int
    aor: str
    max_contacts: int = 5

    def __post_init__(self) -> None:
        _require_pattern(_AOR, "registered", "aor", self.aor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """The call may go on for `timeout_s` from now."""

    h_entry: int
    h_id: int
    timeout_s: int

    def __post_init__(self) -> None:
        _require("extend", "timeout_s", self.timeout_s, is_good=self.timeout_s >= 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    """End an answered call: BYE both ways. `reason` is the value of the Reason header (RFC 3326)."""

    h_entry: int
    h_id: int
    ci: str
    reason: str = 'SIP;cause=200;text="Call completed"'

    def __post_init__(self) -> None:
        _require_pattern(_TEXT, "hangup", "reason", self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Give up a call that nobody answered yet: 480 to the caller, CANCEL to whoever rings; `ci` and `cseq` of its Invite."""

    tindex: int
    tlabel: int
    ci: str
    cseq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Kamailio may forget this report."""

    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """The node lives; the link sends it every second. `is_first`: on this connection, asks for a `Hello`."""

    is_first: bool = False


Order = Challenge | Refuse | RouteCall | Registered | Extend | Hangup | Cancel | Acknowledge | Alive


# ---- checks


def _require(message: str, name: str, value: object, *, is_good: bool) -> None:
    if not is_good:
        raise WireError(f"order {message}: field {name} cannot be {value!r}")


def _require_pattern(pattern: re.Pattern[str], message: str, name: str, value: str) -> None:
    _require(message, name, value, is_good=pattern.fullmatch(value) is not None)
