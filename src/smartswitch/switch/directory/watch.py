"""Keeps the directory equal to the database: reads everything once, then what NOTIFY says has changed.

Every change of a party, pack or route sends ``directory`` with the name of its table (and the id of a pack). Notices are
gathered for DEBOUNCE_S, so that an import of a million prices is one refresh, and then only the tables that changed are
read again, set-wise; the new tables replace the old ones in one step. A call that is being planned never sees half.

A connection that was lost may have lost notices: everything is read again, and whether a pack changed is seen by its
version (every write to its prices raises it). Until the first reading is done there is no directory, and the node takes
no calls.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import asyncpg

from smartswitch.core.pack_index import PackIndex
from smartswitch.runtime.log import EventLog
from smartswitch.switch.directory import load
from smartswitch.switch.directory.directory import Directory, Tables
from smartswitch.switch.directory.records import PeerKind

DEBOUNCE_S = 0.15
RETRY_S = 1.0
HEARTBEAT_S = 5.0
"""How often the listening connection is asked whether it lives."""

DIRECTORY_CHANNEL = "directory"
BALANCE_CHANNEL = "balance"
PACK_TABLES = frozenset({"billing_pack", "price", "time_band", "holiday"})
COUNTER_TABLES = frozenset({"dealer", "company", "peer", "terminator", "billing_pack"})
PARTY_TABLES = frozenset({"dealer", "company", "peer", "terminator"})
"""A change here may block somebody: live calls are looked at."""

log = EventLog("switch.directory")

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection, Pool = asyncpg.Connection, asyncpg.Pool

Connect = Callable[[], Awaitable[Connection]]

_FIELDS: dict[str, tuple[tuple[str, Callable[..., Awaitable[Any]]], ...]] = {
    "dealer": (("dealers", load.load_dealers),),
    "company": (("companies", load.load_companies),),
    "peer": (("peers", load.load_peers), ("terminators", load.load_terminators)),
    "terminator": (("terminators", load.load_terminators),),
    "peer_address": (("addresses", load.load_addresses),),
    "number_translation": (("translations", load.load_translations),),
    "did": (("dids", load.load_dids),),
    "exchange_rate": (("rates", load.load_rates),),
    "route_class": (("route_classes", load.load_route_classes),),
    "route": (("route_classes", load.load_route_classes),),
    "hunting_class": (("hunting_classes", load.load_hunting_classes),),
}
"""Any: each loader gives the value of its own field."""


class DirectoryWatch:
    """Owns the directory's connection to the database.

    ``connect`` opens a connection for the role that reads parties, packs and routes; ``charging_pool`` has that of the
    charging plane, which alone makes balances. ``on_change`` is called after each refresh with the names of the tables that
    changed, ``on_balance`` with the id of a balance that was paid into.
    """

    def __init__(
        self,
        directory: Directory,
        connect: Connect,
        charging_pool: Pool,
        *,
        on_change: Callable[[frozenset[str]], None],
        on_balance: Callable[[int], None],
    ) -> None:
        self._directory = directory
        self._connect = connect
        self._charging_pool = charging_pool
        self._on_change = on_change
        self._on_balance = on_balance
        self._changed: set[str] = set()
        self._has_changed = asyncio.Event()
        self._terminator_balances: frozenset[int] = frozenset()
        self._pack_rows: dict[int, tuple[object, ...]] = {}
        self._task: asyncio.Task[None] | None = None
        self.is_ready = asyncio.Event()

    def start(self) -> None:
        """Begin to read and to listen; ``is_ready`` is set when the directory is complete."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="directory-watch")

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                connection = await self._connect()
                try:
                    await self._serve(connection)
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("directory_connection_lost", error=repr(error), retry_s=RETRY_S)
            await asyncio.sleep(RETRY_S)

    async def _serve(self, connection: Connection) -> None:
        self._changed.clear()
        await connection.add_listener(DIRECTORY_CHANNEL, self._note)
        await connection.add_listener(BALANCE_CHANNEL, self._note_balance)
        await self._reload(connection)
        self.is_ready.set()
        while True:
            try:
                await asyncio.wait_for(self._has_changed.wait(), HEARTBEAT_S)
            except TimeoutError:
                await connection.fetchval("SELECT 1", timeout=HEARTBEAT_S)
                continue
            await asyncio.sleep(DEBOUNCE_S)
            changed, self._changed = frozenset(self._changed), set()
            self._has_changed.clear()
            await self._refresh(connection, changed)

    def _note(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._changed.add(str(payload).partition(":")[0])
        self._has_changed.set()

    def _note_balance(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        text = str(payload)
        if not text.isdigit():
            return
        if int(text) in self._terminator_balances:
            self._note(_connection, _pid, _channel, "terminator")
        self._on_balance(int(text))

    async def _reload(self, connection: Connection) -> None:
        """Read everything; a pack only where it is not the one that is known."""
        await self._make_counters(connection)
        values = {name: await loader(connection) for fields in _FIELDS.values() for name, loader in fields}
        packs = await self._read_packs(connection)
        values["counters"] = await load.load_counters(connection)
        self._put(Tables(packs=packs, **values))
        log.event("directory_loaded", peers=len(values["peers"]), packs=len(packs), epoch=self._directory.epoch)
        self._on_change(frozenset(_FIELDS) | PACK_TABLES)

    async def _refresh(self, connection: Connection, changed: frozenset[str]) -> None:
        """Read again what has changed, and put it in one step."""
        values: dict[str, Any] = {}
        for table in changed:
            for name, loader in _FIELDS.get(table, ()):
                if name not in values:
                    values[name] = await loader(connection)
        if changed & COUNTER_TABLES:
            await self._make_counters(connection)
            values["counters"] = await load.load_counters(connection)
        if changed & PACK_TABLES:
            values["packs"] = await self._read_packs(connection)
        if values:
            self._put(replace(self._directory.tables, **values))
        log.event("directory_refreshed", tables=",".join(sorted(changed)), epoch=self._directory.epoch)
        self._on_change(changed)

    def _put(self, tables: Tables) -> None:
        """Take new tables. A call limit of a terminator lies in its balance, whose changes are told on the other channel."""
        if tables.peers is not self._directory.tables.peers:
            peers = tables.peers.values()
            self._terminator_balances = frozenset(p.balance_id for p in peers if p.kind is PeerKind.TERMINATOR)
        self._directory.put(tables)

    async def _make_counters(self, connection: Connection) -> None:
        async with self._charging_pool.acquire() as writer:
            await load.make_counters(connection, writer)

    async def _read_packs(self, connection: Connection) -> dict[int, PackIndex]:
        """All packs; read are those whose row is new or another (its version rises with every change of its prices)."""
        rows = {row["id"]: tuple(row) for row in await connection.fetch(load.query("read_packs"))}
        stale = [pack_id for pack_id, row in rows.items() if self._pack_rows.get(pack_id) != row]
        fresh = await load.load_packs(connection, only=stale) if stale else {}
        self._pack_rows = rows
        kept = self._directory.tables.packs.items()
        return {pack_id: pack for pack_id, pack in kept if pack_id in rows and pack_id not in stale} | fresh
