"""`smartswitch scenario`: play a business case on the real charging engine and routing, and print what became of it."""

import asyncio
import json
from pathlib import Path

import click

from smartswitch.cli.output import Unavailable, fail_with_lines
from smartswitch.cli.party_file import PartyFileError, read_party_file


@click.command(
    epilog="""Example: smartswitch scenario case.toml

    \b
    [[call]]
    id = "c1"
    at = 0
    from = "p1"
    to = "447911123456"
    answer_after = 5
    hangup_after = 65
    """
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON on one line; without it, JSON for people to read.")
def scenario(file: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Build the parties of FILE in a throw-away database and play its events on a virtual clock.

    The routing, the hierarchy and the charging are the real ones; only the SIP wire and the clock are replaced. Printed
    are the result of every call with its charges, all balances, and the verdict of the ledger check.
    """
    try:
        case = read_party_file(file)
    except PartyFileError as error:
        fail_with_lines(error.complaints)
    from smartswitch.charging.pool import open_pool
    from smartswitch.cli.playing.play import play_case
    from smartswitch.cli.scratch_database import scratch_database
    from smartswitch.runtime.postgres import PostgresError

    async def play(url: str) -> dict[str, object]:
        async with open_pool(url) as pool:
            return await play_case(case, pool)

    try:
        with scratch_database() as url:
            outcome = asyncio.run(play(url))
    except PostgresError as error:
        raise Unavailable(str(error)) from error
    print(json.dumps(outcome, indent=None if as_json else 2, ensure_ascii=False))
