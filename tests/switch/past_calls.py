"""CDRs of calls that are over, written straight into the database: what statistics are made of."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import orjson

_COLUMNS = (
    "tenant_id created_at call_id leg dealer_id dealer_ids direction caller called authorized_at_ms answered_at_ms"
    " ended_at_ms duration_ms billed_s result sip_status reason terminator attempts node"
)


async def note_past_calls(
    connection: asyncpg.Connection,
    count: int,
    *attempts: tuple[str, int],
    before: datetime,
    talked_ms: int = 0,
    direction: str = "outbound",
    terminator: str | None = None,
    age: timedelta = timedelta(minutes=1),
    result: str | None = None,
) -> None:
    """So many calls of one kind: each tried these (terminator, status); a last status of 200 is an answer."""
    started = before - age
    started_ms = int(started.replace(tzinfo=UTC).timestamp()) * 1000
    is_answered = (bool(attempts) and attempts[-1][1] == 200) or talked_ms > 0
    rows = [
        (
            1, started, uuid4(), 0, 1, [1], direction, "442070000001", "447911123456", started_ms,
            started_ms if is_answered else None, started_ms + talked_ms, talked_ms, -(-talked_ms // 1000),
            result or ("answered" if is_answered else "unanswered"), attempts[-1][1] if attempts else 200, None,
            terminator or (attempts[-1][0] if attempts else None),
            orjson.dumps([[key, status, 20] for key, status in attempts]).decode(), "n1",
        )
        for _ in range(count)
    ]  # fmt: skip
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS.split()) + 1))
    await connection.executemany(f"INSERT INTO cdr ({', '.join(_COLUMNS.split())}) VALUES ({places})", rows)
