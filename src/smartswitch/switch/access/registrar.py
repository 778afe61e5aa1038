"""The gate: finds out who sends an INVITE or REGISTER, and lets only known parties in (FAULTS S1, S2).

1. A source address that an originator's or terminator's allow rules name *is* that peer: no digest is asked.
2. Anybody else proves himself by digest (core/digest.py, access/challenges.py). Without credentials he is challenged:
   407 for INVITE, 401 for REGISTER. Then the address rules of *his* peer decide whether he may come from here.
3. An unknown user and a wrong password get the same work, the same answer and the same count towards a ban.
4. Who is banned, or asks for challenges faster than CHALLENGES_PER_SECOND, hears 403 and nothing else, at the cost of two
   look-ups. (Not silence: Kamailio holds the transaction until it has an answer, and would then say 503.)

None of these writes a CDR: there is no party whose call it was.

A REGISTER is saved under an opaque name of its peer, so who may register for whom is no question: everybody for himself.
"""

import secrets
from collections.abc import Callable

from smartswitch.core.address_rule import parse_address
from smartswitch.core.digest import (
    DIGEST_REALM,
    NONCE_RANDOM_BYTES,
    Credentials,
    DigestAccount,
    NonceCounts,
    Verdict,
    make_nonce,
    parse_authorization,
    verify,
)
from smartswitch.core.refusal import Reason
from smartswitch.protocol.call_id import call_id_of
from smartswitch.protocol.wire import Challenge, Invite, Refuse, Register, Registered
from smartswitch.runtime.clock import Clock
from smartswitch.runtime.log import EventLog
from smartswitch.switch.access.bans import Bans
from smartswitch.switch.access.challenges import ChallengeBook
from smartswitch.switch.calls.call_ports import Wire
from smartswitch.switch.calls.call_progress import utc_ms
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import PeerKind, PeerRecord
from smartswitch.switch.planning.call_plan import Invitation, Question
from smartswitch.switch.planning.limits import CallRate, RateLimit
from smartswitch.switch.planning.targets import address_of_record
from smartswitch.switch.refusal_sip import sip_answer

CHALLENGES_PER_SECOND = 20
"""For one source; a phone asks for one now and then, an office behind one address for some."""
MOST_CONTACTS = 5
UNAUTHORIZED = 401
PROXY_AUTHENTICATION_REQUIRED = 407

log = EventLog("switch.registrar")


class Registrar:
    """Lets known parties in. ``on_invitation`` is given each INVITE whose sender is known."""

    def __init__(
        self,
        directory: Directory,
        clock: Clock,
        *,
        on_invitation: Callable[[Invitation, Wire], None],
        realm: str = DIGEST_REALM,
        secret: bytes | None = None,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._on_invitation = on_invitation
        self._realm = realm
        self._secret = secret if secret is not None else secrets.token_bytes(32)
        self._counts = NonceCounts()
        self._bans = Bans()
        self._challenges = CallRate()
        self._challenged = ChallengeBook()

    def invite(self, event: Invite, wire: Wire) -> None:
        """Pass an INVITE on as an Invitation, or challenge or refuse its sender."""
        peer = self._peer_by_address(event)
        if peer is None:
            peer = self._peer_by_digest(event, wire, PROXY_AUTHENTICATION_REQUIRED)
        if peer is None:
            return
        invitation = Invitation(
            call_id=call_id_of(event.ci, event.from_tag, event.at_ms),
            at_ms=event.at_ms,
            question=Question(event.tindex, event.tlabel, event.ci, event.cseq),
            caller=peer,
            dialled=event.ruri_user,
            caller_number=event.from_user,
            caller_name=event.from_name,
            source=f"{event.transport}:{event.source_ip}:{event.source_port}",
            user_agent=event.user_agent,
        )
        self._on_invitation(invitation, wire)

    def register(self, event: Register, wire: Wire) -> None:
        """Let a user's phone be reached here, or challenge or refuse it."""
        peer = self._peer_by_digest(event, wire, UNAUTHORIZED)
        if peer is None:
            return
        blocked = self._directory.blocked_party_of(peer)
        if blocked is not None:
            self._refuse(event, wire, Reason.BLOCKED)
            return
        wire.send(
            Registered(
                tindex=event.tindex, tlabel=event.tlabel, aor=address_of_record(peer), max_contacts=MOST_CONTACTS
            )
        )

    # ---- who is it

    def _peer_by_address(self, event: Invite) -> PeerRecord | None:
        address = parse_address(event.source_ip)
        if address is None:
            return None
        peer_id = self._directory.tables.addresses.peer_at(
            address, port=event.source_port, transport=event.transport.lower()
        )
        peer = self._directory.peer(peer_id) if peer_id is not None else None
        return peer if peer is not None and peer.kind is not PeerKind.USER else None

    def _peer_by_digest(self, event: Invite | Register, wire: Wire, status: int) -> PeerRecord | None:
        """The peer whose credentials the request has; None when it was challenged or refused instead."""
        now_ms = self._clock.monotonic_ms()
        source = event.source_ip
        if not event.authorization:
            self._challenge(event, wire, status)
            return None
        self._challenged.note_answer(source=source, user=event.from_user)
        credentials = parse_authorization(event.authorization)
        username = credentials.username if isinstance(credentials, Credentials) else ""
        if self._bans.is_banned(source=source, username=username, now_ms=now_ms):
            self._refuse(event, wire, Reason.UNKNOWN_PARTY)
            return None
        if not isinstance(credentials, Credentials):
            self._note_failure(event, username, Verdict.MALFORMED)
            self._challenge(event, wire, status)
            return None
        peer = self._directory.peer_by_username(username)
        verdict = self._verify(event, credentials, peer)
        if verdict is not Verdict.ACCEPTED or peer is None:
            if verdict.is_suspicious:
                self._note_failure(event, username, verdict)
            self._challenge(event, wire, status, is_stale=verdict is Verdict.STALE_NONCE)
            return None
        if not self._may_come_from_here(event, peer):
            self._refuse(event, wire, Reason.NOT_ALLOWED)
            return None
        self._bans.note_success(source=source, username=username)
        return peer

    def _verify(self, event: Invite | Register, credentials: Credentials, peer: PeerRecord | None) -> Verdict:
        account = None
        if peer is not None and peer.auth_username is not None:
            account = DigestAccount(peer.auth_username, peer.digest_realm or self._realm, peer.ha1_md5, peer.ha1_sha256)
        return verify(
            credentials,
            account,
            method="INVITE" if isinstance(event, Invite) else "REGISTER",
            request_uri=event.ruri,
            source=event.source_ip,
            at_ms=utc_ms(self._clock),
            secret=self._secret,
            counts=self._counts,
        )

    def _may_come_from_here(self, event: Invite | Register, peer: PeerRecord) -> bool:
        address = parse_address(event.source_ip)
        return address is not None and self._directory.tables.addresses.is_allowed(
            peer.peer_id, address, port=event.source_port, transport=event.transport.lower()
        )

    # ---- what it hears

    def _challenge(self, event: Invite | Register, wire: Wire, status: int, *, is_stale: bool = False) -> None:
        now_ms = self._clock.monotonic_ms()
        source = event.source_ip
        too_fast = self._challenges.admit([RateLimit(source, CHALLENGES_PER_SECOND, source)], now_ms=now_ms)
        if too_fast is not None or self._bans.is_banned(source=source, username=None, now_ms=now_ms):
            self._refuse(event, wire, Reason.UNKNOWN_PARTY)
            return
        nonce = make_nonce(
            self._secret,
            realm=self._realm,
            source=source,
            at_ms=utc_ms(self._clock),
            random=secrets.token_bytes(NONCE_RANDOM_BYTES),
        )
        wire.send(
            Challenge(
                tindex=event.tindex,
                tlabel=event.tlabel,
                status=status,
                headers=self._challenged.headers(
                    status,
                    realm=self._realm,
                    nonce=nonce,
                    is_stale=is_stale,
                    source=source,
                    user=event.from_user,
                    user_agent=event.user_agent,
                ),
                reason="Unauthorized" if status == UNAUTHORIZED else "Proxy Authentication Required",
            )
        )

    def _refuse(self, event: Invite | Register, wire: Wire, reason: Reason) -> None:
        answer = sip_answer(reason)
        wire.send(
            Refuse(
                tindex=event.tindex,
                tlabel=event.tlabel,
                status=answer.status,
                reason=answer.phrase,
                headers=answer.headers,
            )
        )

    def _note_failure(self, event: Invite | Register, username: str, verdict: Verdict) -> None:
        log.event("credentials_wrong", source=event.source_ip, username=username, verdict=verdict.value)
        banned = self._bans.note_failure(source=event.source_ip, username=username, now_ms=self._clock.monotonic_ms())
        for key in banned:
            log.warning("banned", who=key, source=event.source_ip)
