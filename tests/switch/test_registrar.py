"""The gate: who is let in by address or digest, what strangers hear, and when they are banned."""

import hashlib
from dataclasses import replace
from ipaddress import ip_network

import pytest

from smartswitch.core.address_rule import Action, AddressIndex, AddressRule
from smartswitch.core.digest import Algorithm, Credentials, make_ha1, response_of
from smartswitch.protocol.wire import Challenge, Invite, Order, Refuse, Register, Registered
from smartswitch.runtime.clock import VirtualClock
from smartswitch.switch.access.bans import BAN_MS, MOST_FAILURES_OF_SOURCE, Bans, network_of
from smartswitch.switch.access.registrar import Registrar
from smartswitch.switch.directory.records import PeerKind
from smartswitch.switch.planning.call_plan import Invitation

from .town import START, START_MS, Town, VirtualWire, standard_town

REALM, USER, PASSWORD = "smartswitch", "anna", "correct horse"
RURI = "sip:447911123456@sip.example.net"
FIELDS = {
    "tindex": 1,
    "tlabel": 2,
    "at_ms": START_MS,
    "ci": "ci",
    "from_tag": "tag",
    "cseq": 1,
    "source_ip": "198.51.100.7",
    "source_port": 5060,
    "transport": "UDP",
    "ruri": RURI,
    "ruri_user": "447911123456",
    "from_user": USER,
    "from_name": "",
    "authorization": "",
    "user_agent": "phone",
}


def invite(**changes: object) -> Invite:
    return Invite(**{**FIELDS, **changes})


def register(**changes: object) -> Register:
    return Register(**{**FIELDS, "ruri": "sip:sip.example.net", **changes})


class Door:
    """A registrar, and what came of each request."""

    def __init__(self, town: Town | None = None) -> None:
        self.town = town or with_user(standard_town())
        self.clock = VirtualClock(START)
        self.wire = VirtualWire()
        self.invitations: list[Invitation] = []
        self.registrar = Registrar(
            self.town.directory,
            self.clock,
            on_invitation=lambda invitation, wire: self.invitations.append(invitation),
        )

    def ask(self, event: Invite | Register) -> Order | None:
        """Send a request; give the order that came of it."""
        before = len(self.wire.orders)
        if isinstance(event, Invite):
            self.registrar.invite(event, self.wire)
        else:
            self.registrar.register(event, self.wire)
        return self.wire.orders[before] if len(self.wire.orders) > before else None

    def sign(
        self,
        event: Invite | Register,
        *,
        algorithm: Algorithm = Algorithm.SHA_256,
        username: str = USER,
        password: str = PASSWORD,
        nc: int = 1,
        nonce: str | None = None,
    ) -> Invite | Register:
        """The request again, with credentials for a nonce that was just asked for."""
        if nonce is None:
            challenge = self.ask(event)
            assert isinstance(challenge, Challenge)
            nonce = challenge.headers.split('nonce="')[1].split('"')[0]
        method = "INVITE" if isinstance(event, Invite) else "REGISTER"
        credentials = Credentials(username, REALM, nonce, event.ruri, "", algorithm, "c0", f"{nc:08x}")
        ha1 = make_ha1(algorithm, username=username, realm=REALM, password=password)
        response = response_of(credentials, ha1=ha1, method=method)
        header = (
            f'Digest username="{username}", realm="{REALM}", nonce="{nonce}", uri="{event.ruri}", response="{response}", '
            f'algorithm={algorithm.value}, cnonce="c0", nc={nc:08x}, qop=auth'
        )
        return replace(event, authorization=header)


def with_user(town: Town) -> Town:
    town.add_peer(
        41,
        "u1",
        3,
        kind=PeerKind.USER,
        auth_username=USER,
        digest_realm=REALM,
        ha1_md5=hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode(), usedforsecurity=False).hexdigest(),
        ha1_sha256=hashlib.sha256(f"{USER}:{REALM}:{PASSWORD}".encode()).hexdigest(),
    )
    town.refresh()
    return town


def with_address(town: Town, *rules: AddressRule) -> Town:
    town.tables = replace(town.tables, addresses=AddressIndex(rules))
    town.refresh()
    return town


def test_an_originator_is_known_by_its_address() -> None:
    rule = AddressRule(1, Action.ALLOW, ip_network("198.51.100.0/24"), peer_id=11)
    door = Door(with_address(standard_town(), rule))
    assert door.ask(invite()) is None
    (invitation,) = door.invitations
    assert (invitation.caller.key, invitation.source) == ("p1", "UDP:198.51.100.7:5060")


def test_the_last_rule_that_matches_wins() -> None:
    rules = (
        AddressRule(1, Action.ALLOW, ip_network("198.51.100.0/24"), peer_id=11),
        AddressRule(2, Action.DENY, ip_network("198.51.100.7/32"), peer_id=11),
    )
    door = Door(with_address(standard_town(), *rules))
    assert isinstance(door.ask(invite()), Challenge)
    assert door.ask(invite(source_ip="198.51.100.8")) is None


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_user_calls_and_registers_by_digest(algorithm: Algorithm) -> None:
    door = Door()
    challenge = door.ask(invite())
    assert (challenge.status, challenge.headers.count("Proxy-Authenticate: Digest")) == (407, 2)
    assert challenge.headers.index("SHA-256") < challenge.headers.index("MD5")
    assert door.ask(door.sign(invite(), algorithm=algorithm)) is None
    assert [one.caller.key for one in door.invitations] == ["u1"]
    assert door.ask(door.sign(register(), algorithm=algorithm)) == Registered(
        tindex=1, tlabel=2, aor="peer-41", max_contacts=5
    )


def test_a_captured_header_is_worth_nothing() -> None:
    door = Door()
    signed = door.sign(invite())
    assert door.ask(signed) is None
    assert isinstance(door.ask(signed), Challenge), "again"
    other = door.sign(invite())
    assert isinstance(door.ask(replace(other, ruri="sip:33900@sip.example.net")), Challenge), "to another number"
    third = door.sign(invite())
    assert isinstance(door.ask(replace(third, source_ip="203.0.113.9")), Challenge), "from another address"
    assert len(door.invitations) == 1


def test_a_register_may_use_its_nonce_with_a_rising_count() -> None:
    door = Door()
    first = door.sign(register())
    nonce = first.authorization.split('nonce="')[1].split('"')[0]
    assert isinstance(door.ask(first), Registered)
    assert isinstance(door.ask(first), Challenge)
    assert isinstance(door.ask(door.sign(register(), nonce=nonce, nc=2)), Registered)


def test_a_stale_nonce_is_renewed_without_a_mark() -> None:
    door = Door()
    signed = door.sign(register())
    door.clock.advance_by_ms(120_000)
    challenge = door.ask(signed)
    assert isinstance(challenge, Challenge)
    assert "stale=true" in challenge.headers


def test_an_unknown_user_and_a_wrong_password_hear_the_same() -> None:
    door = Door()
    heard = [
        door.ask(door.sign(register(), username=username, password=password))
        for username, password in ((USER, "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD))
    ]
    assert {type(order) for order in heard} == {Challenge}
    shapes = {order.headers.replace(order.headers.split('nonce="')[1].split('"')[0], "N") for order in heard}
    assert len(shapes) == 1


def test_a_source_that_tries_too_often_is_banned_and_another_is_not() -> None:
    door = Door()
    for _ in range(MOST_FAILURES_OF_SOURCE):
        assert isinstance(door.ask(door.sign(register(), password="guess")), Challenge | Refuse)
        door.clock.advance_by_ms(1_000)
    assert door.ask(register()).status == 403
    good = door.sign(register(source_ip="203.0.113.9"))
    assert isinstance(door.ask(good), Registered)
    stolen = replace(good, source_ip="198.51.100.7")
    assert door.ask(stolen).status == 403
    door.clock.advance_by_ms(BAN_MS)
    assert isinstance(door.ask(door.sign(register())), Registered)


def test_a_network_full_of_guessers_does_not_lock_a_known_phone_out() -> None:
    bans, now_ms = Bans(), 0
    bans.note_success(source="203.0.113.200", username=USER)
    for number in range(60):
        bans.note_failure(source=f"203.0.113.{number}", username=USER, now_ms=now_ms)
    assert bans.is_banned(source="203.0.113.99", username="other", now_ms=now_ms)
    assert bans.is_banned(source="198.51.100.1", username=USER, now_ms=now_ms)
    assert not bans.is_banned(source="203.0.113.200", username=USER, now_ms=now_ms)
    assert not bans.is_banned(source="198.51.100.1", username="other", now_ms=now_ms)


def test_networks() -> None:
    assert network_of("203.0.113.200") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2ff::1") == "2001:db8:1:200::/56"
    assert network_of("nonsense") == "nonsense"


def test_who_asks_for_challenges_too_fast_hears_403() -> None:
    door = Door()
    orders = [door.ask(invite()) for _ in range(30)]
    assert [type(order) for order in orders] == [Challenge] * 20 + [Refuse] * 10
    assert {order.status for order in orders[20:]} == {403}


def test_right_credentials_from_a_place_that_is_not_allowed() -> None:
    rule = AddressRule(1, Action.ALLOW, ip_network("192.0.2.0/24"), peer_id=41)
    door = Door(with_address(with_user(standard_town()), rule))
    assert door.ask(door.sign(register())).status == 403
    assert isinstance(door.ask(door.sign(register(source_ip="192.0.2.5"))), Registered)


def test_a_blocked_user_does_not_register() -> None:
    door = Door()
    door.town.change_dealer(3, is_blocked=True)
    order = door.ask(door.sign(register()))
    assert (order.status, order.headers) == (403, 'Reason: Q.850;cause=21;text="Blocked"\r\n')


@pytest.mark.parametrize("agent", ["", "SIPp", "baresip v1.0.0 (x86_64/linux)"])
def test_a_phone_that_chokes_on_sha_256_is_offered_md5_alone(agent: str) -> None:
    challenge = Door().ask(register(user_agent=agent))
    assert challenge.headers.count("WWW-Authenticate") == 1
    assert "algorithm=MD5" in challenge.headers


def test_a_phone_that_does_not_answer_a_challenge_is_offered_md5_alone_the_next_time() -> None:
    door = Door()
    offers = [door.ask(register()).headers.count("WWW-Authenticate") for _ in range(3)]
    assert offers == [2, 1, 2]
    assert isinstance(door.ask(door.sign(register(), algorithm=Algorithm.MD5)), Registered)
    assert door.ask(register()).headers.count("WWW-Authenticate") == 2, "it answered: it understands"
