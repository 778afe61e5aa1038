"""From an INVITE to a plan: who calls whom, which legs are charged, which routes are tried; or why not.

The order of the checks, so that a refusal names what comes first: blocked; the number; calls per second; the number of ours
or the routes; prices; profit control. (Authentication came before, call limits and credit come after, in charging.)

A *called* number is read once: number translation of the caller's peer, then ``core/phone_number``; the same canonical
digits are looked up in DIDs, routes and packs. Extensions are looked up as dialled, before that.

The *caller's* number is what the caller may show (FAULTS S4). A user shows one of his own numbers or, failing that, the
number that was set for him; an originator (a carrier) passes on the numbers of its callers, and what is no number
becomes its own set number.
"""

from dataclasses import dataclass
from uuid import UUID

from smartswitch.core.chain import Chain
from smartswitch.core.number_pattern import translate
from smartswitch.core.phone_number import BadNumber, canonical_number
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import CallFacts, Direction
from smartswitch.switch.directory.directory import Directory
from smartswitch.switch.directory.records import PeerKind, PeerRecord
from smartswitch.switch.planning.call_plan import (
    INBOUND_LEG,
    OUTBOUND_LEG,
    CallPlan,
    Invitation,
    Leg,
    RefusedCall,
    Target,
    TargetName,
)
from smartswitch.switch.planning.chain_building import ChainBuilder
from smartswitch.switch.planning.limits import CallRate, Load, RateLimit
from smartswitch.switch.planning.route_choice import RouteChooser
from smartswitch.switch.planning.targets import SipIdentity, TargetBuilder

LONGEST_FACT = 128
"""Texts from the network are cut to so many characters before they go into a CDR."""


@dataclass(frozen=True, slots=True)
class _Party:
    """A caller who pays, and the numbers of his call. ``called`` is canonical, or an extension."""

    invitation: Invitation
    peer: PeerRecord
    caller: str
    called: str


class CallPlanner:
    """Plans calls from one directory. ``load`` and ``rate`` are what the node has counted."""

    def __init__(
        self, directory: Directory, *, load: Load, rate: CallRate, identity: SipIdentity | None = None
    ) -> None:
        self.directory = directory
        self.chains = ChainBuilder(directory)
        self._rate = rate
        self._targets = TargetBuilder(directory, identity or SipIdentity())
        self._routes = RouteChooser(directory, self.chains, self._targets, load=load, rate=rate)

    def plan(self, invitation: Invitation, *, now_ms: int) -> CallPlan | RefusedCall:
        """Decide about a call. ``now_ms`` is monotonic, for calls per second; prices and hours use the call's own time."""
        peer = invitation.caller
        if peer is None or peer.kind is PeerKind.TERMINATOR:
            return self._plan_from_outside(invitation, peer)
        return self._plan_from_party(invitation, peer, now_ms)

    def targets_again(self, chain: Chain, facts: CallFacts, *, call_id: UUID, at_ms: int) -> tuple[Target, ...]:
        """The targets of a call that was planned before, by this node or another: the same, if the directory is the same."""
        peer = self.directory.peer(chain.peer_id) if chain.peer_id is not None else None
        if peer is None or facts.direction is not Direction.OUTBOUND or self.directory.did(facts.called) is not None:
            return ()
        return self._routes.choose(
            peer, chain, caller=facts.caller, called=facts.called, call_id=call_id, at_ms=at_ms, now_ms=0
        ).targets

    def targets_named(
        self, names: tuple[TargetName, ...], chain: Chain, facts: CallFacts, *, at_ms: int
    ) -> tuple[Target, ...]:
        """The targets of a call that was routed before, by their names: as many, in the same order."""
        return tuple(
            self._routes.again(name, chain, caller=facts.caller, called=facts.called, at_ms=at_ms) for name in names
        )

    # ---- calls of parties who pay

    def _plan_from_party(self, invitation: Invitation, peer: PeerRecord, now_ms: int) -> CallPlan | RefusedCall:
        caller = self._shown_number(invitation, peer)
        extension = self.directory.peer_by_extension(peer.dealer_id, invitation.dialled)
        called: str | BadNumber = invitation.dialled
        if extension is None:
            rules = self.directory.translations_of(peer.peer_id).from_peer_called
            called = canonical_number(translate(rules, invitation.dialled) if rules else invitation.dialled)
        shown_called = invitation.dialled[:LONGEST_FACT] if isinstance(called, BadNumber) else called
        party = _Party(invitation, peer, caller, shown_called)
        blocked = self.directory.blocked_party_of(peer)
        if blocked is not None:
            return self._refuse(party, Refusal(Reason.BLOCKED, blocked))
        if isinstance(called, BadNumber):
            return self._refuse(party, Refusal(Reason.BAD_NUMBER))
        too_fast = self._rate.admit(self._rate_limits(peer), now_ms=now_ms)
        if too_fast is not None:
            return self._refuse(party, Refusal(Reason.RATE_LIMIT, too_fast.key))
        if extension is not None:
            return self._plan_internal(party, extension)
        did = self.directory.did(called)
        callee = self.directory.peer(did.peer_id) if did is not None else None
        if callee is not None:
            return self._plan_to_number_of_ours(party, callee)
        return self._plan_to_outside(party, now_ms)

    def _plan_internal(self, party: _Party, callee: PeerRecord) -> CallPlan | RefusedCall:
        """Within one Virtual PBX: no charge, and allowed at zero balance; an extension shows its own number."""
        blocked = self.directory.blocked_party_of(callee)
        if blocked is not None:
            return self._refuse(party, Refusal(Reason.BLOCKED, blocked))
        caller = party.peer.extension or party.caller
        target = self._targets.peer(
            callee, caller=caller, called=party.called, caller_name=party.peer.name[:LONGEST_FACT]
        )
        if target is None:
            return self._refuse(party, Refusal(Reason.UNREACHABLE))
        facts = self._facts(party.invitation, Direction.INTERNAL, caller, party.called)
        leg = Leg(OUTBOUND_LEG, self.chains.bare(party.peer), facts)
        return CallPlan((leg,), (target,), (party.peer.peer_id, callee.peer_id), caller, party.called)

    def _plan_to_number_of_ours(self, party: _Party, callee: PeerRecord) -> CallPlan | RefusedCall:
        invitation, peer, called = party.invitation, party.peer, party.called
        if callee.dealer_id == peer.dealer_id and self.directory.dealer(peer.dealer_id).is_virtual_pbx:
            return self._plan_internal(party, callee)
        blocked = self.directory.blocked_party_of(callee)
        if blocked is not None:
            return self._refuse(party, Refusal(Reason.BLOCKED, blocked))
        outbound = self.chains.outbound(peer, called, invitation.at_ms)
        if isinstance(outbound, Refusal):
            return self._refuse(party, outbound)
        inbound = self.chains.inbound(callee, called, invitation.at_ms, caller=peer)
        if isinstance(inbound, Refusal):
            return self._refuse(party, inbound)
        unwilling = self._routes.profit_violation(outbound, None, invitation.at_ms)
        if unwilling is not None:
            return self._refuse(party, Refusal(Reason.NO_PROFIT, unwilling))
        target = self._targets.peer(callee, caller=party.caller, called=called)
        if target is None:
            return self._refuse(party, Refusal(Reason.UNREACHABLE))
        legs = [Leg(OUTBOUND_LEG, outbound, self._facts(invitation, Direction.OUTBOUND, party.caller, called))]
        if inbound.levels:
            legs.append(Leg(INBOUND_LEG, inbound, self._facts(invitation, Direction.INBOUND, party.caller, called)))
        return CallPlan(tuple(legs), (target,), (peer.peer_id, callee.peer_id), party.caller, called)

    def _plan_to_outside(self, party: _Party, now_ms: int) -> CallPlan | RefusedCall:
        invitation, peer, called = party.invitation, party.peer, party.called
        chain = self.chains.outbound(peer, called, invitation.at_ms)
        if isinstance(chain, Refusal):
            return self._refuse(party, chain)
        found = self._routes.choose(
            peer,
            chain,
            caller=party.caller,
            called=called,
            call_id=invitation.call_id,
            at_ms=invitation.at_ms,
            now_ms=now_ms,
        )
        if found.refusal is not None:
            refused = self._refuse(party, found.refusal)
            return RefusedCall(refused.refusal, refused.leg, refused.chain, refused.facts, found.verdicts)
        return CallPlan(
            legs=(Leg(OUTBOUND_LEG, chain, self._facts(invitation, Direction.OUTBOUND, party.caller, called)),),
            targets=found.targets,
            peer_ids=(peer.peer_id,),
            caller=party.caller,
            called=called,
            stop_codes=tuple(sorted(found.hunting.stop_codes)),
            verdicts=found.verdicts,
            ordering=found.ordering,
        )

    # ---- calls from the world outside

    def _plan_from_outside(self, invitation: Invitation, trunk: PeerRecord | None) -> CallPlan | RefusedCall:
        """To a number of ours only: what we do not know is not passed on, or we would carry strangers' calls."""
        translations = self.directory.translations_of(trunk.peer_id) if trunk is not None else None
        dialled = translate(translations.from_peer_called, invitation.dialled) if translations else invitation.dialled
        called = canonical_number(dialled)
        caller = self._canonical_or_empty(
            translate(translations.from_peer_caller, invitation.caller_number)
            if translations
            else invitation.caller_number
        )
        chain = self.chains.bare(trunk) if trunk is not None else None
        shown = invitation.dialled[:LONGEST_FACT] if isinstance(called, BadNumber) else called
        facts = self._facts(invitation, Direction.INBOUND, caller, shown)
        trunk_blocked = self.directory.blocked_party_of(trunk) if trunk is not None else None
        if trunk_blocked is not None:
            return RefusedCall(Refusal(Reason.BLOCKED, trunk_blocked), INBOUND_LEG, chain, facts)
        if isinstance(called, BadNumber):
            return RefusedCall(Refusal(Reason.BAD_NUMBER), INBOUND_LEG, chain, facts)
        did = self.directory.did(called)
        callee = self.directory.peer(did.peer_id) if did is not None else None
        if callee is None:
            return RefusedCall(Refusal(Reason.NO_ROUTE), INBOUND_LEG, chain, facts)
        refusal, leg_chain = None, self.chains.inbound(callee, called, invitation.at_ms)
        blocked = self.directory.blocked_party_of(callee)
        target = self._targets.peer(callee, caller=caller, called=called, caller_name=facts.caller_name)
        if blocked is not None:
            refusal = Refusal(Reason.BLOCKED, blocked)
        elif isinstance(leg_chain, Refusal):
            refusal = leg_chain
        elif target is None:
            refusal = Refusal(Reason.UNREACHABLE)
        if refusal is not None or isinstance(leg_chain, Refusal) or target is None:
            assert refusal is not None, "one of the three says why"
            return RefusedCall(refusal, INBOUND_LEG, self.chains.bare(callee), facts)
        peer_ids = (callee.peer_id,) if trunk is None else (callee.peer_id, trunk.peer_id)
        return CallPlan((Leg(INBOUND_LEG, leg_chain, facts),), (target,), peer_ids, caller, called)

    # ---- parts

    def _refuse(self, party: _Party, refusal: Refusal) -> RefusedCall:
        facts = self._facts(party.invitation, Direction.OUTBOUND, party.caller, party.called)
        return RefusedCall(refusal, OUTBOUND_LEG, self.chains.bare(party.peer), facts)

    def _rate_limits(self, peer: PeerRecord) -> list[RateLimit]:
        limits = []
        if peer.calls_per_second_limit is not None:
            limits.append(RateLimit(("peer", peer.peer_id), peer.calls_per_second_limit, peer.key))
        for dealer in self.directory.upwards(peer.dealer_id):
            if dealer.calls_per_second_limit is not None:
                limits.append(RateLimit(("dealer", dealer.dealer_id), dealer.calls_per_second_limit, dealer.key))
        return limits

    def _shown_number(self, invitation: Invitation, peer: PeerRecord) -> str:
        rules = self.directory.translations_of(peer.peer_id).from_peer_caller
        claimed = self._canonical_or_empty(
            translate(rules, invitation.caller_number) if rules else invitation.caller_number
        )
        if peer.kind is PeerKind.ORIGINATOR:
            return claimed or peer.caller_number or ""
        did = self.directory.did(claimed)
        return claimed if did is not None and did.peer_id == peer.peer_id else peer.caller_number or ""

    def _canonical_or_empty(self, number: str) -> str:
        canonical = canonical_number(number)
        return "" if isinstance(canonical, BadNumber) else canonical

    def _facts(self, invitation: Invitation, direction: Direction, caller: str, called: str) -> CallFacts:
        return CallFacts(
            direction=direction,
            caller=caller,
            called=called,
            sip_call_id=invitation.question.sip_call_id[:LONGEST_FACT],
            source=invitation.source,
            caller_name=invitation.caller_name[:LONGEST_FACT],
            user_agent=invitation.user_agent[:LONGEST_FACT],
        )
