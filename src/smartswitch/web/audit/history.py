"""The history of one row of a noun: its own changes, those of its balance, and of what hangs on it."""

from typing import Any

from smartswitch.web.audit.filters import Place
from smartswitch.web.audit.hanging import hanging_tables
from smartswitch.web.audit.naming import has_balance
from smartswitch.web.audit.selectors import ChangesPage, history_page
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Noun


def has_history(noun: Noun) -> bool:
    """Whether rows of a noun have a history of their own; the ledger is not audited, since it never changes."""
    return noun.parent is None and len(noun.model._meta.pk_fields) == 1


def history_of(viewer: Viewer, noun: Noun, row: Any, *, place: Place | None) -> ChangesPage:
    """The changes of a row that the viewer may see, newest first, from a place on."""
    return history_page(
        viewer,
        table=noun.table,
        row_id=row.pk,
        balance_id=row.balance_id if has_balance(noun.model) else None,
        hanging=hanging_tables(noun),
        place=place,
    )
