"""The spool: what charging did not take is delivered later, in order, once, through crashes, torn files and full disks."""

import asyncio
import os
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartswitch.charging.engine import ChargingBugError, ChargingUnavailableError
from smartswitch.core.chain import Chain, Cost
from smartswitch.core.pack import Price, Terms, flat_tariff
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Attempt,
    CallFacts,
    Command,
    Conflict,
    Direction,
    EndedBy,
    Extend,
    RecordRefusal,
    Release,
    Released,
    Reply,
    Settle,
)
from smartswitch.switch.calls.spool import FILE_NAME, QUARANTINE_NAME, SpoolInUseError, StatementSpool
from smartswitch.switch.calls.statement_json import NotAStatementError, read_statement, statement_document

COST = Cost("owner", "t1", 1, 21, 5, 6, "USD", flat_tariff(Terms(4, "vendor", "USD"), Price(9, "44", 1, 1)))
CHAIN = Chain(2, 3, (1, 2, 3), 11, ())
FACTS = CallFacts(Direction.OUTBOUND, "12025550100", "447911123456", "x", "udp:192.0.2.1:5060", "Ann", "phone")


def call(number: int) -> UUID:
    return UUID(int=number)


def answer(number: int, seq: int = 1) -> Answer:
    return Answer(call(number), 0, seq, 1000, COST)


def settle(number: int, seq: int = 2) -> Settle:
    return Settle(call(number), 0, seq, 61_000, 60_000, EndedBy.CALLER, COST, (Attempt("t1", 200, 500),))


STATEMENTS: tuple[Command, ...] = (
    answer(1),
    settle(1),
    Release(call(2), 1, 1, 5000, 487, (Attempt("t1", 503, 20), Attempt("t2", 0, 15_000))),
    RecordRefusal(call(3), 0, 7000, CHAIN, FACTS, Refusal(Reason.NO_PRICE, "d1")),
)


class Taker:
    """A charging plane that takes, refuses or is away, and remembers what it took."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away
        self.taken: list[Command] = []
        self.bugs: set[UUID] = set()
        self.known: set[tuple[UUID, int, int]] = set()

    async def submit(self, command: Command) -> Reply:
        await asyncio.sleep(0)
        if self.is_away:
            raise ChargingUnavailableError("away")
        if command.call_id in self.bugs:
            raise ChargingBugError("bug")
        self.taken.append(command)
        key = (command.call_id, command.leg, command.seq)
        if key in self.known:
            return Conflict("repeat")
        self.known.add(key)
        return Released()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: type(statement).__name__)
def test_a_statement_is_the_same_after_the_disk(statement: Command) -> None:
    assert read_statement(statement_document(statement)) == statement


def test_a_question_is_not_kept(tmp_path: Path) -> None:
    with StatementSpool(tmp_path) as spool, pytest.raises(NotAStatementError):
        spool.keep(Extend(call(1), 0, 2, 0))


async def test_what_waits_survives_a_restart_and_is_delivered_in_order_once(tmp_path: Path) -> None:
    with StatementSpool(tmp_path) as spool:
        for statement in STATEMENTS:
            spool.keep(statement)
        assert not await spool.deliver_round(Taker(is_away=True))
        assert len(spool) == 4
    taker = Taker()
    with StatementSpool(tmp_path) as spool:
        assert spool.holds(call(1), 0)
        while await spool.deliver_round(taker):
            pass
        assert len(spool) == 0
        assert not spool.holds(call(1), 0)
    assert sorted(taker.taken, key=repr) == sorted(STATEMENTS, key=repr)
    assert taker.taken.index(answer(1)) < taker.taken.index(settle(1))
    with StatementSpool(tmp_path) as spool:
        assert len(spool) == 0
    assert (tmp_path / FILE_NAME).stat().st_size == 0


async def test_a_part_that_was_delivered_is_not_delivered_again_after_a_restart(tmp_path: Path) -> None:
    with StatementSpool(tmp_path) as spool:
        spool.keep(answer(1))
        spool.keep(settle(1))
        await spool.deliver_round(Taker())
    with StatementSpool(tmp_path) as spool:
        taker = Taker()
        await spool.deliver_round(taker)
        assert taker.taken == [settle(1)]


@given(cut=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_a_torn_last_record_is_quarantined_and_the_rest_is_kept(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    directory = tmp_path_factory.mktemp("spool")
    with StatementSpool(directory) as spool:
        for number in range(3):
            spool.keep(answer(number))
    path = directory / FILE_NAME
    whole = path.read_bytes()
    last = len(whole.splitlines(keepends=True)[-1])
    cut = min(cut, last - 1)
    path.write_bytes(whole[:-cut])
    with StatementSpool(directory) as spool:
        assert len(spool) == 2
        spool.keep(answer(9))
    assert (directory / QUARANTINE_NAME).read_bytes() == whole[-last:-cut]
    with StatementSpool(directory) as spool:
        assert len(spool) == 3, "what was kept after the torn line is whole"


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_a_flipped_byte_never_becomes_another_statement(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    directory = tmp_path_factory.mktemp("spool")
    kept = [answer(number) for number in range(3)]
    with StatementSpool(directory) as spool:
        for statement in kept:
            spool.keep(statement)
    path = directory / FILE_NAME
    damaged = bytearray(path.read_bytes())
    damaged[place % len(damaged)] ^= flip
    path.write_bytes(damaged)
    taker = Taker()
    with StatementSpool(directory) as spool:
        asyncio.run(_deliver_all(spool, taker))
    assert set(map(repr, taker.taken)) <= set(map(repr, kept))
    assert len(taker.taken) >= 1


async def _deliver_all(spool: StatementSpool, taker: Taker) -> None:
    while await spool.deliver_round(taker):
        pass


async def test_what_charging_calls_a_bug_is_put_aside_and_stops_nobody(tmp_path: Path) -> None:
    taker = Taker()
    taker.bugs.add(call(1))
    with StatementSpool(tmp_path) as spool:
        spool.keep(answer(1))
        spool.keep(answer(2))
        await _deliver_all(spool, taker)
        assert len(spool) == 0
    assert taker.taken == [answer(2)]
    assert b"00000000-0000-0000-0000-000000000001" in (tmp_path / QUARANTINE_NAME).read_bytes()


def test_two_nodes_cannot_share_a_spool(tmp_path: Path) -> None:
    with StatementSpool(tmp_path), pytest.raises(SpoolInUseError), StatementSpool(tmp_path):
        pass


def test_little_room_on_the_disk_means_no_new_calls(tmp_path: Path) -> None:
    with StatementSpool(tmp_path, least_free_bytes=2**62) as spool:
        assert not spool.is_writable
    with StatementSpool(tmp_path, least_free_bytes=1) as spool:
        assert spool.is_writable


def fill(spool: StatementSpool) -> int:
    """Keep statements until the disk is full; gives how many were kept."""
    for number in range(10_000):
        try:
            spool.keep(answer(number))
        except OSError:
            return number
    raise AssertionError("the disk does not fill")


@pytest.mark.skipif(os.geteuid() != 0, reason="a full disk is a small tmpfs, which only root can mount")
def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not allow a tmpfs to be mounted")
    try:
        with StatementSpool(disk / "spool", least_free_bytes=1) as spool:
            kept = fill(spool)
            assert not spool.is_writable
            assert len(spool) == kept
            taker = Taker()
            asyncio.run(_deliver_all(spool, taker))
            assert len(taker.taken) == kept
            spool._probed_at_s = 0
            assert spool.is_writable, "with room again, calls begin again"
        assert not (disk / "spool" / QUARANTINE_NAME).exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
