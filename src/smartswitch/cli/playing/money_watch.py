"""Charging with a witness: after every command the held money of each party is looked at, and the most of it kept."""

from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.pool import Pool
from smartswitch.cli.playing.outcome import PartyMoney
from smartswitch.cli.queries import playing_query
from smartswitch.protocol.charging import Authorize, Command, Extend, Granted, Refused, Reply


class WatchedCharging:
    """The real engine; it also remembers which level was short for each call."""

    def __init__(self, engine: ChargingEngine, pool: Pool) -> None:
        self._engine = engine
        self._pool = pool
        self._max_held: dict[str, int] = {}
        self._short: dict[object, str | None] = {}

    async def submit(self, command: Command) -> Reply:
        """Carry out a command, then look at the money."""
        reply = await self._engine.submit(command)
        if isinstance(command, Authorize | Extend):
            if isinstance(reply, Granted) and reply.limited_by is not None:
                self._short[command.call_id] = reply.limited_by
            elif isinstance(reply, Refused):
                self._short[command.call_id] = reply.refusal.refused_by
        await self.money()
        return reply

    def short_party(self, call_id: object) -> str | None:
        """The level that was last found short for a call."""
        return self._short.get(call_id)

    async def money(self) -> dict[str, PartyMoney]:
        """What every party that may be limited has now."""
        money = {}
        for party, amount, held in await self._pool.fetch(playing_query("read_money")):
            self._max_held[party] = max(held, self._max_held.get(party, 0))
            money[party] = PartyMoney(amount, held, self._max_held[party])
        return money
