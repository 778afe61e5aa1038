"""Wire messages: the manual's examples are exact, and what is wrong is named."""

import json
import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.protocol.bencode import BencodeError, decode_bencode, encode_bencode
from smartswitch.protocol.netstring import NetstringDecoder, NetstringError, encode_netstring, padded_netstring
from smartswitch.protocol.wire import (
    Acknowledge,
    Alive,
    Answered,
    Cancel,
    Challenge,
    Credentials,
    Ended,
    Extend,
    Failed,
    Hangup,
    Hello,
    Invite,
    Media,
    Order,
    Refuse,
    Register,
    Registered,
    Route,
    RouteCall,
    WireError,
    registered_uri,
)
from smartswitch.protocol.wire_codec import decode_event, encode_acknowledgements, encode_order, require_node_name

MANUAL = Path(__file__).parents[2] / "docs" / "algorithms" / "wire.md"
EXAMPLES = [json.loads(each) for each in re.findall(r"```json\n(.*?)\n```", MANUAL.read_text(), re.DOTALL)]
EVENTS = {each["event"]: each for each in EXAMPLES if "event" in each}
ORDERS = {each["do"]: each for each in EXAMPLES if "do" in each}
WORDS = {
    each.partition("|")[0]: each.encode() for each in re.findall(r"```text\n(.*?)\n```", MANUAL.read_text(), re.DOTALL)
}
CALL_ID = UUID("63359e69-048a-4002-8e32-3327e9bce8bb")
CI = "1-16864-4@127.0.0.1"

ORDERS_OF_THE_MANUAL: dict[str, Order] = {
    "route": RouteCall(
        tindex=7542,
        tlabel=1526448550,
        call_id=CALL_ID,
        granted_s=60,
        stop_codes=(486, 603),
        routes=(
            Route(
                uri="sip:447911123456@192.0.2.9:5060",
                pdd_timeout_ms=5_000,
                from_uri="sip:442070000001@switch.example",
                headers="P-Asserted-Identity: <sip:442070000001@switch.example>\r\n",
                credentials=Credentials(username="us", password="secret"),
            ),
            Route(uri=registered_uri("alice"), pdd_timeout_ms=10_000),
        ),
    ),
    "challenge": Challenge(
        tindex=7542,
        tlabel=1526448550,
        status=407,
        headers='Proxy-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256\r\n',
        reason="Proxy Authentication Required",
    ),
    "refuse": Refuse(
        tindex=7542,
        tlabel=1526448550,
        status=402,
        reason="Payment Required",
        headers='Reason: Q.850;cause=21;text="no credit"\r\n',
    ),
    "registered": Registered(tindex=61638, tlabel=1131827599, aor="alice"),
    "extend": Extend(h_entry=95, h_id=8311, timeout_s=60),
    "hangup": Hangup(h_entry=95, h_id=8311, ci=CI, reason='Q.850;cause=21;text="blocked"'),
    "cancel": Cancel(tindex=7542, tlabel=1526448550, ci=CI, cseq=1),
    "ack": Acknowledge(report=f"node1/{CALL_ID}/answered"),
    "alive": Alive(is_first=True),
}


@pytest.mark.parametrize("name", ORDERS)
def test_every_order_of_the_manual_is_what_we_send(name: str) -> None:
    assert json.loads(encode_order(ORDERS_OF_THE_MANUAL[name], node="node1")) == ORDERS[name]


@pytest.mark.parametrize("name", WORDS)
def test_every_order_in_words_of_the_manual_is_what_we_send(name: str) -> None:
    assert encode_order(ORDERS_OF_THE_MANUAL[name], node="node1") == WORDS[name]


def test_the_manual_shows_every_order() -> None:
    assert ORDERS.keys() | WORDS.keys() == ORDERS_OF_THE_MANUAL.keys()


def test_nothing_in_a_route_is_taken_for_a_separator() -> None:
    route = Route(uri="sip:1|2@x", pdd_timeout_ms=5_000, from_uri="sip:3@x", from_display="|", headers="X: |\r\n")
    order = RouteCall(tindex=1, tlabel=2, call_id=CALL_ID, granted_s=1, routes=(route,))
    words = encode_order(order, node="node1").decode().split("|")
    assert len(words) == 11
    (sent,) = json.loads(words[-1])["routes"]
    assert (sent["uri"], sent["headers"]["from"]["display"], sent["headers"]["extra"]) == (
        "sip:1|2@x",
        '"|"',
        "X: |\r\n",
    )


@pytest.mark.parametrize(("tlabel", "word"), [(2**31 - 1, "2147483647"), (2**31, "-2147483648"), (2**32 - 1, "-1")])
def test_a_label_fits_into_a_number_of_kamailio(tlabel: int, word: str) -> None:
    route = Route(uri="sip:1@x", pdd_timeout_ms=5_000)
    order = RouteCall(tindex=1, tlabel=tlabel, call_id=CALL_ID, granted_s=1, routes=(route,))
    assert encode_order(order, node="node1").split(b"|")[2] == word.encode()


def test_many_reports_are_acknowledged_in_one_order() -> None:
    assert encode_acknowledgements(["a/1/ended", "a/2/failed"]) == b"ack|a/1/ended|a/2/failed"


@pytest.mark.parametrize("node", ["a|b", "a/b", 'a"b', "a b", ""])
def test_the_name_of_a_node_stays_one_word(node: str) -> None:
    with pytest.raises(WireError, match="node"):
        require_node_name(node)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("invite", Invite), ("register", Register), ("answered", Answered), ("failed", Failed),
     ("ended", Ended), ("hello", Hello)],
)  # fmt: skip
def test_every_event_of_the_manual_is_understood(name: str, kind: type) -> None:
    assert isinstance(decode_event(json.dumps(EVENTS[name]).encode()), kind)


def test_text_from_the_network_is_decoded() -> None:
    invite = decode_event(json.dumps(EVENTS["invite"]).encode())
    assert isinstance(invite, Invite)
    assert (invite.ci, invite.from_name, invite.authorization) == (CI, '"Caller"', "")
    assert invite.ruri == "sip:447911123456@127.0.0.1:5060"
    assert invite.at_ms == 1795428817254


@pytest.mark.parametrize("name", EVENTS)
def test_a_missing_field_is_named(name: str) -> None:
    for key in EVENTS[name]:
        if key != "event":
            without = {each: value for each, value in EVENTS[name].items() if each != key}
            with pytest.raises(WireError, match=f"event {name}: field {key} is missing"):
                decode_event(json.dumps(without).encode())


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("invite", "tindex", "7542"),
        ("invite", "tindex", None),
        ("invite", "at", "yesterday"),
        ("invite", "ci", 5),
        ("answered", "call_id", "not-a-uuid"),
        ("answered", "h_entry", True),
        ("ended", "by", "nobody"),
        ("failed", "status", 4.5),
    ],
)
def test_a_malformed_field_is_named(name: str, key: str, value: object) -> None:
    with pytest.raises(WireError, match=f"event {name}: field {key} is"):
        decode_event(json.dumps({**EVENTS[name], key: value}).encode())


@pytest.mark.parametrize("message", [b"", b"[]", b"{", b"null", b'{"event":"party"}', b'{"event":7}', b"\xff"])
def test_what_is_no_event_is_refused(message: bytes) -> None:
    with pytest.raises(WireError):
        decode_event(message)


def test_a_field_of_a_later_version_is_ignored() -> None:
    assert decode_event(json.dumps({**EVENTS["hello"], "new": 1}).encode()) == Hello(
        kamailio="kamailio", version="5.6.3"
    )


@pytest.mark.parametrize(
    "uri", ["", "tel:1", "sip:1@x\r\nX: y", "sip:1 2@x", "sip:<1>@x", 'sip:"@x', "http://x", "sip:1@x\x00"]
)
def test_no_route_smuggles_a_line(uri: str) -> None:
    with pytest.raises(WireError, match="uri"):
        Route(uri=uri, pdd_timeout_ms=5_000)


@pytest.mark.parametrize("headers", ["X: y", "X: y\n", "X: y\r\n\r\nbody", ": y\r\n", "X y\r\n", "X:\x00\r\n"])
def test_headers_are_whole_lines(headers: str) -> None:
    with pytest.raises(WireError, match="headers"):
        Refuse(tindex=1, tlabel=1, status=403, reason="Forbidden", headers=headers)


def test_an_order_that_evapi_cannot_hold_is_refused() -> None:
    route = Route(uri="sip:1@x", pdd_timeout_ms=5_000, headers="X: " + "y" * 4_000 + "\r\n")
    order = RouteCall(tindex=1, tlabel=1, call_id=CALL_ID, granted_s=1, routes=(route,) * 10)
    with pytest.raises(WireError, match="bytes"):
        encode_order(order, node="node1")


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Credentials(username="us", password="secret"))


@given(
    st.lists(st.binary(max_size=300), max_size=20), st.lists(st.integers(1, 400), min_size=1), st.sampled_from([1, 64])
)
def test_netstrings_survive_any_cutting(messages: list[bytes], cuts: list[int], multiple: int) -> None:
    stream = b"".join(padded_netstring(each, multiple) for each in messages)
    decoder = NetstringDecoder()
    received: list[bytes] = []
    position = 0
    for turn in range(len(stream)):
        if position >= len(stream):
            break
        size = cuts[turn % len(cuts)]
        received += decoder.feed(stream[position : position + size])
        position += size
    assert received == messages
    assert decoder.waiting_bytes == 0


@pytest.mark.parametrize("stream", [b"x", b"-1:a,", b"3:abcd", b":a,", b"99999999:", b"70000:"])
def test_what_is_no_netstring_is_refused(stream: bytes) -> None:
    with pytest.raises(NetstringError):
        NetstringDecoder().feed(stream)


def test_padding_fills_whole_blocks() -> None:
    assert len(padded_netstring(b"abc", 64)) == 64
    assert padded_netstring(b"abc", 64).rstrip() == encode_netstring(b"abc")


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.integers(-(10**15), 10**15) | st.text(max_size=20) | st.lists(st.text(max_size=5)),
        max_size=5,
    )
)
def test_bencoding_there_and_back(value: dict[str, object]) -> None:
    assert decode_bencode(encode_bencode(value)) == value


@given(st.binary(max_size=60))
def test_decoding_never_does_worse_than_refuse(data: bytes) -> None:
    try:
        decode_bencode(data)
    except BencodeError:
        return


def test_kamailio_knows_every_kind_of_media_that_may_be_ordered() -> None:
    """What its configuration does not name would be carried past rtpengine, and never be cut."""
    routes = Path(__file__).parents[2] / "deploy" / "kamailio" / "routes"
    known = set(
        re.findall(r'\$dlg_var\(media\) == "(\w+)"', "".join(each.read_text() for each in routes.glob("*.cfg")))
    )
    assert known == {media.value for media in Media} - {Media.NONE.value}
