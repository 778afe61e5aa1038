"""`smartswitch check-ledger`: prove that no money was lost."""

import sys
import time
from datetime import datetime

import click

from smartswitch.charging.ledger_check import CHECKS, THE_BEGINNING, Violation
from smartswitch.charging.ledger_check import check_ledger as check
from smartswitch.charging.queries import Connection
from smartswitch.cli.database import with_database
from smartswitch.cli.moment import moment_option
from smartswitch.cli.output import BAD_NEWS, json_option, print_json


@click.command(name="check-ledger", epilog="Example: smartswitch check-ledger --since 2026-11-01")
@moment_option(
    "--since", help="Rate only calls from this moment on again; balances are always checked from the beginning."
)
@json_option
def check_ledger(since: datetime | None, as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Check the whole ledger against itself and against the calls.

    Entries sum to zero per currency; each balance equals its entries; held money equals the open holds; no balance is
    beyond its limit; each hold was resolved once; every level of every call is charged, or none; and every charge
    equals an independent rating of its call. Exit status 1 if anything is violated.
    """
    started = time.monotonic()

    async def work(connection: Connection) -> list[Violation]:
        return await check(connection, since=since or THE_BEGINNING)

    violations = with_database(work)
    if as_json:
        print_json({"ok": not violations, "violations": [str(violation) for violation in violations]})
    else:
        for name in CHECKS:
            found = [violation for violation in violations if violation.check == name]
            print(f"{name:<12} {'ok' if not found else f'{len(found)} violated'}")
            for violation in found:
                print(f"    {violation.subject}: {violation.message}")
        print(f"checked in {time.monotonic() - started:.1f} s")
    if violations:
        sys.exit(BAD_NEWS)
