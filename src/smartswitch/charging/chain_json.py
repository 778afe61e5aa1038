"""Chains and costs as compact JSON arrays, as they lie in ``open_leg.chain``.

The chain is stored with the leg so that *any* node can extend or settle it, at the prices fixed when it started, with no
look-up. It is written by position, not by name: it is read by this module only, and every call pays for its bytes.
"""

from typing import Any

import orjson

from smartswitch.core.chain import Chain, Cost, Level, Meter
from smartswitch.core.money import Rounding
from smartswitch.core.pack import IncrementFrom, Piece, Price, Tariff, TaxMode, Terms

FORMAT = 1


def encode_chain(chain: Chain) -> str:
    """The JSON text of a chain; ``decode_chain`` gives back an equal chain."""
    return orjson.dumps(
        [
            FORMAT,
            chain.tenant_id,
            chain.dealer_id,
            chain.dealer_ids,
            chain.peer_id,
            [_encode_level(level) for level in chain.levels],
            [[meter.party, meter.balance_id] for meter in chain.meters],
        ]
    ).decode()


def encode_cost(cost: Cost) -> str:
    """The JSON text of what the owner pays a terminator."""
    return orjson.dumps(
        [
            FORMAT,
            cost.payer,
            cost.seller,
            cost.dealer_id,
            cost.terminator_id,
            cost.cost_balance_id,
            cost.payable_balance_id,
            cost.currency,
            cost.exchange_rate,
            *_encode_tariff(cost.tariff),
        ]
    ).decode()


def decode_cost(text: str | bytes) -> Cost:
    """The cost that ``encode_cost`` wrote."""
    form, payer, seller, dealer_id, terminator_id, cost_id, payable_id, currency, rate, *tariff = orjson.loads(text)
    if form != FORMAT:
        raise ValueError(f"open_leg.cost has format {form}; this version reads {FORMAT}: upgrade this node")
    return Cost(
        payer=payer,
        seller=seller,
        dealer_id=dealer_id,
        terminator_id=terminator_id,
        cost_balance_id=cost_id,
        payable_balance_id=payable_id,
        currency=currency,
        exchange_rate=rate,
        tariff=_decode_tariff(*tariff),
    )


def _encode_level(level: Level) -> list[Any]:  # Any: a JSON array of mixed values
    return [
        level.payer,
        level.seller,
        level.dealer_id,
        level.seller_dealer_id,
        level.balance_id,
        level.sales_balance_id,
        level.tax_balance_id,
        level.currency,
        level.exchange_rate,
        *_encode_tariff(level.tariff),
    ]


def _encode_tariff(tariff: Tariff) -> list[Any]:  # Any: a JSON array of mixed values
    return [_encode_terms(tariff.terms), [[piece.from_ms, *_encode_price(piece.price)] for piece in tariff.pieces]]


def _encode_terms(terms: Terms) -> list[Any]:  # Any: a JSON array of mixed values
    return [
        terms.pack_id,
        terms.pack,
        terms.currency,
        terms.decimals,
        terms.rounding.value,
        terms.increment_from.value,
        terms.tax_mode.value,
        terms.tax_ppm,
    ]


def _encode_price(price: Price) -> list[Any]:  # Any: a JSON array of mixed values
    return [
        price.price_id,
        price.code,
        price.price_per_minute,
        price.first_price_per_minute,
        price.connect_fee,
        price.min_s,
        price.increment_s,
        price.free_s,
        price.grace_s,
        price.band,
    ]


def decode_chain(text: str | bytes) -> Chain:
    """The chain that ``encode_chain`` wrote; an unknown format is a bug and raises ValueError."""
    form, tenant_id, dealer_id, dealer_ids, peer_id, levels, meters = orjson.loads(text)
    if form != FORMAT:
        raise ValueError(f"open_leg.chain has format {form}; this version reads {FORMAT}: upgrade this node")
    return Chain(
        tenant_id=tenant_id,
        dealer_id=dealer_id,
        dealer_ids=tuple(dealer_ids),
        peer_id=peer_id,
        levels=tuple(_decode_level(level) for level in levels),
        meters=tuple(Meter(party, balance_id) for party, balance_id in meters),
    )


def _decode_level(row: list[Any]) -> Level:  # Any: a JSON array of mixed values
    *ids, exchange_rate, terms, pieces = row
    payer, seller, dealer_id, seller_dealer_id, balance_id, sales_balance_id, tax_balance_id, currency = ids
    return Level(
        payer=payer,
        seller=seller,
        dealer_id=dealer_id,
        seller_dealer_id=seller_dealer_id,
        balance_id=balance_id,
        sales_balance_id=sales_balance_id,
        tax_balance_id=tax_balance_id,
        currency=currency,
        exchange_rate=exchange_rate,
        tariff=_decode_tariff(terms, pieces),
    )


def _decode_tariff(terms: list[Any], pieces: list[Any]) -> Tariff:  # Any: JSON arrays of mixed values
    pack_id, pack, currency, decimals, rounding, increment_from, tax_mode, tax_ppm = terms
    return Tariff(
        Terms(
            pack_id=pack_id,
            pack=pack,
            currency=currency,
            decimals=decimals,
            rounding=Rounding(rounding),
            increment_from=IncrementFrom(increment_from),
            tax_mode=TaxMode(tax_mode),
            tax_ppm=tax_ppm,
        ),
        tuple(Piece(from_ms, Price(*price)) for from_ms, *price in pieces),
    )
