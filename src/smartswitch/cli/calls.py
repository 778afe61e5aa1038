"""`smartswitch calls`: the last calls, with what every level paid."""

import click

from smartswitch.cli.database import with_database
from smartswitch.cli.history.call_records import LegRecord, moment_of, plain_charge, plain_leg, read_legs
from smartswitch.cli.output import json_option, print_json, print_table
from smartswitch.core.money import format_amount

MOST_ROWS = 10_000
COLUMNS = ("time", "call", "from", "caller", "called", "result", "seconds", "by", "charges")


@click.command(epilog="Example: smartswitch calls --of north --to 44 --limit 50")
@click.option("--of", "party", help="Only calls of this peer, or of this dealer and everybody below him.")
@click.option("--to", "prefix", help="Only calls to numbers that begin with these digits.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, MOST_ROWS), help="Show so many.")
@json_option
def calls(*, party: str | None, prefix: str | None, limit: int, as_json: bool) -> None:
    """List the last calls, newest first, with what each level paid. `smartswitch explain CALL` tells why."""
    legs = with_database(lambda connection: read_legs(connection, "read_calls", party, prefix, limit))
    if as_json:
        print_json([{**plain_leg(leg), "charges": [plain_charge(each) for each in leg.charges]} for leg in legs])
        return
    print_table(COLUMNS, (_cells(leg) for leg in legs), right=("seconds",))


def _cells(leg: LegRecord) -> tuple[str, ...]:
    name = str(leg.call_id) if leg.leg == 0 else f"{leg.call_id} leg {leg.leg}"
    result = leg.result if leg.reason is None else f"{leg.result}: {leg.reason}"
    charges = ", ".join(f"{each.payer} {format_amount(each.amount)} {each.currency}" for each in leg.charges)
    return (
        moment_of(leg.authorized_at_ms)[:19].replace("T", " "),
        name,
        leg.peer or leg.dealer,
        leg.caller,
        leg.called,
        result,
        str(leg.billed_s),
        leg.terminator or "",
        charges,
    )
