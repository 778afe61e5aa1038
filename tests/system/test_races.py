"""The k-of-64 race over SIP: money for exactly k calls, 64 INVITEs at once, two Kamailios, two nodes, one database.

SMARTSWITCH_RACE_ROUNDS repeats each race (1 by default).
"""

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from smartswitch.runtime.config import Address

from ..sip.ports import free_port
from .agreement import disagreements
from .installation import Installation
from .load import Load, LoadShape
from .parties import four_paying_levels

pytestmark = pytest.mark.timeout(90)

CALLS_FROM_EACH_SIDE = 32
# Faster than any answer: all are asked before the first has ended. 60 s are held for each at the beginning.
SHAPE = LoadShape(calls=CALLS_FROM_EACH_SIDE, calls_per_second=2_000, talks_ms=(3_000,), ring_ms=200)
HELD_FOR_A_CALL = {"p1": "2.4", "d3": "1.8", "d2": "1.2", "d1": "0.9"}


@pytest.mark.parametrize("_round", range(int(os.environ.get("SMARTSWITCH_RACE_ROUNDS", "1"))))
@pytest.mark.parametrize(("poor", "k"), [("p1", 23), ("d1", 1), ("d2", 40)])
async def test_money_for_k_calls_admits_exactly_k_of_64(
    switch: Installation, tmp_path: Path, poor: str, k: int, _round: int
) -> None:
    callers = (Address("127.0.0.1", free_port()), Address("127.0.0.1", free_port()))
    callee = Address("127.0.0.1", free_port())
    tenths = round(float(HELD_FOR_A_CALL[poor]) * 10) * k
    balance = f"{tenths // 10}.{tenths % 10}"
    await switch.load(four_paying_levels(callers=callers, terminator=callee, balances={poor: balance}))
    kamailios = [await asyncio.to_thread(switch.add_kamailio) for _ in callers]
    for number, kamailio in enumerate(kamailios, 1):
        await asyncio.to_thread(switch.add_node(f"n{number}", kamailio).start)
    load = Load(
        tuple(kamailio.settings.udp[0] for kamailio in kamailios),
        tmp_path,
        caller_ports=tuple(caller.port for caller in callers),
        callee_port=callee.port,
        shape=SHAPE,
    )
    with load:
        witness = await load.finish()
    await switch.until_at_rest(10)
    assert Counter(call.status for call in witness.callers.values()) == {200: k, 402: 64 - k}
    cdrs = await switch.cdrs()
    assert disagreements(witness.answered, cdrs) == []
    refused = [cdr for cdr in cdrs if cdr.result == "refused"]
    assert {cdr.reason for cdr in refused} == {"no_credit"}
    assert len(refused) == 64 - k
    assert {cdr.node for cdr in cdrs} == {"n1", "n2"}
    assert await switch.violations() == []
    assert switch.complaints() == []
