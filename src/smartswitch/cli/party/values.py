"""What a party file says, as frozen values: the parties, the packs, the routes, and the events of a business case.

Rule: a reference is the key that stands in the file (a dealer's id, a pack's id), never a database id; amounts are 10^-6,
prices 10^-8, exchange rates 10^-9 (core/money.py), times after the start of a case are milliseconds. Every default of the
file is filled in here, so that the reader of a value never asks what a missing field means.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from smartswitch.core.money import Rounding
from smartswitch.core.pack import IncrementFrom, TaxMode

OWNER = "owner"
"""The key of the root dealer, who is in every file without being written."""

OUTSIDE = "outside"
"""The caller of a call that comes from nobody we know."""

COMMON_ROUTE_CLASS = "common"
"""The owner's route class: a terminator's `codes` become routes in it, and a dealer without a class of his own uses it."""

BEFORE_EVERYTHING = datetime.min.replace(tzinfo=UTC)
AFTER_EVERYTHING = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """The price of one code of a pack, in one time band (None: at all times), from a moment to a moment, half-open."""

    code: str
    price_per_minute: int
    first_price_per_minute: int
    connect_fee: int = 0
    min_s: int = 1
    increment_s: int = 1
    free_s: int = 0
    grace_s: int | None = None
    band: str | None = None
    valid_from: datetime = BEFORE_EVERYTHING
    valid_to: datetime = AFTER_EVERYTHING
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BandRow:
    """One stretch of a time band: on these weekdays (1 = Monday) between two minutes of the pack's local day."""

    name: str
    weekdays: tuple[int, ...]
    start_minute: int
    end_minute: int
    is_holiday: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRow:
    """A price list; `owner` is the dealer who sells by it."""

    id: str
    name: str
    owner: str
    currency: str
    decimals: int
    rounding: Rounding
    increment_from: IncrementFrom
    tax_mode: TaxMode
    tax_ppm: int
    time_zone: str
    bands: tuple[BandRow, ...]
    holidays: tuple[date, ...]
    prices: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The balance of a party: `credit_limit` None is postpaid without a limit, `call_limit` None is no limit."""

    currency: str
    balance: int
    credit_limit: int | None
    call_limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRow:
    """What a file may say of the owner himself; None is not said, and stays as it is."""

    currency: str
    name: str | None
    time_zone: str | None
    profit_control: str | None
    hunting_class: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealerRow:
    """A dealer, his parent and what he pays it. A class of None is inherited from the parent."""

    id: str
    name: str
    parent: str
    pack: str | None
    inbound_pack: str | None
    purse: Purse
    calls_per_second: int | None
    profit_control: str
    is_virtual_pbx: bool
    time_zone: str
    route_class: str | None
    hunting_class: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRow:
    """A customer of a dealer, who may hold the balance and the packs of several peers."""

    id: str
    name: str
    dealer: str
    pack: str | None
    inbound_pack: str | None
    purse: Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """A network from which a peer may, or may not, call; the last match wins."""

    network: str
    action: str
    port: int | None
    transport: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationRow:
    """A change of a caller's or called number on its way from, or to, a peer."""

    direction: str
    field: str
    pattern: str
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRow:
    """An originator or a user of a dealer. `pays_from` is "peer" or "company"."""

    id: str
    name: str
    kind: str
    dealer: str
    company: str | None
    pays_from: str
    pack: str | None
    inbound_pack: str | None
    purse: Purse
    calls_per_second: int | None
    route_class: str | None
    extension: str | None
    caller_number: str | None
    username: str | None
    password: str | None
    numbers: tuple[str, ...]
    addresses: tuple[AddressRow, ...]
    translations: tuple[TranslationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminatorRow:
    """A party that takes calls from the owner; `pack` is what he pays it, `codes` what it accepts."""

    id: str
    name: str
    pack: str
    codes: tuple[str, ...]
    priority: int
    is_answering: bool
    host: str
    port: int
    transport: str
    username: str | None
    password: str | None
    realm: str | None
    pdd_timeout_s: int
    call_limit: int | None
    calls_per_second: int | None
    addresses: tuple[AddressRow, ...]
    translations: tuple[TranslationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteClassRow:
    """A named set of routes of a dealer; what it lacks is looked up in its base class."""

    id: str
    name: str
    dealer: str
    base: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """One way out for a code. `week_minutes` are half-open stretches of the UTC week from Monday; empty is always."""

    route_class: str
    code: str
    terminator: str
    priority: int
    weight: int | None = None
    valid_from: datetime = BEFORE_EVERYTHING
    valid_to: datetime = AFTER_EVERYTHING
    week_minutes: tuple[tuple[int, int], ...] = ()
    call_limit: int | None = None
    calls_per_second: int | None = None
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntingClassRow:
    """In which order routes are tried, how many, and when to stop. `price_step` is 10^-8 per minute."""

    id: str
    name: str
    dealer: str
    metrics: tuple[str, ...]
    mode: str
    price_step: int
    ratio_step_percent: int
    max_attempts: int
    stop_codes: tuple[int, ...]
    pdd_timeout_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRateRow:
    """So much of one currency for a unit of another (10^-9), from a moment on."""

    from_currency: str
    to_currency: str
    rate: int
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """A call of the case. `answer_after_ms` None is never answered, `hangup_after_ms` None talks until cut."""

    id: str
    at_ms: int
    caller: str
    from_number: str | None
    to: str
    answer_after_ms: int | None
    hangup_after_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopupEvent:
    """Money for a party; negative takes it off."""

    at_ms: int
    to: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPriceEvent:
    """A new price of a code from a moment on. What is None stays as the code has it now."""

    at_ms: int
    pack: str
    code: str
    price_per_minute: int
    first_price_per_minute: int | None
    connect_fee: int | None
    min_s: int | None
    increment_s: int | None
    free_s: int | None
    grace_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockEvent:
    """A party is blocked from a moment on."""

    at_ms: int
    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFile:
    """Everything one file says, checked. `dealers` stand parents first; `start` is None when the file has none."""

    name: str
    start: datetime | None
    owner: OwnerRow
    packs: tuple[PackRow, ...]
    dealers: tuple[DealerRow, ...]
    companies: tuple[CompanyRow, ...]
    peers: tuple[PeerRow, ...]
    terminators: tuple[TerminatorRow, ...]
    route_classes: tuple[RouteClassRow, ...]
    routes: tuple[RouteRow, ...]
    hunting_classes: tuple[HuntingClassRow, ...]
    exchange_rates: tuple[ExchangeRateRow, ...]
    calls: tuple[CallEvent, ...]
    topups: tuple[TopupEvent, ...]
    set_prices: tuple[SetPriceEvent, ...]
    blocks: tuple[BlockEvent, ...]
