"""Loads the prices of packs: reads what is in force, compares (price_changes.py), writes the difference set-wise."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import orjson

from smartswitch.charging.queries import Connection
from smartswitch.cli.loading.price_changes import PriceChanges, StoredPrice, compare_prices
from smartswitch.cli.loading.rows import Row, price_row
from smartswitch.cli.party.values import AFTER_EVERYTHING, BEFORE_EVERYTHING, PackRow, PriceRow
from smartswitch.cli.queries import loading_query

ROWS_AT_ONCE = 20_000
"""The most rows of price in one statement: their JSON stays within some megabytes."""


@dataclass(frozen=True, slots=True)
class PriceCount:
    """Rows of price that were added, that ended (or were taken away before they began), and that stayed."""

    added: int
    ended: int
    unchanged: int


async def load_prices(
    connection: Connection, packs: tuple[PackRow, ...], *, new_packs: frozenset[str], now: datetime
) -> PriceCount:
    """Bring the prices of packs up to date from ``now`` on; the packs exist."""
    stored = await _read(connection, [pack.id for pack in packs if pack.id not in new_packs], now)
    added: list[Row] = []
    close: list[int] = []
    delete: list[int] = []
    unchanged = 0
    for pack in packs:
        is_new = pack.id in new_packs
        changes: PriceChanges = compare_prices(stored[pack.id], pack.prices, now=now, is_new_pack=is_new)
        added += [price_row(pack.id, price) for price in changes.add]
        close += changes.close
        delete += changes.delete
        unchanged += changes.unchanged
    if close:
        await connection.execute(loading_query("close_prices"), close, now)
    if delete:
        await connection.execute(loading_query("delete_prices"), delete, now)
    for start in range(0, len(added), ROWS_AT_ONCE):
        rows = orjson.dumps(added[start : start + ROWS_AT_ONCE]).decode()
        await connection.execute(loading_query("insert_prices"), rows)
    return PriceCount(len(added), len(close) + len(delete), unchanged)


async def _read(connection: Connection, packs: list[str], now: datetime) -> dict[str, list[StoredPrice]]:
    stored: dict[str, list[StoredPrice]] = defaultdict(list)
    if not packs:
        return stored
    for record in await connection.fetch(loading_query("read_prices"), packs, now):
        row = PriceRow(
            code=record["code"],
            band=record["band"],
            price_per_minute=record["price_per_minute"],
            first_price_per_minute=record["first_price_per_minute"],
            connect_fee=record["connect_fee"],
            min_s=record["min_s"],
            increment_s=record["increment_s"],
            free_s=record["free_s"],
            grace_s=record["grace_s"],
            is_blocked=record["is_blocked"],
            valid_from=record["valid_from"] or BEFORE_EVERYTHING,
            valid_to=record["valid_to"] or AFTER_EVERYTHING,
        )
        stored[record["pack"]].append(StoredPrice(record["id"], row))
    return stored
