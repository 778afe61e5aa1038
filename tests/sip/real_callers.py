"""Originators for tests with the real node: several SIPps that call as p1, and party files with a setting more."""

import asyncio
from pathlib import Path

from smartswitch.runtime.config import Address

from .ports import free_port
from .real_parties import parties
from .sipp import Sipp

ANSWER_TIMEOUT_S = 10


def originator(scenario: str, proxy: Address, directory: Path, **options: object) -> Sipp:
    """A SIPp that calls from a port of its own."""
    return Sipp(scenario, remote=proxy, directory=directory, port=free_port(), **options)


def parties_of(*callers: Sipp, terminators: tuple[Address, ...], **options: str) -> str:
    """A party file in which all these callers are p1."""
    first, *others = callers
    more = "".join(f', {{ network = "{each.address.host}/32", port = {each.port} }}' for each in others)
    return parties(originator=first.address, deny=more, terminators=terminators, **options)


def with_setting(text: str, party: str, setting: str) -> str:
    """A party file with one more line for a party."""
    head = f'id = "{party}"\n'
    assert text.count(head) == 1, f"{party} stands there once"
    return text.replace(head, f"{head}{setting}\n")


async def answered(callee: Sipp, count: int = 1) -> None:
    """Return when so many calls to this SIPp talk."""
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        while True:
            if sum(message.name == "ACK" for message in callee.messages()) >= count:
                return
            await asyncio.sleep(0.02)
