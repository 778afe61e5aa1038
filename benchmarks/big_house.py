"""A big database to measure pages on: a deep tree of dealers, a hundred thousand customers, a million calls.

    house = make_big_house(server, "big")     # a migrated database in an embedded PostgreSQL, in some two minutes

Always the same: everything that looks like chance comes from a seeded generator or from hashes of row numbers. Parties
are written here by COPY, calls and charges set-wise by `sql/big_calls.sql`, what else pages show by `sql/big_rest.sql`.
Amounts are plausible, but no ledger: opening balances have no transfers. Triggers are off while it is made, so what they
keep (paths, tenants) is written here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
from psycopg import sql

from smartswitch.core.rights import ALL_RIGHTS
from smartswitch.runtime.postgres import PostgresServer
from smartswitch.web.config.migrate import migrate
from smartswitch.web.login.creation import create_login

DEALERS, COMPANIES, DIDS, PACKS = 1_000, 100_000, 2_000, 50
EXTENSIONS = 30_000
"""Users of dealers, beside the peers of companies."""
TERMINATORS = 5
DEEPEST = 6
TOP_DEALERS, BIG_SUBTREE = 60, 300
OWN_CUSTOMERS, BIG_CUSTOMERS = 1_000, 10_000
"""Companies of the owner and of the big dealer; the others are spread over everybody else."""
PASSWORD = "correct horse battery"
PEOPLE = {"owner": "owner", "top": "d0001", "leaf": "d0999"}
"""Who may log in: the owner, the dealer with the big subtree, one with nobody below him; by the key of the dealer."""
_SQL = Path(__file__).parent / "sql"
CALLS_SQL, REST_SQL = _SQL / "big_calls.sql", _SQL / "big_rest.sql"

_FIRST = (
    "Harbour", "Mill", "Station", "Garden", "Bridge", "Castle", "River", "Corner",
    "Market", "Forest", "Lake", "Summit", "Valley", "Silver", "Golden", "Green", "North",
)  # fmt: skip
_TRADE = (
    "Bakery", "Books", "Clinic", "Dental", "Flowers", "Freight",
    "Hotel", "Kitchen", "Legal", "Logistics", "Motors", "Pharmacy", "Press", "School", "Travel",
)  # fmt: skip
_RUSSIAN = (
    "Аптека", "Булочная", "Гостиница", "Доставка", "Клиника", "Мастерская", "Типография", "Школа",
)  # fmt: skip
_FORM = ("Ltd", "GmbH", "Inc", "& Sons", "Group", "")


@dataclass(slots=True)
class Tables:
    """The rows, in the order of the columns of `COLUMNS`."""

    rows: dict[str, list[Sequence[object]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    paths: dict[int, list[int]] = field(default_factory=dict)

    def balance(self, kind: str, party: str, dealer: int, amount: int = 0, *, credit_limit: int | None = 0) -> int:
        """One more balance; its id."""
        rows = self.rows["balance"]
        rows.append((len(rows) + 1, self.tenant(dealer), dealer, kind, party, "USD", amount, credit_limit))
        return len(rows)

    def tenant(self, dealer: int) -> int:
        """The dealer at the top."""
        path = self.paths[dealer]
        return path[1] if len(path) > 1 else path[0]


COLUMNS = {
    "balance": "id tenant_id dealer_id kind party currency amount credit_limit",
    "dealer": "id key name parent_id path tenant_id currency pack_id balance_id route_class_id hunting_class_id",
    "company": "id key dealer_id tenant_id name balance_id pack_id is_blocked",
    "peer": "id key dealer_id tenant_id company_id kind name balance_id pays_from pack_id extension auth_username"
    " ha1_md5 digest_realm caller_number",
    "peer_address": "peer_id network action",
    "terminator": "peer_id host pack_id",
    "did": "number peer_id dealer_id tenant_id",
    "billing_pack": "id key dealer_id tenant_id name currency",
    "price": "pack_id code price_per_minute first_price_per_minute valid_from valid_to",
    "route_class": "id key dealer_id tenant_id name",
    "hunting_class": "id key dealer_id tenant_id name",
    "route": "route_class_id code terminator_id valid_from valid_to",
    "right_grant": "dealer_id right",
}


def make_big_house(server: PostgresServer, name: str, *, calls: int = 1_000_000) -> str:
    """Make the database of this name; its URL."""
    url = server.create_database(name)
    migrate(url)
    tables = _parties(Random(7))
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for table, columns in COLUMNS.items():
            _copy(connection, table, columns.split(), tables.rows[table])
        connection.execute("ANALYZE")
        connection.execute("SELECT set_config('big.calls', %s, false)", [str(calls)])
        connection.execute(CALLS_SQL.read_bytes())
        connection.execute(REST_SQL.read_bytes())
    for username, dealer in PEOPLE.items():
        create_login(url, username=username, password=PASSWORD, dealer_key=dealer)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return url


def _copy(connection: psycopg.Connection, table: str, columns: list[str], rows: Iterable[Sequence[object]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    if "id" in columns:
        connection.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                sql.Literal(table), sql.Identifier(table)
            )
        )


def _parties(chance: Random) -> Tables:
    tables = Tables()
    parents = _tree(chance)
    for dealer, parent in parents.items():
        tables.paths[dealer] = [*tables.paths.get(parent, []), dealer]
    for dealer, parent in parents.items():
        _add_dealer(tables, chance, dealer, parent)
    _add_routing(tables)
    _add_packs(tables, chance)
    _add_customers(tables, chance, list(parents))
    return tables


def _tree(chance: Random) -> dict[int, int]:
    """The parent of each dealer, 0 for the owner, who is 1. Dealer 2 has the big subtree, dealer 1000 nobody below."""
    parents, depth = {1: 0}, {1: 0}
    big = [2]
    for dealer in range(2, DEALERS + 2):
        if dealer <= TOP_DEALERS + 1 or dealer == DEALERS:
            parent = 1 if dealer != DEALERS else 70
        elif dealer <= TOP_DEALERS + 1 + BIG_SUBTREE:
            parent = chance.choice([each for each in big[:40] if depth[each] < DEEPEST])
        else:
            candidates = [each for each in range(3, dealer) if depth[each] < DEEPEST and each != DEALERS]
            parent = candidates[int(len(candidates) * chance.random() ** 3)]
        parents[dealer], depth[dealer] = parent, depth[parent] + 1
        if dealer > 2 and parent in big:
            big.append(dealer)
    return parents


def key_of(dealer: int) -> str:
    """The key of a dealer."""
    return "owner" if dealer == 1 else f"d{dealer - 1:04d}"


def _add_dealer(tables: Tables, chance: Random, dealer: int, parent: int) -> None:
    key = key_of(dealer)
    credit_limit = None if dealer == 1 else 1_000_000_000
    balance = tables.balance("dealer", key, dealer, chance.randrange(10**10), credit_limit=credit_limit)
    for kind in ("sales", "tax", "payments", "adjustments", *(("cost",) if dealer == 1 else ())):
        tables.balance(kind, key, dealer)
    name = "Example Telecom" if dealer == 1 else f"{_name(chance)} Telecom"
    pack = None if dealer == 1 else parent % PACKS + 1
    row_id, class_id = (1, 1) if dealer == 1 else (None, None)
    path, tenant = f"{{{','.join(map(str, tables.paths[dealer]))}}}", tables.tenant(dealer)
    tables.rows["dealer"].append(
        (dealer, key, name, parent or None, path, tenant, "USD", pack, balance, row_id, class_id)
    )
    tables.rows["right_grant"] += [(dealer, right) for right in sorted(ALL_RIGHTS) if dealer != 1]


def _add_routing(tables: Tables) -> None:
    tables.rows["route_class"].append((1, "standard", 1, 1, "Standard"))
    tables.rows["hunting_class"].append((1, "standard", 1, 1, "Standard"))
    for number in range(1, TERMINATORS + 1):
        key = f"carrier-{number}"
        balance = tables.balance("peer", key, 1)
        tables.balance("payable", key, 1)
        tables.rows["peer"].append(
            (number, key, 1, 1, None, "terminator", f"Carrier {number}", balance, "peer", *[None] * 6)
        )
        tables.rows["terminator"].append((number, f"192.0.2.{number}", 1))
        tables.rows["route"] += [(1, str(code), number, "-infinity", "infinity") for code in range(1 + number, 1000, 3)]


def _add_packs(tables: Tables, chance: Random) -> None:
    for pack in range(1, PACKS + 1):
        dealer = 1 if pack <= 10 else pack
        tables.rows["billing_pack"].append(
            (pack, f"pack-{pack:02d}", dealer, tables.tenant(dealer), f"{_name(chance)} A-Z", "USD")
        )
        codes = {str(code) for code in range(1, 10)}
        while len(codes) < 1_000 + pack * 180:
            codes.add(str(chance.randrange(10, 100_000)))
        for code in sorted(codes):
            price = chance.randrange(500_000, 20_000_000)
            tables.rows["price"].append((pack, code, price, price, "-infinity", "infinity"))


def _add_customers(tables: Tables, chance: Random, dealers: list[int]) -> None:
    rest = [dealer for dealer in dealers if dealer > 2]
    for number in range(1, COMPANIES + 1):
        if number <= OWN_CUSTOMERS:
            dealer = 1
        elif number <= OWN_CUSTOMERS + BIG_CUSTOMERS:
            dealer = 2
        else:
            dealer = rest[int(len(rest) * chance.random() ** 1.5)]
        _add_company(tables, chance, number, dealer)
    for number in range(EXTENSIONS):
        dealer = rest[int(len(rest) * chance.random() ** 2)]
        _add_peer(tables, chance, dealer, None, "user", f"Extension {100 + number}", extension=str(100 + number))
    peers = tables.rows["peer"]
    for number in range(DIDS):
        peer = peers[TERMINATORS + number * 37 % (len(peers) - TERMINATORS)]
        tables.rows["did"].append((f"442079{460000 + number:06d}", peer[0], peer[2], peer[3]))


def _add_company(tables: Tables, chance: Random, number: int, dealer: int) -> None:
    name, key = _name(chance), f"c{number:06d}"
    balance = tables.balance("company", key, dealer, chance.randrange(-(10**8), 10**9), credit_limit=10**8)
    tables.rows["company"].append(
        (number, key, dealer, tables.tenant(dealer), name, balance, dealer % PACKS + 1, number % 101 == 0)
    )
    if number % 2 == 0:
        for line in range(1 + number % 4 // 2):
            kind = "user" if number % 3 == 0 else "originator"
            _add_peer(tables, chance, dealer, number, kind, f"{name}, line {line + 1}")


def _add_peer(
    tables: Tables, chance: Random, dealer: int, company: int | None, kind: str, name: str, extension: str | None = None
) -> None:
    peer = len(tables.rows["peer"]) + 1
    key = f"p{peer:06d}"
    pays = "company" if company is not None and company % 4 == 0 else "peer"
    balance = tables.balance("peer", key, dealer, chance.randrange(0, 10**8), credit_limit=10**7)
    username, digest, realm = (f"u{peer:06d}", "0" * 32, "sip.example") if kind == "user" else (None, None, None)
    tables.rows["peer"].append(
        (peer, key, dealer, tables.tenant(dealer), company, kind, name, balance, pays, dealer % PACKS + 1,
         extension, username, digest, realm, f"4420{70000000 + peer:08d}")
    )  # fmt: skip
    if kind == "originator":
        address = f"10.{peer >> 16}.{peer >> 8 & 255}.{peer & 255}/32"
        tables.rows["peer_address"].append((peer, address, "allow"))


def _name(chance: Random) -> str:
    if chance.random() < 0.1:
        return f"{chance.choice(_RUSSIAN)} № {chance.randrange(1, 1000)}"
    return f"{chance.choice(_FIRST)} {chance.choice(_TRADE)} {chance.choice(_FORM)} {chance.randrange(1, 100)}".replace(
        "  ", " "
    )
