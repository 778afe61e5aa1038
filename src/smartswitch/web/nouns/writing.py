"""The shape of every write: check the right, lock, change, and say in words what the database refuses.

    row = COMPANIES.add(by=viewer, values={"key": "corner-shop", ...})      # or Refused, or MissingRightError

The audit is written by triggers within the same transaction, which is that of the request. A write that is refused leaves
nothing behind: it happens inside a savepoint.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.db.models import Model, ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _

from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.noun import Words
from smartswitch.web.nouns.registry import nouns_of_table
from smartswitch.web.nouns.rule_words import rule_in_words

OF_THE_WHOLE = ""
"""The name under which a refusal stands that concerns no single field."""
UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION, CHECK_VIOLATION = "23505", "23503", "23514"
NO_PRIVILEGE, TOO_LARGE = "42501", "22003"

Constraints = Mapping[str, tuple[str, Words]]
"""What a constraint of the database means to people: the field that it concerns, and a sentence."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A write that was not done; `problems` says why, by the name of the field."""

    def __init__(self, problems: Mapping[str, Words]) -> None:
        super().__init__("; ".join(f"{name}: {text}" if name else str(text) for name, text in problems.items()))
        self.problems = dict(problems)


@contextmanager
def refusing(constraints: Constraints) -> Iterator[None]:
    """A savepoint in which a violated constraint becomes Refused."""
    try:
        with transaction.atomic():
            yield
    except ProtectedError as error:
        raise Refused({OF_THE_WHOLE: _still_used(error)}) from error
    except DatabaseError as error:
        refusal = _refusal(error, constraints)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: DatabaseError, constraints: Constraints) -> Refused | None:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if name in constraints:
        field, words = constraints[name]
        return Refused({field: words})
    if state == UNIQUE_VIOLATION:
        if name is not None and name.endswith("_key"):
            return Refused({"key": _("This key is taken; choose another one.")})
        return Refused({OF_THE_WHOLE: _("There is one like this already.")})
    if state == FOREIGN_KEY_VIOLATION:
        table = getattr(cause.diag, "table_name", None) or ""
        words = _("It is still used, or names something that is not there (%(rule)s).")
        return Refused({OF_THE_WHOLE: words % {"rule": _kinds_in([table])}})
    if state == CHECK_VIOLATION:
        if name is not None and name.endswith("_key_is_well_formed"):
            return Refused({"key": _("Letters, digits and . _ @ - only, at most 64; a letter or digit first.")})
        return Refused({OF_THE_WHOLE: rule_in_words(name) or _without_words(name)})
    if state == NO_PRIVILEGE:
        return Refused({OF_THE_WHOLE: _("Only the dealer above may do this.")})
    if state == TOO_LARGE:
        return Refused({OF_THE_WHOLE: _("A number that comes out of this is too large.")})
    return None


def _without_words(name: str | None) -> str:
    """Of a rule that we have no words for, its name: the operator can find it."""
    return _("A rule of the database does not allow this. Tell the operator: %(rule)s") % {"rule": name or "?"}


def _still_used(error: ProtectedError) -> str:
    words = _("It is still used by: %(who)s. Change or delete those first.")
    return words % {"who": _kinds_in(row._meta.db_table for row in error.protected_objects)}


def _kinds_in(tables: Iterable[str]) -> str:
    """What people call the rows of these tables."""
    nouns = [noun for table in set(tables) for noun in nouns_of_table(table)]
    return ", ".join(sorted({str(noun.many) for noun in nouns})) or _("something else")


class RowServices:
    """The writes of a noun whose rows are just rows. A noun with rules of its own overrides what is different."""

    constraints: Constraints = {}

    def __init__(self, model: type[Model], right: str, *, constraints: Constraints | None = None) -> None:
        self.model = model
        self.right = right
        if constraints is not None:
            self.constraints = constraints

    def add(self, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """Make a row of these values."""
        require(by, f"{self.right}.add")
        with refusing(self.constraints):
            row = self.model(**values)
            row.save(force_insert=True)
            row.refresh_from_db()
        return row

    def change(self, row: Model, *, by: Viewer, values: Mapping[str, Any]) -> Model:
        """Give the named fields of a row new values; what stays the same is not written."""
        require(by, f"{self.right}.change")
        with refusing(self.constraints):
            locked = self.locked(row)
            changed = [name for name, value in values.items() if _present(locked, name) != _plain(value)]
            for name in changed:
                setattr(locked, name, values[name])
            if changed:
                locked.save(update_fields=changed)
        return locked

    def delete(self, row: Model, *, by: Viewer) -> None:
        """Delete a row that nothing uses any more."""
        require(by, f"{self.right}.delete")
        with refusing(self.constraints):
            self.locked(row).delete()

    def locked(self, row: Model) -> Any:
        """The row as it is now, kept from everybody else until the end of the transaction; Http404 if it is gone."""
        try:
            return self.model._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
        except ObjectDoesNotExist as error:
            raise Http404 from error


def _present(row: Model, name: str) -> Any:
    """What a field holds now; of a reference the id, for the row that it names may be hidden from the session."""
    return getattr(row, row._meta.get_field(name).attname)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
