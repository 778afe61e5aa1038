"""The writes of companies: a company comes with its balance, and both are one write."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

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
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.packs.selling import check_packs


class CompanyServices(RowServices):
    """Make, change and delete companies."""

    def __init__(self) -> None:
        super().__init__(Company, "companies", constraints={"balance_of_party": ("key", KEY_TAKEN)})

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Company:
        """A company with an empty balance. Its dealer is the viewer's unless another one below is named."""
        require(by, "companies.add")
        rest = dict(values)
        dealer = rest.pop("dealer", None) or Dealer.objects.get(pk=by.dealer_id)
        currency, limits = rest.pop("currency"), limits_of_new(rest, by=by)
        if rest.get("is_blocked"):
            require(by, BLOCK)
        check_key(rest["key"])
        check_packs(rest, dealer)
        with refusing(self.constraints):
            balance = make_balance(
                kind="company", party=rest["key"], dealer_id=dealer.pk, currency=currency, limits=limits
            )
            make_seller_balances(seller_key=dealer.key, seller_dealer_id=dealer.pk, currency=currency)
            company = Company(dealer=dealer, balance=balance, **rest)
            company.save(force_insert=True)
            company.refresh_from_db()
        return company

    def change(self, row: Company, *, by: Viewer, values: Mapping[str, Any]) -> Company:
        """Limits are those of its balance and need the right to correct balances; blocking has a right of its own."""
        rest = dict(values)
        limits = limits_in(rest)
        if "is_blocked" in rest and rest["is_blocked"] != row.is_blocked:
            require(by, BLOCK)
        check_packs(rest, row.dealer, was=row)
        with refusing(self.constraints):
            changed = super().change(row, by=by, values=rest)
            change_limits(changed.balance, by=by, limits=limits)
        return changed

    def delete(self, row: Company, *, by: Viewer) -> None:
        """Only a company without peers, and whose balance nothing was ever paid into or from."""
        require(by, f"{self.right}.delete")
        balance = row.balance
        if balance.amount or balance.held:
            raise Refused(
                {OF_THE_WHOLE: _("There is money on its balance. Block it instead: what it paid stays on record.")}
            )
        with refusing(self.constraints):
            self.locked(row).delete()
            balance.delete()


COMPANIES = CompanyServices()
