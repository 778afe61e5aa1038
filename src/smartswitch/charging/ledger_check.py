"""The proof that no money is lost: the whole ledger against itself, in one snapshot of the database.

Each check is one query that returns what violates it, so an empty answer is the proof. The names are stable:

============== ==================================================================================================
currencies     entries sum to zero in each currency, and stand on balances that exist
balances       each balance equals its entries
holds          held equals the sum of what the open legs hold
live_calls     the count of live calls equals the open legs
limits         no balance is beyond its limit
resolutions    each hold was resolved once: no leg is open and closed, or closed twice
levels         every answered leg is charged once at every level of its chain, any other leg at none
ratings        every charge equals an independent rating of its CDR, to the last unit
============== ==================================================================================================
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from smartswitch.charging.queries import Connection, query
from smartswitch.core.money import format_amount

CHECKS = ("currencies", "balances", "holds", "live_calls", "limits", "resolutions", "levels", "ratings")
THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: which check found it, about what, in words."""

    check: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: {self.message}"


async def check_ledger(connection: Connection, *, since: datetime = THE_BEGINNING) -> list[Violation]:
    """Run every check; legs and charges are looked at from ``since`` on, balances always from the beginning."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return [
            *await _check_currencies(connection),
            *await _check_balances(connection),
            *await _check_resolutions(connection, since),
            *await _check_levels(connection, since),
            *await _check_ratings(connection, since),
        ]


async def _check_currencies(connection: Connection) -> list[Violation]:
    found = []
    for row in await connection.fetch(query("check_currencies")):
        if row["currency"] is None:
            found.append(
                Violation("currencies", "ledger", f"{row['entries']} entries stand on balances that do not exist")
            )
        else:
            total = format_amount(int(row["total"]))
            found.append(Violation("currencies", row["currency"], f"the entries sum to {total}, not to 0"))
    return found


async def _check_balances(connection: Connection) -> list[Violation]:
    found = []
    for row in await connection.fetch(query("check_balances")):
        subject = f"{row['kind']} {row['party']} {row['currency']}"
        amount, entries = format_amount(row["amount"]), format_amount(row["entries"])
        if row["amount"] != row["entries"]:
            found.append(Violation("balances", subject, f"is {amount}, its entries sum to {entries}"))
        if row["held"] != row["holds"]:
            held, holds = format_amount(row["held"]), format_amount(row["holds"])
            found.append(Violation("holds", subject, f"holds {held}, its open legs {holds}"))
        if row["live_calls"] != row["legs"]:
            found.append(Violation("live_calls", subject, f"counts {row['live_calls']}, has {row['legs']} open legs"))
        limit = row["credit_limit"]
        if limit is not None and row["amount"] + limit - row["held"] < 0:
            beyond = format_amount(row["held"] - row["amount"] - limit)
            found.append(Violation("limits", subject, f"is beyond its limit by {beyond}"))
    return found


async def _check_resolutions(connection: Connection, since: datetime) -> list[Violation]:
    rows = await connection.fetch(query("check_resolutions"), since)
    return [Violation("resolutions", f"call {row['call_id']} leg {row['leg']}", f"is {row['what']}") for row in rows]


async def _check_levels(connection: Connection, since: datetime) -> list[Violation]:
    return [
        Violation(
            "levels",
            f"call {row['call_id']} leg {row['leg']}",
            f"has {row['levels']} charges for "
            + ("no CDR at all" if row["level_count"] is None else f"a chain of {row['level_count']} levels"),
        )
        for row in await connection.fetch(query("check_levels"), since)
    ]


async def _check_ratings(connection: Connection, since: datetime) -> list[Violation]:
    return [
        Violation(
            "ratings",
            f"call {row['call_id']} leg {row['leg']} level {row['level']} ({row['payer']})",
            f"was charged {format_amount(row['pack_amount'])} for {row['billed_s']} s (converted "
            f"{format_amount(row['amount'])}); rated again it is {format_amount(int(row['right_amount']))} for "
            f"{row['right_billed_s']} s",
        )
        for row in await connection.fetch(query("check_ratings"), since)
    ]
