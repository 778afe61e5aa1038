"""The writes of roles: what a kind of person may do at one dealer. Nobody puts into a role what he may not do himself."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from smartswitch.core.rights import Rights
from smartswitch.core.rights.granting import change_of
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, RowServices, refusing
from smartswitch.web.rights.models import Login, Role, RoleRight
from smartswitch.web.rights.path import rights_of_dealer, rights_of_role
from smartswitch.web.rights.words import in_words


class RoleServices(RowServices):
    """Make, change and delete a dealer's own roles."""

    def __init__(self) -> None:
        super().__init__(Role, "logins")

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Role:
        """A role of the viewer's dealer, unless one below is named."""
        require(by, "logins.add")
        rest = dict(values)
        rights: Rights = rest.pop("rights", frozenset())
        rest["dealer"] = rest.get("dealer") or Dealer.objects.get(pk=by.dealer_id)
        _refuse_more_than_own(change_of(frozenset(), rights, grantor=by.rights).refused)
        with refusing(self.constraints):
            role = super().add(by=by, values=rest)
            _write(role, added=rights, taken=frozenset())
        return role

    def change(self, row: Role, *, by: Viewer, values: Mapping[str, Any]) -> Role:
        """Another name, other rights. Rights that the viewer has not himself stay as they are."""
        require(by, "logins.change")
        rest = dict(values)
        rights = rest.pop("rights", None)
        with refusing(self.constraints):
            role = super().change(row, by=by, values=rest)
            if rights is not None:
                self._change_rights(role, by=by, rights=rights)
        return role

    def delete(self, row: Role, *, by: Viewer) -> None:
        """Only a role that no login has."""
        require(by, "logins.delete")
        users = Login.objects.filter(role_id=row.pk).count()
        if users:
            raise Refused({OF_THE_WHOLE: _("%(n)d logins have this role. Give them another one first.") % {"n": users}})
        super().delete(row, by=by)

    def _change_rights(self, role: Role, *, by: Viewer, rights: Rights) -> None:
        present = rights_of_role(role.pk)
        change = change_of(present, rights, grantor=by.rights)
        _refuse_more_than_own(change.refused)
        if change.is_empty:
            return
        if Login.objects.filter(pk=by.login_id, role_id=role.pk).exists():
            raise Refused({"rights": _("This is your own role; somebody else has to change what it allows.")})
        above = (present & rights_of_dealer(role.dealer_id)) - by.rights
        if above:
            words = _("This role allows more than you may do yourself: %(rights)s.") % {"rights": in_words(above)}
            raise Refused({"rights": words})
        _write(role, added=change.added, taken=change.taken)


def _refuse_more_than_own(refused: Rights) -> None:
    if refused:
        raise Refused({"rights": _("You do not have yourself: %(rights)s.") % {"rights": in_words(refused)}})


def _write(role: Role, *, added: Rights, taken: Rights) -> None:
    if taken:
        RoleRight.objects.filter(role=role, right__in=taken).delete()
    RoleRight.objects.bulk_create([RoleRight(role=role, right=right) for right in sorted(added)])


ROLES = RoleServices()
