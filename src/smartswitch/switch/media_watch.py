"""The media watch: a call that talks without media is over, whatever SIP says (FAULTS S10, F24).

rtpengine drops a session when no packet has come for its own timeout; a phone that lost its power never says BYE. So every
few seconds the Call-IDs that rtpengine relays are compared with the calls that talk, and a call that should have media
and has none is hung up. One look may fall into the moment between answer and session, or into rtpengine's restart, hence
the grace and the second look. When rtpengine does not answer, nothing is concluded.
"""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from smartswitch.core.call import State
from smartswitch.protocol.charging import EndedBy
from smartswitch.protocol.wire import Media
from smartswitch.runtime.clock import Clock
from smartswitch.runtime.log import EventLog
from smartswitch.switch.calls.call_controller import CallController
from smartswitch.switch.rtpengine import LONGEST_LIST, RtpengineError

WATCH_INTERVAL_S = 5
GRACE_MS = 20_000
"""So long after the answer a call may be without media."""

_TALKS = (State.TALKING, State.EXTENDING, State.LIMITED)

log = EventLog("switch.media_watch")


class MediaRelay(Protocol):
    """What is asked of rtpengine."""

    async def list_calls(self) -> list[str]:
        """The Call-IDs that it relays; raises RtpengineError."""
        ...


class MediaWatch:
    """Compares the calls of one controller with the sessions of one rtpengine."""

    def __init__(self, controller: CallController, relay: MediaRelay, clock: Clock) -> None:
        self._controller = controller
        self._relay = relay
        self._clock = clock
        self._suspected: frozenset[UUID] = frozenset()

    async def look(self) -> int:
        """Look once; how many calls were hung up."""
        try:
            relayed = await self._relay.list_calls()
        except RtpengineError as error:
            log.warning("rtpengine_silent", error=error)
            return 0
        if len(relayed) >= LONGEST_LIST:
            log.warning("rtpengine_list_too_long", calls=len(relayed))
            return 0
        silent = self._without_media(frozenset(relayed))
        ended = [call_id for call_id in silent if call_id in self._suspected]
        self._suspected = frozenset(silent)
        for call_id in ended:
            log.event("call_without_media", call_id=call_id)
            self._controller.stop(call_id, EndedBy.MEDIA_TIMEOUT)
        return len(ended)

    def _without_media(self, relayed: Collection[str]) -> list[UUID]:
        now_ms = self._clock.monotonic_ms()
        return [
            live.call_id
            for live in self._controller.live
            if live.call.state in _TALKS
            and live.plan.media is not Media.NONE
            and live.dialog is not None
            and live.dialog.sip_call_id not in relayed
            and now_ms - live.answered_monotonic_ms > GRACE_MS
        ]
