"""Expiry: legs whose node fell silent are closed, so that no hold outlives its call by more than two slices.

Any node may do it, and several may at once: the decision is taken again under the lock of the leg. A live call is charged
up to the last second in which its node confirmed it; a ringing one is released. Both CDRs are marked.
"""

import asyncio

from smartswitch.charging.decisions import RING_LIMIT_MS
from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.queries import Connection, query
from smartswitch.protocol.charging import Conflict, Expire

LEGS_A_ROUND = 500
"""The most legs that one round closes, so that expiry never crowds out the calls that go on."""


async def expire_silent(connection: Connection, engine: ChargingEngine, *, at_ms: int) -> int:
    """Close what is silent at the moment (UTC ms); returns how many legs were closed."""
    rows = await connection.fetch(query("read_silent_legs"), at_ms, RING_LIMIT_MS, LEGS_A_ROUND)
    commands = [Expire(call_id=row["call_id"], leg=row["leg"], at_ms=at_ms) for row in rows]
    replies = await asyncio.gather(*(engine.submit(command) for command in commands))
    return sum(1 for reply in replies if not isinstance(reply, Conflict))
