"""The chain of a leg: who pays whom, at which tariff, from the peer up to the owner (DESIGN §6).

The first level is the peer (or its company), then its dealer, then the dealer above, up to the top-level dealer, who
pays the owner. What the owner pays the terminator is not a level: it needs no balance, and is known only once a route has
answered; it is a :class:`Cost`.
"""

from dataclasses import dataclass, field

from smartswitch.core.pack import Tariff

RATE_UNIT = 10**9
"""An exchange rate is an integer of 10^-9: 1.1 dollars for a euro is 1_100_000_000."""


@dataclass(frozen=True, slots=True)
class Level:
    """One paying level of a leg.

    ``payer`` and ``seller`` are keys as people write them. ``dealer_id`` is the dealer whose subtree this charge belongs
    to: the peer's dealer for a peer, the payer itself for a dealer; he and those above him may see the charge.
    ``balance_id`` is debited, ``sales_balance_id`` (and ``tax_balance_id`` for tax) credited. ``currency`` is that of the
    payer's balance; ``exchange_rate`` converts from the pack's currency (10^-9; RATE_UNIT when they are the same) and is
    frozen for the call.
    """

    payer: str
    seller: str
    dealer_id: int
    seller_dealer_id: int
    balance_id: int
    sales_balance_id: int
    tax_balance_id: int
    currency: str
    tariff: Tariff
    exchange_rate: int = RATE_UNIT


@dataclass(frozen=True, slots=True)
class Cost:
    """What the owner pays the terminator whose route answered; never limited, always charged."""

    payer: str
    seller: str
    dealer_id: int
    terminator_id: int
    cost_balance_id: int
    payable_balance_id: int
    currency: str
    tariff: Tariff
    exchange_rate: int = RATE_UNIT


@dataclass(frozen=True, slots=True)
class Meter:
    """One party whose live calls are counted and limited: its key, and its balance row, which keeps the count."""

    party: str
    balance_id: int


@dataclass(frozen=True, slots=True)
class Chain:
    """All that the charging plane must know of one leg, fixed when the call starts.

    ``dealer_ids`` is the path from the owner down to ``dealer_id``, the dealer of the peer: those who may see the call.
    ``meters`` are the parties whose call limits apply, the peer first; each is counted once for each live call.
    A chain without levels is an internal call: it costs nothing and needs no money.
    """

    tenant_id: int
    dealer_id: int
    dealer_ids: tuple[int, ...]
    peer_id: int | None
    levels: tuple[Level, ...]
    meters: tuple[Meter, ...] = ()

    is_flat: bool = field(init=False)
    """True when no price of the chain changes with the time of day."""

    def __post_init__(self) -> None:
        is_flat = all(len(level.tariff.pieces) == 1 for level in self.levels)
        object.__setattr__(self, "is_flat", is_flat)
