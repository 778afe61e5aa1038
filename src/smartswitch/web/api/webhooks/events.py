"""Where events come from: the worker looks what is new, and writes a delivery for each webhook that wants to know.

| event         | told when                                                               | looked for       |
|---------------|-------------------------------------------------------------------------|------------------|
| `call.ended`  | a leg of a call in the dealer's house ended                             | every 15 s       |
| `balance.low` | a balance (with its credit) fell to the webhook's threshold             | every minute     |
| `fraud.alarm` | fraud control raised an alarm (`emit`); nothing raises one yet          | by who raises it |

Charging knows nothing of it: no trigger, no queue, nothing to wait for. Calls are found by when they ended, from the kept
position on, and some time further back: nodes write calls a moment after they ended. Once an hour one looks back a day, for
the calls of a node that was cut off. What was told is told once, since a delivery is unique by webhook, event and subject.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smartswitch.runtime.connection import Connection
from smartswitch.web.api.webhooks.queries import query

CALL_ENDED, BALANCE_LOW, FRAUD_ALARM = "call.ended", "balance.low", "fraud.alarm"
LATE_S = 120
"""How long after a call ended its CDR may still be on its way, usually."""
VERY_LATE = timedelta(hours=26)
LONGEST_CALL = timedelta(hours=5)
BATCH = 500
MOST_BATCHES = 20
MS_PER_SECOND = 1000


async def tell_ended_calls(connection: Connection, *, now: datetime, look_back: timedelta | None = None) -> int:
    """Write the deliveries of calls that ended; how many there are. `look_back` looks further than from the position."""
    if not await connection.fetchval(query("is_event_wanted"), CALL_ENDED):
        return 0
    now_ms = int(now.timestamp() * MS_PER_SECOND)
    position_ms = await connection.fetchval(query("position"), CALL_ENDED, now_ms)
    since_ms = position_ms - LATE_S * MS_PER_SECOND
    if look_back is not None:
        since_ms = min(since_ms, now_ms - int(look_back.total_seconds() * MS_PER_SECOND))
    begun_after = datetime.fromtimestamp(since_ms / MS_PER_SECOND, UTC) - LONGEST_CALL
    told = 0
    for _batch in range(MOST_BATCHES):
        count = await connection.fetchval(query("tell_ended_calls"), since_ms, begun_after, BATCH)
        told += count
        if count < BATCH:
            await connection.execute(query("move_position"), CALL_ENDED, now_ms)
            break
    return told


async def tell_low_balances(connection: Connection) -> int:
    """Write the deliveries of balances that fell; how many there are."""
    if not await connection.fetchval(query("is_event_wanted"), BALANCE_LOW):
        return 0
    return int(await connection.fetchval(query("tell_low_balances"), BATCH))


async def emit(connection: Connection, *, event: str, dealer_id: int, subject: str, facts: Mapping[str, Any]) -> int:
    """Tell an event to the webhooks of a dealer and of those above it; the same subject once. How many are told.

    Fraud control calls this with FRAUD_ALARM and the facts {"alarm", "severity", "dealer", "peer", "number", "text"}.
    """
    return int(
        await connection.fetchval(
            "SELECT webhook_emit($1, $2, $3, $4)", event, dealer_id, subject, json.dumps(dict(facts))
        )
    )
