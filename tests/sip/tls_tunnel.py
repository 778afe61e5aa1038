"""Gives TLS to a program that has none: Debian's SIPp is built without OpenSSL."""

import asyncio
import contextlib
import ssl
from types import TracebackType
from typing import Self

from smartswitch.runtime.config import Address

PIECE_BYTES = 65_536


class TlsTunnel:
    """Accepts TCP on a free port of loopback and passes everything on over TLS, both ways."""

    def __init__(self, remote: Address) -> None:
        self._remote = remote
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> Address:
        """Where it accepts TCP."""
        assert self._server is not None, "use it inside async with"
        return Address("127.0.0.1", self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        far_reader, far_writer = await asyncio.open_connection(self._remote.host, self._remote.port, ssl=context)
        for source, target in ((reader, far_writer), (far_reader, writer)):
            self._tasks.add(asyncio.create_task(_pass_on(source, target)))


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(PIECE_BYTES):
            target.write(piece)
            await target.drain()
    finally:
        target.close()
        with contextlib.suppress(OSError):
            await target.wait_closed()
