"""Standard roles: what kinds of people usually may do. A role of a dealer's own is made by copying one and changing it.

A role never adds anything: a person may do what his role *and* his dealer allow (core/rights.py). So a standard role may
name more than a dealer has, and the same role suits the owner and the smallest dealer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from smartswitch.core.rights import ALL_RIGHTS, Rights, checked


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardRole:
    """A role that every dealer has. `label` names the person, `description` says what he is for."""

    name: str
    label: str
    description: str
    rights: Rights


_VIEWS = frozenset(right for right in ALL_RIGHTS if right.endswith(".view"))
_OFFICE = frozenset(right for right in ALL_RIGHTS if right.startswith("pbx."))
_STAFF_HANDS_OFF = frozenset(
    {
        "dealers.add",
        "dealers.delete",
        "dealers.act_for",
        "balances.pay",
        "balances.adjust",
        "logins.add",
        "logins.change",
        "logins.delete",
        "keys.add",
        "keys.delete",
        "settings.change",
    }
)

COMPANY_RIGHTS: Rights = checked({"balances.view", "calls.view", "peers.view", "packs.view", "invoices.view"})
"""The most that the login of a company may do: look at what is its own."""

USER_RIGHTS: Rights = checked({"balances.view", "calls.view", "peers.view"})
"""The most that the login of a user (a phone) may do."""

STANDARD_DEALER_RIGHTS: Rights = ALL_RIGHTS - {"routes.see_common"}
"""What a new dealer is granted unless its parent says otherwise: everything inside its own house."""

VIRTUAL_PBX_RIGHTS: Rights = checked(
    _OFFICE
    | (_VIEWS - {"dealers.view", "routes.view", "hunting.view", "companies.view"})
    | {"calls.hangup", "calls.listen", "settings.change", "packs.see_parent", "routes.check"}
    | {f"{noun}.{verb}" for noun in ("peers", "numbers", "logins") for verb in ("add", "change", "delete")}
)
"""What a new Virtual PBX is granted. Granting it more makes it a reseller."""


def _role(name: str, label: str, description: str, rights: Rights) -> tuple[str, StandardRole]:
    return name, StandardRole(name=name, label=label, description=description, rights=checked(rights))


STANDARD_ROLES: Mapping[str, StandardRole] = dict(
    (
        _role("owner", "Owner", "Runs the switch; may do everything that there is.", ALL_RIGHTS),
        _role("dealer", "Dealer", "Runs a dealer's house; may do everything in it.", ALL_RIGHTS),
        _role(
            "dealer_staff",
            "Dealer staff",
            "Daily work with customers, phones and prices; no money, no logins, no dealers.",
            ALL_RIGHTS - _STAFF_HANDS_OFF,
        ),
        _role(
            "accountant",
            "Accountant",
            "Payments, corrections and invoices; changes nothing else.",
            _VIEWS | {"balances.pay", "balances.adjust", "invoices.add", "invoices.change", "packs.see_parent"},
        ),
        _role(
            "support",
            "Support",
            "Looks at everything, tries out calls, ends calls, blocks; changes phones only.",
            _VIEWS | {"routes.check", "calls.hangup", "dealers.block", "peers.change", "companies.change"},
        ),
        _role("company", "Company", "A customer who looks at his own calls, phones and balance.", COMPANY_RIGHTS),
        _role("user", "User", "A person who looks at the calls of his own phone.", USER_RIGHTS),
        _role(
            "pbx_administrator",
            "Virtual PBX administrator",
            "Runs a Virtual PBX: extensions, menus, queues, numbers and logins.",
            _OFFICE
            | _VIEWS
            | {"calls.listen", "calls.hangup", "settings.change"}
            | {f"{noun}.{verb}" for noun in ("peers", "numbers", "logins") for verb in ("add", "change", "delete")},
        ),
        _role(
            "pbx_supervisor",
            "Virtual PBX supervisor",
            "Watches over agents: live calls, recordings and reports.",
            frozenset({"calls.view", "calls.listen", "calls.hangup", "peers.view", "reports.view", "pbx.queues"}),
        ),
        _role(
            "pbx_agent",
            "Virtual PBX agent",
            "Takes calls; looks at phones and calls.",
            frozenset({"calls.view", "peers.view"}),
        ),
    )
)
"""By name; the order is that of the pages."""
