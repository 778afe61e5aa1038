"""A node without a mind: answers every question with fixed orders, and remembers what it was told.

node = ScriptedNode(evapi)
node.on_invite = lambda invite: node.route(invite, Route(uri="sip:1@127.0.0.1:5080", pdd_timeout_ms=5000))
async with node:
    ...
    ended = await node.wait_for(Ended)
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from smartswitch.protocol.wire import (
    Acknowledge,
    Answered,
    Ended,
    Event,
    Failed,
    Invite,
    Media,
    Order,
    Refuse,
    Register,
    Registered,
    Route,
    RouteCall,
)
from smartswitch.runtime.config import Address
from smartswitch.switch.evapi_link import EvapiLink

EventType = TypeVar("EventType", bound=Event)
Decide = Callable[[Invite], Order | None]
DecideRegister = Callable[[Register], Order | None]


def new_call_id() -> UUID:
    """Return a random call id; the real node makes them from the time."""
    return UUID(bytes=os.urandom(16), version=4)


class ScriptedNode:
    """`on_invite` and `on_register` return the order to give, or None to stay silent.

    Kamailio may still owe reports of an earlier test's calls: of calls that are not in `calls` they are acknowledged, and
    not seen.
    """

    def __init__(
        self, evapi: Address, *, name: str = "scripted", granted_s: int = 60, calls: Iterable[UUID] = ()
    ) -> None:
        self.granted_s = granted_s
        self.calls = set(calls)
        self.events: list[Event] = []
        self.is_acknowledging = True
        self.on_invite: Decide = lambda invite: Refuse(
            tindex=invite.tindex, tlabel=invite.tlabel, status=404, reason="Not Found"
        )
        self.on_register: DecideRegister = lambda register: Registered(
            tindex=register.tindex, tlabel=register.tlabel, aor=register.from_user
        )
        self.link = EvapiLink(address=evapi, node=name, on_events=self._on_events)
        self._changed = asyncio.Condition()

    def route(
        self,
        invite: Invite,
        *routes: Route,
        granted_s: int | None = None,
        stop_codes: tuple[int, ...] = (),
        media: Media = Media.NONE,
        may_refer: bool = False,
        ring_timeout_ms: int = 60_000,
    ) -> RouteCall:
        """Return the order that sends this call along these routes."""
        call_id = new_call_id()
        self.calls.add(call_id)
        return RouteCall(
            tindex=invite.tindex,
            tlabel=invite.tlabel,
            call_id=call_id,
            granted_s=granted_s or self.granted_s,
            routes=routes,
            stop_codes=stop_codes,
            media=media,
            may_refer=may_refer,
            ring_timeout_ms=ring_timeout_ms,
        )

    def route_all_to(self, *addresses: Address, granted_s: int | None = None, media: Media = Media.NONE) -> None:
        """Send every call to these addresses in turn, the called number unchanged."""
        self.on_invite = lambda invite: self.route(
            invite,
            *(Route(uri=f"sip:{invite.ruri_user}@{address}", pdd_timeout_ms=5_000) for address in addresses),
            granted_s=granted_s,
            media=media,
        )

    async def _on_events(self, events: list[Event]) -> None:
        for event in events:
            order: Order | None = None
            match event:
                case Invite():
                    order = self.on_invite(event)
                case Register():
                    order = self.on_register(event)
                case Answered() | Failed() | Ended():
                    is_wanted = self.is_acknowledging or event.call_id not in self.calls
                    order = Acknowledge(report=event.report) if is_wanted else None
            if order is not None:
                self.link.send(order)
        async with self._changed:
            self.events.extend(event for event in events if getattr(event, "call_id", None) in {None, *self.calls})
            self._changed.notify_all()

    def seen(self, kind: type[EventType]) -> list[EventType]:
        """Every event of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind: type[EventType], count: int = 1, timeout_s: float = 10) -> EventType:
        """Return the `count`-th event of a kind, waiting for it. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.seen(kind)) >= count)
        return self.seen(kind)[count - 1]

    async def __aenter__(self) -> Self:
        self.link.start()
        try:
            await self.link.wait_connected(10)
        except BaseException:
            await self.link.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.link.close()
