"""`smartswitch check-audit`: prove that nobody altered the record of what was changed and by whom."""

import sys
import time
from dataclasses import asdict

import click

from smartswitch.cli.database import with_database
from smartswitch.cli.output import BAD_NEWS, json_option, print_json
from smartswitch.web.audit.chain_check import check_chain


@click.command(name="check-audit", epilog="Example: smartswitch check-audit --json")
@json_option
def check_audit(as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Check the audit log against its chain of hashes.

    Each entry of the log has a place in a chain; its hash is over the entry and the hash before it. An entry that was
    altered, removed, or put in later breaks the chain, and is named; so is a chain whose end was cut off since the worker
    checked it last. Exit status 1 if anything is broken.
    """
    started = time.monotonic()
    report = with_database(check_chain)
    if as_json:
        breaks = [asdict(each) for each in report.breaks]
        end = {"place": report.place, "hash": report.hash.hex()}
        print_json({"ok": not breaks, "entries": report.entries, "end": end, "breaks": breaks})
    else:
        for each in report.breaks:
            print(each)
        verdict = "the log is whole" if not report.breaks else f"the log is BROKEN in {len(report.breaks)} places"
        print(f"{verdict}: {report.entries} entries, the chain ends at place {report.place} with {report.hash.hex()}")
        print(f"checked in {time.monotonic() - started:.1f} s")
    if report.breaks:
        sys.exit(BAD_NEWS)
