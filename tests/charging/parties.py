"""Chains for tests: a peer below any number of dealers, each level at its own price, written as a person would."""

from uuid import UUID

from smartswitch.charging.batch_state import BalanceRow, BatchState
from smartswitch.core.chain import Chain, Level, Meter
from smartswitch.core.money import parse_amount, parse_price
from smartswitch.core.pack import Price, Terms, flat_tariff
from smartswitch.protocol.charging import CallFacts, Direction

START_MS = 1_767_614_400_000  # 2026-01-05T12:00:00Z
FACTS = CallFacts(Direction.OUTBOUND, caller="12025550100", called="447911123456", sip_call_id="test")


def call_id(number: int, *, at_ms: int = START_MS) -> UUID:
    """A UUIDv7 whose time is the moment and whose random part is the number."""
    return UUID(int=(at_ms << 80) | (7 << 76) | (2 << 62) | number)


def level(
    payer: str, seller: str, *, balance_id: int, price: str, connect_fee: str = "0", min_s: int = 1, increment_s: int = 1
) -> Level:
    """One level that pays a price for code 44 out of a balance in USD; its ids follow from the balance id."""
    per_minute = parse_price(price)
    return Level(
        payer=payer,
        seller=seller,
        dealer_id=balance_id,
        seller_dealer_id=balance_id + 1,
        balance_id=balance_id,
        sales_balance_id=1000 + balance_id,
        tax_balance_id=2000 + balance_id,
        currency="USD",
        tariff=flat_tariff(
            Terms(pack_id=balance_id, pack=f"{seller}-to-{payer}", currency="USD"),
            Price(
                price_id=balance_id,
                code="44",
                price_per_minute=per_minute,
                first_price_per_minute=per_minute,
                connect_fee=parse_price(connect_fee),
                min_s=min_s,
                increment_s=increment_s,
            ),
        ),
    )


def chain(*levels: Level) -> Chain:
    """A chain whose every payer is metered."""
    return Chain(
        tenant_id=2,
        dealer_id=2,
        dealer_ids=(1, 2),
        peer_id=1,
        levels=levels,
        meters=tuple(Meter(one.payer, one.balance_id) for one in levels),
    )


def balances(*rows: tuple[int, str], credit_limit: str | None = "0", call_limit: int | None = None) -> BatchState:
    """The locked rows of a batch: (balance id, amount) pairs."""
    limit = None if credit_limit is None else parse_amount(credit_limit)
    return BatchState(
        balances={
            balance_id: BalanceRow(balance_id, parse_amount(amount), 0, limit, call_limit, 0)
            for balance_id, amount in rows
        }
    )
