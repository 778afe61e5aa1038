"""Delivers what waits: a few at a time, each within seconds, later and later again until it is given up.

After attempt 1, 2, 3... the next one comes after 10 s, 1 min, 5 min, 30 min, 1 h, 3 h, 6 h and 12 h; the ninth is the last.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from smartswitch.runtime.clock import Clock
from smartswitch.runtime.connection import Connection
from smartswitch.runtime.secret_box import SecretBox, SecretError
from smartswitch.web.api.webhooks.queries import query
from smartswitch.web.api.webhooks.sending import ANSWER_WITHIN_S, Message, Outcome, send

DELAYS_S = (10, 60, 300, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600)
MOST_ATTEMPTS = len(DELAYS_S) + 1
AT_ONCE = 20
AT_ONCE_OF_ONE = 5
LEASE_S = 6 * ANSWER_WITHIN_S
RUN_FOR_MS = 15_000
"""After which a run ends: the worker has other jobs, too."""


async def deliver(connection: Connection, *, box: SecretBox, clock: Clock, allows_private: bool) -> int:
    """Deliver what is due; how many attempts there were."""
    started_ms, attempts = clock.monotonic_ms(), 0
    while clock.monotonic_ms() - started_ms < RUN_FOR_MS:
        claimed = await connection.fetch(query("claim_deliveries"), AT_ONCE, AT_ONCE_OF_ONE, LEASE_S)
        if not claimed:
            break
        attempts += len(claimed)
        outcomes = await asyncio.gather(
            *(_attempt(row, box=box, clock=clock, allows_private=allows_private) for row in claimed)
        )
        await connection.executemany(
            query("write_outcome"), [_written(row, outcome) for row, outcome in zip(claimed, outcomes, strict=True)]
        )
    return attempts


async def _attempt(row: Any, *, box: SecretBox, clock: Clock, allows_private: bool) -> Outcome:
    try:
        secret = box.decrypt(row["secret_encrypted"])
    except SecretError as error:
        return Outcome(status=None, text=str(error))
    message = Message(
        delivery_id=row["id"],
        event=row["event"],
        created_at=row["created_at"],
        payload=row["payload"],
        url=row["url"],
        secret=secret,
    )
    return await send(message, now_s=int(clock.now().timestamp()), allows_private=allows_private)


def _written(row: Any, outcome: Outcome) -> Sequence[Any]:
    if outcome.is_delivered:
        status, delay_s = "delivered", 0
    elif row["attempts"] >= MOST_ATTEMPTS:
        status, delay_s = "failed", 0
    else:
        status, delay_s = "waiting", DELAYS_S[row["attempts"] - 1]
    return row["id"], status, delay_s, outcome.status, outcome.text
