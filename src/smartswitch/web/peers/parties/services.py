"""The writes of peers that call: one comes with its balance and, if it registers, with a password that is shown once.

The password in clear is on the row that a write returns (`issued`), and nowhere else: not in the database, the audit, a
session or a log. Whoever shows it does so in the answer to that write.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.digest import DIGEST_REALM, digests_of
from smartswitch.web.balances.party_balance import (
    KEY_TAKEN,
    change_limits,
    limits_in,
    limits_of_new,
    make_balance,
    make_seller_balances,
)
from smartswitch.web.balances.party_form import BLOCK
from smartswitch.web.balances.party_key import check_key
from smartswitch.web.companies.models import Company
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.moving import STEP
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.packs.selling import check_packs
from smartswitch.web.peers.credentials.passwords import SipCredentials, new_password
from smartswitch.web.peers.models import Peer, PeerAddress
from smartswitch.web.peers.parties.forms import ONLY_OF, USER

CONSTRAINTS = {
    "peer_key": ("key", KEY_TAKEN),
    "balance_of_party": ("key", KEY_TAKEN),
    "peer_auth_username": ("auth_username", gettext_lazy("This user name is taken; choose another one.")),
    "peer_extension_of_dealer": ("extension", gettext_lazy("Another phone of this dealer has this extension.")),
    "peer_has_the_company_that_pays": ("pays_from", gettext_lazy("There is no company that could pay; name one.")),
    "balance_within_limit": ("credit_limit", gettext_lazy("More than that is owed or held already.")),
}


class PeerServices(RowServices):
    """Make, change, block and delete users and originators."""

    constraints = CONSTRAINTS

    def __init__(self) -> None:
        super().__init__(Peer, "peers")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Peer:
        """A peer with an empty balance, its addresses, and `issued`: its credentials in clear, or None."""
        require(by, "peers.add")
        rest = dict(values)
        dealer = rest.pop("dealer", None) or Dealer.objects.get(pk=by.dealer_id)
        username, password = rest.pop("auth_username", None), rest.pop("password", None)
        networks = rest.pop("networks", None) or ()
        self._check_new(by, rest, dealer, networks)
        limits = limits_of_new(rest, by=by)
        currency = rest.pop("currency", None) or currency_of(rest, dealer)
        if not username and (rest["kind"] == USER or password):
            username = rest["key"]
        issued = SipCredentials(username, password or new_password()) if username else None
        with refusing(self.constraints):
            balance = make_balance(
                kind="peer", party=rest["key"], dealer_id=dealer.pk, currency=currency, limits=limits
            )
            make_seller_balances(seller_key=dealer.key, seller_dealer_id=dealer.pk, currency=currency)
            peer = Peer(dealer=dealer, balance=balance, digest_realm=DIGEST_REALM, **rest, **kept_of(issued))
            peer.save(force_insert=True)
            peer.refresh_from_db()
            allow(peer, networks)
        peer.issued = issued
        return peer

    def change(self, row: Peer, *, by: Viewer, values: Mapping[str, Any]) -> Peer:
        """Limits are those of its balance and need the right to correct balances; blocking has a right of its own."""
        require(by, "peers.change")
        rest = dict(values)
        limits = limits_in(rest)
        if "is_blocked" in rest and rest["is_blocked"] != row.is_blocked:
            require(by, BLOCK)
        if "company" in rest or "pays_from" in rest:
            company = rest.get("company", row.company)
            rest["pays_from"] = rest.get("pays_from") or default_payer(company)
            check_company(company, row.dealer)
        check_packs(rest, row.dealer, was=row)
        with refusing(self.constraints):
            changed = super().change(row, by=by, values=rest)
            change_limits(changed.balance, by=by, limits=limits)
        return changed

    def block(self, row: Peer, *, by: Viewer, is_blocked: bool) -> Peer:
        """Let no calls pass, or let them pass again. Who may block need not be allowed to change anything else."""
        require(by, BLOCK)
        with refusing(self.constraints):
            locked = self.locked(row)
            if locked.is_blocked != is_blocked:
                locked.is_blocked = is_blocked
                locked.save(update_fields=["is_blocked"])
        return locked

    def issue_credentials(self, row: Peer, *, by: Viewer, username: str | None, password: str | None) -> Peer:
        """New credentials, at once in place of the old ones; they are in `issued`."""
        require(by, "peers.change")
        issued = SipCredentials(username or row.auth_username or row.key, password or new_password())
        with refusing(self.constraints):
            locked = self.locked(row)
            kept = {**kept_of(issued), "digest_realm": DIGEST_REALM}
            for name, value in kept.items():
                setattr(locked, name, value)
            locked.save(update_fields=list(kept))
        locked.issued = issued
        return locked

    def delete(self, row: Peer, *, by: Viewer) -> None:
        """Only a peer that never called and never paid: what is written of calls and money names it."""
        require(by, "peers.delete")
        with refusing(self.constraints):
            locked = self.locked(row)
            balance = locked.balance
            if balance.version or balance.amount or balance.held or balance.live_calls:
                raise Refused(
                    {OF_THE_WHOLE: _("It has called, or money has moved. Block it instead: what was stays on record.")}
                )
            locked.delete()
            balance.delete()

    def _check_new(self, by: Viewer, rest: dict[str, Any], dealer: Dealer, networks: Iterable[Any]) -> None:
        """Refuse what does not go together; fill in who pays."""
        check_key(rest["key"])
        for name, owner in ONLY_OF.items():
            if owner != rest["kind"] and (networks if name == "networks" else rest.get(name)):
                raise Refused({name: _("A peer of this kind has none.")})
        if rest.get("is_blocked"):
            require(by, BLOCK)
        rest["pays_from"] = rest.get("pays_from") or default_payer(rest.get("company"))
        check_company(rest.get("company"), dealer)
        check_packs(rest, dealer)


def default_payer(company: Company | None) -> str:
    """Who pays if nobody says: the company, if there is one."""
    return "company" if company is not None else "peer"


def currency_of(values: Mapping[str, Any], dealer: Dealer) -> str:
    """The currency of a new balance: that of the pack, then of the company, then of the dealer."""
    for pack in (values.get("pack"), values.get("inbound_pack")):
        if pack is not None:
            return pack.currency
    company = values.get("company")
    return company.balance.currency if company is not None else dealer.currency


def kept_of(issued: SipCredentials | None) -> dict[str, str | None]:
    """What is kept of credentials: the name, and digests from which the password cannot be read back."""
    if issued is None:
        return {"auth_username": None, "ha1_md5": None, "ha1_sha256": None}
    md5, sha_256 = digests_of(username=issued.username, password=issued.password)
    return {"auth_username": issued.username, "ha1_md5": md5, "ha1_sha256": sha_256}


def allow(peer: Peer, networks: Iterable[Any]) -> None:
    """Let a new peer call from these networks."""
    for number, network in enumerate(networks, 1):
        PeerAddress(peer=peer, network=network, position=number * STEP).save(force_insert=True)


def check_company(company: Company | None, dealer: Dealer) -> None:
    """A peer's company is one of the same dealer."""
    if company is not None and company.dealer_id != dealer.pk:
        raise Refused(
            {
                "company": _("This company is a customer of another dealer; choose one of %(dealer)s.")
                % {"dealer": dealer}
            }
        )


PEERS = PeerServices()
