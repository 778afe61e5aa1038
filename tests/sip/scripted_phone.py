"""A phone that speaks from where SIPp cannot: from a browser (WebSocket, RFC 7118), or from behind a NAT that says nothing.

    async with phone_in_browser(proxy, user="anna", password="...") as phone:      # or phone_behind_nat
        assert await phone.register() == ["401", "200"]
        dialog = await phone.call("447911123456")
        await phone.expect_bye(dialog)

What it writes about its own address is not where its messages come from; whoever answers there reaches nobody.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from smartswitch.core.digest import Algorithm, Credentials, make_ha1, response_of
from smartswitch.runtime.config import Address

from .sipp import SippMessage

PATIENCE_S = 8
PRIVATE = "192.168.7.20"
_CHALLENGE = re.compile(r'Digest realm="([^"]*)", nonce="([^"]*)", algorithm=SHA-256')
_URI = re.compile(r"<(sip:[^>]+)>")


@dataclass(slots=True)
class PhoneDialog:
    """A call as the phone knows it: what it writes into the requests that it sends within it."""

    call_id: str
    own: str
    other: str
    target: str
    routes: list[str]
    cseq: int = 1


class ScriptedPhone:
    """One user's phone. ``via`` and ``contact`` are what it believes of its address; ``media_host`` stands in its SDP."""

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        receive: Callable[[], Awaitable[str]],
        proxy: Address,
        *,
        user: str,
        password: str,
        via: str,
        contact: str,
        media_host: str,
    ) -> None:
        self._send, self._receive = send, receive
        self._proxy, self._user, self._password = proxy, user, password
        self._via, self._contact, self._media_host = via, f"<sip:{user}@{contact}>", media_host
        self.heard: list[SippMessage] = []

    async def expect(self, *names: str) -> SippMessage:
        """The next message of one of these names (a method or a status); others before it are only remembered."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = SippMessage(datetime.now(UTC), is_sent=False, text=await self._receive())
                self.heard.append(message)
                if message.name in names:
                    return message

    async def register(self, expires_s: int = 60) -> list[str]:
        """REGISTER with digest; the statuses that came."""
        uri = f"sip:{self._proxy}"
        statuses, credentials = [], ""
        me, call_id = f"<sip:{self._user}@{self._proxy}>", uuid4().hex
        for cseq in (1, 2):
            more = f"{credentials}Expires: {expires_s}\r\n"
            await self._request("REGISTER", uri, f"{me};tag={call_id[:8]}", me, call_id, cseq, more=more)
            reply = await self.expect("200", "401", "403", "503")
            statuses.append(reply.name)
            if reply.name != "401":
                break
            credentials = f"Authorization: {self._digest(reply.headers('WWW-Authenticate'), 'REGISTER', uri)}"
        return statuses

    async def call(self, number: str) -> PhoneDialog:
        """Call, with digest when asked; returns when the other side has answered."""
        uri = f"sip:{number}@{self._proxy}"
        own, other, call_id = f"<sip:{self._user}@{self._proxy}>;tag={uuid4().hex[:8]}", f"<{uri}>", uuid4().hex
        credentials = ""
        for cseq in (1, 2):
            branch = await self._request("INVITE", uri, own, other, call_id, cseq, more=credentials, has_body=True)
            reply = await self.expect("200", "407", "403", "404", "480", "503")
            if reply.name == "200":
                break
            await self._request("ACK", uri, own, reply.header("To") or "", call_id, cseq, branch=branch)
            assert (reply.name, cseq) == ("407", 1), reply.text
            challenge = self._digest(reply.headers("Proxy-Authenticate"), "INVITE", uri)
            credentials = f"Proxy-Authorization: {challenge}"
        routes = _routes_of(reply)[::-1]
        dialog = PhoneDialog(call_id, own, reply.header("To") or "", _uri_in(reply.header("Contact")), routes, cseq)
        await self._request("ACK", dialog.target, own, dialog.other, call_id, cseq, routes=routes)
        return dialog

    async def answer(self) -> PhoneDialog:
        """Wait for a call, ring, answer; returns when the ACK has come."""
        invite = await self.expect("INVITE")
        tag = uuid4().hex[:8]
        await self._reply(invite, "180 Ringing", tag)
        await asyncio.sleep(0.05)
        await self._reply(invite, "200 OK", tag, has_body=True)
        await self.expect("ACK")
        own, target = f"{invite.header('To')};tag={tag}", _uri_in(invite.header("Contact"))
        return PhoneDialog(invite.header("Call-ID") or "", own, invite.header("From") or "", target, _routes_of(invite))

    async def follow(self, dialog: PhoneDialog, method: str) -> SippMessage:
        """Send BYE or a re-INVITE within a call; gives the final reply, which is acknowledged if there is a need."""
        dialog.cseq += 1
        names = (dialog.own, dialog.other, dialog.call_id, dialog.cseq)
        has_body = method == "INVITE"
        await self._request(method, dialog.target, *names, routes=dialog.routes, has_body=has_body)
        reply = await self.expect("200", "481", "408", "503")
        if has_body:
            await self._request("ACK", dialog.target, *names, routes=dialog.routes)
        return reply

    async def expect_within(self, dialog: PhoneDialog, method: str) -> SippMessage:
        """Wait for a request within a call, and accept it."""
        request = await self.expect(method)
        assert request.header("Call-ID") == dialog.call_id
        await self._reply(request, "200 OK", "", has_body=method in ("INVITE", "UPDATE"))
        return request

    # ---- writing

    async def _request(
        self,
        method: str,
        uri: str,
        own: str,
        other: str,
        call_id: str,
        cseq: int,
        *,
        routes: list[str] | None = None,
        more: str = "",
        branch: str = "",
        has_body: bool = False,
    ) -> str:
        branch = branch or f"z9hG4bK{uuid4().hex}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: {self._via};branch={branch};rport",
            *(f"Route: {route}" for route in routes or ()),
            f"From: {own}",
            f"To: {other}",
            f"Call-ID: {call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: {self._contact}",
            "Max-Forwards: 70",
            "User-Agent: phone of the tests",
        ]
        await self._send("\r\n".join(lines) + "\r\n" + more + self._body(has_body=has_body))
        return branch

    async def _reply(self, request: SippMessage, status: str, tag: str, *, has_body: bool = False) -> None:
        to = request.header("To") or ""
        lines = [
            f"SIP/2.0 {status}",
            *(f"Via: {via}" for via in request.headers("Via")),
            *(f"Record-Route: {route}" for route in request.headers("Record-Route")),
            f"From: {request.header('From')}",
            f"To: {to};tag={tag}" if tag else f"To: {to}",
            f"Call-ID: {request.header('Call-ID')}",
            f"CSeq: {request.header('CSeq')}",
            f"Contact: {self._contact}",
        ]
        await self._send("\r\n".join(lines) + "\r\n" + self._body(has_body=has_body))

    def _body(self, *, has_body: bool) -> str:
        if not has_body:
            return "Content-Length: 0\r\n\r\n"
        sdp = (
            f"v=0\r\no=phone 1 1 IN IP4 {self._media_host}\r\ns=-\r\nc=IN IP4 {self._media_host}\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        )
        return f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"

    def _digest(self, challenges: list[str], method: str, uri: str) -> str:
        realm, nonce = next(found.groups() for each in challenges if (found := _CHALLENGE.search(each)))
        credentials = Credentials(self._user, realm, nonce, uri, "", Algorithm.SHA_256, "c0ffee", "00000001")
        ha1 = make_ha1(Algorithm.SHA_256, username=self._user, realm=realm, password=self._password)
        response = response_of(credentials, ha1=ha1, method=method)
        return (
            f'Digest username="{self._user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", '
            'algorithm=SHA-256, cnonce="c0ffee", nc=00000001, qop=auth\r\n'
        )


def _uri_in(header: str | None) -> str:
    found = _URI.search(header or "")
    assert found is not None, header
    return found[1]


def _routes_of(message: SippMessage) -> list[str]:
    return [f"<{uri}>" for header in message.headers("Record-Route") for uri in _URI.findall(header)]


@asynccontextmanager
async def phone_in_browser(proxy: Address, *, user: str, password: str) -> AsyncIterator[ScriptedPhone]:
    """A phone in a web page: it knows no address at all, and invents a name (RFC 7118, section 5)."""
    async with connect(f"ws://{proxy}/", subprotocols=[Subprotocol("sip")], compression=None) as channel:
        assert channel.subprotocol == "sip"

        async def receive() -> str:
            message = await channel.recv()
            return message if isinstance(message, str) else message.decode()

        yield ScriptedPhone(
            channel.send, receive, proxy, user=user, password=password, media_host="127.0.0.1",
            via="SIP/2.0/WS df7jal23ls0d.invalid", contact="df7jal23ls0d.invalid;transport=ws",
        )  # fmt: skip


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[str] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.put_nowait(data.decode())


@asynccontextmanager
async def phone_behind_nat(proxy: Address, *, user: str, password: str) -> AsyncIterator[ScriptedPhone]:
    """A phone at 192.168.7.20:5060 whose packets come from another address and port."""
    loop = asyncio.get_running_loop()
    transport, datagrams = await loop.create_datagram_endpoint(
        _Datagrams, local_addr=("127.0.0.1", 0), remote_addr=(proxy.host, proxy.port)
    )

    async def send(text: str) -> None:
        transport.sendto(text.encode())

    try:
        yield ScriptedPhone(
            send, datagrams.received.get, proxy, user=user, password=password, media_host=PRIVATE,
            via=f"SIP/2.0/UDP {PRIVATE}:5060", contact=f"{PRIVATE}:5060",
        )  # fmt: skip
    finally:
        transport.close()
