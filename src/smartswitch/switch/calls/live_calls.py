"""The calls that this node carries, found by id and by whose money they use; and the ids of those that just ended."""

from collections import OrderedDict
from collections.abc import Iterator
from uuid import UUID

from smartswitch.switch.calls.call_ports import Wire
from smartswitch.switch.calls.live_call import LiveCall

ENDED_REMEMBERED = 50_000
"""So many ended calls are still known, so that a late repeat of a report needs no question to the database."""


class LiveCalls:
    """An index of calls. It neither starts nor ends any."""

    def __init__(self) -> None:
        self._calls: dict[UUID, LiveCall] = {}
        self._by_balance: dict[int, dict[UUID, LiveCall]] = {}
        self._ended: OrderedDict[UUID, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[LiveCall]:
        """Every call, in the order of their beginning; calls may end meanwhile."""
        return iter(tuple(self._calls.values()))

    def get(self, call_id: UUID) -> LiveCall | None:
        """A call by its id."""
        return self._calls.get(call_id)

    def add(self, live: LiveCall) -> None:
        """Take a call in."""
        self._calls[live.call_id] = live
        for balance_id in live.balance_ids:
            self._by_balance.setdefault(balance_id, {})[live.call_id] = live

    def remove(self, live: LiveCall) -> None:
        """Forget a call, but remember its id for a while."""
        self._calls.pop(live.call_id, None)
        for balance_id in live.balance_ids:
            sharing = self._by_balance.get(balance_id)
            if sharing is not None:
                sharing.pop(live.call_id, None)
                if not sharing:
                    del self._by_balance[balance_id]
        self._ended[live.call_id] = None
        if len(self._ended) > ENDED_REMEMBERED:
            self._ended.popitem(last=False)

    def has_ended(self, call_id: UUID) -> bool:
        """True if the call ended here lately."""
        return call_id in self._ended

    def using_balance(self, balance_id: int) -> tuple[LiveCall, ...]:
        """The calls that a balance pays for."""
        return tuple(self._by_balance.get(balance_id, {}).values())

    def on_wire(self, wire: Wire) -> tuple[LiveCall, ...]:
        """The calls of one Kamailio."""
        return tuple(live for live in self._calls.values() if live.wire is wire)
