"""One message to one webhook: to the address that was checked, signed, within a time, without redirects.

httpx can be told to connect to an address and to speak of a name (Host, SNI and the certificate are the name's), and the
whole of an exchange can be cancelled, so that an answer that trickles in cannot hold a worker.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ssl import SSLContext

import httpx

from smartswitch.web.api.webhooks.addresses import DEFAULT_PORTS, Target, UnsafeAddressError, resolved
from smartswitch.web.api.webhooks.signature import HEADER, signature

ANSWER_WITHIN_S = 10
MOST_ANSWER_BYTES = 2_000
FIRST_SUCCESS, FIRST_REDIRECT = 200, 300
AGENT = "Smartswitch-Webhook/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be told, to whom. `payload` is JSON."""

    delivery_id: int
    event: str
    created_at: datetime
    payload: str
    url: str
    secret: str

    @property
    def body(self) -> bytes:
        """The same at every attempt; receivers tell repeats by `id`."""
        facts = {"id": self.delivery_id, "event": self.event, "created_at": self.created_at.isoformat()}
        return json.dumps(facts | {"data": json.loads(self.payload)}).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `status` is None if nobody answered; `text` is the beginning of the answer, or what went wrong."""

    status: int | None
    text: str

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it: a status of 200 to 299."""
        return self.status is not None and FIRST_SUCCESS <= self.status < FIRST_REDIRECT


async def send(message: Message, *, now_s: int, allows_private: bool) -> Outcome:
    """Tell a webhook; never raises for what its address does."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            target = await resolved(message.url, allows_private=allows_private)
            return await _post(message, target, now_s=now_s)
    except TimeoutError:
        return Outcome(status=None, text=f"no answer within {ANSWER_WITHIN_S} s")
    except UnsafeAddressError as error:
        return Outcome(status=None, text=f"refused: {error}")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return Outcome(status=None, text=f"{type(error).__name__}: {error}"[:MOST_ANSWER_BYTES])


async def _post(message: Message, target: Target, *, now_s: int) -> Outcome:
    body = message.body
    shown = f"[{target.address}]" if target.address.version == 6 else str(target.address)
    named = f"[{target.host}]" if ":" in target.host else target.host
    is_usual = target.port == DEFAULT_PORTS[target.url.scheme]
    path = target.url.path or "/"
    query = f"?{target.url.query}" if target.url.query else ""
    headers = {
        "Host": named if is_usual else f"{named}:{target.port}",
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Smartswitch-Event": message.event,
        "Smartswitch-Delivery": str(message.delivery_id),
        HEADER: signature(secret=message.secret, moment_s=now_s, body=body),
    }
    async with (
        httpx.AsyncClient(
            verify=_trusted(), follow_redirects=False, trust_env=False, timeout=ANSWER_WITHIN_S
        ) as client,
        client.stream(
            "POST",
            f"{target.url.scheme}://{shown}:{target.port}{path}{query}",
            content=body,
            headers=headers,
            extensions={"sni_hostname": target.host},
        ) as response,
    ):
        return Outcome(status=response.status_code, text=await _beginning(response))


@cache
def _trusted() -> SSLContext:
    """Whose certificates are believed; read once, since it takes longer than a message."""
    return httpx.create_ssl_context(trust_env=False)


async def _beginning(response: httpx.Response) -> str:
    """As much of an answer as is kept; the rest is not read. Not unpacked: a small bomb stays small."""
    found = bytearray()
    async for piece in response.aiter_raw():
        found += piece
        if len(found) >= MOST_ANSWER_BYTES:
            break
    return bytes(found[:MOST_ANSWER_BYTES]).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
