"""`smartswitch balance`: what parties have, what live calls hold of it, and how far they may go."""

import click

from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.output import BadInput, json_option, print_json, print_table
from smartswitch.cli.queries import query
from smartswitch.core.money import format_amount

MOST_ROWS = 10_000
COLUMNS = ("party", "kind", "dealer", "balance", "held", "limit", "available", "currency", "live", "calls", "state")
NUMBERS = ("balance", "held", "limit", "available", "live", "calls")


@click.command(epilog="Example: smartswitch balance acme-pbx --json")
@click.argument("party", required=False)
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, MOST_ROWS), help="Show so many.")
@json_option
def balance(*, party: str | None, limit: int, as_json: bool) -> None:
    """Show the balance of PARTY (a dealer, a company or a peer), or of everybody in the order of the tree.

    `held` is set aside for live calls; `available` is what a next call can still take.
    """
    rows = with_database(lambda connection: read_balances(connection, party, limit))
    if party is not None and not rows:
        raise BadInput(f"there is no dealer, company or peer {party!r}")
    if as_json:
        print_json(rows)
        return
    print_table(COLUMNS, (_cells(row) for row in rows), right=NUMBERS)
    if len(rows) == limit:
        print(f"The first {limit}; --limit shows more.")


async def read_balances(connection: Connection, party: str | None, limit: int) -> list[dict[str, object]]:
    """Read balances as JSON shows them; `credit_limit` and `available` are "unlimited" without a limit."""
    rows: list[dict[str, object]] = []
    for record in await connection.fetch(query("read_balances"), party, limit):
        credit = record["credit_limit"]
        free = None if credit is None else record["amount"] + credit - record["held"]
        rows.append(
            {
                "party": record["party"],
                "kind": record["party_kind"],
                "dealer": record["dealer"],
                "currency": record["currency"],
                "balance": format_amount(record["amount"]),
                "held": format_amount(record["held"]),
                "credit_limit": "unlimited" if credit is None else format_amount(credit),
                "available": "unlimited" if free is None else format_amount(free),
                "live_calls": record["live_calls"],
                "call_limit": record["call_limit"],
                "is_blocked": record["is_blocked"],
            }
        )
    return rows


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    call_limit = row["call_limit"]
    return (
        str(row["party"]),
        str(row["kind"]),
        str(row["dealer"]),
        str(row["balance"]),
        str(row["held"]),
        str(row["credit_limit"]),
        str(row["available"]),
        str(row["currency"]),
        str(row["live_calls"]),
        "" if call_limit is None else f"of {call_limit}",
        "blocked" if row["is_blocked"] else "",
    )
