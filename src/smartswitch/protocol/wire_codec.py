"""Wire messages to bytes and back.

Rule: a message is parsed here once, exactly; past this module nobody checks again. Text from the SIP network arrives
percent-encoded (Kamailio's `{s.escape.param}`) and is decoded here; what Kamailio writes as `<null>` is empty text.
A field this version does not know is ignored, so that two versions can overlap during an upgrade; a missing, malformed
or mistyped field raises `WireError` that names it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import orjson

from smartswitch.protocol.wire import (
    Acknowledge,
    Alive,
    Answered,
    AttemptFailed,
    CallEnder,
    Cancel,
    Challenge,
    Ended,
    Event,
    Extend,
    Failed,
    Hangup,
    Hello,
    Invite,
    Order,
    Refuse,
    Register,
    Registered,
    Route,
    RouteCall,
    WireError,
)

# Kamailio's evapi keeps one order in a buffer of 32,767 bytes.
LONGEST_ORDER_BYTES = 30_000
SEPARATOR = "|"
REPORTS_AN_ORDER = 32
"""Kamailio looks for each of them from the beginning of the order."""
_NODE = re.compile(r"[\w.-]{1,255}", re.ASCII)
_AT = re.compile(r"(\d{9,11})\.(\d{6})")

# ---- decoding events

_Reader = Callable[[Any], Any]


def _read_text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("text is wanted")
    if "%" in value:
        return unquote(value, errors="replace")
    return "" if value == "<null>" else value


def _read_integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("a whole number is wanted")
    return value


def _read_moment(value: Any) -> int:
    match = _AT.fullmatch(value)
    if match is None:
        raise ValueError("seconds.microseconds are wanted")
    return int(match[1]) * 1000 + int(match[2]) // 1000


_READERS_BY_TYPE: dict[Any, _Reader] = {
    str: _read_text,
    int: _read_integer,
    UUID: UUID,
    CallEnder: CallEnder,
}
_READERS_BY_NAME: dict[str, tuple[str, _Reader]] = {
    "at_ms": ("at", _read_moment),
}


def _readers(event: type[Any]) -> tuple[tuple[str, str, _Reader], ...]:
    return tuple(
        (each.name, *_READERS_BY_NAME.get(each.name, (each.name, _READERS_BY_TYPE.get(each.type, str))))
        for each in fields(event)
    )


_EVENTS: dict[str, tuple[type[Any], tuple[tuple[str, str, _Reader], ...]]] = {
    name: (event, _readers(event))
    for name, event in {
        "invite": Invite,
        "register": Register,
        "attempt": AttemptFailed,
        "answered": Answered,
        "failed": Failed,
        "ended": Ended,
        "hello": Hello,
    }.items()
}


def decode_event(message: bytes) -> Event:
    """Return the event that these bytes say. Raises `WireError`."""
    document = _read_document(message)
    name = document.get("event")
    if not isinstance(name, str) or name not in _EVENTS:
        raise WireError(f"event {name!r} is unknown")
    event, readers = _EVENTS[name]
    values: dict[str, Any] = {}
    for field_name, key, read in readers:
        try:
            values[field_name] = read(document[key])
        except KeyError:
            raise WireError(f"event {name}: field {key} is missing") from None
        except (TypeError, ValueError, AttributeError) as error:
            raise WireError(f"event {name}: field {key} is {document[key]!r}: {error}") from None
    decoded: Event = event(**values)
    return decoded


# ---- encoding orders


def encode_order(order: Order, *, node: str) -> bytes:
    """Return the bytes of an order given by the node called `node`. Raises `WireError` when it is too long."""
    if isinstance(order, RouteCall):
        encoded = _encode_route_call(order, node)
    elif isinstance(order, Acknowledge):
        encoded = encode_acknowledgements([order.report])
    else:
        encoded = orjson.dumps(_DOCUMENTS[type(order)](order, node))
    if len(encoded) > LONGEST_ORDER_BYTES:
        raise WireError(f"order {type(order).__name__} has {len(encoded)} bytes, more than {LONGEST_ORDER_BYTES}")
    return encoded


def require_node_name(node: str) -> None:
    """Raise `WireError` for a name that would not stay one word in an order or in the key of a report."""
    if not _NODE.fullmatch(node):
        raise WireError(
            f"the name of a node cannot be {node!r}: letters, digits, dot, hyphen and underscore are wanted"
        )


def encode_acknowledgements(reports: Sequence[str]) -> bytes:
    """Return one order that acknowledges all these reports, at most REPORTS_AN_ORDER."""
    return SEPARATOR.join(("ack", *reports)).encode()


def _encode_route_call(order: RouteCall, node: str) -> bytes:
    """Return a route order: words that Kamailio cuts at SEPARATOR; the last one is the document of rtjson."""
    words = (
        "route",
        str(order.tindex),
        # Kamailio makes a number of it that has 31 bits and a sign.
        str(order.tlabel - 2**32 if order.tlabel >= 2**31 else order.tlabel),
        str(order.call_id),
        node,
        str(order.granted_s),
        "".join((":", *(f"{code}:" for code in order.stop_codes))),
        order.media.value,
        "yes" if order.may_refer else "no",
        str(order.ring_timeout_ms),
    )
    routes = [_route_document(route) for route in order.routes]
    document = orjson.dumps({"version": "1.0", "routing": "serial", "routes": routes})
    # In JSON the separator can only stand inside a text, where it may be written like this.
    return b"%b|%b" % (SEPARATOR.join(words).encode(), document.replace(b"|", b"\\u007c"))


def _route_document(route: Route) -> dict[str, Any]:
    """Return one element of `routes` as rtjson wants it. It leaves fr_timer at the first 100, so both are the PDD."""
    document: dict[str, Any] = {
        "uri": route.uri,
        "fr_timer": route.pdd_timeout_ms,
        "fr_inv_timer": route.pdd_timeout_ms,
    }
    if route.dst_uri:
        document["dst_uri"] = route.dst_uri
    headers: dict[str, Any] = {}
    if route.from_uri or route.from_display:
        headers["from"] = {"display": _quoted(route.from_display), "uri": route.from_uri}
    if route.to_uri:
        headers["to"] = {"display": "", "uri": route.to_uri}
    if route.headers:
        headers["extra"] = route.headers
    if headers:
        document["headers"] = headers
    if route.credentials:
        credentials = route.credentials
        document["auth"] = {
            "username": credentials.username,
            "password": credentials.password,
            "realm": credentials.realm,
        }
    return document


def _quoted(display: str) -> str:
    return '"' + display.replace("\\", "\\\\").replace('"', '\\"') + '"' if display else ""


def _plain_document(name: str) -> Callable[[Any, str], dict[str, Any]]:
    def document(order: Any, node: str) -> dict[str, Any]:
        return {"do": name, **{each.name: getattr(order, each.name) for each in fields(order)}}

    return document


def _hangup_document(order: Hangup, node: str) -> dict[str, Any]:
    """Kamailio puts the reason into a JSON command of its own, so it travels escaped once more."""
    document = _plain_document("hangup")(order, node)
    document["reason"] = orjson.dumps(order.reason).decode()[1:-1]
    return document


def _alive_document(order: Alive, node: str) -> dict[str, Any]:
    return {"do": "alive", "node": node, "hello": int(order.is_first)}


_DOCUMENTS: dict[type[Any], Callable[[Any, str], dict[str, Any]]] = {
    Alive: _alive_document,
    Challenge: _plain_document("challenge"),
    Refuse: _plain_document("refuse"),
    Registered: _plain_document("registered"),
    Extend: _plain_document("extend"),
    Hangup: _hangup_document,
    Cancel: _plain_document("cancel"),
}


def _read_document(message: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(message)
    except orjson.JSONDecodeError as error:
        raise WireError(f"a message is not JSON: {error}: {message[:200]!r}") from None
    if not isinstance(document, dict):
        raise WireError(f"a message is {type(document).__name__}, not an object: {message[:200]!r}")
    return document
