"""Sets a change back: what it gave other values gets the ones before, what it added is deleted, what it deleted is added.

    plan = plan_of(viewer, change)          # what would be done, what changed since, and what cannot be undone
    undo(viewer, plan, overwrite={"0-name"})

Everything goes through the forms and services of the nouns, under the viewer's own rights, so nothing can be written here
that he could not write by hand; and it is audited like anything else. What has other values by now is left alone unless
it is confirmed field by field.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from smartswitch.web.audit.models import AuditEntry
from smartswitch.web.audit.naming import Names
from smartswitch.web.audit.presentation import shown_value
from smartswitch.web.audit.selectors import Change
from smartswitch.web.audit.values import back_to_form, current_value, is_same
from smartswitch.web.audit.words import BALANCE, SECRET, column_words, field_of, whole_of
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.forms import problems_of
from smartswitch.web.nouns.noun import Noun, Words
from smartswitch.web.nouns.registry import noun_named
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, refusing

MOST_UNDONE = 100
"""Entries of a change that is undone at once; a loaded file has more, and is mended by loading another one."""
Parts = Mapping[tuple[str, str | None], AuditEntry]
"""Entries of rows that are parts of other rows, by their table and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldStep:
    """One field that would get its former value. `has_moved` says that somebody has changed it since."""

    key: str
    name: str
    label: str
    now: str
    becomes: str
    has_moved: bool
    value: Any


@dataclass(slots=True, kw_only=True)
class Step:
    """What would be done to one row; with `problems` (why not), nothing of it that they concern."""

    action: str
    kind: Words
    title: str
    noun: Noun | None = None
    row: Any = None
    fields: list[FieldStep] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    parent: tuple[Noun, int] | None = None
    old_id: int | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_doable(self) -> bool:
        """Whether anything of it can be done."""
        if self.noun is None:
            return False
        return bool(self.fields) if self.action == "update" else not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps, in the order in which they are taken: the last thing that was done is undone first."""

    steps: tuple[Step, ...]

    @property
    def is_doable(self) -> bool:
        """Whether anything can be undone."""
        return any(step.is_doable for step in self.steps)

    @property
    def has_conflicts(self) -> bool:
        """Whether something has changed since."""
        return any(each.has_moved for step in self.steps for each in step.fields)


def plan_of(viewer: Viewer, change: Change) -> Plan:
    """What undoing a change would do, nothing of one with more than MOST_UNDONE entries; nothing is written."""
    if change.total > MOST_UNDONE:
        return Plan(steps=())
    names = Names(viewer, change.entries)
    parts = {(entry.table_name, entry.row_id): entry for entry in change.entries if _is_part(entry)}
    steps: list[Step] = []
    for entry in reversed(change.entries):
        if _is_part(entry) and entry.action != "update":
            continue
        step = _step(viewer, names, entry, steps, parts)
        if step is not None:
            steps.append(step)
    return Plan(steps=tuple(steps))


def _is_part(entry: AuditEntry) -> bool:
    """Whether the row comes and goes with another one: a balance with its party, a terminator with its peer."""
    return entry.table_name == BALANCE or whole_of(entry.table_name) is not None


def undo(viewer: Viewer, plan: Plan, *, overwrite: Collection[str]) -> int:
    """Do what can be done, all of it or (Refused) nothing; how many rows were written. `overwrite` has keys of fields."""
    written = 0
    made: dict[tuple[str, int], Any] = {}
    with refusing({}):
        for step in plan.steps:
            if not step.is_doable:
                continue
            assert step.noun is not None
            if step.action == "insert":
                step.noun.services.delete(step.row, by=viewer)
            elif step.action == "delete":
                made[step.noun.name, step.old_id or 0] = _add_again(viewer, step, made)
            else:
                values = {each.name: each.value for each in step.fields if not each.has_moved or each.key in overwrite}
                if not values:
                    continue
                step.noun.services.change(step.row, by=viewer, values=values)
            written += 1
        if not written:
            raise Refused({OF_THE_WHOLE: _("Nothing was chosen that could be set back.")})
    return written


def _step(viewer: Viewer, names: Names, entry: AuditEntry, steps: list[Step], parts: Parts) -> Step | None:
    noun, row = _target(names, entry)
    step = Step(
        action=entry.action,
        kind=names.kind(entry) if noun is None else noun.one,
        title=names.title(entry),
        noun=noun,
        row=row,
    )
    if noun is None or entry.row_id is None:
        step.noun = None
        step.problems.append(_why_not(entry))
        return step
    if entry.action == "delete":
        _plan_addition(viewer, step, entry, parts)
        return step
    if row is None:
        step.problems.append(_("It is not there any more."))
    elif not noun.may_change(viewer, row):
        step.problems.append(_("It is shared with you; only its owner can change it."))
    elif entry.action == "insert":
        if noun.add_form is None and noun.change_form is None:
            step.problems.append(_("Such a thing is not deleted by hand."))
    else:
        into = next((each for each in steps if each.action == "update" and each.row == row and row is not None), None)
        step = into or step
        _plan_change(viewer, names, step, entry, number=steps.index(into) if into else len(steps))
        return None if into else step
    return step


def _target(names: Names, entry: AuditEntry) -> tuple[Noun | None, Any]:
    """The noun through which the entry's row is written, and the row; limits are written through who has the balance."""
    if entry.table_name == BALANCE:
        party = names.party_of_balance(entry.row_id)
        return (None, None) if party is None else party
    return names.noun(entry), names.row_of(entry)


def _why_not(entry: AuditEntry) -> str:
    if entry.row_id is None:
        return _("Many were changed at once, and the log does not keep each of them. Load the former list again.")
    if entry.table_name == "price":
        return _("A price that has been in force is never changed back: give the code a new price from now on.")
    return _("This is not changed through a form, so it cannot be set back from here.")


def _plan_change(viewer: Viewer, names: Names, step: Step, entry: AuditEntry, *, number: int) -> None:
    noun = step.noun
    assert noun is not None
    form = None if noun.change_form is None else noun.change_form(viewer=viewer, row=step.row)
    before, after = entry.before or {}, entry.after or {}
    for column in dict.fromkeys((*before, *after)):
        label, was = column_words(entry.table_name, column), before.get(column)
        model_field = field_of(entry.table_name, column)
        name = column if model_field is None else model_field.name
        if SECRET in (was, after.get(column)):
            step.problems.append(_("%(field)s is a secret, and the log does not keep secrets.") % {"field": label})
        elif form is None or name not in form.fields:
            step.problems.append(_("%(field)s cannot be changed in the form.") % {"field": label})
        else:
            source = getattr(step.row, entry.table_name) if _is_part(entry) else step.row
            now = current_value(source, model_field, column)
            if is_same(model_field, was, now):
                continue
            try:
                value = back_to_form(form.fields[name], model_field, was, viewer=viewer)
            except ValidationError as error:
                step.problems.append(f"{label}: {' '.join(error.messages)}")
                continue
            # An older entry of the same change goes further back: its value before is the one that counts.
            known = next((each for each in step.fields if each.name == name), None)
            if known is not None:
                step.fields.remove(known)
            moved = known.has_moved if known is not None else not is_same(model_field, after.get(column), now)
            step.fields.append(
                FieldStep(
                    key=f"{number}-{name}",
                    name=name,
                    label=label,
                    now=shown_value(names, entry, column, now),
                    becomes=shown_value(names, entry, column, was),
                    has_moved=moved,
                    value=value,
                )
            )


def _plan_addition(viewer: Viewer, step: Step, entry: AuditEntry, parts: Parts) -> None:
    """The form for a new row, filled with what the deleted one was, and with what was part of it."""
    noun = step.noun
    assert noun is not None
    step.old_id = int(entry.row_id or 0)
    if noun.add_form is None:
        step.problems.append(_("Such a thing is not added by hand."))
        return
    before = dict(entry.before or {})
    balance_id = str(before.get("balance_id"))
    of_it = [
        part
        for (table, row_id), part in parts.items()
        if (table == BALANCE and row_id == balance_id)
        or (whole_of(table) == entry.table_name and row_id == entry.row_id)
    ]
    for part in of_it:
        before |= {column: value for column, value in (part.before or {}).items() if before.get(column) is None}
    for column, value in before.items():
        if value == SECRET:
            label = column_words(entry.table_name, column)
            step.problems.append(_("%(field)s is a secret, and the log does not keep secrets.") % {"field": label})
    if noun.parent is not None:
        parent_field = field_of(noun.table, f"{noun.parent.field}_id")
        column = f"{noun.parent.field}_id" if parent_field is None else parent_field.column
        step.parent = noun_named(noun.parent.noun), int(before.get(column) or 0)
    _fill(viewer, step, noun, before)


def _fill(viewer: Viewer, step: Step, noun: Noun, before: dict[str, Any]) -> None:
    assert noun.add_form is not None
    for name, form_field in noun.add_form.base_fields.items():
        model_field = next((each for each in noun.model._meta.concrete_fields if each.name == name), None)
        column = name if model_field is None else model_field.column
        if column not in before:
            continue
        try:
            value = back_to_form(form_field, model_field, before[column], viewer=viewer)
        except ValidationError as error:
            step.problems.append(f"{form_field.label}: {' '.join(error.messages)}")
            continue
        step.data[name] = form_field.prepare_value(value)


def _add_again(viewer: Viewer, step: Step, made: dict[tuple[str, int], Any]) -> Any:
    noun = step.noun
    assert noun is not None
    assert noun.add_form is not None
    parent = None
    if step.parent is not None:
        above, pk = step.parent
        parent = made.get((above.name, pk)) or above.rows(viewer).filter(pk=pk).first()
        if parent is None or not above.may_change(viewer, parent):
            raise Refused({OF_THE_WHOLE: _("What %(title)s stood in is not there any more.") % {"title": step.title}})
    form = noun.add_form(_typed(step.data), viewer=viewer, parent=parent)
    if not form.is_valid():
        raise Refused({OF_THE_WHOLE: f"{step.title}: {' '.join(_told(form))}"})
    return noun.services.add(by=viewer, values=form.values())


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    """As a browser sends a form: a box that is not ticked, and what is empty, is not sent."""
    return {name: value for name, value in data.items() if value not in (None, False)}


def _told(form: Any) -> Iterable[str]:
    for name, text in problems_of(form).items():
        label = form.fields[name].label if name in form.fields else ""
        yield f"{label}: {text}" if label else text
