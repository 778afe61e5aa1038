"""The writes of dealers: a dealer is made with its balance and its rights, and its terms are set from above only."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.rights import Rights
from smartswitch.core.rights.granting import change_of
from smartswitch.web.balances.party_balance import (
    KEY_TAKEN,
    LIMITS,
    change_limits,
    limits_in,
    limits_of_new,
    make_seller_balances,
)
from smartswitch.web.balances.party_form import BLOCK
from smartswitch.web.balances.party_key import check_key
from smartswitch.web.dealers.forms import TERMS
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.dealers.queries import QUERIES
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Words
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.rights.grants import usual_rights, write_grants
from smartswitch.web.rights.words import in_words

HELD: dict[str, Words] = {
    "dealers": gettext_lazy("dealers below"),
    "companies": gettext_lazy("companies"),
    "peers": gettext_lazy("phones and lines"),
    "numbers": gettext_lazy("phone numbers"),
    "packs": gettext_lazy("billing packs"),
    "route_classes": gettext_lazy("route classes"),
    "hunting_classes": gettext_lazy("hunting classes"),
    "logins": gettext_lazy("logins"),
    "roles": gettext_lazy("roles"),
    "balances": gettext_lazy("money or calls on its balance"),
    "charges": gettext_lazy("calls that were charged"),
}
"""What keeps a dealer from being deleted, by the columns of dealers/what_it_holds."""


class DealerServices(RowServices):
    """Make, change, move and delete dealers."""

    def __init__(self) -> None:
        super().__init__(
            Dealer,
            "dealers",
            constraints={
                "balance_of_party": ("key", KEY_TAKEN),
                "dealer_tree_has_no_cycle": ("parent", gettext_lazy("A dealer cannot be moved below itself.")),
                "dealer_terms_come_from_above": (OF_THE_WHOLE, gettext_lazy("Only the dealer above sets this.")),
            },
        )

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Dealer:
        """A dealer with an empty balance, below the viewer's unless another parent is named. `rights` are those that it is
        granted; empty or absent, what such a dealer usually gets, as far as the viewer has it himself."""
        require(by, "dealers.add")
        rest = dict(values)
        rights: Rights = rest.pop("rights", None) or usual_rights(
            is_virtual_pbx=bool(rest.get("is_virtual_pbx")), grantor=by.rights
        )
        granted = change_of(frozenset(), rights, grantor=by.rights)
        if granted.refused:
            raise Refused(
                {"rights": _("You do not have yourself: %(rights)s.") % {"rights": in_words(granted.refused)}}
            )
        parent = rest.pop("parent", None) or Dealer.objects.get(pk=by.dealer_id)
        check_key(rest["key"])
        limits = limits_of_new(rest, by=by)
        if rest.get("is_blocked"):
            require(by, BLOCK)
        with refusing(self.constraints):
            dealer = self._make(parent, limits=limits, values=rest)
            write_grants(dealer.pk, granted)
            _check_references()
        return dealer

    def _make(self, parent: Dealer, *, limits: Mapping[str, Any], values: Mapping[str, Any]) -> Dealer:
        """The dealer and its balance, which name each other, and the balances on the other side of what it pays."""
        key, currency = values["key"], values["currency"]
        if Dealer.objects.filter(key=key).exists():
            raise Refused({"key": KEY_TAKEN})
        ids = QUERIES.rows("next_ids", {})[0]
        balance = {"id": ids["balance_id"], "dealer": ids["dealer_id"], "party": key, "currency": currency}
        QUERIES.run("insert_balance", {"call_limit": None, **balance, **limits})
        make_seller_balances(seller_key=parent.key, seller_dealer_id=parent.pk, currency=currency)
        dealer = Dealer(pk=ids["dealer_id"], parent=parent, balance_id=ids["balance_id"], **values)
        dealer.save(force_insert=True)
        dealer.refresh_from_db()
        return dealer

    def change(self, row: Dealer, *, by: Viewer, values: Mapping[str, Any]) -> Dealer:
        """Terms of one's own dealer are refused; limits and blocking have rights of their own. Moving is `move`."""
        require(by, "dealers.change")
        rest = {name: value for name, value in values.items() if name not in ("key", "parent", "currency")}
        if row.pk == by.dealer_id:
            _refuse_terms(rest)
        limits = limits_in(rest)
        if "is_blocked" in rest and rest["is_blocked"] != row.is_blocked:
            require(by, BLOCK)
        with refusing(self.constraints):
            changed = super().change(row, by=by, values=rest)
            if limits:
                change_limits(changed.balance, by=by, limits=limits)
        return changed

    def move(self, row: Dealer, *, by: Viewer, parent: Dealer, pack: Any, inbound_pack: Any) -> Dealer:
        """Let a dealer, with all below it, buy from another dealer at other prices. Calls made until now stay where they
        were charged."""
        require(by, "dealers.change")
        if row.pk == by.dealer_id:
            raise Refused({OF_THE_WHOLE: _("Only a dealer above can move your own dealer.")})
        if row.pk in parent.path:
            raise Refused({"parent": _("A dealer cannot be moved below itself.")})
        if parent.pk == row.parent_id:
            raise Refused({"parent": _("It is there already.")})
        with refusing(self.constraints):
            make_seller_balances(seller_key=parent.key, seller_dealer_id=parent.pk, currency=row.currency)
            moved = super().change(row, by=by, values={"parent": parent, "pack": pack, "inbound_pack": inbound_pack})
            _check_references()
        moved.refresh_from_db()
        return moved

    def delete(self, row: Dealer, *, by: Viewer) -> None:
        """Only a dealer that holds nothing and has never been charged for a call."""
        require(by, "dealers.delete")
        if row.pk == by.dealer_id:
            raise Refused({OF_THE_WHOLE: _("Nobody deletes his own dealer.")})
        with refusing(self.constraints):
            self.locked(row)
            _refuse_unless_empty(row)
            QUERIES.run("delete_dealer", {"dealer": row.pk})
            _check_references()


def _refuse_terms(values: Mapping[str, Any]) -> None:
    named = [name for name in (*TERMS, *LIMITS) if name in values]
    if named:
        raise Refused({name: _("Only the dealer above sets this.") for name in named})


def _refuse_unless_empty(row: Dealer) -> None:
    counts = QUERIES.rows("what_it_holds", {"dealer": row.pk})[0]
    held = [f"{HELD[name]} ({number})" for name, number in counts.items() if number]
    if held:
        raise Refused(
            {OF_THE_WHOLE: _("It is not empty. It still has: %(what)s. Block it instead, or remove those first.")
             % {"what": ", ".join(held)}}
        )  # fmt: skip


def _check_references() -> None:
    """Look at references now instead of at the end, so that what is wrong with them is a refusal."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


DEALERS = DealerServices()
