"""The log as a file: one line for each entry, with the columns of the timeline."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from smartswitch.web.audit.filters import Asked
from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.audit.naming import Names
from smartswitch.web.audit.presentation import EntryView, dealer_name, dealers_by_key, entry_view
from smartswitch.web.audit.selectors import entries_for_file, entries_in_order
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.export import csv_file, xlsx_file
from smartswitch.web.nouns.noun import Column, Kind

MOST_LINES = 20_000
"""The newest that suit: every line has names to be looked up. A filter by time leads to the rest."""
EXPORTS = {"csv": csv_file, "xlsx": xlsx_file}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file."""

    entry: AuditEntry
    view: EntryView
    dealer: str | None
    acting_for: str | None


COLUMNS = (
    Column(name="at", label=_("When"), value=lambda line: line.entry.created_at, kind=Kind.MOMENT),
    Column(name="actor", label=_("Person"), value=lambda line: line.entry.actor),
    Column(name="dealer", label=_("Dealer"), value=lambda line: line.dealer),
    Column(name="acting_for_name", label=_("Acting for"), value=lambda line: line.acting_for),
    Column(name="origin", label=_("From where"), value=lambda line: line.entry.origin),
    Column(name="action", label=_("What was done"), value=lambda line: line.view.verb),
    Column(name="kind", label=_("Kind of thing"), value=lambda line: line.view.kind),
    Column(name="title", label=_("Name"), value=lambda line: line.view.title),
    Column(name="id", label=_("Number"), value=lambda line: line.entry.row_id),
    Column(name="fields", label=_("Fields"), value=lambda line: "; ".join(str(each) for each in line.view.fields)),
    Column(name="request", label=_("Request"), value=lambda line: line.entry.request_id),
    Column(name="acting_for", label=_("Acting for, key"), value=lambda line: line.entry.acting_for),
)


def log_file(viewer: Viewer, asked: Asked, form: str) -> HttpResponse | StreamingHttpResponse:
    """The entries that suit, as csv or xlsx."""
    ids = entries_for_file(viewer, asked, most=MOST_LINES)
    return EXPORTS[form]("audit", COLUMNS, _lines(viewer, ids))


def _lines(viewer: Viewer, ids: list[int]) -> Iterator[Line]:
    for entries in entries_in_order(ids):
        names = Names(viewer, entries)
        acted_for = dealers_by_key({entry.acting_for for entry in entries if entry.acting_for})
        for entry in entries:
            acting_for = acted_for.get(entry.acting_for or "", entry.acting_for)
            yield Line(entry, entry_view(names, entry), dealer_name(names, entry.by_dealer_id), acting_for)
