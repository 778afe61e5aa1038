"""Granting rights to dealers below: who has a right may pass it on, nobody else may, and nobody to himself.

    grant_rights(dealer, by=viewer, rights={"calls.view", "peers.view"})

What is taken from a dealer is gone for all below it at once, since a right is in effect only while everybody above has it
(core/rights); their grants stay, so that giving it back restores what was. docs/algorithms/rights.md has examples.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from smartswitch.core.rights import Rights
from smartswitch.core.rights.granting import Change, change_of
from smartswitch.core.rights.standard_roles import STANDARD_DEALER_RIGHTS, VIRTUAL_PBX_RIGHTS
from smartswitch.web.login.required_rights import require
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, refusing
from smartswitch.web.rights.models import RightGrant
from smartswitch.web.rights.path import granted_to, rights_of_dealer
from smartswitch.web.rights.queries import QUERIES
from smartswitch.web.rights.words import in_words

GRANT = "dealers.change"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Loss:
    """Who below a dealer loses something with it: how many, and the first few by name."""

    total: int
    names: tuple[str, ...]


def usual_rights(*, is_virtual_pbx: bool, grantor: Rights) -> Rights:
    """What a new dealer is granted unless its parent says otherwise."""
    return (VIRTUAL_PBX_RIGHTS if is_virtual_pbx else STANDARD_DEALER_RIGHTS) & grantor


def planned_change(dealer: Any, *, by: Viewer, rights: Set[str]) -> Change:
    """What granting exactly these rights would change; raises Refused as the granting itself would."""
    if dealer.pk == by.dealer_id:
        raise Refused({OF_THE_WHOLE: _("Your own rights come from the dealer above; nobody grants rights to himself.")})
    change = change_of(granted_to(dealer.pk), rights, grantor=by.rights)
    if change.refused:
        raise Refused({"rights": _("You do not have yourself: %(rights)s.") % {"rights": in_words(change.refused)}})
    return change


def grant_rights(dealer: Any, *, by: Viewer, rights: Set[str]) -> Change:
    """Grant a dealer below exactly these rights; what the grantor has not himself stays as it is."""
    require(by, GRANT)
    with refusing({}):
        lock_dealer(dealer.pk)
        change = planned_change(dealer, by=by, rights=rights)
        write_grants(dealer.pk, change)
    return change


def write_grants(dealer_id: int, change: Change) -> None:
    """Write a change that was decided on."""
    if change.taken:
        RightGrant.objects.filter(dealer_id=dealer_id, right__in=change.taken).delete()
    RightGrant.objects.bulk_create(_rows(dealer_id, change.added), ignore_conflicts=True)


def who_loses(dealer: Any, taken: Set[str]) -> Loss:
    """Dealers below that have one of these rights now, and will not have it without this dealer."""
    lost = rights_of_dealer(dealer.pk) & taken
    if not lost:
        return Loss(0, ())
    rows = QUERIES.rows("dealers_that_lose", {"dealer": dealer.pk, "rights": sorted(lost), "most": MOST_NAMED})
    return Loss(rows[0]["total"] if rows else 0, tuple(_name(row) for row in rows))


def lock_dealer(dealer_id: int) -> None:
    """Keep other changes of the same dealer waiting until the end of the transaction; Http404 if it is not there."""
    from smartswitch.web.dealers.models import Dealer

    assert transaction.get_connection().in_atomic_block
    if not Dealer.objects.select_for_update(of=("self",), no_key=True).filter(pk=dealer_id).exists():
        raise Http404


def _rows(dealer_id: int, rights: Iterable[str]) -> list[RightGrant]:
    return [RightGrant(dealer_id=dealer_id, right=right) for right in sorted(rights)]


def _name(row: Mapping[str, Any]) -> str:
    return row["name"] or row["key"]
