"""The writes of logins: who gets in, and with which rights. The rule: nobody gives more than he has, or gets at it.

A login may do what its role and its dealer both allow. Whoever makes or changes it must have all of that himself; and a
login that may do more than oneself is not one's to change, to switch off, or to give a password to (with which one would
get in as that person). A new password is made here, told once by the answer (`password_once`), and kept only as a hash.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.rights import ALL_RIGHTS, Rights
from smartswitch.core.rights.granting import excess
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.creation import new_password
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.second_factor import FactorRefusedError, reset_second_factor
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.rights.models import Login, Role
from smartswitch.web.rights.path import most_of_customer, rights_of_dealer, rights_of_login, role_of
from smartswitch.web.rights.words import in_words

ROLE_FIELDS = ("role", "standard_role")
USERNAME_TAKEN = gettext_lazy("This user name is taken; choose another one.")
USERNAME_FORM = gettext_lazy("Letters, digits and _ . @ + - only; a letter or digit first.")


class LoginServices(RowServices):
    """Make, change and delete logins; give them new passwords."""

    def __init__(self) -> None:
        super().__init__(
            Login,
            "logins",
            constraints={
                "login_username": ("username", USERNAME_TAKEN),
                "login_username_is_well_formed": ("username", USERNAME_FORM),
            },
        )

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Login:
        """A login with a password that `password_once` tells. Of a company or a phone if one is named, else of a person."""
        require(by, "logins.add")
        rest = dict(values)
        rest["dealer"] = _dealer_of(rest, by=by)
        login = Login(**rest)
        _check_role(login)
        _refuse_more_than_own(login, by=by)
        password = new_password()
        login.set_password(password)
        with refusing(self.constraints):
            login.save(force_insert=True)
            login.refresh_from_db()
        login.password_once = password
        return login

    def change(self, row: Login, *, by: Viewer, values: Mapping[str, Any]) -> Login:
        """Another name, address, role; or switched on and off. Nobody changes his own role, or switches himself off."""
        require(by, "logins.change")
        with refusing(self.constraints):
            locked = self.locked(row)
            if locked.pk == by.login_id:
                _keep_oneself(locked, values)
            else:
                _refuse_superior(locked, by=by)
            wanted = self._with(locked, values)
            _check_role(wanted)
            if locked.pk != by.login_id:
                _refuse_more_than_own(wanted, by=by)
            return super().change(row, by=by, values=values)

    def give_new_password(self, row: Login, *, by: Viewer) -> str:
        """A new password, told once; whoever is logged in with the old one is so no longer."""
        require(by, "logins.change")
        if row.pk == by.login_id:
            raise Refused({OF_THE_WHOLE: _("Choose your own password yourself, under Change password.")})
        locked = self.locked(row)
        _refuse_superior(locked, by=by)
        password = new_password()
        locked.set_password(password)
        locked.save(update_fields=["password"])
        return password

    def reset_second_factor(self, row: Login, *, by: Viewer) -> None:
        """Take the second factor from a person who has lost it, and end the sessions of the login."""
        require(by, "logins.change")
        if row.pk != by.login_id:
            _refuse_superior(self.locked(row), by=by)
        try:
            reset_second_factor(by=by, login=row)
        except FactorRefusedError as refused:
            raise Refused({OF_THE_WHOLE: str(refused)}) from refused

    def delete(self, row: Login, *, by: Viewer) -> None:
        """What the person did stays in the audit log under the user name."""
        require(by, "logins.delete")
        if row.pk == by.login_id:
            raise Refused({OF_THE_WHOLE: _("This is your own login; somebody else has to delete it.")})
        _refuse_superior(self.locked(row), by=by)
        super().delete(row, by=by)

    def _with(self, login: Login, values: Mapping[str, Any]) -> Login:
        """The login as it would be, not saved."""
        wanted = Login.objects.get(pk=login.pk)
        for name in ROLE_FIELDS:
            if name in values:
                setattr(wanted, name, values[name])
        return wanted


def _dealer_of(values: Mapping[str, Any], *, by: Viewer) -> Any:
    """The dealer of a new login: that of the customer, or the one that is named, or the viewer's own."""
    party = values.get("company") or values.get("peer")
    if values.get("company") and values.get("peer"):
        raise Refused({"peer": _("A login is of a company or of a phone, not of both.")})
    dealer = values.get("dealer") or Dealer.objects.get(pk=party.dealer_id if party else by.dealer_id)
    if party is not None and party.dealer_id != dealer.pk:
        if dealer.pk != by.dealer_id:
            raise Refused({"dealer": _("This customer is another dealer's.")})
        return Dealer.objects.get(pk=party.dealer_id)
    return dealer


def _check_role(login: Login) -> None:
    if login.role_id is not None and login.standard_role is not None:
        raise Refused({"role": _("Choose a standard role or one of your own, not both.")})
    role = None if login.role_id is None else Role.objects.filter(pk=login.role_id).first()
    if role is not None and role.dealer_id != login.dealer_id:
        raise Refused({"role": _("This role is another dealer's; a login has one of its own dealer's.")})
    if login.standard_role == "owner" and login.dealer.parent_id is not None:
        raise Refused({"standard_role": _("Only people of the owner have this role.")})


def _would_have(login: Login) -> Rights:
    role = role_of(standard_role=login.standard_role, role_id=login.role_id)
    most = most_of_customer(company_id=login.company_id, peer_id=login.peer_id)
    of_role = ALL_RIGHTS if role is None else role
    return rights_of_dealer(login.dealer_id) & of_role & (ALL_RIGHTS if most is None else most)


def _refuse_more_than_own(login: Login, *, by: Viewer) -> None:
    too_many = excess(_would_have(login), grantor=by.rights)
    if too_many:
        field = "role" if login.role_id is not None else "standard_role"
        raise Refused({field: _("That is more than you may do yourself: %(rights)s.") % {"rights": in_words(too_many)}})


def _refuse_superior(login: Login, *, by: Viewer) -> None:
    too_many = excess(rights_of_login(login), grantor=by.rights)
    if too_many:
        raise Refused(
            {OF_THE_WHOLE: _("This person may do more than you, so you cannot change this login: %(rights)s.")
             % {"rights": in_words(too_many)}}
        )  # fmt: skip


def _keep_oneself(login: Login, values: Mapping[str, Any]) -> None:
    if values.get("is_active", True) is False:
        raise Refused({"is_active": _("This is your own login; somebody else has to switch it off.")})
    for name in ROLE_FIELDS:
        if name in values and (getattr(values[name], "pk", values[name]) != getattr(login, _column(name))):
            raise Refused({name: _("This is your own login; somebody else has to change its role.")})


def _column(name: str) -> str:
    return Login._meta.get_field(name).attname


LOGINS = LoginServices()
