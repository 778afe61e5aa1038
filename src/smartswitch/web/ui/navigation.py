"""The menu: every page that has a place in it, in groups, in the order of use. A page of a later day is one more entry."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartswitch.web.login.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A page in the menu. `pages` are the names of addresses at which the entry is marked as the present one; so is it at
    every address whose name begins with its own name and a dash. `is_for_customers`: logins of companies and phones see it,
    too."""

    name: str
    label: str | Promise
    icon: str
    pages: tuple[str, ...] = ()
    right: str | None = None
    is_for_owner: bool = False
    is_for_customers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    """Entries under one heading."""

    label: str | Promise
    entries: tuple[MenuEntry, ...]


def _pages_of(*nouns: str) -> tuple[str, ...]:
    """The pages of nouns whose rows stand in those of another, which has the entry."""
    return tuple(f"{noun}-{page}" for noun in nouns for page in ("in", "new", "one", "change", "delete"))


LOGIN_PAGES = ("login-new-password", "login-reset-second-factor")

MENU = (
    MenuGroup(
        label=_("Overview"),
        entries=(
            MenuEntry(name="dashboard", label=_("Dashboard"), icon="layout-dashboard", is_for_customers=True),
            MenuEntry(name="live", label=_("Live calls"), icon="activity", right="calls.view", is_for_customers=True),
            MenuEntry(
                name="calls", label=_("Calls"), icon="phone", pages=("call",), right="calls.view", is_for_customers=True
            ),
            MenuEntry(name="check-call", label=_("Try out a call"), icon="test-pipe", right="routes.check"),
        ),
    ),
    MenuGroup(
        label=_("Customers"),
        entries=(
            MenuEntry(name="dealers", label=_("Dealers"), icon="hierarchy", right="dealers.view"),
            MenuEntry(name="companies", label=_("Companies"), icon="building", right="companies.view"),
            MenuEntry(
                name="peers",
                label=_("Peers"),
                icon="device-landline-phone",
                pages=(
                    "addresses-in",
                    "addresses-new",
                    "addresses-change",
                    "patterns-in",
                    "patterns-new",
                    "patterns-change",
                ),
                right="peers.view",
                is_for_customers=True,
            ),
            MenuEntry(name="numbers", label=_("Numbers"), icon="hash", right="numbers.view"),
        ),
    ),
    MenuGroup(
        label=_("Prices and routes"),
        entries=(
            MenuEntry(
                name="packs",
                label=_("Billing packs"),
                icon="tags",
                pages=_pages_of("prices", "time-bands", "holidays"),
                right="packs.view",
                is_for_customers=True,
            ),
            MenuEntry(name="exchange-rates", label=_("Exchange rates"), icon="arrows-exchange", right="packs.view"),
            MenuEntry(
                name="route-classes",
                label=_("Route classes"),
                icon="route",
                pages=_pages_of("routes"),
                right="routes.view",
            ),
            MenuEntry(name="hunting-classes", label=_("Hunting classes"), icon="ladder", right="hunting.view"),
            MenuEntry(
                name="terminators",
                label=_("Terminators"),
                icon="plug-connected",
                pages=("terminator-addresses-in", "terminator-patterns-in"),
                right="peers.view",
                is_for_owner=True,
            ),
        ),
    ),
    MenuGroup(
        label=_("Money"),
        entries=(
            MenuEntry(
                name="balances",
                label=_("Balances"),
                icon="wallet",
                pages=("balance", "balance-pay"),
                right="balances.view",
            ),
            MenuEntry(name="payments", label=_("Payments"), icon="coins", right="balances.view"),
        ),
    ),
    MenuGroup(
        label=_("House"),
        entries=(
            MenuEntry(
                name="logins",
                label=_("Logins"),
                icon="users",
                pages=LOGIN_PAGES,
                right="logins.view",
            ),
            MenuEntry(name="roles", label=_("Roles"), icon="id", right="logins.view"),
            MenuEntry(name="audit", label=_("What was changed"), icon="history", right="audit.view"),
            MenuEntry(name="rights", label=_("My rights"), icon="shield-lock"),
            MenuEntry(
                name="address-rules",
                label=_("Address rules"),
                icon="shield-lock",
                right="peers.view",
                is_for_owner=True,
            ),
            MenuEntry(name="settings", label=_("Settings"), icon="settings", right="settings.view"),
            MenuEntry(name="keys", label=_("API keys"), icon="key", pages=("api-reference",), right="keys.view"),
            MenuEntry(
                name="webhooks",
                label=_("Webhooks"),
                icon="webhook",
                pages=("delivery", "deliveries-in"),
                right="webhooks.view",
            ),
        ),
    ),
)


def menu_of(viewer: Viewer) -> list[tuple[MenuGroup, list[MenuEntry]]]:
    """The groups with the entries that a viewer may use; a group without any is left out."""
    groups = [(group, [entry for entry in group.entries if _shows(viewer, entry)]) for group in MENU]
    return [(group, entries) for group, entries in groups if entries]


def present_entry(menu: list[tuple[MenuGroup, list[MenuEntry]]], page: str) -> str:
    """The name of the entry to which a page belongs; empty if to none."""
    entries = [entry for _group, entries in menu for entry in entries]
    found = [
        entry for entry in entries if page == entry.name or page in entry.pages or page.startswith(f"{entry.name}-")
    ]
    return max((entry.name for entry in found), key=len, default="")


def _shows(viewer: Viewer, entry: MenuEntry) -> bool:
    if entry.is_for_owner and not viewer.is_owner:
        return False
    if not (viewer.is_of_dealer or entry.is_for_customers):
        return False
    return entry.right is None or viewer.may(entry.right)
