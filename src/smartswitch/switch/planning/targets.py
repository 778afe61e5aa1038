"""From a terminator or a user of ours to what Kamailio is told: address, numbers as that party wants them, credentials."""

from collections.abc import Callable
from dataclasses import dataclass, field

from smartswitch.core.chain import Cost
from smartswitch.core.number_pattern import TranslationRule, translate
from smartswitch.core.route import Route as CoreRoute
from smartswitch.protocol.wire import Credentials, Route, registered_uri
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import PeerKind, PeerRecord, TerminatorRecord
from smartswitch.switch.planning.call_plan import LoadName, Target, TargetName
from smartswitch.switch.planning.limits import RateLimit

ANONYMOUS = "anonymous"
USER_PDD_TIMEOUT_S = 10
"""How long a registered phone may take to ring."""

Decrypt = Callable[[str], str]
"""From the stored to the plain password of a terminator."""


def _no_passwords(encrypted: str) -> str:
    raise LookupError("this process cannot read terminators' passwords")


@dataclass(frozen=True, slots=True)
class SipIdentity:
    """How we name ourselves to others: the host part of From, and how terminators' passwords are read."""

    host: str = "smartswitch.invalid"
    decrypt: Decrypt = field(default=_no_passwords, repr=False)


def address_of_record(peer: PeerRecord) -> str:
    """The name under which a user's phones are registered; opaque, so that it tells nothing and never changes."""
    return f"peer-{peer.peer_id}"


def terminator_name(peer_id: int) -> LoadName:
    """The name under which the load of a terminator is counted."""
    return ("terminator", peer_id)


def route_name(route_id: int) -> LoadName:
    """The name under which the load of a route is counted."""
    return ("route", route_id)


def terminator_limits(terminator: TerminatorRecord) -> tuple[RateLimit, ...]:
    """The calls per second that a terminator takes from this node, if that is limited."""
    limit = terminator.calls_per_second_limit
    return () if limit is None else (RateLimit(terminator_name(terminator.peer_id), limit, terminator.key),)


def route_limits(route: CoreRoute) -> tuple[RateLimit, ...]:
    """The calls per second over one route, if that is limited."""
    limit = route.calls_per_second_limit
    return () if limit is None else (RateLimit(route_name(route.route_id), limit),)


def gone(name: TargetName) -> Target:
    """In the place of a target whose party is no more: it keeps the places of the others, and nobody is called there."""
    route = Route(uri="sip:gone@smartswitch.invalid", pdd_timeout_ms=1_000)
    load_names = () if name.route_id is None else (route_name(name.route_id),)
    return Target(name.key, route, None, name.peer_id, load_names)


class TargetBuilder:
    """Makes targets from one directory."""

    def __init__(self, directory: Directory, identity: SipIdentity) -> None:
        self._directory = directory
        self._identity = identity

    def peer(self, peer: PeerRecord, *, caller: str, called: str, caller_name: str = "") -> Target | None:
        """Towards a peer of ours: its registered phones, or its address if it is a terminator; None if it has neither."""
        if peer.kind is not PeerKind.TERMINATOR:
            wanted_caller = self._apply(self._directory.translations_of(peer.peer_id).to_peer_caller, caller)
            route = Route(
                uri=registered_uri(address_of_record(peer)),
                pdd_timeout_ms=USER_PDD_TIMEOUT_S * 1000,
                from_uri=self._from_uri(wanted_caller),
                from_display=caller_name,
            )
            return Target(peer.key, route, None, peer.peer_id)
        terminator = self._directory.tables.terminators.get(peer.peer_id)
        if terminator is None or not terminator.is_active:
            return None
        return self.terminator(
            terminator, None, None, caller=caller, called=called, pdd_timeout_s=terminator.pdd_timeout_s
        )

    def terminator(
        self,
        terminator: TerminatorRecord,
        via: CoreRoute | None,
        cost: Cost | None,
        *,
        caller: str,
        called: str,
        pdd_timeout_s: int,
    ) -> Target:
        """Towards a terminator, with the numbers as it wants them."""
        translations = self._directory.translations_of(terminator.peer_id)
        wanted_called = self._apply(translations.to_peer_called, called)
        wanted_caller = self._apply(translations.to_peer_caller, caller)
        host = f"[{terminator.host}]" if ":" in terminator.host else terminator.host
        to_uri = f"sip:{wanted_called}@{host}:{terminator.port}"
        route = Route(
            uri=f"{to_uri};transport={terminator.transport}",
            pdd_timeout_ms=pdd_timeout_s * 1000,
            from_uri=self._from_uri(wanted_caller),
            to_uri=to_uri,
            credentials=self._credentials(terminator),
        )
        limits = terminator_limits(terminator) + (route_limits(via) if via is not None else ())
        names = (terminator_name(terminator.peer_id), *((route_name(via.route_id),) if via is not None else ()))
        return Target(terminator.key, route, cost, terminator.peer_id, names, limits)

    def _credentials(self, terminator: TerminatorRecord) -> Credentials | None:
        if not terminator.auth_username or not terminator.auth_password_encrypted:
            return None
        return Credentials(
            username=terminator.auth_username,
            password=self._identity.decrypt(terminator.auth_password_encrypted),
            realm=terminator.auth_realm or "",
        )

    def _from_uri(self, caller: str) -> str:
        return f"sip:{caller or ANONYMOUS}@{self._identity.host}"

    def _apply(self, rules: tuple[TranslationRule, ...], number: str) -> str:
        return translate(rules, number) if rules else number
