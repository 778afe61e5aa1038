"""A load of calls with SIPp on both sides, and what SIPp itself wrote down about each of them: the witness.

    load = Load((proxy,), directory, caller_ports=(..., ), callee_port=..., shape=LoadShape())
    with load:
        ...                          # faults happen here
        heard = await load.finish()  # when the last call is over

A call is known by its Call-ID on both sides, and in the CDR. Times are those of SIPp's message trace.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from smartswitch.runtime.config import Address

from ..sip.sipp import Sipp, SippCall, SippMessage, SippResult

SCENARIOS = Path(__file__).parent / "scenarios"
LEAST_FINAL_STATUS = 200
LEAST_FAILURE_STATUS = 300
# Without an answer a BYE is sent 5 times, which takes 8 s.
RETRANSMISSIONS = ("-max_non_invite_retrans", "5", "-max_invite_retrans", "6")
AFTER_THE_LAST_CALL_S = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadShape:
    """How many calls from each caller, how fast, and how long they talk: each takes one of the times by chance."""

    calls_per_second: int = 20
    calls: int = 120
    talks_ms: tuple[int, ...] = (2_000, 3_500, 5_000, 6_500)
    ring_ms: int = 50

    @property
    def lasting_s(self) -> float:
        """From the first INVITE to the last."""
        return self.calls / self.calls_per_second


@dataclass(frozen=True, slots=True)
class WitnessedCall:
    """What one side saw of a call. Times are None for what did not happen."""

    sip_call_id: str
    invited_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    refused_at: datetime | None
    status: int | None

    @property
    def talked_ms(self) -> int | None:
        """From the 200 to the first BYE."""
        return _ms(self.answered_at, self.ended_at)

    @property
    def refused_after_ms(self) -> int | None:
        """From the INVITE to a refusal."""
        return _ms(self.invited_at, self.refused_at)

    def talks_at(self, moment: datetime) -> bool:
        """Whether it was answered then, and not over."""
        return (
            self.answered_at is not None
            and self.answered_at <= moment
            and (self.ended_at is None or moment <= self.ended_at)
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """Both sides of a load, by Call-ID."""

    callers: dict[str, WitnessedCall]
    callees: dict[str, WitnessedCall]

    @property
    def answered(self) -> dict[str, WitnessedCall]:
        """The calls that the calling side heard answered."""
        return {name: call for name, call in self.callers.items() if call.answered_at is not None}

    @property
    def refused(self) -> dict[str, WitnessedCall]:
        """The calls that the calling side heard refused."""
        return {name: call for name, call in self.callers.items() if call.refused_at is not None}


class Load:
    """A SIPp that calls through each proxy, and one that all call. A context manager; no SIPp outlives it."""

    def __init__(
        self,
        proxies: tuple[Address, ...],
        directory: Path,
        *,
        caller_ports: tuple[int, ...],
        callee_port: int,
        shape: LoadShape,
        called: str = "447911123456",
    ) -> None:
        self.shape = shape
        self._bound_s = int(shape.lasting_s + max(shape.talks_ms) / 1000 + AFTER_THE_LAST_CALL_S)
        limits = ("-l", str(shape.calls + 10), *RETRANSMISSIONS)
        self._callee = Sipp(
            "load_callee",
            directory=directory,
            port=callee_port,
            calls=shape.calls * 10 * len(proxies),
            timeout_s=self._bound_s + 30,
            values={"ring_ms": str(shape.ring_ms)},
            arguments=limits,
            scenarios=SCENARIOS,
        )
        self._callers = [
            Sipp(
                "load_caller",
                remote=proxy,
                directory=directory,
                port=port,
                calls=shape.calls,
                rate=shape.calls_per_second,
                timeout_s=self._bound_s,
                values={"called": called, "talks": _talks(shape.talks_ms)},
                arguments=limits,
                scenarios=SCENARIOS,
            )
            for proxy, port in zip(proxies, caller_ports, strict=True)
        ]
        self.started_s = 0.0

    def __enter__(self) -> Self:
        self._callee.__enter__()
        for caller in self._callers:
            caller.start()
        self.started_s = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sipp in (*self._callers, self._callee):
            sipp.stop()

    async def until(self, second: float) -> None:
        """Wait until so many seconds after the first call."""
        await asyncio.sleep(max(0.0, self.started_s + second - time.monotonic()))

    async def finish(self) -> Witness:
        """Wait for the last call, and read what both sides saw."""
        callers = [await asyncio.to_thread(caller.finish, self._bound_s + 5) for caller in self._callers]
        await asyncio.sleep(0.3)
        self._callee.stop()
        callee = await asyncio.to_thread(self._callee.finish)
        return Witness(_witnessed(*callers), _witnessed(callee))


def _talks(talks_ms: tuple[int, ...]) -> str:
    """A branch for each time to talk, all as likely; a BYE of the other side ends any of them."""
    lines = []
    for number, _ in enumerate(talks_ms[1:], 1):
        chance = 1 / (len(talks_ms) - number + 1)
        lines.append(f'<nop next="talk{number}" chance="{chance:.4f}"/>')
    for number, talk_ms in enumerate(talks_ms):
        lines.append(f'<label id="talk{number}"/>')
        lines.append(f'<recv request="BYE" timeout="{talk_ms}" ontimeout="hang_up" next="was_hung_up"/>')
    return "\n  ".join(lines)


def _witnessed(*results: SippResult) -> dict[str, WitnessedCall]:
    return {call.call_id: _witnessed_call(call) for result in results for call in result.calls if call.messages}


def _witnessed_call(call: SippCall) -> WitnessedCall:
    finals = [each for each in call.messages if _is_final_of_invite(each)]
    answered = [each for each in finals if int(each.name) < LEAST_FAILURE_STATUS]
    refused = [] if answered else finals
    byes = [each for each in call.messages if each.name == "BYE"]
    return WitnessedCall(
        sip_call_id=call.call_id,
        invited_at=call.messages[0].at,
        answered_at=answered[0].at if answered else None,
        ended_at=byes[0].at if byes and answered else None,
        refused_at=refused[0].at if refused else None,
        status=int(finals[0].name) if finals else None,
    )


def _is_final_of_invite(message: SippMessage) -> bool:
    is_of_invite = (message.header("CSeq") or "").endswith("INVITE")
    return is_of_invite and message.name.isdigit() and int(message.name) >= LEAST_FINAL_STATUS


def _ms(first: datetime | None, last: datetime | None) -> int | None:
    return None if first is None or last is None else round((last - first).total_seconds() * 1000)
