"""The money side of a load: limits of balances, and the opening entry of a party that is new.

Rule: this module moves money only through the charging package, so that every opening is a row of the ledger.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import orjson

from smartswitch.charging.payments import Paid, pay
from smartswitch.charging.queries import Connection
from smartswitch.cli.loading.rows import Row, party_purses
from smartswitch.cli.party.table import Complaints
from smartswitch.cli.party.values import PartyFile
from smartswitch.cli.queries import loading_query
from smartswitch.core.money import format_amount
from smartswitch.protocol.charging import Payment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPENING_NAMESPACE = UUID("6c1f2c0e-8a55-4c39-9c3e-2f1d6f0b7a10")
"""An opening's id is made from the id of its balance, so that it can never be written twice."""


@dataclass(frozen=True, slots=True)
class OpeningMoney:
    """The opening entry of a party (10^-6 of the currency)."""

    party: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class _StoredBalance:
    """A balance as it stands, under lock."""

    id: int
    kind: str
    party: str
    amount: int
    held: int
    credit_limit: int | None
    call_limit: int | None


async def load_limits(connection: Connection, file: PartyFile) -> None:
    """Set credit and call limits of the parties that exist; refuse a credit limit below what is owed and held."""
    complaints = Complaints(file.name)
    purses = {(kind, party): purse for kind, party, _, purse in party_purses(file)}
    changed: list[Row] = []
    for balance in await _balances(connection, file):
        purse = purses[balance.kind, balance.party]
        if (balance.credit_limit, balance.call_limit) == (purse.credit_limit, purse.call_limit):
            continue
        free = balance.amount - balance.held
        if purse.credit_limit is not None and free + purse.credit_limit < 0:
            message = f"credit_limit: {format_amount(-free)} is owed or held already; set at least that"
            complaints.add(f'[[{balance.kind}]] "{balance.party}"', message)
        changed.append({"id": balance.id, "credit_limit": purse.credit_limit, "call_limit": purse.call_limit})
    complaints.raise_if_any()
    if changed:
        await connection.execute(loading_query("update_limits"), orjson.dumps(changed).decode())


async def open_balances(
    connection: Connection, file: PartyFile, new_parties: set[tuple[str, str]], *, actor: str, now: datetime
) -> tuple[OpeningMoney, ...]:
    """Write the opening entry of each new party whose balance is not 0; the limits are set."""
    opened: list[OpeningMoney] = []
    id_of = {(balance.kind, balance.party): balance.id for balance in await _balances(connection, file)}
    for kind, party, _, purse in party_purses(file):
        if purse.balance and (kind, party) in new_parties:
            await _open_balance(connection, id_of[kind, party], purse.balance, actor=actor, now=now)
            opened.append(OpeningMoney(party, purse.balance, purse.currency))
    return tuple(opened)


async def _open_balance(connection: Connection, balance_id: int, amount: int, *, actor: str, now: datetime) -> None:
    payment = Payment(
        payment_id=uuid5(OPENING_NAMESPACE, str(balance_id)),
        balance_id=balance_id,
        amount=amount,
        at_ms=(now - EPOCH) // timedelta(milliseconds=1),
        kind="opening",
        actor=actor,
        note="opening balance",
    )
    answer = await pay(connection, payment)
    assert isinstance(answer, Paid), f"the opening of balance {balance_id} was refused: {answer}"


async def _balances(connection: Connection, file: PartyFile) -> list[_StoredBalance]:
    keys = [{"kind": kind, "party": party} for kind, party, _, _ in party_purses(file)]
    records = await connection.fetch(loading_query("read_party_balances"), orjson.dumps(keys).decode())
    return [_StoredBalance(**dict(record)) for record in records]
