"""The menu: every page that has a place in it, in the order of use. A page of a later day is one more entry."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartswitch.web.login.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A page in the menu. `pages` are the names of addresses at which the entry is marked as the present one."""

    name: str
    label: str | Promise
    icon: str
    pages: tuple[str, ...] = ()
    right: str | None = None


MENU = (
    MenuEntry(name="dashboard", label=_("Dashboard"), icon="layout-dashboard"),
    MenuEntry(name="live", label=_("Live calls"), icon="activity", right="calls.view"),
    MenuEntry(name="calls", label=_("Calls"), icon="phone", pages=("call",), right="calls.view"),
    MenuEntry(name="balances", label=_("Balances"), icon="wallet", right="balances.view"),
)


def menu_of(viewer: Viewer) -> list[MenuEntry]:
    """The entries that a viewer may use."""
    return [entry for entry in MENU if entry.right is None or viewer.may_see(entry.right)]
