"""Which brands there are, remembered by the process, so that a page asks the database for its brand once in a while only.

A change made in this process is seen at once: `forget` empties what is remembered when the change is committed. What other
processes change is seen KEPT_S later at the most. What was read before a change, and comes back after it, is not kept.
"""

import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db import connection

from smartswitch.web.brand.colours import stylesheet_of

KEPT_S = 20
MOST_KEPT = 5_000
HASH_DIGITS = 12
OWN_NAME = "Smartswitch"
WIDE = 2
"""A logo that many times as wide as high has the name in it: it is not written beside it."""

_HOSTS = "SELECT host_name, dealer_id FROM brand_hosts()"
_OWNER = "SELECT brand_owner()"
_BRAND = "SELECT * FROM brand_for(%s)"
_LOGO = "SELECT logo, logo_type FROM brand_logo(%s, %s)"


@dataclass(frozen=True, kw_only=True)
class BrandFact:
    """A brand as it is shown. `dealer_id` is whose it is, None for our own name."""

    dealer_id: int | None = None
    product_name: str = OWN_NAME
    host_name: str | None = None
    logo_sha256: str | None = None
    logo_width: int | None = None
    logo_height: int | None = None
    colour: str | None = None
    support: str = ""
    language: str | None = None

    @cached_property
    def stylesheet(self) -> str | None:
        """The rules of its colour; None if it has none."""
        return None if self.colour is None else stylesheet_of(self.colour)

    @cached_property
    def stylesheet_version(self) -> str | None:
        """What an address says, so that a browser may keep the stylesheet."""
        return None if self.stylesheet is None else sha256(self.stylesheet.encode()).hexdigest()[:HASH_DIGITS]

    @property
    def logo_version(self) -> str | None:
        """The same for the logo."""
        return None if self.logo_sha256 is None else self.logo_sha256[:HASH_DIGITS]

    @property
    def is_logo_wide(self) -> bool:
        """Whether the logo stands alone, without the name."""
        return (
            self.logo_width is not None and self.logo_height is not None and self.logo_width >= WIDE * self.logo_height
        )


OWN = BrandFact()
"""What people see who come by no brand."""


@dataclass
class _Memory:
    """What is remembered of one database; moments are those of the monotonic clock."""

    owner: int | None = None
    hosts: dict[str, int] | None = None
    hosts_until: float = 0
    brands: dict[int, tuple[BrandFact, float]] = field(default_factory=dict)


_lock = threading.Lock()
_memories: dict[tuple[str, str, str], _Memory] = {}


def forget() -> None:
    """Read everything anew; called once a change is committed. Who reads at this moment writes into what is left behind."""
    with _lock:
        _memories.clear()


def hosts() -> dict[str, int]:
    """The host names of brands, and whose they are."""
    memory = _memory()
    if memory.hosts is None or memory.hosts_until < time.monotonic():
        with connection.cursor() as cursor:
            cursor.execute(_HOSTS)
            memory.hosts = dict(cursor.fetchall())
        memory.hosts_until = time.monotonic() + KEPT_S
    return memory.hosts


def brand_of_host(host: str) -> BrandFact:
    """The brand of a host name; at any other host that of the owner, and without one our own."""
    whose = hosts().get(host)
    return brand_of_dealer(_owner() if whose is None else whose)


def brand_of_dealer(dealer_id: int | None) -> BrandFact:
    """The brand of the dealer, or of the nearest one above that has one."""
    if dealer_id is None:
        return OWN
    memory = _memory()
    known, until = memory.brands.get(dealer_id, (OWN, 0))
    if until >= time.monotonic():
        return known
    found = _read(dealer_id)
    if len(memory.brands) >= MOST_KEPT:
        memory.brands.clear()
    memory.brands[dealer_id] = (found, time.monotonic() + KEPT_S)
    return found


def read_logo(brand: BrandFact) -> tuple[bytes, str] | None:
    """The picture of a brand and its media type; None if it has none, or has another one by now."""
    if brand.logo_sha256 is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LOGO, [brand.dealer_id, brand.logo_sha256])
        row = cursor.fetchone()
    return None if row is None else (bytes(row[0]), row[1])


def _owner() -> int | None:
    memory = _memory()
    if memory.owner is None:
        with connection.cursor() as cursor:
            cursor.execute(_OWNER)
            (memory.owner,) = cursor.fetchone() or (None,)
    return memory.owner


def _read(dealer_id: int) -> BrandFact:
    with connection.cursor() as cursor:
        cursor.execute(_BRAND, [dealer_id])
        row: Any = cursor.fetchone()
        if row is None:
            return OWN
        return BrandFact(**dict(zip([column.name for column in cursor.description], row, strict=True)))


def _memory() -> _Memory:
    """What is remembered of the database that the present connection leads to."""
    settings = connection.settings_dict
    database = (str(settings["HOST"]), str(settings["PORT"]), str(settings["NAME"]))
    with _lock:
        return _memories.setdefault(database, _Memory())
