"""The writes of terminators: each is a peer of the owner, with a balance that counts calls, and what we owe it.

Its password has to be read again, so it is kept encrypted with the key of the state directory (runtime/secret_box.py).
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from smartswitch.core.digest import DIGEST_REALM
from smartswitch.runtime.secret_box import open_secret_box
from smartswitch.web.balances.models import Balance
from smartswitch.web.balances.party_balance import PREPAID, change_limits, limits_in, make_balance
from smartswitch.web.balances.party_form import BLOCK
from smartswitch.web.balances.party_key import check_key
from smartswitch.web.calls.models import Charge
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.packs.models import BillingPack
from smartswitch.web.peers.models import Peer, Terminator
from smartswitch.web.peers.parties.services import CONSTRAINTS, allow
from smartswitch.web.peers.terminators.forms import OF_THE_TERMINATOR


class TerminatorServices(RowServices):
    """Make, change and delete terminators; for the owner only."""

    constraints = CONSTRAINTS

    def __init__(self) -> None:
        super().__init__(Peer, "peers")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Peer:
        """A peer of the owner, its terminator, and the balances that its calls are written to."""
        _enter(by, "peers.add")
        rest = dict(values)
        networks = rest.pop("networks", None) or ()
        password = rest.pop("auth_password", None)
        of_terminator = {name: rest.pop(name) for name in OF_THE_TERMINATOR if name in rest}
        check_key(rest["key"])
        if rest.get("is_blocked"):
            require(by, BLOCK)
        limits = {"credit_limit": PREPAID, **limits_in(rest)}
        owner = Dealer.objects.get(pk=by.dealer_id)
        currency = of_terminator["pack"].currency
        with refusing(self.constraints):
            balance = make_balance(kind="peer", party=rest["key"], dealer_id=owner.pk, currency=currency, limits=limits)
            peer = Peer(dealer=owner, kind="terminator", balance=balance, digest_realm=DIGEST_REALM, **rest)
            peer.save(force_insert=True)
            secret = _encrypted(of_terminator.get("auth_username"), password, kept=None)
            terminator = Terminator(peer=peer, auth_password_encrypted=secret, **of_terminator)
            terminator.save(force_insert=True)
            make_cost_balances(peer, owner, of_terminator["pack"])
            allow(peer, networks)
            peer.refresh_from_db()
        return peer

    def change(self, row: Peer, *, by: Viewer, values: Mapping[str, Any]) -> Peer:
        """The fields of the peer, of its terminator and of its balance, whichever are different."""
        _enter(by, "peers.change")
        rest = dict(values)
        limits = limits_in(rest)
        password = rest.pop("auth_password", None)
        of_terminator = {name: rest.pop(name) for name in OF_THE_TERMINATOR if name in rest}
        if "is_blocked" in rest and rest["is_blocked"] != row.is_blocked:
            require(by, BLOCK)
        with refusing(self.constraints):
            changed = super().change(row, by=by, values=rest)
            change_limits(changed.balance, by=by, limits=limits)
            terminator = Terminator.objects.select_for_update(of=("self",)).get(pk=changed.pk)
            username = of_terminator.get("auth_username", terminator.auth_username)
            of_terminator["auth_password_encrypted"] = _encrypted(
                username, password, kept=terminator.auth_password_encrypted
            )
            different = [name for name, value in of_terminator.items() if getattr(terminator, name) != value]
            for name in different:
                setattr(terminator, name, of_terminator[name])
            if different:
                terminator.save(update_fields=different)
            if "pack" in different:
                make_cost_balances(changed, changed.dealer, of_terminator["pack"])
        return changed

    def delete(self, row: Peer, *, by: Viewer) -> None:
        """Only a terminator that never took a call: what we owe it names it."""
        _enter(by, "peers.delete")
        with refusing(self.constraints):
            locked = self.locked(row)
            payable = Balance.objects.filter(kind="payable", party=locked.key)
            balance = locked.balance
            has_called = balance.version or balance.amount or balance.live_calls
            if has_called or Charge.objects.filter(credit_balance__in=payable).exists():
                raise Refused(
                    {OF_THE_WHOLE: _("It has taken calls. Make it inactive instead: what was stays on record.")}
                )
            locked.delete()
            payable.delete()
            balance.delete()


def make_cost_balances(peer: Peer, owner: Dealer, pack: BillingPack) -> None:
    """The balances on both sides of what calls to a terminator cost, those that are missing."""
    wanted = [
        Balance(kind=kind, party=party, dealer=owner, currency=pack.currency)
        for kind, party in (("cost", owner.key), ("payable", peer.key))
    ]
    Balance.objects.bulk_create(wanted, ignore_conflicts=True)


def _enter(by: Viewer, right: str) -> None:
    """Terminators are the owner's; nobody else has any."""
    require(by, right)
    if not by.is_owner:
        raise Http404


def _encrypted(username: str | None, password: str | None, *, kept: str | None) -> str | None:
    """The password as it is stored: the one that is kept if none was typed, none without a user name."""
    if username is None:
        if password:
            raise Refused({"auth_username": _("A password needs a user name.")})
        return None
    if not password and kept is None:
        raise Refused({"auth_password": _("A user name needs a password.")})
    return kept if not password else open_secret_box(settings.STATE_DIRECTORY).encrypt(password)


TERMINATORS = TerminatorServices()
