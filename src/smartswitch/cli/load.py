"""`smartswitch load`: the parties of a TOML file into the real database."""

from collections.abc import Sequence
from dataclasses import asdict
from getpass import getuser
from pathlib import Path

import click

from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.loading.parties import LoadResult, load_parties
from smartswitch.cli.output import fail_with_lines, json_option, print_json, print_table
from smartswitch.cli.party_file import PartyFile, PartyFileError, read_party_file
from smartswitch.core.money import format_amount
from smartswitch.runtime.config import read_config
from smartswitch.runtime.secret_box import open_secret_box

MOST_NAMES = 10

__all__ = ["LoadResult", "load", "load_parties"]


@click.command(
    epilog="""Example: smartswitch load customers.toml

    \b
    [[peer]]
    id = "acme-pbx"
    dealer = "north"
    pack = "north-retail"
    balance = "10"
    addresses = ["192.0.2.10"]
    """
)
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def load(*, file: Path, as_json: bool) -> None:
    """Load dealers, companies, peers, terminators, packs and routes from FILE.

    What exists is brought up to date, what is missing is made, and loading a file twice changes nothing. A price that
    changed is a new row from now on. The `balance` of a party is its opening entry: it is written when the party is
    first made and never again; money moves with `smartswitch topup`. Calls and other events in FILE are left out.

    Everything happens in one transaction: on a mistake nothing is written, and every mistake is told.
    """
    try:
        party_file = read_party_file(file)
        actor = f"command line: {getuser()}"
        result = with_database(lambda connection: _load(connection, party_file, actor))
    except PartyFileError as error:
        fail_with_lines(error.complaints)
    if as_json:
        print_json(_plain(result))
    else:
        _print(result)


async def _load(connection: Connection, party_file: PartyFile, actor: str) -> LoadResult:
    box = (
        open_secret_box(read_config().state_directory)
        if any(each.password for each in party_file.terminators)
        else None
    )
    return await load_parties(connection, party_file, actor=actor, secret_box=box)


def _plain(result: LoadResult) -> dict[str, object]:
    return {
        "tables": {name: asdict(count) for name, count in result.tables.items()},
        "lists": {name: asdict(count) for name, count in result.lists.items()},
        "prices": asdict(result.prices),
        "opened": [
            {"party": each.party, "amount": format_amount(each.amount), "currency": each.currency}
            for each in result.opened
        ],
        "kept_balances": list(result.kept_balances),
    }


def _print(result: LoadResult) -> None:
    rows = [
        (name.replace("_", " "), str(count.added), str(count.changed), "", str(count.unchanged))
        for name, count in result.tables.items()
    ]
    prices = result.prices
    rows.append(("price", str(prices.added), "", str(prices.ended), str(prices.unchanged)))
    rows += [(name, "", str(count.changed), "", str(count.unchanged)) for name, count in result.lists.items()]
    shown = [row for row in rows if any(cell not in ("", "0") for cell in row[1:4])]
    if shown:
        columns = ("", "added", "changed", "ended", "unchanged")
        print_table(columns, shown, right=columns[1:])
    else:
        print("Nothing changed: the database says the same as the file.")
    for each in result.opened:
        print(f"{each.party} opens with {format_amount(each.amount)} {each.currency}")
    if result.kept_balances:
        print(f"Not opened again: {_some(result.kept_balances)}. Money is there already; smartswitch topup moves it.")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
