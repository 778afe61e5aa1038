"""A phone that only registers: REGISTER over UDP, the challenge, and REGISTER again with the algorithm that is wanted.

It registers any contact, so that a SIPp that answers calls can be a registered phone.
"""

import re
import socket
from uuid import uuid4

from smartswitch.core.digest import Algorithm, Credentials, make_ha1, response_of
from smartswitch.runtime.config import Address

_CHALLENGE = re.compile(r'(?:WWW|Proxy)-Authenticate: Digest realm="([^"]*)", nonce="([^"]*)", algorithm=([A-Z0-9-]+)')


def register(
    proxy: Address,
    *,
    username: str,
    password: str,
    contact: Address,
    algorithm: Algorithm = Algorithm.SHA_256,
    expires_s: int = 60,
) -> list[str]:
    """Register; gives the status lines that came, as in ["401 Unauthorized", "200 OK"]."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind(("127.0.0.1", 0))
        channel.connect((proxy.host, proxy.port))
        channel.settimeout(5)
        call_id, statuses, credentials = uuid4().hex, list[str](), ""
        for cseq in (1, 2):
            request = _request(channel, proxy, username, contact, call_id, cseq, credentials, expires_s)
            channel.send(request.encode())
            reply = _final_reply(channel)
            statuses.append(reply.split("\r\n", 1)[0].removeprefix("SIP/2.0 "))
            if not statuses[-1].startswith("401"):
                break
            credentials = _authorization(reply, proxy, username=username, password=password, algorithm=algorithm)
    return statuses


def _request(
    channel: socket.socket,
    proxy: Address,
    username: str,
    contact: Address,
    call_id: str,
    cseq: int,
    credentials: str,
    expires_s: int,
) -> str:
    host, port = channel.getsockname()
    return (
        f"REGISTER sip:{proxy} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{uuid4().hex};rport\r\n"
        f"From: <sip:{username}@{proxy}>;tag={call_id[:8]}\r\n"
        f"To: <sip:{username}@{proxy}>\r\n"
        f"Call-ID: {call_id}\r\n"
        f"CSeq: {cseq} REGISTER\r\n"
        f"Contact: <sip:{username}@{contact}>\r\n"
        f"Expires: {expires_s}\r\n"
        "Max-Forwards: 70\r\n"
        "User-Agent: phone of the tests\r\n"
        f"{credentials}"
        "Content-Length: 0\r\n\r\n"
    )


def _final_reply(channel: socket.socket) -> str:
    while True:
        reply = channel.recv(65_535).decode()
        if not reply.startswith("SIP/2.0 1"):
            return reply


def _authorization(reply: str, proxy: Address, *, username: str, password: str, algorithm: Algorithm) -> str:
    realm, nonce, _ = next(each for each in _CHALLENGE.findall(reply) if each[2] == algorithm.value)
    uri = f"sip:{proxy}"
    credentials = Credentials(username, realm, nonce, uri, "", algorithm, "c0ffee", "00000001")
    ha1 = make_ha1(algorithm, username=username, realm=realm, password=password)
    response = response_of(credentials, ha1=ha1, method="REGISTER")
    return (
        f'Authorization: Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", algorithm={algorithm.value}, cnonce="c0ffee", nc=00000001, qop=auth\r\n'
    )
