"""Why a right is in effect, or where it is lost: what the page of effective rights tells. docs/algorithms/rights.md.

A right comes down the path of dealers and then to a person. The first on this way who does not pass it on is where it is
lost; whatever was granted further down has no effect, but is in effect again the moment the gap is closed.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum

from smartswitch.core.rights import ALL_RIGHTS, Rights, checked


class Step(Enum):
    """Where on its way a right is lost."""

    DEALER = "dealer"
    ROLE = "role"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Origin:
    """The way of one right. `lost` is None if it is in effect; `lost_at` is the place on the path, 0 the top-level dealer,
    of the first dealer that was not granted it, for a right that is lost there."""

    right: str
    lost: Step | None = None
    lost_at: int | None = None

    @property
    def is_in_effect(self) -> bool:
        """Whether it came through."""
        return self.lost is None


def origins(
    granted_along_path: Sequence[Set[str]], *, role: Set[str] | None = None, most_of_customer: Set[str] | None = None
) -> Mapping[str, Origin]:
    """The way of every right of the registry to a dealer, or with a `role` to a person.

    `granted_along_path` as for effective_rights; no role allows everything; `most_of_customer` is the most that the login
    of a customer may have.
    """
    path = [checked(granted) for granted in granted_along_path]
    of_role = ALL_RIGHTS if role is None else checked(role)
    of_customer = ALL_RIGHTS if most_of_customer is None else checked(most_of_customer)
    return {right: _origin(right, path=path, role=of_role, customer=of_customer) for right in sorted(ALL_RIGHTS)}


def _origin(right: str, *, path: Sequence[Rights], role: Rights, customer: Rights) -> Origin:
    for place, granted in enumerate(path):
        if right not in granted:
            return Origin(right, Step.DEALER, place)
    if right not in role:
        return Origin(right, Step.ROLE)
    if right not in customer:
        return Origin(right, Step.CUSTOMER)
    return Origin(right)
