"""Drills: parts of a loaded switch die, freeze or go away, and afterwards the ledger and SIPp tell the same story.

Each lasts some 15 to 30 s. SMARTSWITCH_DRILL_CALLS makes the load longer (calls, 120 by default), SMARTSWITCH_DRILL_RATE
faster (calls a second, 20); SMARTSWITCH_LONG_DRILLS=1 runs the drills that ./test leaves out.
"""

import asyncio
import os
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address
from smartswitch.switch.kamailio import Kamailio

from ..sip.ports import free_port
from .agreement import cut_disagreements, disagreements, overcharges
from .installation import NODE_MODULE, SHORT_SLICES, Installation, NodeProcess
from .load import Load, LoadShape, Witness
from .parties import four_paying_levels

CALLS = int(os.environ.get("SMARTSWITCH_DRILL_CALLS", "120"))
CALLS_PER_SECOND = int(os.environ.get("SMARTSWITCH_DRILL_RATE", "20"))
SHAPE = LoadShape(calls=CALLS, calls_per_second=CALLS_PER_SECOND)
FAULT_AT_S = SHAPE.lasting_s / 2
REST_TIMEOUT_S = 15
AWAY_S = 10
LONGER_THAN_TWO_SLICES_S = 12
REFUSED_WITHIN_MS = 3_300
UNAVAILABLE_STATUS = 503
PAYERS = 4

pytestmark = pytest.mark.timeout(90 + CALLS / CALLS_PER_SECOND)


long_drill = pytest.mark.skipif(
    not os.environ.get("SMARTSWITCH_LONG_DRILLS"), reason="set SMARTSWITCH_LONG_DRILLS=1: ./test has no time for it"
)


class Drill:
    """One Kamailio, one node, one load."""

    def __init__(self, switch: Installation, directory: Path) -> None:
        self.switch = switch
        self._directory = directory
        self._caller = Address("127.0.0.1", free_port())
        self._callee = Address("127.0.0.1", free_port())
        self.kamailio: Kamailio
        self.node: NodeProcess

    async def prepare(self, *, arguments: tuple[str, ...] = NODE_MODULE) -> None:
        """Start everything but the calls."""
        await self.switch.load(four_paying_levels(callers=(self._caller,), terminator=self._callee))
        self.kamailio = await asyncio.to_thread(self.switch.add_kamailio)
        self.node = self.switch.add_node("n1", self.kamailio, arguments=arguments)
        await asyncio.to_thread(self.node.start)

    def load(self, shape: LoadShape = SHAPE) -> Load:
        """The calls."""
        return Load(
            (self.kamailio.settings.udp[0],),
            self._directory,
            caller_ports=(self._caller.port,),
            callee_port=self._callee.port,
            shape=shape,
        )

    async def check_money(self) -> None:
        """Everything is closed, delivered and proven."""
        await self.switch.until_at_rest(REST_TIMEOUT_S)
        assert await self.switch.violations() == []
        assert list(self.switch.quarantines()) == []

    async def check(self, witness: Witness, *, at_least: int) -> None:
        """As `check_money`, and SIPp saw the same calls, so many of them at least."""
        await self.check_money()
        cdrs = await self.switch.cdrs()
        assert disagreements(witness.answered, cdrs) == []
        assert len(witness.answered) >= at_least
        assert {cdr.level_count for cdr in cdrs if cdr.result == "answered"} == {PAYERS}


@pytest.fixture
def drill(switch: Installation, tmp_path: Path) -> Drill:
    return Drill(switch, tmp_path)


async def test_without_a_fault_every_call_is_charged_as_the_caller_saw_it(drill: Drill) -> None:
    await drill.prepare()
    with drill.load() as load:
        witness = await load.finish()
    await drill.check(witness, at_least=CALLS)
    assert drill.switch.complaints() == []


async def test_a_node_killed_under_load_and_started_again_loses_nothing(drill: Drill) -> None:
    await drill.prepare()
    with drill.load() as load:
        await load.until(FAULT_AT_S)
        drill.node.kill()
        await asyncio.to_thread(drill.node.start)
        witness = await load.finish()
    await drill.check(witness, at_least=CALLS // 2)
    assert drill.switch.complaints() == []


async def test_a_node_that_was_away_longer_than_two_slices_hears_how_its_calls_ended(drill: Drill) -> None:
    await drill.prepare(arguments=SHORT_SLICES)
    with drill.load() as load:
        await load.until(FAULT_AT_S)
        drill.node.kill()
        await asyncio.sleep(LONGER_THAN_TWO_SLICES_S)
        await asyncio.to_thread(drill.node.start)
        witness = await load.finish()
    await drill.check(witness, at_least=CALLS // 4)
    assert slow_refusals(witness) == []
    assert drill.switch.complaints() == []


async def test_what_a_killed_node_held_for_a_call_that_it_never_passed_on_is_given_back(drill: Drill) -> None:
    await drill.prepare()
    with drill.load(LoadShape(calls=1, ring_ms=6_000)) as load:
        await load.until(1)
        drill.node.kill()
        # Between the hold and the order to Kamailio lie some milliseconds; a node that died there has noted nothing.
        drill.node.journal_path.write_bytes(b"")
        await asyncio.to_thread(drill.node.start)
        await drill.switch.until_at_rest(3)
        await load.finish()
    await drill.check_money()
    assert [cdr.result for cdr in await drill.switch.cdrs()] == ["unanswered"]


async def test_postgres_killed_under_load_and_started_again_loses_nothing(drill: Drill) -> None:
    await drill.prepare()
    with drill.load() as load:
        await load.until(FAULT_AT_S)
        drill.switch.kill_postgres()
        await asyncio.to_thread(drill.switch.start_postgres)
        witness = await load.finish()
    await drill.switch.connect_again()
    await drill.check(witness, at_least=CALLS // 4)
    assert drill.switch.complaints() == []


async def test_kamailio_killed_under_load_and_started_again_ends_its_calls_at_that_moment(drill: Drill) -> None:
    await drill.prepare()
    with drill.load() as load:
        await load.until(FAULT_AT_S)
        drill.kamailio.kill()
        killed_at = datetime.now()  # noqa: DTZ005 - SIPp's trace is in local time too
        await drill.kamailio.start_async()
        witness = await load.finish()
    cut = {name: call for name, call in witness.answered.items() if call.talks_at(killed_at)}
    await drill.check_money()
    cdrs = await drill.switch.cdrs()
    spared = {name: call for name, call in witness.answered.items() if name not in cut}
    assert disagreements(spared, [cdr for cdr in cdrs if cdr.sip_call_id not in cut]) == []
    assert cut_disagreements(cut, killed_at, cdrs) == []
    assert len(cut) >= 10
    assert len(spared) >= CALLS // 4
    assert drill.switch.complaints() == []


@long_drill
async def test_a_host_that_loses_power_charges_no_call_beyond_that_moment(drill: Drill) -> None:
    await drill.prepare(arguments=SHORT_SLICES)
    with drill.load() as load:
        await load.until(FAULT_AT_S)
        drill.node.kill()
        drill.kamailio.kill()
        drill.switch.kill_postgres()
        killed_at = datetime.now()  # noqa: DTZ005 - SIPp's trace is in local time too
        await asyncio.to_thread(drill.switch.start_postgres)
        await drill.kamailio.start_async()
        await asyncio.to_thread(drill.node.start)
        witness = await load.finish()
    await drill.switch.connect_again()
    cut = {name: call for name, call in witness.answered.items() if call.talks_at(killed_at)}
    await drill.check_money()
    cdrs = await drill.switch.cdrs()
    spared = {name: call for name, call in witness.answered.items() if name not in cut}
    assert disagreements(spared, [cdr for cdr in cdrs if cdr.sip_call_id not in cut]) == []
    assert overcharges(cut, killed_at, cdrs) == []
    assert len(cut) >= 10
    assert drill.switch.complaints() == []


@long_drill
async def test_a_node_frozen_for_ten_seconds_loses_nothing(drill: Drill) -> None:
    await drill.prepare()
    with drill.load() as load:
        await load.until(FAULT_AT_S)
        drill.node.freeze()
        await asyncio.sleep(AWAY_S)
        drill.node.thaw()
        witness = await load.finish()
    await drill.check(witness, at_least=CALLS // 4)
    assert slow_refusals(witness) == []
    assert drill.switch.complaints() == []


async def test_while_the_database_is_away_calls_run_to_their_grant_and_nothing_is_lost(drill: Drill) -> None:
    await drill.prepare(arguments=SHORT_SLICES)
    with drill.load(replace(SHAPE, talks_ms=(2_000, 6_000, 12_000))) as load:
        await load.until(FAULT_AT_S)
        drill.switch.kill_postgres()
        await asyncio.sleep(AWAY_S)
        await asyncio.to_thread(drill.switch.start_postgres)
        witness = await load.finish()
    await drill.switch.connect_again()
    await drill.check(witness, at_least=CALLS // 4)
    assert slow_refusals(witness) == []
    ended_by = Counter(cdr.ended_by for cdr in await drill.switch.cdrs())
    assert ended_by["limit"] >= 5, ended_by
    assert drill.switch.complaints() == []


def slow_refusals(witness: Witness) -> list[str]:
    """The calls that were refused too late, or not with 503."""
    return [
        f"{call.sip_call_id}: {call.status} after {call.refused_after_ms} ms"
        for call in witness.refused.values()
        if call.status != UNAVAILABLE_STATUS or (call.refused_after_ms or 0) > REFUSED_WITHIN_MS
    ]
