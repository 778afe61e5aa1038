"""What everybody meets at every address that is not a noun's: the table that a new page has to be written into.

The addresses of nouns follow from the registry and from `factories.py`; an address in neither fails the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .family import Family

Arguments = dict[str, object]


@dataclass(frozen=True)
class OpenPage:
    """Needs no login."""


@dataclass(frozen=True)
class OwnPage:
    """Shows whoever asks his own house, or writes in it; no object is named. `status` is what a plain GET answers, `right`
    what it needs."""

    right: str | None = None
    status: int = 200


@dataclass(frozen=True)
class ObjectPage:
    """Names an object: seen in one's own house and below, not found anywhere else. `make` makes the object of a dealer, and
    says the arguments of the address. `method` is how it is asked; `status` what it answers where the object is seen."""

    make: Callable[[Family, int, str], Arguments]
    right: str | None = None
    method: str = "get"
    status: tuple[int, ...] = (200, 302)
    is_for_own_dealer: bool = True
    """False where one's own dealer is no object of it: one cannot act for oneself."""


def call(family: Family, dealer: int, relation: str) -> Arguments:
    """A call of a dealer, which ended."""
    import uuid
    from datetime import UTC, datetime

    from smartswitch.protocol.call_id import call_id_of, created_at_ms

    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    call_id: uuid.UUID = call_id_of(f"walls-{relation}", "tag", now_ms)
    family.run(
        "INSERT INTO cdr (tenant_id, created_at, call_id, leg, dealer_id, dealer_ids, direction, caller, called,"
        " authorized_at_ms, ended_at_ms, duration_ms, billed_s, result, node)"
        " SELECT d.tenant_id, %s, %s, 0, d.id, d.path, 'outbound', '442079460000', '447911123456', %s, %s, 0, 0,"
        " 'unanswered', 'test' FROM dealer AS d WHERE d.id = %s",
        datetime.fromtimestamp(created_at_ms(call_id) / 1000, UTC), call_id, now_ms, now_ms, dealer,
    )  # fmt: skip
    return {"call_id": call_id}


ADDRESSES: dict[str, OpenPage | OwnPage | ObjectPage] = {
    "login": OpenPage(),
    "logout": OpenPage(),
    "language": OpenPage(),
    "health": OpenPage(),
    "password": OwnPage(),
    "dashboard": OwnPage(),
    "today": OwnPage("calls.view"),
    "live": OwnPage("calls.view"),
    "calls": OwnPage("calls.view"),
    "call": ObjectPage(call, "calls.view"),
    "balances": OwnPage("balances.view"),
}
"""By the name of the address."""
