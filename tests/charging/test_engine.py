"""The engine on the real PostgreSQL: durable answers, races between nodes, batches with a bad call, a database that dies."""

import asyncio

import asyncpg
import pytest

from smartswitch.charging.engine import ChargingBugError, ChargingUnavailableError
from smartswitch.charging.expiry import expire_silent
from smartswitch.charging.ledger_check import check_ledger
from smartswitch.charging.pool import open_pool
from smartswitch.core.chain import Chain
from smartswitch.core.money import parse_amount
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    Charged,
    Conflict,
    EndedBy,
    Extend,
    Granted,
    RecordRefusal,
    Refused,
    Release,
    Released,
    Reply,
    Settle,
    Settled,
)

from .parties import FACTS, START_MS, Tree, call_id, chain, level


def three_levels(peer: int = 1, *, price: str = "0.06") -> Chain:
    return chain(
        level(f"p{peer}", "d3", balance_id=peer, price=price),
        level("d3", "d4", balance_id=3, price="0.06"),
        level("d4", "owner", balance_id=4, price="0.06", connect_fee="0.01"),
    )


def authorize(number: int, *, of: Chain | None = None) -> Authorize:
    return Authorize(call_id(number), 0, START_MS, of or three_levels(), FACTS, slice_s=60)


def settle(number: int, *, seconds: int, seq: int = 2) -> Settle:
    end_ms = START_MS + 5_000 + seconds * 1000
    return Settle(call_id(number), 0, seq, end_ms, duration_ms=seconds * 1000, ended_by=EndedBy.CALLED)


async def violations(pool: asyncpg.Pool) -> list[str]:
    async with pool.acquire() as connection:
        return [str(one) for one in await check_ledger(connection)]


async def test_a_whole_call_moves_money_at_every_level_and_is_remembered(pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as engine:
        assert await engine.submit(authorize(1)) == Granted(60, 60)
        assert await tree.money() == {1: (0, 60_000, 1), 2: (0, 0, 0), 3: (0, 60_000, 1), 4: (0, 70_000, 1)}
        assert await engine.submit(Answer(call_id(1), 0, 1, START_MS + 5_000)) == Granted(60, 60)
        settled = await engine.submit(settle(1, seconds=30))
    assert settled == Settled(
        30_000,
        (
            Charged("p1", "d3", "44", 30, 30_000, 0, "USD"),
            Charged("d3", "d4", "44", 30, 30_000, 0, "USD"),
            Charged("d4", "owner", "44", 30, 40_000, 0, "USD"),
        ),
    )
    assert await tree.money() == {1: (-30_000, 0, 0), 2: (0, 0, 0), 3: (-30_000, 0, 0), 4: (-40_000, 0, 0)}
    async with engine_on("n2") as another_node:
        assert await another_node.submit(settle(1, seconds=30)) == settled
        assert await another_node.submit(authorize(1)) == Granted(60, 60)
        assert await another_node.submit(settle(1, seconds=31)) == Conflict("different_repeat")
    assert await tree.money() == {1: (-30_000, 0, 0), 2: (0, 0, 0), 3: (-30_000, 0, 0), 4: (-40_000, 0, 0)}
    assert await violations(pool) == []


async def test_what_a_node_remembers_of_a_leg_is_not_believed_when_another_node_had_it(
    pool, tree: Tree, engine_on
) -> None:
    async with engine_on("n1") as first, engine_on("n2") as second:
        await first.submit(authorize(1))
        await first.submit(Answer(call_id(1), 0, 1, START_MS + 5_000))
        await first.submit(authorize(2))
        assert isinstance(await second.submit(settle(1, seconds=30)), Settled)
        assert await first.submit(settle(1, seconds=31)) == Conflict("different_repeat")
        assert await first.submit(Answer(call_id(1), 0, 7, START_MS + 5_000)) == Conflict("already_closed")
        assert await second.submit(Answer(call_id(2), 0, 1, START_MS + 6_000)) == Granted(60, 60)
        assert await first.submit(Answer(call_id(2), 0, 2, START_MS + 7_000)) == Conflict("already_answered")
        assert isinstance(await first.submit(Extend(call_id(2), 0, 3, START_MS + 50_000)), Granted)
        assert isinstance(await first.submit(settle(2, seconds=40, seq=4)), Settled)
    assert await tree.money() == {1: (-70_000, 0, 0), 2: (0, 0, 0), 3: (-70_000, 0, 0), 4: (-90_000, 0, 0)}
    assert await violations(pool) == []


async def test_money_that_came_from_elsewhere_is_seen_by_the_next_command(pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as engine:
        for number in range(1, 29):
            assert isinstance(await engine.submit(authorize(number)), Granted)
        assert await engine.submit(authorize(29)) == Granted(30, 60, "d4")
        assert await engine.submit(authorize(30)) == Refused(Refusal(Reason.NO_CREDIT, "d4"))
        await pool.execute("UPDATE balance SET credit_limit = 3000000 WHERE id IN (1, 3, 4)")
        assert await engine.submit(authorize(31)) == Granted(60, 60)
        await pool.execute("UPDATE balance SET credit_limit = held - amount WHERE id = 3")
        assert await engine.submit(authorize(32)) == Refused(Refusal(Reason.NO_CREDIT, "d3"))
    assert await violations(pool) == []


async def test_two_nodes_that_move_the_same_balances_all_the_while_lose_nothing(pool, tree: Tree, engine_on) -> None:
    await pool.execute("UPDATE balance SET credit_limit = NULL")
    async with engine_on("n1") as first, engine_on("n2") as second:

        async def call(number: int) -> Reply:
            engine = (first, second)[number % 2]
            await engine.submit(authorize(number))
            await engine.submit(Answer(call_id(number), 0, 1, START_MS + 5_000))
            return await engine.submit(settle(number, seconds=30))

        replies = await asyncio.gather(*(call(number) for number in range(1, 201)))
    assert all(isinstance(reply, Settled) for reply in replies)
    assert await tree.money() == {1: (-6_000_000, 0, 0), 2: (0, 0, 0), 3: (-6_000_000, 0, 0), 4: (-8_000_000, 0, 0)}
    assert await violations(pool) == []


async def test_another_node_extends_and_settles_what_one_authorized(pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as first, engine_on("n2") as second:
        await first.submit(authorize(1))
        await first.submit(Answer(call_id(1), 0, 1, START_MS))
        assert await second.submit(Extend(call_id(1), 0, 2, START_MS + 55_000)) == Granted(180, 120)
        assert isinstance(await first.submit(settle(1, seconds=100, seq=3)), Settled)
    assert await pool.fetchval("SELECT count(*) FROM open_leg") == 0
    assert await violations(pool) == []


@pytest.mark.parametrize("k", [0, 1, 13, 64])
async def test_exactly_k_of_64_pass_from_two_nodes(pool, tree: Tree, engine_on, k: int) -> None:
    """The level in the middle has money for exactly k calls; its limit of 2 is part of that."""
    await pool.execute("UPDATE balance SET credit_limit = $1 WHERE id = 3", k * parse_amount("0.06"))
    await pool.execute("UPDATE balance SET credit_limit = NULL WHERE id IN (1, 2, 4)")
    async with engine_on("n1") as first, engine_on("n2") as second:
        replies = await asyncio.gather(
            *(
                engine.submit(authorize(number, of=three_levels(1 + number % 2)))
                for number, engine in zip(range(64), (first, second) * 32, strict=True)
            )
        )
    granted = [reply for reply in replies if reply == Granted(60, 60)]
    refused = [reply for reply in replies if reply == Refused(Refusal(Reason.NO_CREDIT, "d3"))]
    assert (len(granted), len(refused)) == (k, 64 - k)
    assert (await tree.money())[3] == (0, k * 60_000, k)
    assert await violations(pool) == []


async def test_one_command_sent_to_two_nodes_at_once_is_obeyed_once(pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as first, engine_on("n2") as second:
        for number in range(1, 21):
            command = authorize(number)
            replies = await asyncio.gather(first.submit(command), second.submit(command), first.submit(command))
            assert set(replies) == {Granted(60, 60)} or all(isinstance(reply, Refused) for reply in replies)
    assert await violations(pool) == []


async def test_the_call_limit_holds_over_two_nodes(pool, tree: Tree, engine_on) -> None:
    await pool.execute("UPDATE balance SET call_limit = 5 WHERE id = 3")
    async with engine_on("n1") as first, engine_on("n2") as second:
        replies = await asyncio.gather(
            *(engine.submit(authorize(number)) for number, engine in enumerate((first, second) * 10))
        )
    assert sum(reply == Granted(60, 60) for reply in replies) == 5
    assert sum(reply == Refused(Refusal(Reason.CALL_LIMIT, "d3")) for reply in replies) == 15
    assert await violations(pool) == []


async def test_a_call_that_breaks_a_batch_hurts_nobody_else(pool, tree: Tree, engine_on) -> None:
    ghost = chain(level("ghost", "d3", balance_id=77, price="0.06"))
    async with engine_on("n1") as engine:
        answers = await asyncio.gather(
            *(engine.submit(authorize(number, of=ghost if number == 3 else None)) for number in range(1, 7)),
            return_exceptions=True,
        )
    assert [isinstance(answer, Granted) for answer in answers] == [True, True, False, True, True, True]
    assert isinstance(answers[2], ChargingBugError)
    assert (await tree.money())[1] == (0, 300_000, 5)
    assert await violations(pool) == []


async def test_a_refusal_has_its_cdr_and_moves_nothing(pool, tree: Tree, engine_on) -> None:
    before = await tree.money()
    refusal = RecordRefusal(call_id(1), 0, START_MS, three_levels(), FACTS, Refusal(Reason.NO_ROUTE))
    async with engine_on("n1") as engine:
        assert await engine.submit(refusal) == Released()
        assert await engine.submit(refusal) == Released()
    assert await tree.money() == before
    rows = await pool.fetch("SELECT result, reason, refused_by, billed_s FROM cdr")
    assert [tuple(row) for row in rows] == [("refused", "no_route", None, 0)]


async def test_what_a_stranger_wrote_into_names_is_kept_as_it_is(pool, tree: Tree, engine_on) -> None:
    from dataclasses import replace

    evil = 'x\ty\nz\r\\N\\.,"{}\x00 </script> \u202e Ж'
    facts = replace(FACTS, caller_name=evil, user_agent=evil, sip_call_id=evil)
    command = replace(authorize(1), facts=facts)
    async with engine_on("n1") as engine:
        await engine.submit(command)
        await engine.submit(Release(call_id(1), 0, 1, START_MS, sip_status=487))
    row = await pool.fetchrow("SELECT caller_name, user_agent, sip_call_id FROM cdr")
    assert set(row) == {evil.replace("\x00", "")}


async def test_a_silent_node_loses_its_legs_to_expiry(pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as engine:
        await engine.submit(authorize(1))
        await engine.submit(Answer(call_id(1), 0, 1, START_MS))
        await engine.submit(Extend(call_id(1), 0, 2, START_MS + 50_000))
        await engine.submit(authorize(2))
    async with engine_on("n2") as another, pool.acquire() as connection:
        two_slices = START_MS + 50_000 + 2 * 120_000
        assert await expire_silent(connection, another, at_ms=two_slices) == 0
        assert await expire_silent(connection, another, at_ms=two_slices + 1) == 1
        assert await expire_silent(connection, another, at_ms=START_MS + 300_001) == 1
        assert await expire_silent(connection, another, at_ms=START_MS + 900_000) == 0
    rows = await pool.fetch("SELECT billed_s, marked, result FROM cdr ORDER BY call_id")
    assert [tuple(row) for row in rows] == [(50, True, "answered"), (0, True, "unanswered")]
    assert await violations(pool) == []


async def test_a_database_that_does_not_answer_is_said_within_three_seconds(pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as engine, pool.acquire() as connection:
        before = await tree.money()
        started = asyncio.get_running_loop().time()
        async with connection.transaction():
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            await connection.execute("SELECT FROM balance WHERE id = 3 FOR UPDATE")
            with pytest.raises((ChargingUnavailableError, ChargingBugError)):
                await engine.submit(authorize(1))
        assert asyncio.get_running_loop().time() - started < 3.5
        await asyncio.sleep(0.1)
        assert await tree.money() == before
        assert await engine.submit(authorize(1)) == Granted(60, 60)


async def test_connections_that_die_in_mid_batch_are_no_bug_of_the_commands(pool, tree: Tree, engine_on) -> None:
    async def call(engine, number: int) -> object:
        try:
            return await engine.submit(authorize(number))
        except ChargingUnavailableError as fault:
            return fault

    kinds = set()
    async with engine_on("a") as engine:
        for round_number in range(20):
            numbers = range(round_number * 20 + 1, round_number * 20 + 21)
            calls = [asyncio.create_task(call(engine, number)) for number in numbers]
            await asyncio.sleep(0.0003 * (round_number % 20))
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'smartswitch charging' AND usename = 'smartswitch_charging'"
                " AND datname = current_database()"
            )
            kinds.update(type(reply) for reply in await asyncio.gather(*calls))
    assert kinds <= {Granted, Refused, ChargingUnavailableError}
    assert await violations(pool) == []


async def test_what_asyncpg_says_after_a_connection_broke_in_mid_copy_is_no_bug_of_the_command(
    pool, tree: Tree, engine_on, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_in_mid_copy(connection: object, rows: object) -> None:
        try:
            raise asyncpg.AdminShutdownError("terminating connection due to unexpected postmaster exit")
        finally:
            raise asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")

    async with engine_on("n1") as engine:
        with monkeypatch.context() as patched:
            patched.setattr("smartswitch.charging.engine.write_batch", break_in_mid_copy)
            with pytest.raises(ChargingUnavailableError):
                await engine.submit(authorize(1))
        assert await engine.submit(authorize(1)) == Granted(60, 60)


async def test_a_node_frozen_in_mid_transaction_does_not_stop_the_others(database, pool, tree: Tree, engine_on) -> None:
    async with engine_on("n1") as engine, open_pool(database.url_for("smartswitch_charging")) as frozen:
        connection = await frozen.acquire()
        await connection.execute("BEGIN")
        await connection.execute("SELECT FROM balance WHERE id = 3 FOR UPDATE")
        with pytest.raises(ChargingUnavailableError):
            await engine.submit(authorize(1))
        await asyncio.sleep(1)
        assert await engine.submit(authorize(2)) == Granted(60, 60)


async def test_a_standby_is_unreachable_for_writing_and_its_refusal_no_bug(pool, tree: Tree, engine_on) -> None:
    await pool.execute("ALTER ROLE smartswitch_charging SET default_transaction_read_only = on")
    try:
        async with engine_on("n1") as engine:
            with pytest.raises(ChargingUnavailableError):
                await engine.submit(authorize(1))
    finally:
        await pool.execute("ALTER ROLE smartswitch_charging RESET default_transaction_read_only")
