"""Loads a party file into the database in one transaction: makes what is missing, changes what differs.

Rules. Loading a file twice changes nothing the second time. A party's `balance` is its opening entry, written when the
party is first made, from the seller's adjustments; what is there later is money that moved, and no file touches it. What
a file does not name is left alone, but a list that it does name (a pack's prices, a peer's numbers) is made what the
file says. Prices keep their history (price_changes.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from smartswitch.charging.queries import Connection
from smartswitch.cli.loading.contradictions import refuse_contradictions
from smartswitch.cli.loading.lists import ListCount, load_lists
from smartswitch.cli.loading.money import OpeningMoney, load_limits, open_balances
from smartswitch.cli.loading.prices import PriceCount, load_prices
from smartswitch.cli.loading.rows import (
    Row,
    dealer_levels,
    ledger_balances,
    moment,
    pack_row,
    party_purses,
    peer_row,
    terminator_peer_row,
    terminator_row,
)
from smartswitch.cli.loading.terminator_passwords import encrypted_passwords
from smartswitch.cli.party.values import BEFORE_EVERYTHING, COMMON_ROUTE_CLASS, PartyFile
from smartswitch.cli.queries import loading_query
from smartswitch.core.rights.standard_roles import STANDARD_DEALER_RIGHTS, VIRTUAL_PBX_RIGHTS
from smartswitch.runtime.clock import Clock, SystemClock
from smartswitch.runtime.secret_box import SecretBox


@dataclass(frozen=True, slots=True)
class TableCount:
    """How many rows of a table were made, changed, and left as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. `kept_balances` are the parties whose `balance` was not applied, because they existed."""

    tables: dict[str, TableCount]
    lists: dict[str, ListCount]
    prices: PriceCount
    opened: tuple[OpeningMoney, ...]
    kept_balances: tuple[str, ...]


async def load_parties(
    connection: Connection,
    party_file: PartyFile,
    *,
    actor: str,
    clock: Clock | None = None,
    secret_box: SecretBox | None = None,
) -> LoadResult:
    """Load a file; raise PartyFileError, and write nothing, if it contradicts what is there.

    ``actor`` is who loads, for the audit and the ledger; ``secret_box`` is needed for passwords of terminators only. Events
    of the file (calls, top-ups) are not looked at.
    """
    now = (clock or SystemClock()).now()
    async with connection.transaction():
        await connection.execute(loading_query("lock_loading"))
        await connection.execute(loading_query("set_actor"), actor)
        return await _Loading(connection, party_file, actor, now, secret_box).run()


class _Loading:
    """One load: the steps in the order in which tables need each other."""

    def __init__(
        self, connection: Connection, file: PartyFile, actor: str, now: datetime, secret_box: SecretBox | None
    ) -> None:
        self._connection = connection
        self._file = file
        self._actor = actor
        self._now = now
        self._secret_box = secret_box
        self._tables: dict[str, TableCount] = {}

    async def run(self) -> LoadResult:
        file = self._file
        await self._connection.execute(loading_query("insert_owner"), file.owner.currency, self._now)
        await refuse_contradictions(self._connection, file)
        new_dealers = await self._insert_dealers()
        await self._grant_rights(new_dealers)
        new_packs = await self._upsert_packs()
        prices = await load_prices(self._connection, file.packs, new_packs=new_packs, now=self._now)
        await self._load_classes()
        await self._update_dealers(new_dealers)
        new_balances = await self._insert_balances()
        await self._upsert("company", "upsert_companies", self._company_rows(), self._now)
        await self._upsert_peers()
        lists = await load_lists(self._connection, file)
        await self._load_exchange_rates()
        new_parties = new_balances | {("dealer", key) for key in new_dealers}
        await load_limits(self._connection, file)
        opened = await open_balances(self._connection, file, new_parties, actor=self._actor, now=self._now)
        kept = tuple(
            party for kind, party, _, purse in party_purses(file) if purse.balance and (kind, party) not in new_parties
        )
        return LoadResult(self._tables, lists, prices, opened, kept)

    async def _insert_dealers(self) -> frozenset[str]:
        new: set[str] = set()
        for rows in dealer_levels(self._file):
            records = await self._connection.fetch(loading_query("insert_dealers"), _json(rows), self._now)
            new |= {record["key"] for record in records}
        return frozenset(new)

    async def _grant_rights(self, new_dealers: frozenset[str]) -> None:
        """A party file says nothing of rights: new dealers get the usual ones, which the dealer above may change later."""
        for is_virtual_pbx, rights in ((False, STANDARD_DEALER_RIGHTS), (True, VIRTUAL_PBX_RIGHTS)):
            keys = [each.id for each in self._file.dealers if each.is_virtual_pbx == is_virtual_pbx]
            keys = [key for key in keys if key in new_dealers]
            if keys:
                await self._connection.execute(loading_query("grant_rights"), keys, sorted(rights))

    async def _update_dealers(self, new: frozenset[str]) -> None:
        rows = [row for level in dealer_levels(self._file) for row in level]
        records = await self._connection.fetch(loading_query("update_dealers"), _json(rows))
        changed = len({record["key"] for record in records} - new)
        self._tables["dealer"] = TableCount(len(new), changed, len(rows) - len(new) - changed)
        owner = self._file.owner
        row: Row = {
            "name": owner.name,
            "profit_control": owner.profit_control,
            "time_zone": owner.time_zone,
            "route_class": COMMON_ROUTE_CLASS,
            "hunting_class": owner.hunting_class,
        }
        await self._connection.execute(loading_query("update_owner"), orjson.dumps(row).decode())

    async def _upsert_packs(self) -> frozenset[str]:
        return await self._upsert("pack", "upsert_packs", [pack_row(pack) for pack in self._file.packs], self._now)

    async def _load_classes(self) -> None:
        route_classes = self._file.route_classes
        rows: list[Row] = [{"key": each.id, "dealer": each.dealer, "name": each.name} for each in route_classes]
        await self._upsert("route_class", "upsert_route_classes", rows)
        bases: list[Row] = [{"key": each.id, "base": each.base} for each in route_classes]
        await self._connection.execute(loading_query("update_base_classes"), _json(bases))
        hunting: list[Row] = [
            {
                "key": each.id,
                "dealer": each.dealer,
                "name": each.name,
                "metrics": list(each.metrics),
                "mode": each.mode,
                "price_step": each.price_step,
                "ratio_step_percent": each.ratio_step_percent,
                "max_attempts": each.max_attempts,
                "stop_codes": list(each.stop_codes),
                "pdd_timeout_s": each.pdd_timeout_s,
            }
            for each in self._file.hunting_classes
        ]
        await self._upsert("hunting_class", "upsert_hunting_classes", hunting)

    async def _insert_balances(self) -> set[tuple[str, str]]:
        rows: list[Row] = [
            {
                "kind": kind,
                "party": party,
                "dealer": dealer,
                "currency": purse.currency,
                "credit_limit": purse.credit_limit,
                "call_limit": purse.call_limit,
            }
            for kind, party, dealer, purse in party_purses(self._file)
            if kind != "dealer"
        ]
        rows += ledger_balances(self._file)
        records = await self._connection.fetch(loading_query("insert_balances"), _json(rows))
        return {(record["kind"], record["party"]) for record in records}

    def _company_rows(self) -> list[Row]:
        return [
            {
                "key": each.id,
                "dealer": each.dealer,
                "name": each.name,
                "pack": each.pack,
                "inbound_pack": each.inbound_pack,
            }
            for each in self._file.companies
        ]

    async def _upsert_peers(self) -> None:
        file = self._file
        rows = [peer_row(each) for each in file.peers] + [terminator_peer_row(each) for each in file.terminators]
        await self._upsert("peer", "upsert_peers", rows, self._now)
        passwords = await encrypted_passwords(self._connection, file, self._secret_box)
        terminators = [terminator_row(each, passwords.get(each.id)) for each in file.terminators]
        await self._connection.execute(loading_query("upsert_terminators"), _json(terminators))

    async def _load_exchange_rates(self) -> None:
        rows: list[Row] = [
            {
                "from_currency": each.from_currency,
                "to_currency": each.to_currency,
                "rate": each.rate,
                "valid_from": None if each.valid_from == BEFORE_EVERYTHING else moment(each.valid_from),
            }
            for each in self._file.exchange_rates
        ]
        records = await self._connection.fetch(loading_query("upsert_exchange_rates"), _json(rows), self._now)
        self._tables["exchange_rate"] = TableCount(len(records), 0, len(rows) - len(records))

    async def _upsert(self, table: str, name: str, rows: Sequence[Row], *more: object) -> frozenset[str]:
        """Run an upsert and count; return the keys of what is new."""
        records = await self._connection.fetch(loading_query(name), _json(rows), *more)
        new = frozenset(record["key"] for record in records if record["is_new"])
        self._tables[table] = TableCount(len(new), len(records) - len(new), len(rows) - len(records))
        return new


def _json(rows: Sequence[Row]) -> str:
    return orjson.dumps(rows).decode()
