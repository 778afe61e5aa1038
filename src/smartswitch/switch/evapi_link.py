"""The connection to Kamailio: events in, orders out.

Rule: nothing here decides. Events go to one callback in the order they came, in batches that grow by themselves: what
arrives while the callback runs is the next batch. Orders given in one turn of the event loop leave in one write.

Three facts about Kamailio's evapi module (5.6.3, `evapi_dispatch.c`) shape this file.

1. It reads at most 32,767 bytes at a time, and a read that ends *inside the digits of a length* is thrown away with
   the order after it. Orders are padded with spaces to a multiple of ALIGNMENT_BYTES and written in pieces of at most
   PIECE_BYTES, so a full read ends 63 bytes into a block, where no digits are. An order lost all the same does no harm:
   the decision times out with 503, a report is repeated.
2. It writes to a node with a blocking call. A frozen node would, once its socket is full, stop Kamailio's dispatcher
   and with it every other node. So the link says that it lives every ALIVE_INTERVAL_S, and Kamailio sends nothing to a
   node that it has not heard for NODE_SILENCE_S.
3. It leaves Nagle's algorithm on: an event waits until the one before it is acknowledged, and Linux delays that by up
   to 40 ms. So every read is acknowledged at once.

Orders run in one process of Kamailio, one after the other.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from smartswitch.protocol.netstring import NetstringDecoder, NetstringError, padded_netstring
from smartswitch.protocol.wire import Acknowledge, Alive, Event, Hello, Invite, Order, Register, WireError
from smartswitch.protocol.wire_codec import (
    REPORTS_AN_ORDER,
    decode_event,
    encode_acknowledgements,
    encode_order,
    require_node_name,
)
from smartswitch.runtime.config import Address
from smartswitch.runtime.log import EventLog

ALIGNMENT_BYTES = 64
PIECE_BYTES = 16_384
READ_BYTES = 262_144
GATHER_S = 0.002
"""So long after one read the next one waits: a node that wakes up for each event spends more on waking than on the event.
The first event after a pause does not wait."""
ACKNOWLEDGE_WITHIN_S = 0.1
"""Nobody waits for an acknowledgement: many go in one order."""
ALIVE_INTERVAL_S = 1.0
FIRST_RETRY_S = 0.1
LONGEST_RETRY_S = 2.0
CONNECT_TIMEOUT_S = 3.0
SILENT_ROUNDS = 3
"""A connection without a greeting after so many requests for one is given up."""
MOST_WAITING_EVENTS = 20_000
QUICK_ACKNOWLEDGEMENT: int | None = getattr(socket, "TCP_QUICKACK", None)

OnEvents = Callable[[list[Event]], Awaitable[None]]


class EvapiLink:
    """One node's connection to one Kamailio.

    `start` returns at once; the link connects, and connects again when the connection is lost, until `close`.
    `on_events` is awaited with each batch; an exception from it is a bug of the node: it is logged, the link lives on.
    `on_lost` is called at the moment a connection that had worked is lost.
    """

    def __init__(
        self, *, address: Address, node: str, on_events: OnEvents, on_lost: Callable[[], None] | None = None
    ) -> None:
        require_node_name(node)
        self._address = address
        self._node = node
        self._on_events = on_events
        self._on_lost = on_lost
        self._log = EventLog("switch.evapi")
        self._transport: asyncio.Transport | None = None
        self._outgoing: list[bytes] = []
        self._acknowledged: list[str] = []
        self._incoming: list[Event] = []
        self._has_incoming = asyncio.Event()
        self._hello = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.left_out_events = 0

    @property
    def is_connected(self) -> bool:
        """Whether Kamailio answered on the present connection."""
        return self._transport is not None and self._hello.is_set()

    def start(self) -> None:
        """Begin to connect. Call it inside the event loop."""
        self._tasks = [asyncio.create_task(self._keep_connected()), asyncio.create_task(self._deliver())]

    async def wait_connected(self, timeout_s: float) -> None:
        """Return when Kamailio has answered. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_s):
            await self._hello.wait()

    async def close(self) -> None:
        """End the connection and both tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._transport is not None:
            self._acknowledge()
            self._flush()
            transport, self._transport = self._transport, None
            transport.close()
            # The socket itself is closed in the next turn of the loop, and this may be the last one.
            await asyncio.sleep(0)

    def send(self, order: Order) -> bool:
        """Send an order at the end of this turn of the loop, an acknowledgement within ACKNOWLEDGE_WITHIN_S.

        False when there is no connection: the order is dropped.

        A dropped decision becomes 503 at the caller, a dropped acknowledgement a repeated report.
        """
        if self._transport is None:
            return False
        if isinstance(order, Acknowledge):
            if not self._acknowledged:
                asyncio.get_running_loop().call_later(ACKNOWLEDGE_WITHIN_S, self._acknowledge)
            self._acknowledged.append(order.report)
        else:
            self._write(encode_order(order, node=self._node))
        return True

    def _write(self, encoded: bytes) -> None:
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outgoing.append(padded_netstring(encoded, ALIGNMENT_BYTES))

    def _acknowledge(self) -> None:
        acknowledged, self._acknowledged = self._acknowledged, []
        if self._transport is not None:
            for start in range(0, len(acknowledged), REPORTS_AN_ORDER):
                self._write(encode_acknowledgements(acknowledged[start : start + REPORTS_AN_ORDER]))

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is None:
            return
        piece: list[bytes] = []
        piece_bytes = 0
        for order in outgoing:
            if piece_bytes + len(order) > PIECE_BYTES and piece:
                self._transport.write(b"".join(piece))
                piece, piece_bytes = [], 0
            piece.append(order)
            piece_bytes += len(order)
        if piece:
            self._transport.write(b"".join(piece))

    # ---- connecting

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        retry_s = FIRST_RETRY_S
        while True:
            lost = loop.create_future()
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await loop.create_connection(
                        partial(_EvapiProtocol, self, lost),
                        self._address.host,
                        self._address.port,
                    )
            except (OSError, TimeoutError) as error:
                self._log.warning("evapi_unreachable", address=self._address, error=error, retry_s=retry_s)
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, LONGEST_RETRY_S)
                continue
            if await self._say_alive_until(lost):
                retry_s = FIRST_RETRY_S
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, LONGEST_RETRY_S)

    async def _say_alive_until(self, lost: "asyncio.Future[None]") -> bool:
        """Send `Alive` until the connection is lost; return whether Kamailio had answered.

        Its greeting is asked for until it comes: an order may be lost (see the top of the file), and a connection that
        the listening socket of a dying Kamailio took is never answered, so it is given up.
        """
        silent_rounds = 0
        self.send(Alive(is_first=True))
        while not lost.done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(lost), ALIVE_INTERVAL_S)
            silent_rounds = 0 if self._hello.is_set() else silent_rounds + 1
            if silent_rounds > SILENT_ROUNDS and self._transport is not None:
                self._log.warning("evapi_silent", address=self._address)
                self._transport.abort()
            self.send(Alive(is_first=not self._hello.is_set()))
        return self._hello.is_set()

    def acknowledge_at_once(self) -> None:
        """Called by the protocol after each read: Linux forgets TCP_QUICKACK by itself."""
        if self._transport is not None and QUICK_ACKNOWLEDGEMENT is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, QUICK_ACKNOWLEDGEMENT, 1)

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Called by the protocol."""
        self._hello.clear()
        self._outgoing.clear()
        self._transport = transport
        self._socket = transport.get_extra_info("socket")

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the protocol."""
        if self._on_lost is not None and self.is_connected:
            self._on_lost()
        self._transport = None
        self._hello.clear()
        self._log.warning("evapi_lost", address=self._address, error=error)

    # ---- events

    def messages_received(self, messages: list[bytes]) -> None:
        """Called by the protocol with whole messages."""
        for message in messages:
            try:
                event = decode_event(message)
            except WireError as error:
                self._log.error("wire_error", message=str(error))
                continue
            if isinstance(event, Hello):
                self._hello.set()
                self._log.event("evapi_connected", kamailio=event.kamailio, version=event.version)
            elif isinstance(event, Invite | Register) and len(self._incoming) >= MOST_WAITING_EVENTS:
                self.left_out_events += 1
                continue
            self._incoming.append(event)
        if self._incoming:
            self._has_incoming.set()

    async def _deliver(self) -> None:
        while True:
            await self._has_incoming.wait()
            self._has_incoming.clear()
            batch, self._incoming = self._incoming, []
            try:
                await self._on_events(batch)
            except Exception as error:  # noqa: BLE001 A bug of the node must not end the link; it is told with its traceback.
                self._log.error("on_events_failed", error=error, events=len(batch))


class _EvapiProtocol(asyncio.BufferedProtocol):
    """Bytes to messages, for one connection."""

    def __init__(self, link: EvapiLink, lost: "asyncio.Future[None]") -> None:
        self._link = link
        self._lost = lost
        self._decoder = NetstringDecoder()
        self._buffer = bytearray(READ_BYTES)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not isinstance: uvloop's transports do not inherit from asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._link.connection_made(self._transport)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._link.acknowledge_at_once()
        try:
            self._link.messages_received(self._decoder.feed(bytes(memoryview(self._buffer)[:nbytes])))
        except NetstringError as error:
            self._link.messages_received([])
            assert self._transport is not None
            self._transport.abort()
            EventLog("switch.evapi").error("evapi_garbled", error=error)
        else:
            self._gather()

    def _gather(self) -> None:
        """Read again after GATHER_S."""
        assert self._transport is not None
        self._transport.pause_reading()
        asyncio.get_running_loop().call_later(GATHER_S, self._read_again)

    def _read_again(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._link.connection_lost(error)
        if not self._lost.done():
            self._lost.set_result(None)
