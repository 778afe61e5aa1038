"""The forms of logins and roles."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from smartswitch.core.rights.standard_roles import STANDARD_ROLES
from smartswitch.web.companies.models import Company
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.nouns.fields import LineField, NameKeyField, ReferenceField
from smartswitch.web.nouns.forms import NounForm
from smartswitch.web.peers.models import Peer
from smartswitch.web.rights.fields import RightsField
from smartswitch.web.rights.models import Role
from smartswitch.web.rights.path import rights_of_dealer, rights_of_role

OWNER_ROLE = "owner"


class StandardRoleField(forms.TypedChoiceField):
    """The name of a standard role, or nothing, which is kept as null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "empty_value": None, "choices": standard_role_choices, **options})


def standard_role_choices() -> list[tuple[str, Any]]:
    """Every standard role with its label; the first choice is none of them."""
    roles = [(role.name, _now(role.label)) for role in STANDARD_ROLES.values()]
    return [("", _("None: everything that the dealer may do, or the role below")), *roles]


class LoginForm(NounForm):
    """What may be changed of a login."""

    group_titles = {"standard_role": _("Role")}

    name = LineField(label=_("Name"), required=False, help_text=_("What the person is called on pages."))
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=254,
        help_text=_("A link for a new password goes there. Empty means that only you can help."),
    )
    standard_role = StandardRoleField(
        label=_("Standard role"),
        help_text=_(
            "What the person does. A role never gives more than the dealer has, nor more than you have yourself."
        ),
    )
    role = ReferenceField(
        "roles",
        rows=lambda _viewer: Role.objects.all(),
        label=_("Role of your own"),
        help_text=_("Instead of a standard role: one from the list of roles of the same dealer."),
    )
    is_active = forms.BooleanField(
        label=_("Active"), required=False, help_text=_("Switched off, nobody gets in with it; sessions end at once.")
    )

    def prepare(self) -> None:
        """The owner's role is the owner's."""
        if not self.viewer.is_owner and "standard_role" in self.fields:
            field = self.fields["standard_role"]
            field.choices = [choice for choice in standard_role_choices() if choice[0] != OWNER_ROLE]


class NewLoginForm(LoginForm):
    """What a new login needs besides. Its password is made and shown once."""

    group_titles = {"standard_role": _("Role"), "company": _("Only for a customer's login")}

    username = LineField(
        label=_("User name"),
        max_length=150,
        help_text=_("What the person types to get in: letters, digits and _ . @ + - ; it cannot be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: Dealer.objects.all(),
        label=_("Dealer"),
        help_text=_("For whom the person works; your own unless you name a dealer below you."),
    )
    company = ReferenceField(
        "companies",
        rows=lambda _viewer: Company.objects.all(),
        label=_("Company"),
        help_text=_(
            "The login of a customer: it looks at that company's calls, phones and balance, and changes nothing."
        ),
    )
    peer = ReferenceField(
        "peers",
        rows=lambda _viewer: Peer.objects.all(),
        label=_("Phone"),
        help_text=_("The login of one phone: it looks at that phone's calls only."),
    )
    is_active = None
    field_order = ("username", "name", "email", "dealer", "standard_role", "role", "company", "peer")

    def prepare(self) -> None:
        """A new login is one of the viewer's own dealer."""
        super().prepare()
        self.initial = {"dealer": self.viewer.dealer_key, **self.initial}


class RoleForm(NounForm):
    """What may be changed of a role."""

    name = LineField(label=_("Name"), required=False, help_text=_("What such people are called: Night shift."))
    rights = RightsField(
        label=_("What such people may do"),
        help_text=_("Grey rights you do not have yourself. A right is of use only while the dealer has it, too."),
    )

    def prepare(self) -> None:
        """What the viewer has not himself is grey; what has no effect at the role's dealer is marked."""
        widget = self.fields["rights"].widget
        widget.own = self.viewer.rights
        widget.reason = _("you do not have it yourself")
        if self.row is not None:
            widget.in_effect = rights_of_dealer(self.row.dealer_id)

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """The rights stand in rows of their own."""
        return super().initial_of(row) | {"rights": rights_of_role(row.pk)}


class NewRoleForm(RoleForm):
    """What a new role needs besides."""

    key = NameKeyField()
    dealer = ReferenceField(
        "dealers",
        rows=lambda _viewer: Dealer.objects.all(),
        label=_("Dealer"),
        help_text=_("Whose people can have it; your own unless you name a dealer below you."),
    )
    field_order = ("key", "name", "dealer", "rights")

    def prepare(self) -> None:
        """A new role is one of the viewer's own dealer."""
        super().prepare()
        self.initial = {"dealer": self.viewer.dealer_key, **self.initial}
