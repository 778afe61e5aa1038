"""The commands that read and pay, each against a real database with one call of three levels in it."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner, Result

from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.pool import open_pool
from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.main import smartswitch
from smartswitch.cli.party_file import parse_party_file
from smartswitch.core.chain import Chain, Cost, Level, Meter
from smartswitch.core.money import Rounding
from smartswitch.core.pack import Price, TaxMode, Terms, flat_tariff
from smartswitch.protocol.call_id import call_id_of
from smartswitch.protocol.charging import Answer, Attempt, Authorize, CallFacts, Direction, EndedBy, Settle
from smartswitch.runtime.clock import SystemClock

from ..switch.past_calls import note_past_calls

FILE = """
[[pack]]
id = "owner-to-d1"
currency = "USD"
prices = [ { code = "44", price = "0.02", min = 30, increment = 6 } ]

[[pack]]
id = "d1-retail"
owner = "d1"
currency = "USD"
decimals = 2
rounding = "up"
tax = "20"
prices = [ { code = "4479", price = "0.05", connect_fee = "0.01" } ]

[[pack]]
id = "vendor"
currency = "USD"
prices = [ { code = "44", price = "0.01" } ]

[[dealer]]
id = "d1"
pack = "owner-to-d1"
balance = "100"

[[peer]]
id = "p1"
dealer = "d1"
pack = "d1-retail"
balance = "10"
call_limit = 3

[[terminator]]
id = "t1"
pack = "vendor"
codes = ["44"]
"""
BETTER = """
[[terminator]]
id = "t2"
pack = "vendor"
codes = ["44"]
priority = 20

[[hunting_class]]
id = "quality"
metrics = ["asr"]
"""
TALKED_MS = 61_500
AT_MS = int(SystemClock().now().timestamp()) * 1000 - 120_000
CALL = call_id_of("call-1@test", "tag", AT_MS)


@pytest.fixture
def call(database: Any, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A database with one call of 61.5 s from p1 to 447911123456, and the environment that leads to it."""
    monkeypatch.setenv("SMARTSWITCH_DATABASE_URL", database.url)
    asyncio.run(_play(database.url))
    return CALL


async def _play(url: str) -> None:
    async with open_pool(url) as pool:
        async with pool.acquire() as connection:
            file = parse_party_file(FILE, name="parties.toml", directory=Path("nowhere"))
            await load_parties(connection, file, actor="a test")
            chain, cost = await _chain(connection)
        engine = ChargingEngine(pool, node="test")
        await engine.start()
        facts = CallFacts(Direction.OUTBOUND, caller="442070000001", called="447911123456")
        await engine.submit(Authorize(CALL, 0, AT_MS, chain, facts, slice_s=90))
        await engine.submit(Answer(CALL, 0, 1, AT_MS + 5_000, cost))
        ended_ms = AT_MS + 5_000 + TALKED_MS
        attempts = (Attempt("t1", 200, 5_000),)
        await engine.submit(Settle(CALL, 0, 2, ended_ms, TALKED_MS, EndedBy.CALLER, cost, attempts))
        await engine.stop()


async def _chain(connection: asyncpg.Connection) -> tuple[Chain, Cost]:
    """The chain that the switch would build: p1 pays d1, d1 pays the owner, the owner pays t1."""
    ids = {row["key"]: row["id"] for row in await connection.fetch("SELECT key, id FROM dealer")}
    packs = {row["key"]: row["id"] for row in await connection.fetch("SELECT key, id FROM billing_pack")}
    prices = {
        row["pack_id"]: Price(**{name: row[name] for name in set(row.keys()) - {"id", "pack_id"}}, price_id=row["id"])
        for row in await connection.fetch(
            "SELECT id, pack_id, code, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s FROM price"
        )
    }
    balances = {
        (row["kind"], row["party"]): row["id"] for row in await connection.fetch("SELECT id, kind, party FROM balance")
    }
    peers = {row["key"]: row["id"] for row in await connection.fetch("SELECT key, id FROM peer")}

    def level(payer: str, kind: str, seller: str, pack: str, **terms: Any) -> Level:
        return Level(
            payer=payer,
            seller=seller,
            dealer_id=ids["d1"],
            seller_dealer_id=ids[seller],
            balance_id=balances[kind, payer],
            sales_balance_id=balances["sales", seller],
            tax_balance_id=balances["tax", seller],
            currency="USD",
            tariff=flat_tariff(Terms(packs[pack], pack, "USD", **terms), prices[packs[pack]]),
        )

    levels = (
        level(
            "p1", "peer", "d1", "d1-retail", decimals=2, rounding=Rounding.UP, tax_mode=TaxMode.ADDED, tax_ppm=200_000
        ),
        level("d1", "dealer", "owner", "owner-to-d1"),
    )
    cost = Cost(
        payer="owner",
        seller="t1",
        dealer_id=ids["owner"],
        terminator_id=peers["t1"],
        cost_balance_id=balances["cost", "owner"],
        payable_balance_id=balances["payable", "t1"],
        currency="USD",
        tariff=flat_tariff(Terms(packs["vendor"], "vendor", "USD"), prices[packs["vendor"]]),
    )
    meters = (Meter("p1", balances["peer", "p1"]), Meter("d1", balances["dealer", "d1"]))
    return Chain(ids["d1"], ids["d1"], (ids["owner"], ids["d1"]), peers["p1"], levels, meters), cost


def run(*arguments: str) -> Result:
    return CliRunner().invoke(smartswitch, arguments, catch_exceptions=False)


def run_json(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    return json.loads(result.stdout)


def test_balances_show_what_is_left(call: UUID) -> None:
    # p1: 62 s at 0.05 and 0.01 to connect, 20 % on top: 0.074 up to 0.08; d1: 30 + 36 s at 0.02 = 0.022.
    rows = {row["party"]: row for row in run_json("balance")}

    assert rows["p1"] == {
        "party": "p1",
        "kind": "originator",
        "dealer": "d1",
        "currency": "USD",
        "balance": "9.920000",
        "held": "0.000000",
        "credit_limit": "0.000000",
        "available": "9.920000",
        "live_calls": 0,
        "call_limit": 3,
        "is_blocked": False,
    }
    assert rows["d1"]["balance"] == "99.978000"
    assert rows["owner"]["credit_limit"] == "unlimited"
    assert "9.920000" in run("balance", "p1").stdout


def test_calls_are_listed_with_their_charges(call: UUID) -> None:
    (row,) = run_json("calls", "--of", "d1", "--to", "447")

    assert (row["call_id"], row["peer"], row["result"], row["duration_s"]) == (str(call), "p1", "answered", 62)
    assert [
        (each["payer"], each["seller"], each["code"], each["billed_s"], each["amount"]) for each in row["charges"]
    ] == [
        ("p1", "d1", "4479", 62, "0.080000"),
        ("d1", "owner", "44", 66, "0.022000"),
        ("owner", "t1", "44", 62, "0.010333"),
    ]
    assert str(call) in run("calls").stdout


@pytest.mark.parametrize("options", [("--of", "t1"), ("--to", "1")])
def test_calls_can_be_narrowed(call: UUID, options: tuple[str, str]) -> None:
    assert run_json("calls", *options) == []


def test_a_call_explains_itself(call: UUID) -> None:
    result = run("explain", str(call))

    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    for line in (
        "p1 pays d1 0.080000 USD",
        "d1-retail (version",
        "4479, the longest of the pack that 447911123456 begins with; in force from ever",
        "talked 62 s: first block 1 s, then 61 s (steps of 1 s counted after the first block) = 62 s",
        "0.05 a minute, connect fee 0.01",
        "0.01 + 1 s x 0.05 / 60 + 61 s x 0.05 / 60 (USD)",
        "20 % added: times 1 + 20 %",
        "0.074 by up to 2 decimals = 0.080000",
        "talked 62 s: first block 30 s, then 36 s (steps of 6 s counted after the first block) = 66 s",
        "31/3000 (0.010333333333...) by half-up to 6 decimals = 0.010333",
        "agrees with what was charged",
    ):
        assert line in text
    assert "DISAGREES" not in text


def test_an_explanation_in_json_has_every_level(call: UUID) -> None:
    (leg,) = run_json("explain", str(call))

    assert leg["terminator"] == "t1"
    assert [(level["pack"], level["agrees"]) for level in leg["levels"]] == [
        ("d1-retail", True),
        ("owner-to-d1", True),
        ("vendor", True),
    ]


@pytest.mark.parametrize("other", [UUID(int=CALL.int ^ 1), UUID("ffffffff-ffff-4fff-bfff-ffffffffffff")])
def test_an_unknown_call_is_told(call: UUID, other: UUID) -> None:
    result = run("explain", str(other))

    assert result.exit_code == 2
    assert "there is no ended call" in result.stderr


def test_a_topup_moves_money_once(call: UUID) -> None:
    payment = str(uuid4())

    assert run_json("topup", "p1", "5", "--id", payment)["balance"] == "14.920000"
    assert run_json("topup", "p1", "5", "--id", payment)["balance"] == "14.920000"
    assert run_json("balance", "p1")[0]["balance"] == "14.920000"


def test_a_repeat_that_says_something_else_is_refused(call: UUID) -> None:
    payment = str(uuid4())
    run("topup", "p1", "5", "--id", payment)

    result = run("topup", "p1", "6", "--id", payment)

    assert result.exit_code == 2
    assert "says something else; nothing moved" in result.stderr


def test_more_than_there_is_cannot_be_taken_off(call: UUID) -> None:
    result = run("topup", "p1", "-9.93")

    assert result.exit_code == 1
    assert "Refused: p1 does not have so much to take off; nothing moved." in result.stderr
    assert run_json("balance", "p1")[0]["balance"] == "9.920000"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("topup", "nobody", "5"), "there is no dealer, company or peer 'nobody'"),
        (("topup", "p1", "1,5"), "'1,5' is not a decimal number; write a point, not a comma"),
        (("topup", "p1", "0"), "an amount of 0 moves nothing"),
        (("balance", "nobody"), "there is no dealer, company or peer 'nobody'"),
        (("explain", "17"), "is not a valid UUID"),
    ],
)
def test_bad_input_is_told(call: UUID, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr


def test_a_database_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTSWITCH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    result = run("balance")

    assert result.exit_code == 3
    assert "the database cannot be reached" in result.stderr


def test_a_file_with_mistakes_is_not_loaded(call: UUID, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[[peer]]\nid = "p2"\ndealer = "d9"\nbalance = 1.5\n')

    result = run("load", str(path))

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        'bad.toml: [[peer]] "p2": balance: 1.5 is a binary fraction, which is never exact; write it in quotes: "1.5"',
        'bad.toml: [[peer]] "p2": dealer "d9" is not a dealer of this file',
    ]
    assert {row["party"] for row in run_json("balance")} == {"owner", "d1", "p1", "t1"}


def test_a_route_is_checked_level_by_level(call: UUID) -> None:
    answer = run_json("check-route", "p1", "+44 7911 123456".replace(" ", "-"))

    assert (answer["number"], answer["country"], answer["result"], answer["where"]) == (
        "447911123456",
        "GG",
        "routed",
        "outside",
    )
    assert [
        (level["payer"], level["seller"], level["pack"], level["code"], level["price"]) for level in answer["levels"]
    ] == [
        ("p1", "d1", "d1-retail", "4479", "0.05"),
        ("d1", "owner", "owner-to-d1", "44", "0.02"),
    ]
    # 9.92 pays 9920 s less the fee, with a fifth of tax: (9.92 / 1.2 - 0.01) / 0.05 * 60 s, and rounding up to a cent.
    assert answer["levels"][0]["available"] == "9.920000"
    assert answer["levels"][0]["affordable_s"] == 9908
    assert answer["order"] == ["t1"]
    assert answer["routes"][0]["taken"] is True
    # One attempt is too few to tell anything.
    assert {name: answer["routes"][0][name] for name in ("place", "placed_by", "attempts", "asr_ppm", "acd_ms")} == {
        "place": 1,
        "placed_by": None,
        "attempts": 1,
        "asr_ppm": None,
        "acd_ms": None,
    }
    assert "t1" in run("check-route", "p1", "447911123456").stdout


def test_a_route_is_shown_with_what_put_it_in_its_place(call: UUID, database: Any) -> None:
    asyncio.run(_add_a_better_terminator(database.url))

    answer = run_json("check-route", "p1", "447911123456")

    assert answer["order"] == ["t2", "t1"]
    shown = {route["terminator"]: route for route in answer["routes"]}
    assert [(shown[key]["place"], shown[key]["placed_by"]) for key in ("t2", "t1")] == [(1, None), (2, "asr")]
    assert [shown["t1"][name] for name in ("attempts", "asr_ppm", "acd_ms")] == [101, 9_900, 61_500]
    assert [shown["t2"][name] for name in ("attempts", "asr_ppm", "acd_ms")] == [100, 1_000_000, 90_000]
    lines = run("check-route", "p1", "447911123456").stdout.splitlines()
    assert any(
        line.split() == ["1.", "t2", "44", "0.01", "100.0", "%", "of", "100", "90", "s", "taken"] for line in lines
    )
    assert any(line.endswith("0.9 % of 101  61 s  taken; in this place by asr") for line in lines)


async def _add_a_better_terminator(url: str) -> None:
    connection = await asyncpg.connect(url)
    text = FILE.replace('id = "d1"\n', 'id = "d1"\nhunting_class = "quality"\n', 1) + BETTER
    file = parse_party_file(text, name="parties.toml", directory=Path("nowhere"))
    await load_parties(connection, file, actor="a test")
    now = SystemClock().now()
    await note_past_calls(connection, 100, ("t1", 503), ("t2", 200), talked_ms=90_000, before=now)
    await connection.close()


@pytest.mark.parametrize(
    ("number", "reason", "refused_by"),
    [("441132496000", "no_price", "p1"), ("12345", "no_price", "p1"), ("12x45", "bad_number", None)],
)
def test_a_call_that_would_be_refused_tells_why(call: UUID, number: str, reason: str, refused_by: str | None) -> None:
    result = run("check-route", "p1", number, "--json")

    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert (answer["result"], answer["reason"], answer["refused_by"]) == ("refused", reason, refused_by)
